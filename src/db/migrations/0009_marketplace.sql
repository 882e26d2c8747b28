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

-- Accounts at banks from which is paid out.
create table payout_connections (
  merchant_id  text not null references merchants,
  number       bigint not null,
  provider     text not null check (provider = 'simulator'),
  -- What the wire calls it.
  key          text not null check (length(key) between 1 and 50),
  currency     text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  base_url     text not null,
  account      text not null,
  -- The key of its interface, sealed and bound to this row.
  sealed       bytea not null,
  is_main      boolean not null,
  is_open      boolean not null,
  created_at   timestamptz not null,
  primary key (merchant_id, number)
);
create unique index one_connection_per_key on payout_connections (merchant_id, key, currency)
  where is_open;
create unique index one_main_connection on payout_connections (merchant_id, currency)
  where is_main and is_open;

-- One amount to one account. What is due points to the payout that pays it, so nothing is in two.
create table payouts (
  merchant_id    text not null references merchants,
  number         bigint not null,
  -- Ordered for a span of days, made on its day by itself, or asked for by its own service.
  kind           text not null check (kind in ('order', 'daily', 'direct')),
  -- What a client follows it by.
  guid           text not null check (guid ~ '^[0-9a-f-]{36}$'),
  party          text not null check (party in ('platform', 'member', 'other')),
  member         bigint,
  connection     bigint not null,
  currency       text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  amount_minor   bigint not null check (amount_minor > 0),
  -- Earnings and debts in it.
  count          integer not null check (count >= 0),
  date_from      date,
  date_to        date,
  -- A client's own code, once in a month; the month in Istanbul, yyyy-MM.
  code           text check (length(code) between 1 and 250),
  code_month     text check (code_month ~ '^[0-9]{4}-[0-9]{2}$'),
  -- Where it goes; null is read when it is sent: the account of its party as it is then.
  title          text,
  iban           text,
  description    text not null,
  details        jsonb not null,
  state          text not null check (state in ('queued', 'sending', 'paid', 'failed')),
  runs           integer not null check (runs >= 0),
  failure        text not null,
  -- When it is looked at next; null once it ended.
  due_at         timestamptz,
  leased_until   timestamptz,
  created_at     timestamptz not null,
  settled_at     timestamptz,
  primary key (merchant_id, number),
  foreign key (merchant_id, member) references members,
  foreign key (merchant_id, connection) references payout_connections,
  constraint one_payout_per_guid unique (merchant_id, guid),
  constraint one_payout_per_code unique (merchant_id, code, code_month),
  constraint code_has_month check ((code is null) = (code_month is null)),
  constraint order_has_span check ((kind = 'order') = (date_from is not null)
    and (date_from is null) = (date_to is null) and date_from <= date_to),
  constraint member_is_named check ((party = 'member') = (member is not null)),
  constraint account_is_whole check ((title is null) = (iban is null)),
  constraint open_is_due check ((state in ('queued', 'sending')) = (due_at is not null)),
  constraint ended_has_time check ((state in ('paid', 'failed')) = (settled_at is not null)),
  constraint only_open_is_leased check (leased_until is null or due_at is not null)
);
create index payouts_due on payouts (merchant_id, due_at) where due_at is not null;
create index orders_of_merchant on payouts (merchant_id, currency, date_from)
  where kind = 'order';
-- What is in these may be taken over by others.
create index failed_payouts on payouts (merchant_id, party, currency)
  where state = 'failed' and kind <> 'direct';

-- Each time a bank was asked to pay. Stored before the bank is asked.
create table payout_runs (
  merchant_id         text not null,
  id                  text not null check (id ~ '^out_[0-9A-Z]{20}$'),
  payout              bigint not null,
  run                 integer not null check (run > 0),
  state               text not null check (state in ('open', 'paid', 'refused', 'doubtful')),
  amount_minor        bigint not null check (amount_minor > 0),
  -- As it was when the run began.
  title               text not null,
  iban                text not null,
  bank_reference      text,
  message             text not null,
  opened_at           timestamptz not null,
  settled_at          timestamptz,
  inquiries           integer not null default 0,
  not_found_count     integer not null default 0,
  first_not_found_at  timestamptz,
  flagged_at          timestamptz,
  primary key (merchant_id, id),
  foreign key (merchant_id, payout) references payouts,
  constraint one_run_per_number unique (merchant_id, payout, run),
  constraint settled_has_time check ((state in ('paid', 'refused')) = (settled_at is not null)),
  constraint paid_has_reference check (state <> 'paid' or bank_reference is not null)
);
create unique index one_unsettled_run on payout_runs (merchant_id, payout)
  where state in ('open', 'doubtful');
create unique index one_paid_run on payout_runs (merchant_id, payout) where state = 'paid';

-- What a member or the platform is due of a product.
create table earnings (
  merchant_id      text not null,
  number           bigint not null,
  approval_id      text not null,
  sale             bigint not null,
  product          bigint not null,
  party            text not null check (party in ('member', 'platform')),
  -- The product's member, on the platform's rows too.
  member           bigint not null,
  currency         text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  amount_minor     bigint not null check (amount_minor >= 0),
  commission_ppm   bigint not null,
  reflection_date  date not null,
  -- The business day on which it is paid by itself.
  pay_date         date not null,
  -- `closed` was nothing from the start; whether the others are paid is what their payout says.
  state            text not null check (state in ('open', 'closed', 'deleted')),
  -- Asked for again after its payout had failed.
  is_retried       boolean not null default false,
  -- Its payment is about to go back: nobody pays or changes it until the bank has said.
  is_held          boolean not null default false,
  payout           bigint,
  calculated_at    timestamptz not null,
  primary key (merchant_id, number),
  foreign key (merchant_id, approval_id) references approvals,
  foreign key (merchant_id, product) references sale_products,
  foreign key (merchant_id, payout) references payouts,
  constraint pay_date_is_no_earlier check (pay_date >= reflection_date),
  constraint only_open_is_paid check (payout is null or state = 'open')
);
create unique index one_earning_per_party on earnings (merchant_id, product, party)
  where state <> 'deleted';
