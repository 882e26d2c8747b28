-- Recurring payments of the marketplace wire, and the rests that their orders have of their own.
alter table subscriptions
  -- An order with rests of its own: how long it rests after a round that came to nothing, and after
  -- how many rounds an invoice has failed, whatever the day.
  add column rest_minutes integer check (rest_minutes between 1 and 1440),
  add column rounds_max integer check (rounds_max between 1 and 24),
  add constraint own_rests_are_whole check ((rest_minutes is null) = (rounds_max is null));

-- Recurring payments: what a merchant asked for by a code of its own, and the order that it is now.
-- All orders that it ever was have its guid for a group.
create table recurrings (
  merchant_id      text not null references merchants,
  number           bigint not null,
  guid             text not null check (guid ~ '^[0-9a-f-]{36}$'),
  code             text not null check (length(code) between 1 and 250),
  -- `opening` is paid at its creation, and lives only once that is known to have come.
  state            text not null check (state in ('opening', 'live', 'deleted')),
  subscription_id  text not null,
  -- The wire's own words for a period and for the hours between two rounds.
  period_type      integer not null check (period_type between 1 and 8),
  pending_hours    integer not null check (pending_hours between 0 and 24),
  trial_days       integer not null check (trial_days between 0 and 366),
  -- Who pays and what for, as it is shown again.
  customer         jsonb not null,
  items            jsonb not null,
  created_at       timestamptz not null,
  primary key (merchant_id, number),
  foreign key (merchant_id, subscription_id) references subscriptions,
  constraint one_recurring_per_guid unique (merchant_id, guid),
  constraint one_recurring_per_order unique (merchant_id, subscription_id)
);
create unique index one_recurring_per_code on recurrings (merchant_id, code)
  where state <> 'deleted';
create index recurrings_opening on recurrings (merchant_id, created_at) where state = 'opening';
