-- Marketplaces: who sells on them, what is sold, who is due what of it, and how that is paid out.
alter table api_keys
  -- The second half of a pair, which some wires send beside the key.
  add column client text check (client ~ '^[0-9a-f-]{36}$'),
  drop constraint api_keys_kind_check;
alter table api_keys
  add constraint api_keys_kind_check
    check (kind in ('secret', 'publishable', 'paywall_public', 'paywall_private')),
  add constraint pair_has_client check ((kind in ('secret', 'publishable')) = (client is null));

alter table payments drop constraint payments_reference_check;
alter table payments add constraint payments_reference_check
  check (length(reference) between 1 and 250);

alter table ledger_entries drop constraint ledger_entries_kind_check;
alter table ledger_entries add constraint ledger_entries_kind_check check (kind in
  ('sale', 'capture', 'void', 'refund', 'commission', 'commission_tax', 'agent_share',
   'member_earning', 'platform_earning', 'debt', 'earning_change', 'payout'));

alter table checkout_sessions drop constraint checkout_sessions_kind_check;
alter table checkout_sessions add constraint checkout_sessions_kind_check
  check (kind in ('server', 'form', 'link', 'card', 'market'));

-- How a marketplace pays out. A merchant without a row is none.
create table marketplace_settings (
  merchant_id         text not null references merchants,
  -- Reckoning alone, transfers by the bank's interface, or files for transfers by hand.
  distribution        text not null check (distribution in ('developer', 'payout', 'excel')),
  -- Whether the platform's own earnings wait for an order.
  has_manual_trigger  boolean not null,
  -- Days from an approval to the platform's own earning.
  platform_days       integer not null check (platform_days between 1 and 30),
  -- The longest span of an order, in days; null sets none.
  order_days_max      integer check (order_days_max between 1 and 400),
  primary key (merchant_id),
  constraint trigger_needs_transfers check (not has_manual_trigger or distribution = 'payout')
);