create index earnings_of_sale on earnings (merchant_id, sale) where state <> 'deleted';
create index earnings_of_member on earnings (merchant_id, member, number)
  where party = 'member' and state <> 'deleted';
create index earnings_of_payout on earnings (merchant_id, payout, reflection_date)
  where payout is not null;
create index earnings_waiting on earnings
  (merchant_id, party, currency, reflection_date) include (amount_minor)
  where state = 'open' and payout is null and not is_held;
create index earnings_to_pay on earnings (merchant_id, party, pay_date)
  where state = 'open' and payout is null and not is_held;

-- What the platform owes a member beside its earnings; below zero, what the member owes back.
create table debts (
  merchant_id    text not null,
  number         bigint not null,
  sale           bigint not null,
  product        bigint not null,
  member         bigint not null,
  kind           text not null check (kind in ('discount', 'cargo', 'clawback')),
  currency       text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  amount_minor   bigint not null,
  pay_date       date not null,
  state          text not null check (state in ('open', 'deleted')),
  is_held        boolean not null default false,
  payout         bigint,
  calculated_at  timestamptz not null,
  primary key (merchant_id, number),
  foreign key (merchant_id, product) references sale_products,
  foreign key (merchant_id, member) references members,
  foreign key (merchant_id, payout) references payouts,
  constraint sign_fits_kind
    check (case kind when 'clawback' then amount_minor < 0 else amount_minor >= 0 end),
  constraint only_open_is_paid check (payout is null or state = 'open')
);
create unique index one_debt_per_cause on debts (merchant_id, product, kind)
  where state <> 'deleted' and kind <> 'clawback';
create index debts_of_sale on debts (merchant_id, sale) where state <> 'deleted';
create index debts_of_payout on debts (merchant_id, payout) where payout is not null;
create index debts_to_pay on debts (merchant_id, pay_date)
  where state = 'open' and payout is null and not is_held;

-- What is to become of what is due when money of a sale goes back. Stored before the bank is asked,
-- and carried out in the transaction that settles what it said.
create table sale_returns (
  merchant_id     text not null,
  sale            bigint not null,
  -- With the sale it makes the request key of the attempt that gives back.
  no              integer not null check (no > 0),
  state           text not null check (state in ('open', 'done', 'failed')),
  -- Whether all that is due of the sale falls away.
  deletes         boolean not null,
  -- By how much the platform's and the members' earnings are lowered otherwise.
  platform_minor  bigint not null check (platform_minor >= 0),
  member_minor    bigint not null check (member_minor >= 0),
  -- Whether the provider's part of the platform's earnings is reckoned anew.
  recommissions   boolean not null,
  opened_at       timestamptz not null,
  settled_at      timestamptz,
  primary key (merchant_id, sale, no),
  foreign key (merchant_id, sale) references sales,
  constraint settled_has_time check ((state = 'open') = (settled_at is null))
);
create unique index one_open_return on sale_returns (merchant_id, sale) where state = 'open';

-- Who changed what is due after it was reckoned; its id books the change.
create table earning_changes (
  merchant_id  text not null,
  id           text not null check (id ~ '^chg_[0-9A-Z]{20}$'),
  sale         bigint not null,
  -- What was done, and to which rows: shown again, never decided on.
  what         text not null check (what in ('reject', 'delete', 'raise', 'lower', 'postpone',
    'redate', 'retry', 'debt', 'refund')),
  details      jsonb not null,
  changed_at   timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, sale) references sales
);
comment on table earning_changes is 'insert-only: what was changed is told by a new row';
create index changes_of_sale on earning_changes (merchant_id, sale, id);

-- Where a merchant's own servers hear what became of its payments.
create table callback_addresses (
  merchant_id  text not null references merchants,
  place        integer not null check (place between 1 and 10),
  url          text not null check (length(url) between 1 and 2048),
  hears        text[] not null check (cardinality(hears) >= 1
    and hears <@ array['success', 'failure', 'cancel', 'refund', 'partial_refund']),
  created_at   timestamptz not null,
  primary key (merchant_id, place),
  constraint one_callback_per_url unique (merchant_id, url)
);

-- By what a merchant knows that we wrote to it; without a row nothing is signed.
create table callback_keys (
  merchant_id  text not null references merchants,
  scenario     text not null check (scenario in ('3d', 'system', 'payout')),
  -- The key, sealed and bound to this row.
  sealed       bytea not null,
  created_at   timestamptz not null,
  primary key (merchant_id, scenario)
);

alter table pay_links drop constraint pay_links_reference_check;
alter table pay_links add constraint pay_links_reference_check
  check (length(reference) between 1 and 250);

-- Links that were asked for over a wire that names them by numbers, and by a code of the shop's.
create table numbered_links (
  merchant_id  text not null references merchants,
  number       bigint not null,
  link_id      text not null,
  code         text check (length(code) between 1 and 250),
  -- What was asked for and is only shown again.
  details      jsonb not null,
  primary key (merchant_id, number),
  foreign key (merchant_id, link_id) references pay_links,
  constraint one_link_per_code unique (merchant_id, code)
);
