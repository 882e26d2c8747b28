-- Payments and the attempts by which they move. An attempt is written before the bank is called,
-- so a crash leaves a row to ask about.
create table payments (
  merchant_id           text not null references merchants,
  -- The twenty characters after the prefix are the order id that the bank knows.
  id                    text not null check (length(id) = 24 and starts_with(id, 'pay_')),
  -- Rises with every change; who decides by an old version changes nothing.
  version               integer not null check (version > 0),
  status                text not null
    check (status in ('pending', 'challenged', 'held', 'captured', 'declined', 'voided')),
  reference             text not null check (length(reference) between 1 and 50),
  -- Empty while the reference is taken; a declined payment frees it by putting its own id here.
  reference_slot        text not null,
  pos_id                text not null,
  agent_id              text,
  currency              text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  amount_minor          bigint not null check (amount_minor > 0),
  commission_minor      bigint not null check (commission_minor >= 0),
  commission_tax_minor  bigint not null check (commission_tax_minor >= 0),
  company_minor         bigint not null,
  captured_minor        bigint not null,
  refunded_minor        bigint not null,
  rate_ppm              bigint not null,
  commission_tax_ppm    bigint not null,
  is_commission_added   boolean not null,
  instalments           integer not null check (instalments = 0 or instalments between 2 and 36),
  card_mask             text not null check (card_mask like '______*%____'),
  card_holder           text not null,
  card_brand            text not null,
  card_type             text not null check (card_type in ('cc', 'bc', 'dc')),
  card_bank_id          text not null,
  -- The attempt whose hold or money is live: what a capture, void or refund acts on.
  live_attempt_id       text,
  captured_at           timestamptz,
  -- What the request said beside the money; shown again, never decided on.
  details               jsonb not null,
  created_at            timestamptz not null,
  constraint one_use_of_reference unique (merchant_id, reference, reference_slot),
  foreign key (merchant_id, pos_id) references pos_accounts,
  foreign key (merchant_id, agent_id) references agents,
  constraint reference_is_freed_by_decline
    check (reference_slot = case when status = 'declined' then id else '' end),
  constraint fees_fit check (commission_minor + commission_tax_minor <= amount_minor),
  constraint company_part_fits check (company_minor between 0 and amount_minor),
  constraint captured_fits check (captured_minor between 0 and amount_minor),
  constraint refunded_fits check (refunded_minor between 0 and captured_minor),
  constraint captured_has_money check ((status = 'captured') = (captured_minor > 0)),
  constraint captured_has_time check ((status = 'captured') = (captured_at is not null)),
  constraint live_has_attempt
    check ((status in ('held', 'captured')) = (live_attempt_id is not null))
) with (fillfactor = 85);
-- Made last: of two indexes that look equal the planner takes the younger, and before the first
-- analyze every index that begins with the merchant looks equal.
alter table payments add primary key (merchant_id, id);

create table payment_attempts (
  merchant_id           text not null,
  id                    text not null check (length(id) = 24 and starts_with(id, 'att_')),
  payment_id            text not null,
  -- The integer that the wires show for this operation.
  xact                  bigint not null,
  -- Releases take back a hold, reopens a capture, voids a sale or capture whole.
  kind                  text not null
    check (kind in ('sale', 'hold', 'capture', 'void', 'release', 'reopen', 'refund')),
  status                text not null
    check (status in ('open', 'approved', 'declined', 'doubtful')),
  currency              text not null check (currency in ('TRY', 'USD', 'EUR', 'GBP')),
  amount_minor          bigint not null check (amount_minor > 0),
  commission_minor      bigint not null check (commission_minor >= 0),
  commission_tax_minor  bigint not null check (commission_tax_minor >= 0),
  -- The attempt that this one captures or takes back, with the references the bank gave it.
  original_id           text,
  original_reference    text,
  original_code         text,
  -- The attempt that was declined in a way that called for this one (a void after the day's end).
  instead_of_id         text,
  refunded_before_minor bigint not null check (refunded_before_minor >= 0),
  bank_reference        text,
  authorization_code    text,
  decline_reason        text,
  bank_code             text,
  bank_message          text,
  doubt                 text,
  request_key           text,
  ask_hash              text,
  notify_url            text,
  opened_at             timestamptz not null,
  settled_at            timestamptz,
  -- When the bank is asked next, by the merchant's clock; null once settled or given to a person.
  due_at                timestamptz,
  inquiries             integer not null default 0,
  not_found_count       integer not null default 0,
  first_not_found_at    timestamptz,
  safety_void_at        timestamptz,
  flagged_at            timestamptz,
  -- The attempt that took this one back whole.
  reversed_by_id        text,
  constraint one_attempt_per_xact unique (merchant_id, xact),
  foreign key (merchant_id, payment_id) references payments,
  -- A payment is charged by the one attempt that shares its characters, so the primary key allows
  -- a second charge of a payment as little as a second payment.
  constraint one_charge_per_payment
    check ((kind in ('sale', 'hold')) = (substr(id, 5) = substr(payment_id, 5))),
  constraint settled_has_time
    check ((status in ('approved', 'declined')) = (settled_at is not null)),
  constraint approved_has_reference check (status <> 'approved' or bank_reference is not null),
  constraint declined_has_reason check ((status = 'declined') = (decline_reason is not null)),
  constraint unsettled_is_due_or_flagged
    check (status in ('approved', 'declined') or due_at is not null or flagged_at is not null),
  constraint request_key_has_hash check ((request_key is null) = (ask_hash is null))
) with (fillfactor = 85);
-- The open attempt is the lock on its payment.
create unique index one_unsettled_attempt on payment_attempts (merchant_id, payment_id)
  where status in ('open', 'doubtful');
create unique index one_attempt_per_request_key on payment_attempts (merchant_id, request_key)
  where request_key is not null;
create index attempts_after_charge on payment_attempts (merchant_id, payment_id)
  where kind not in ('sale', 'hold');
alter table payment_attempts add primary key (merchant_id, id);
