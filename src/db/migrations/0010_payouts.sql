-- What is due to members and the platform, how it is paid out, what becomes of it when money goes
-- back, and who is told of what happened.
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
  -- Whether the bank had denied a run of it when it last failed, and may know better later: what is
  -- in it stays in it.
  is_bound       boolean not null default false,
  -- When it is looked at next; null once it ended, unless the bank is asked again.
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
  constraint open_is_due check (case when state in ('queued', 'sending') then due_at is not null
    else due_at is null or state = 'failed' and is_bound end),
  constraint ended_has_time check ((state in ('paid', 'failed')) = (settled_at is not null)),
  constraint only_open_is_leased check (leased_until is null or due_at is not null)
);
create index payouts_due on payouts (merchant_id, due_at) where due_at is not null;
create index orders_of_merchant on payouts (merchant_id, currency, date_from)
  where kind = 'order';
-- What is in these may be taken over by others, where they are not bound.
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
create index earnings_held on earnings (merchant_id, sale) where is_held and state = 'open';

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
create index debts_held on debts (merchant_id, sale) where is_held and state = 'open';

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
