-- The books. An entry moves an amount from one account to another, so it cannot be unbalanced;
-- its id is made of the attempt it books and a leg, so it cannot be booked twice. It is written by
-- the statement that settles its attempt, whose own keys hold the merchant.
create table ledger_entries (
  merchant_id     text not null,
  id              text not null,
  kind            text not null check (kind in
    ('sale', 'capture', 'void', 'refund', 'commission', 'commission_tax', 'agent_share')),
  source_id       text not null,
  debit_account   text not null,
  credit_account  text not null,
  amount_minor    bigint not null check (amount_minor > 0),
  currency        text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  posted_at       timestamptz not null,
  primary key (merchant_id, id),
  constraint two_accounts check (debit_account <> credit_account),
  constraint named_after_source check (starts_with(id, 'ent_' || substr(source_id, 5) || '_'))
);
comment on table ledger_entries is 'insert-only: books are corrected by new entries';
create index ledger_entries_by_time on ledger_entries using brin (posted_at);

-- Balances as they stood at a moment, so that a balance today sums only what came after it.
create table ledger_snapshots (
  merchant_id    text not null references merchants,
  account        text not null,
  currency       text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  -- Covers entries posted before this moment.
  cut_at         timestamptz not null,
  balance_minor  bigint not null,
  primary key (merchant_id, cut_at, account, currency)
);
comment on table ledger_snapshots is
  'insert-only: a wrong snapshot is seen by verify, not overwritten';