-- Where the platform's own money goes: one account for each currency.
create table platform_accounts (
  merchant_id  text not null references merchants,
  currency     text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  title        text not null check (length(title) between 1 and 200),
  iban         text not null check (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
  created_at   timestamptz not null,
  primary key (merchant_id, currency)
);

-- Those who sell on a marketplace.
create table members (
  merchant_id       text not null references merchants,
  number            bigint not null,
  external_id       text not null check (length(external_id) between 1 and 250),
  -- Empty while the external id is taken; a member who is gone frees it by its own number.
  external_slot     text not null,
  is_sub_merchant   boolean not null,
  kind              text check (kind in ('person', 'sole', 'company')),
  name              text not null,
  title             text not null,
  tax_office        text not null,
  tax_number        text not null,
  identity_number   text not null,
  email             text not null,
  phone             text not null,
  address           text not null,
  contact_name      text not null,
  contact_lastname  text not null,
  created_at        timestamptz not null,
  updated_at        timestamptz,
  deleted_at        timestamptz,
  primary key (merchant_id, number),
  constraint one_member_per_external_id unique (merchant_id, external_id, external_slot),
  constraint external_id_is_freed_by_deletion
    check (external_slot = case when deleted_at is null then '' else number::text end),
  constraint sub_merchant_has_kind check (not is_sub_merchant or kind is not null)
);
create index members_by_tax_number on members (merchant_id, tax_number)
  where tax_number <> '' and deleted_at is null;
create index members_by_identity on members (merchant_id, identity_number)
  where identity_number <> '' and deleted_at is null;

create table member_accounts (
  merchant_id  text not null,
  number       bigint not null,
  member       bigint not null,
  currency     text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  title        text not null check (length(title) between 1 and 200),
  iban         text not null check (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
  created_at   timestamptz not null,
  deleted_at   timestamptz,
  primary key (merchant_id, number),
  foreign key (merchant_id, member) references members
);
create unique index one_account_per_currency on member_accounts (merchant_id, member, currency)
  where deleted_at is null;

-- When a member is paid, and what the platform keeps: each row holds from its moment on.
create table member_value_dates (
  merchant_id     text not null,
  number          bigint not null,
  member          bigint not null,
  kind            text not null check (kind in ('plus_day', 'day_of_week', 'day_of_month')),
  value           integer not null,
  commission_ppm  bigint not null check (commission_ppm between 0 and 1000000),
  effective_from  timestamptz not null,
  primary key (merchant_id, number),
  foreign key (merchant_id, member) references members,
  constraint value_fits_kind check (case kind when 'plus_day' then value between 1 and 100
    when 'day_of_week' then value between 1 and 7 else value between 1 and 28 end)
);
create index value_dates_of_member on member_value_dates (merchant_id, member, number);

-- A marketplace's way to its payment: its own code, once and for ever, and what the wire says
-- beside the money.
create table sales (
  merchant_id   text not null references merchants,
  -- From the counter of operations, so that no other payment of the merchant is named by it.
  number        bigint not null,
  code          text not null check (length(code) between 1 and 250),
  -- The payment as it was planned; with 3-D Secure it is opened when the payer is back.
  payment_id    text not null check (length(payment_id) = 24 and starts_with(payment_id, 'pay_')),
  -- The payer's session and the one try in it, with 3-D Secure.
  session_id    text,
  token_id      text,
  -- Whether the shop's server completes the payment after 3-D Secure.
  waits_for_end boolean not null,
  currency      text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  amount_minor  bigint not null check (amount_minor > 0),
  details       jsonb not null,
  created_at    timestamptz not null,
  primary key (merchant_id, number),
  constraint one_sale_per_code unique (merchant_id, code),
  constraint one_sale_per_payment unique (merchant_id, payment_id),
  constraint session_has_try check ((session_id is null) = (token_id is null)),
  constraint only_3d_waits check (not waits_for_end or session_id is not null)
);
create unique index one_sale_per_session on sales (merchant_id, session_id)
  where session_id is not null;

-- What an approval was asked with; its id books what it makes due.
create table approvals (
  merchant_id  text not null,
  id           text not null check (id ~ '^apr_[0-9A-Z]{20}$'),
  sale         bigint not null,
  -- Who reckons the members' shares: we from rates, or the platform by itself.
  calculator   text not null check (calculator in ('rates', 'platform')),
  same_date    boolean not null,
  -- The text of the transfers that come of it; empty for ours.
  description  text not null,
  approved_at  timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, sale) references sales
);

create table sale_products (
  merchant_id          text not null,
  number               bigint not null,
  sale                 bigint not null,
  external_id          text not null,
  name                 text not null,
  category             text not null,
  description          text not null,
  amount_minor         bigint not null check (amount_minor > 0),
  -- Scaled down where less than the hold was captured.
  captured_minor       bigint not null,
  member               bigint,
  -- Instead of the member's own rate.
  commission_ppm       bigint check (commission_ppm between 0 and 1000000),
  -- What the platform says the member is due; null leaves it to rates.
  member_earning_minor bigint,
  cargo_owner          text check (cargo_owner in ('platform', 'member', 'nobody')),
  cargo_currency       text check (cargo_currency in ('TRY', 'USD', 'EUR', 'GBP')),
  cargo_minor          bigint check (cargo_minor >= 0),
  discount_owner       text check (discount_owner in ('platform', 'member')),
  -- An amount in minor units, or a part of the price in ppm.
  discount_kind        text check (discount_kind in ('amount', 'percent')),
  discount_value       bigint check (discount_value >= 0),
  -- Set while what is due of it is reckoned: whoever sets it approves, and nobody else does.
  approval_id          text,
  primary key (merchant_id, number),
  foreign key (merchant_id, sale) references sales,
  foreign key (merchant_id, member) references members,
  foreign key (merchant_id, approval_id) references approvals,
  constraint captured_fits check (captured_minor between 0 and amount_minor),
  constraint member_earning_fits
    check (member_earning_minor between 0 and amount_minor),
  constraint cargo_is_whole check ((cargo_owner is null) = (cargo_minor is null)
    and (cargo_owner is null) = (cargo_currency is null)),
  constraint discount_is_whole check ((discount_owner is null) = (discount_value is null)
    and (discount_owner is null) = (discount_kind is null)),
  constraint discount_fits check (case discount_kind when 'amount'
    then discount_value <= amount_minor when 'percent' then discount_value <= 1000000
    else discount_value is null end)
);
create index products_of_sale on sale_products (merchant_id, sale, number);
