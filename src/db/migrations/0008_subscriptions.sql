-- Regular payment orders: what a payer agreed to pay period by period, the invoices that come of
-- it, the cards they are drawn from, and every try to draw one.
alter table merchants
  -- How long an invoice rests after a try before it is tried again.
  add column draw_gap_minutes integer not null default 120
    check (draw_gap_minutes between 1 and 1440);

alter table checkout_sessions drop constraint checkout_sessions_kind_check;
alter table checkout_sessions add constraint checkout_sessions_kind_check
  check (kind in ('server', 'form', 'link', 'card'));
alter table one_time_codes drop constraint one_time_codes_purpose_check;
alter table one_time_codes add constraint one_time_codes_purpose_check
  check (purpose in ('card', 'receipt', 'subscription'));
alter table one_time_codes
  -- The day in Istanbul of the last code or wrong guess, and how many of each there were on it.
  add column counted_on date,
  add column sent_that_day integer not null default 0 check (sent_that_day >= 0),
  add column wrong_that_day integer not null default 0 check (wrong_that_day >= 0);

create table subscriptions (
  merchant_id      text not null references merchants,
  id               text not null check (id ~ '^[0-9a-f-]{36}$'),
  -- Whether its invoices are all drawn is read from them, so no renewal writes here.
  status           text not null check (status in ('active', 'stopped', 'deleted')),
  reference        text not null check (length(reference) between 1 and 50),
  -- Empty while the reference is taken; a deleted order frees it by putting its own id here.
  reference_slot   text not null,
  group_reference  text check (length(group_reference) between 1 and 50),
  agent_id         text,
  currency         text not null check (currency = 'TRY'),
  -- What each term is drawn with, unless its invoice says otherwise.
  amount_minor     bigint not null check (amount_minor > 0),
  -- The main firm's part; null leaves it to the merchant's setting.
  company_minor    bigint,
  interval         text not null check (interval in ('day', 'week', 'month', 'year')),
  -- Terms of the plan, or of each of its rounds where it renews itself.
  interval_count   integer not null check (interval_count between 1 and 1200),
  period           integer not null check (period between 1 and 1200),
  begin_at         timestamptz not null,
  -- The first wire number of each round of the plan: as many rounds as it has.
  plan_numbers     bigint[] not null check (cardinality(plan_numbers) >= 1),
  is_fixed_price   boolean not null,
  renews           boolean not null,
  adds_commission  boolean not null,
  daily_attempts   integer not null check (daily_attempts between 1 and 24),
  attempt_days     integer not null check (attempt_days between 1 and 366),
  draws_at_card    boolean not null,
  -- Everything else that was asked: the payer, notes, addresses.
  terms            jsonb not null,
  -- When and from where the payer first agreed.
  accepted_at      timestamptz,
  accepted_from    text,
  stopped_at       timestamptz,
  created_at       timestamptz not null,
  primary key (merchant_id, id),
  constraint one_order_per_reference unique (merchant_id, reference, reference_slot),
  foreign key (merchant_id, agent_id) references agents,
  constraint reference_is_freed_by_deletion
    check (reference_slot = case when status = 'deleted' then id else '' end),
  constraint company_part_fits check (company_minor between 0 and amount_minor),
  constraint stopped_has_time check ((status = 'stopped') = (stopped_at is not null)),
  constraint accepted_from_somewhere check ((accepted_at is null) = (accepted_from is null))
);
create index subscriptions_by_time on subscriptions (merchant_id, created_at);
create index subscriptions_by_group on subscriptions (merchant_id, group_reference)
  where group_reference is not null;

-- Cards of payers, by the number that the wire shows.
create table payer_cards (
  merchant_id  text not null references merchants,
  number       bigint not null,
  card_id      text not null,
  label        text not null default '' check (length(label) <= 100),
  created_at   timestamptz not null,
  constraint one_number_per_card unique (merchant_id, card_id),
  foreign key (merchant_id, card_id) references cards
);
alter table payer_cards add primary key (merchant_id, number);

-- Which cards an order is drawn from, in the order in which they are tried.
create table subscription_cards (
  merchant_id      text not null,
  number           bigint not null,
  subscription_id  text not null,
  card             bigint not null,
  position         integer not null check (position > 0),
  created_at       timestamptz not null,
  removed_at       timestamptz,
  primary key (merchant_id, number),
  foreign key (merchant_id, subscription_id) references subscriptions,
  foreign key (merchant_id, card) references payer_cards
);
create unique index one_place_per_card on subscription_cards (merchant_id, subscription_id, card)
  where removed_at is null;
create index subscription_cards_by_card on subscription_cards (merchant_id, card)
  where removed_at is null;

