-- Who uses the platform: merchants (main firms), their agents, keys, bank contracts and rates.
create table merchants (
  id                   text primary key check (id ~ '^mer_[0-9A-Z]{20}$'),
  company_code         text not null unique,
  name                 text not null,
  mode                 text not null check (mode in ('sandbox', 'live')),
  status               text not null check (status in ('active', 'blocked')),
  -- How far the merchant's clock is ahead of the real one; only a sandbox clock moves.
  clock_offset_ms      bigint not null default 0 check (clock_offset_ms >= 0),
  may_sell_without_3d  boolean not null,
  commission_tax_ppm   bigint not null check (commission_tax_ppm between 0 and 1000000),
  -- The main firm's part of an agent's sale when the request names none.
  company_share_ppm    bigint not null check (company_share_ppm between 0 and 1000000),
  created_at           timestamptz not null,
  constraint live_clock_is_real check (mode = 'sandbox' or clock_offset_ms = 0)
);

create table agents (
  merchant_id  text not null references merchants,
  id           text not null check (id ~ '^agt_[0-9A-Z]{20}$'),
  code         text not null check (length(code) between 1 and 10),
  name         text not null,
  status       text not null check (status in ('active', 'blocked')),
  created_at   timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, code)
);

-- The directory that finds a merchant by its key, so it cannot be led by the merchant.
create table api_keys (
  key_hash     bytea primary key,
  merchant_id  text not null references merchants,
  agent_id     text,
  kind         text not null check (kind in ('secret', 'publishable')),
  hint         text not null check (length(hint) <= 12),
  -- Addresses that may use the key; null lets every address.
  allowed_ips  text[],
  created_at   timestamptz not null,
  revoked_at   timestamptz,
  foreign key (merchant_id, agent_id) references agents
);
comment on table api_keys is 'directory: finds the merchant of a key';

create table pos_accounts (
  merchant_id     text not null references merchants,
  id              text not null check (id ~ '^pos_[0-9A-Z]{20}$'),
  dialect         text not null,
  -- The platform's four-letter name of the bank or card programme.
  bank_id         text not null check (length(bank_id) = 4),
  bank_name       text not null,
  base_url        text not null,
  client_id       text not null,
  api_user        text not null,
  -- Password and store key, sealed with the vault's key; bound to this row.
  sealed          bytea not null,
  is_default      boolean not null,
  status          text not null check (status in ('active', 'closed')),
  created_at      timestamptz not null,
  primary key (merchant_id, id)
);
create unique index one_default_pos on pos_accounts (merchant_id)
  where is_default and status = 'active';
create unique index one_pos_per_bank on pos_accounts (merchant_id, bank_id)
  where status = 'active';

-- The default table of rates: what a merchant pays for a card of a type in so many instalments.
-- A combination without a row is not offered. Zero instalments is a single payment.
create table commission_rates (
  merchant_id  text not null references merchants,
  bank_id      text not null check (length(bank_id) = 4),
  card_type    text not null check (card_type in ('cc', 'bc', 'dc')),
  instalments  integer not null check (instalments = 0 or instalments between 2 and 36),
  rate_ppm     bigint not null check (rate_ppm between 0 and 500000),
  primary key (merchant_id, bank_id, card_type, instalments)
);

-- Integers that a wire shows. Taken in blocks; a number is never given twice, gaps are harmless.
create table counters (
  merchant_id  text not null references merchants,
  name         text not null,
  next_value   bigint not null check (next_value > 0),
  primary key (merchant_id, name)
);
