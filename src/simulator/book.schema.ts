/**
 * The book: every row of it is written before the reply that tells of it. Money is whole kuruş
 * (minor units of the order's currency), times are virtual and real milliseconds.
 */
export const BOOK_VERSION = 4;

/** What a book of version 3 lacks: transfers to accounts of the bank's own, by their numbers. */
export const toAccountSchema = `
alter table transfer add column to_account text not null default ''
  check ((iban = '') <> (to_account = ''));
`;

/** What a book of version 2 lacks: the accounts from which is paid out. */
export const accountSchema = `
create table account_balance (
  account_no text not null, currency text not null,
  -- What was ever put in; what is left is that less what was paid and what waits to be.
  given_kurus integer not null,
  balance_kurus integer not null check (balance_kurus >= 0),
  primary key (account_no, currency)
) strict;
create table transfer (
  id integer primary key,
  account_no text not null, reference text not null,
  currency text not null, amount_kurus integer not null check (amount_kurus > 0),
  -- Where it goes: one of the two.
  title text not null, iban text not null, description text not null,
  valid_until_v integer not null,
  state text not null check (state in ('pending', 'paid', 'refused')),
  code text not null, bank_reference text not null,
  settles_v integer, ends_as text not null check (ends_as in ('', 'paid', 'refused')),
  hidden_until_v integer not null default 0,
  created_v integer not null, settled_v integer,
  unique (account_no, reference),
  foreign key (account_no, currency) references account_balance,
  check ((state = 'pending') = (settled_v is null)),
  check (state <> 'pending' or settles_v is not null)
) strict;
create index pending_transfers on transfer (settles_v) where state = 'pending';
${toAccountSchema}`;

export const bookSchema = `
create table book (name text primary key, value text not null) strict;
create table clock (
  id integer primary key check (id = 1),
  offset_ms real not null, frozen_at_ms integer, rate real not null
) strict;
create table merchant (
  id integer primary key,
  prefix text not null, eft_code text not null, bank_name text not null, dialect text not null,
  merchant_no text not null, user text not null, password text not null, store_key text not null,
  unique (prefix, merchant_no)
) strict;
create table card (
  id integer primary key,
  pan_sha blob not null unique, bin8 text not null, last4 text not null,
  brand text not null, program text not null, issuer_eft text not null,
  kind text not null check (kind in ('credit', 'debit', 'prepaid')),
  limit_kurus integer not null check (limit_kurus >= 0),
  used_kurus integer not null default 0 check (used_kurus >= 0),
  behaviour text not null,
  authentication text not null check (authentication in ('full', 'half', 'not_enrolled')),
  code_kind text not null check (code_kind in ('letter', 'garanti', 'common'))
) strict;
create table batch (
  id integer primary key,
  merchant_id integer not null references merchant, no integer not null,
  opened_v integer not null, closed_v integer,
  state text not null check (state in ('open', 'closed')),
  sale_count integer not null default 0, sale_kurus integer not null default 0,
  refund_count integer not null default 0, refund_kurus integer not null default 0,
  unique (merchant_id, no)
) strict;
create unique index one_open_batch on batch (merchant_id) where state = 'open';
create trigger closed_batches_stay before update on batch when old.state = 'closed'
begin select raise(abort, 'a closed batch never changes'); end;
create table orders (
  id integer primary key,
  merchant_id integer not null references merchant, order_no text not null,
  currency text not null, instalments integer not null,
  state text not null check (state in ('declined', 'held', 'captured', 'voided')),
  sale_kurus integer not null,
  captured_kurus integer not null, refunded_kurus integer not null,
  hidden_until_v integer not null default 0,
  stale_until_v integer not null default 0, stale_before_txn integer not null default 0,
  created_v integer not null,
  unique (merchant_id, order_no),
  check (0 <= refunded_kurus and refunded_kurus <= captured_kurus
    and captured_kurus <= sale_kurus)
) strict;
create table threeds_session (
  id integer primary key,
  sid text not null unique,
  merchant_id integer not null references merchant, order_no text not null,
  amount_kurus integer not null check (amount_kurus > 0),
  currency text not null, instalments integer not null,
  op text not null check (op in ('sale', 'preauth')),
  model text not null check (model in ('3d', '3d_pay')),
  ok_url text not null, fail_url text not null, lang text not null, fields_json text not null,
  card_id integer references card, pan_masked text not null,
  is_cvv_wrong integer not null, client_ip text not null,
  md text not null, xid text not null,
  cavv text not null default '', eci text not null default '',
  state text not null check (state in ('open', 'authenticated', 'failed', 'consumed')),
  ending text not null default '', md_status text not null default '',
  tries integer not null default 0, return_json text not null default '',
  opened_v integer not null, expires_v integer not null, ended_v integer,
  unique (merchant_id, md),
  check ((state = 'open') = (md_status = '') and (state = 'open') = (ended_v is null)),
  check (state not in ('authenticated', 'consumed') or md_status in ('1', '2', '3', '4'))
) strict;
create index session_by_order on threeds_session (merchant_id, order_no);
create index open_sessions on threeds_session (expires_v) where state = 'open';
create table txn (
  id integer primary key,
  order_id integer not null references orders, merchant_id integer not null references merchant,
  type text not null check (type in ('sale', 'preauth', 'capture', 'void', 'refund')),
  ref_txn_id integer references txn,
  amount_kurus integer not null check (amount_kurus > 0),
  currency text not null, instalments integer not null,
  result text not null check (result in ('approved', 'declined')), code text not null,
  auth_code text not null, rrn text not null, bank_txn_id text not null,
  batch_id integer references batch, card_id integer references card, pan_masked text not null,
  client_ip text not null, voided_by integer references txn,
  session_id integer references threeds_session,
  created_v integer not null, created_real integer not null,
  unique (merchant_id, bank_txn_id), unique (merchant_id, rrn),
  check (result = 'declined' or batch_id is not null)
) strict;
create index txn_by_order on txn (order_id);
create unique index one_charge_of_session on txn (session_id) where result = 'approved';
create table fault_rule (
  id integer primary key,
  match_json text not null, action text not null, params_json text not null,
  times_left integer, seen integer not null default 0, hits integer not null default 0,
  created_v integer not null
) strict;
create table request_log (
  id integer primary key autoincrement,
  at_v integer not null, at_real integer not null, route text not null,
  op text not null, merchant_no text not null, order_no text not null,
  request_masked text not null, answer text not null,
  fault text not null, fault_rule_id integer, committed integer not null, ms integer not null
) strict;
${accountSchema}`;
