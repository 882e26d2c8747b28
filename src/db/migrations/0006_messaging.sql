-- What is said to people: e-mails and text messages. A sandbox keeps them here and sends none.
create table outgoing_messages (
  merchant_id  text not null references merchants,
  id           text not null check (length(id) = 24 and starts_with(id, 'msg_')),
  -- Why it was written: a link, a code, a receipt.
  purpose      text not null check (length(purpose) between 1 and 40),
  channel      text not null check (channel in ('email', 'sms')),
  recipient    text not null check (length(recipient) between 1 and 254),
  subject      text not null,
  -- Emptied once a message with a code was sent.
  body         text not null,
  status       text not null check (status in ('kept', 'waiting', 'sent', 'failed')),
  tries        integer not null default 0,
  problem      text,
  created_at   timestamptz not null,
  ended_at     timestamptz,
  primary key (merchant_id, id),
  constraint ended_has_time check ((status in ('sent', 'failed')) = (ended_at is not null))
);

-- One-time codes: only a keyed hash of each, good for a few minutes and a few tries.
create table one_time_codes (
  merchant_id  text not null references merchants,
  -- What the code is for, and the client's own name for this asking.
  purpose      text not null check (purpose in ('card', 'receipt')),
  session      text not null check (length(session) between 1 and 100),
  phone        text not null check (phone ~ '^5[0-9]{9}$'),
  code_hash    bytea not null,
  sent_at      timestamptz not null,
  expires_at   timestamptz not null,
  tries        integer not null default 0 check (tries between 0 and 3),
  verified_at  timestamptz,
  used_at      timestamptz,
  primary key (merchant_id, purpose, session),
  constraint used_was_verified check (used_at is null or verified_at is not null)
);
