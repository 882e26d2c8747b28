-- Payers on their way: what they are to pay, with which card they try, and what the bank said of
-- them. None of it is money; a payment begins when one of these tries is charged.
alter table merchants
  add column needs_card_code boolean not null default false,
  add column may_call_inside boolean not null default false,
  add constraint live_calls_outside check (mode = 'sandbox' or not may_call_inside);
alter table pos_accounts
  add column accepts_half_secure boolean not null default false,
  -- Who takes the money after 3-D Secure: we do, or the bank's page does by itself.
  add column three_d_model text not null default '3d' check (three_d_model in ('3d', '3d_pay'));

-- A payment is not there before it is charged, so it is never one that awaits a cardholder.
alter table payments drop constraint payments_status_check;
alter table payments add constraint payments_status_check
  check (status in ('pending', 'held', 'captured', 'declined', 'voided'));
-- A link that may be paid many times gives one reference to many payments.
alter table payments add column shares_reference boolean not null default false;
alter table payments drop constraint reference_is_freed_by_decline;
alter table payments add constraint reference_is_freed_by_decline
  check (reference_slot = case when status = 'declined' or shares_reference then id else '' end);

-- Links by which a merchant asks a payer for money.
create table pay_links (
  merchant_id      text not null references merchants,
  id               text not null check (id ~ '^[0-9a-f-]{36}$'),
  status           text not null check (status in ('waiting', 'paid', 'passive')),
  reference        text not null check (length(reference) between 1 and 50),
  amount_minor     bigint not null check (amount_minor > 0),
  currency         text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  agent_id         text,
  is_multi         boolean not null,
  -- Everything else that was asked: names, notes, addresses, limits of instalments.
  terms            jsonb not null,
  -- The payment that paid it, the newest of a link that may be paid many times.
  paid_by_id       text,
  expires_at       timestamptz not null,
  created_at       timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, agent_id) references agents,
  foreign key (merchant_id, paid_by_id) references payments,
  constraint paid_was_paid check (status <> 'paid' or paid_by_id is not null),
  constraint many_stay_open check (status <> 'paid' or not is_multi)
);
create index pay_links_by_reference on pay_links (merchant_id, reference);
create index pay_links_by_time on pay_links (merchant_id, created_at);

-- One payer with one amount to pay. It ends with the one try that is charged.
create table checkout_sessions (
  merchant_id   text not null references merchants,
  id            text not null check (length(id) = 24 and starts_with(id, 'ses_')),
  kind          text not null check (kind in ('server', 'form', 'link')),
  link_id       text,
  agent_id      text,
  amount_minor  bigint not null check (amount_minor > 0),
  currency      text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  -- Rises with every change of the terms; a try is made for one version of them.
  version       integer not null default 1,
  -- What else the merchant asked for: commission, instalments, reference, addresses, notes.
  terms         jsonb not null,
  -- The try that was, or is being, charged: no other can be.
  charged_token_id text,
  expires_at    timestamptz not null,
  created_at    timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, link_id) references pay_links,
  foreign key (merchant_id, agent_id) references agents,
  constraint link_has_link check ((kind = 'link') = (link_id is not null))
);

-- One try to pay with one card.
create table checkout_tokens (
  merchant_id   text not null,
  id            text not null check (length(id) = 24 and starts_with(id, 'tok_')),
  session_id    text not null,
  -- The terms under which it was priced.
  session_version integer not null,
  -- The form in which the wires show it; nobody can guess it.
  guid          text not null check (guid ~ '^[0-9A-F-]{36}$'),
  status        text not null
    check (status in ('ready', 'challenged', 'authenticated', 'refused')),
  -- Where the card waits, if it is needed for more than the bank's page.
  card_id       text,
  -- The payment as it will be charged; its id is the order id that the bank's page already knows.
  payment_id    text not null check (length(payment_id) = 24 and starts_with(payment_id, 'pay_')),
  planned       jsonb not null,
  saves_card    boolean not null default false,
  -- When the form to the bank's page was given out: it holds the card, so that is done once.
  opened_at     timestamptz,
  returned_at   timestamptz,
  level         text check (level in ('full', 'half')),
  eci           text,
  -- What the bank gave as proof, sealed.
  proof         bytea,
  reason        text,
  bank_code     text,
  bank_message  text,
  -- Where the bank's page takes the money: when it is given back, unless a shop asks for it before.
  unclaimed_at  timestamptz,
  -- When a shop was first told of the charge, or it was done with otherwise.
  told_at       timestamptz,
  created_at    timestamptz not null,
  primary key (merchant_id, id),
  constraint one_token_per_guid unique (merchant_id, guid),
  constraint one_token_per_payment unique (merchant_id, payment_id),
  foreign key (merchant_id, session_id) references checkout_sessions,
  foreign key (merchant_id, card_id) references cards,
  constraint returned_has_end
    check ((returned_at is not null) = (status in ('authenticated', 'refused'))),
  constraint authenticated_has_level check ((status = 'authenticated') = (level is not null)),
  constraint refused_has_reason check ((status = 'refused') = (reason is not null)),
  constraint proof_of_authenticated check (proof is null or status = 'authenticated')
);
create index checkout_tokens_unclaimed on checkout_tokens (merchant_id, unclaimed_at)
  where unclaimed_at is not null;
create index checkout_tokens_by_session on checkout_tokens (merchant_id, session_id);
alter table checkout_sessions add constraint charged_token_is_ours
  foreign key (merchant_id, charged_token_id) references checkout_tokens;