-- A payer who enters a card for an order.
create table card_entries (
  merchant_id      text not null,
  session_id       text not null,
  subscription_id  text not null,
  covers_group     boolean not null,
  -- The orders that were named when it began: the card is for no others.
  orders           text[] not null check (cardinality(orders) >= 1),
  -- The payer's own page, or the merchant's server with a page of its own.
  origin           text not null check (origin in ('page', 'server')),
  label            text not null default '' check (length(label) <= 100),
  -- From where the payer agreed on our page, at the moment of the begin.
  accepted_from    text,
  -- The card that came of it, and when.
  card             bigint,
  stored_at        timestamptz,
  created_at       timestamptz not null,
  primary key (merchant_id, session_id),
  foreign key (merchant_id, session_id) references checkout_sessions on delete cascade,
  foreign key (merchant_id, subscription_id) references subscriptions,
  foreign key (merchant_id, card) references payer_cards,
  constraint accepted_on_page check ((origin = 'page') = (accepted_from is not null)),
  constraint stored_has_time check ((card is null) = (stored_at is null))
);
create index card_entries_by_order on card_entries (merchant_id, subscription_id, created_at)
  where card is null;

-- What is drawn for one term of an order.
create table invoices (
  merchant_id      text not null,
  -- The wire's `invoice_id`.
  number           bigint not null,
  -- The merchant's own name for it; the number as a text where it gave none.
  invoice_no       text not null check (length(invoice_no) between 1 and 50),
  subscription_id  text not null,
  term             integer not null check (term >= 0),
  -- The term while it is taken; a deleted invoice frees it. Not a part of an index that looks at
  -- the status: each change of that would write every index of the table.
  term_slot        integer,
  -- Rises with every change; who decides by an old version changes nothing.
  version          integer not null default 1 check (version > 0),
  status           text not null
    check (status in ('waiting', 'paid', 'failed', 'cancelled', 'deleted')),
  -- The day and hour of its term.
  drawn_from       timestamptz not null,
  amount_minor     bigint not null check (amount_minor > 0),
  company_minor    bigint,
  -- Whether the order names addresses that are told of each draw.
  is_told          boolean not null,
  -- When it is looked at next by itself; null where only a person or a bank moves it.
  due_at           timestamptz,
  leased_until     timestamptz,
  tries            integer not null default 0 check (tries >= 0),
  -- Cards that said no in the round of tries under way.
  refused_cards    bigint[] not null default '{}',
  last_reason      text,
  last_message     text,
  -- The newest try, and how many rounds there were on its day and on how many days.
  attempted_at     timestamptz,
  attempted_on     date,
  attempts_today   integer not null default 0 check (attempts_today >= 0),
  attempt_days     integer not null default 0 check (attempt_days >= 0),
  -- The try under way: no other begins before the bank has said.
  open_payment_id  text,
  open_card        bigint,
  -- What shall become of it should that try come to nothing.
  wanted_status    text check (wanted_status in ('failed', 'cancelled', 'deleted')),
  wanted_minor     bigint check (wanted_minor > 0),
  wanted_company_minor bigint,
  paid_by_id       text,
  paid_at          timestamptz,
  created_at       timestamptz not null,
  constraint one_invoice_per_name unique (merchant_id, invoice_no),
  constraint one_invoice_per_term unique (merchant_id, subscription_id, term_slot),
  constraint term_is_freed_by_deletion
    check (term_slot is not distinct from case when status <> 'deleted' then term end),
  foreign key (merchant_id, subscription_id) references subscriptions,
  constraint company_part_fits check (company_minor between 0 and amount_minor),
  constraint paid_was_drawn check ((status = 'paid') = (paid_by_id is not null)
    and (paid_by_id is null) = (paid_at is null)),
  constraint open_is_waiting check (open_payment_id is null or status = 'waiting'),
  constraint open_has_card check ((open_payment_id is null) = (open_card is null)),
  constraint wanted_is_open check (open_payment_id is not null
    or (wanted_status is null and wanted_minor is null and wanted_company_minor is null)),
  constraint due_is_waiting
    check (due_at is null or (status = 'waiting' and open_payment_id is null))
) with (fillfactor = 70);
create index invoices_due on invoices (merchant_id, due_at) where due_at is not null;
-- Made last, like those of payments: tries refer to it on the hot path.
alter table invoices add primary key (merchant_id, number);

-- Every try to draw an invoice from a card. Its end stands with its payment.
create table invoice_tries (
  merchant_id  text not null,
  invoice      bigint not null,
  no           integer not null check (no > 0),
  payment_id   text not null,
  card         bigint not null,
  is_manual    boolean not null,
  is_paid      boolean not null default false,
  opened_at    timestamptz not null,
  primary key (merchant_id, invoice, no),
  constraint one_try_per_payment unique (merchant_id, payment_id),
  foreign key (merchant_id, invoice) references invoices,
  foreign key (merchant_id, card) references payer_cards,
  -- The payment is stored by the next statement of the same commit.
  foreign key (merchant_id, payment_id) references payments deferrable initially deferred
);
create unique index one_collection_per_invoice on invoice_tries (merchant_id, invoice)
  where is_paid;
