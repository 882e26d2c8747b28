-- Events are written by the statement that causes them, whose own rows hold the merchant.
-- What happened, in the order it was committed for each subject. Delivery reads from here.
create table events (
  merchant_id  text not null,
  id           text not null,
  type         text not null,
  subject_id   text not null,
  payload      jsonb not null,
  created_at   timestamptz not null,
  primary key (merchant_id, id)
);
comment on table events is 'insert-only: what happened stays happened';

-- Events that no job carries yet. Written with the event, taken by a tick that queues the jobs:
-- adding a job in the settling transaction would notify, and notifying makes commits wait in line.
create table event_outbox (
  merchant_id  text not null,
  event_id     text not null,
  primary key (merchant_id, event_id)
);
