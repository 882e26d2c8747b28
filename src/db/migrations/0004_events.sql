-- What happened, in the order it was committed for each subject. Delivery reads from here.
create table events (
  merchant_id  text not null,
  id           text not null,
  type         text not null,
  subject_id   text not null,
  payload      jsonb not null,
  created_at   timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id) references merchants
);
comment on table events is 'insert-only: what happened stays happened';
