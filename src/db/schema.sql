-- Written by `node src/db/generate.ts`: change it by a migration.

create table agents (
  merchant_id text not null,
  id text not null,
  code text not null,
  name text not null,
  status text not null,
  created_at timestamp with time zone not null,
  constraint agents_pkey PRIMARY KEY (merchant_id, id),
  constraint agents_code_check CHECK (length(code) >= 1 AND length(code) <= 10),
  constraint agents_id_check CHECK (id ~ '^agt_[0-9A-Z]{20}$'::text),
  constraint agents_status_check CHECK (status = ANY (ARRAY['active'::text, 'blocked'::text])),
  constraint agents_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint agents_merchant_id_code_key UNIQUE (merchant_id, code)
);
grant delete, insert, select, update on agents to vezne_app;

create table api_keys (
  key_hash bytea not null,
  merchant_id text not null,
  agent_id text,
  kind text not null,
  hint text not null,
  allowed_ips text[],
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (key_hash),
  constraint api_keys_hint_check CHECK (length(hint) <= 12),
  constraint api_keys_kind_check CHECK (kind = ANY (ARRAY['secret'::text, 'publishable'::text])),
  constraint api_keys_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint api_keys_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
comment on table api_keys is 'directory: finds the merchant of a key';
grant delete, insert, select, update on api_keys to vezne_app;

create table commission_rates (
  merchant_id text not null,
  bank_id text not null,
  card_type text not null,
  instalments integer not null,
  rate_ppm bigint not null,
  constraint commission_rates_pkey PRIMARY KEY (merchant_id, bank_id, card_type, instalments),
  constraint commission_rates_bank_id_check CHECK (length(bank_id) = 4),
  constraint commission_rates_card_type_check CHECK (card_type = ANY (ARRAY['cc'::text, 'bc'::text, 'dc'::text])),
  constraint commission_rates_instalments_check CHECK (instalments = 0 OR instalments >= 2 AND instalments <= 36),
  constraint commission_rates_rate_ppm_check CHECK (rate_ppm >= 0 AND rate_ppm <= 500000),
  constraint commission_rates_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on commission_rates to vezne_app;

create table counters (
  merchant_id text not null,
  name text not null,
  next_value bigint not null,
  constraint counters_pkey PRIMARY KEY (merchant_id, name),
  constraint counters_next_value_check CHECK (next_value > 0),
  constraint counters_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on counters to vezne_app;

create table event_outbox (
  merchant_id text not null,
  event_id text not null,
  constraint event_outbox_pkey PRIMARY KEY (merchant_id, event_id)
);
grant delete, insert, select, update on event_outbox to vezne_app;

create table events (
  merchant_id text not null,
  id text not null,
  type text not null,
  subject_id text not null,
  payload jsonb not null,
  created_at timestamp with time zone not null,
  constraint events_pkey PRIMARY KEY (merchant_id, id)
);
comment on table events is 'insert-only: what happened stays happened';
grant insert, select on events to vezne_app;

create table ledger_entries (
  merchant_id text not null,
  id text not null,
  kind text not null,
  source_id text not null,
  debit_account text not null,
  credit_account text not null,
  amount_minor bigint not null,
  currency text not null,
  posted_at timestamp with time zone not null,
  constraint ledger_entries_pkey PRIMARY KEY (merchant_id, id),
  constraint ledger_entries_amount_minor_check CHECK (amount_minor > 0),
  constraint ledger_entries_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint ledger_entries_kind_check CHECK (kind = ANY (ARRAY['sale'::text, 'capture'::text, 'void'::text, 'refund'::text, 'commission'::text, 'commission_tax'::text, 'agent_share'::text])),
  constraint named_after_source CHECK (starts_with(id, ('ent_'::text || substr(source_id, 5)) || '_'::text)),
  constraint two_accounts CHECK (debit_account <> credit_account)
);
CREATE INDEX ledger_entries_by_time ON ledger_entries USING brin (posted_at);
comment on table ledger_entries is 'insert-only: books are corrected by new entries';
grant insert, select on ledger_entries to vezne_app;

create table ledger_snapshots (
  merchant_id text not null,
  account text not null,
  currency text not null,
  cut_at timestamp with time zone not null,
  balance_minor bigint not null,
  constraint ledger_snapshots_pkey PRIMARY KEY (merchant_id, cut_at, account, currency),
  constraint ledger_snapshots_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint ledger_snapshots_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
comment on table ledger_snapshots is 'insert-only: a wrong snapshot is seen by verify, not overwritten';
grant insert, select on ledger_snapshots to vezne_app;

create table merchants (
  id text not null,
  company_code text not null,
  name text not null,
  mode text not null,
  status text not null,
  clock_offset_ms bigint not null default 0,
  may_sell_without_3d boolean not null,
  commission_tax_ppm bigint not null,
  company_share_ppm bigint not null,
  created_at timestamp with time zone not null,
  constraint merchants_pkey PRIMARY KEY (id),
  constraint live_clock_is_real CHECK (mode = 'sandbox'::text OR clock_offset_ms = 0),
  constraint merchants_clock_offset_ms_check CHECK (clock_offset_ms >= 0),
  constraint merchants_commission_tax_ppm_check CHECK (commission_tax_ppm >= 0 AND commission_tax_ppm <= 1000000),
  constraint merchants_company_share_ppm_check CHECK (company_share_ppm >= 0 AND company_share_ppm <= 1000000),
  constraint merchants_id_check CHECK (id ~ '^mer_[0-9A-Z]{20}$'::text),
  constraint merchants_mode_check CHECK (mode = ANY (ARRAY['sandbox'::text, 'live'::text])),
  constraint merchants_status_check CHECK (status = ANY (ARRAY['active'::text, 'blocked'::text])),
  constraint merchants_company_code_key UNIQUE (company_code)
);
grant delete, insert, select, update on merchants to vezne_app;

create table payment_attempts (
  merchant_id text not null,
  id text not null,
  payment_id text not null,
  xact bigint not null,
  kind text not null,
  status text not null,
  currency text not null,
  amount_minor bigint not null,
  commission_minor bigint not null,
  commission_tax_minor bigint not null,
  original_id text,
  original_reference text,
  original_code text,
  instead_of_id text,
  refunded_before_minor bigint not null,
  bank_reference text,
  authorization_code text,
  decline_reason text,
  bank_code text,
  bank_message text,
  doubt text,
  request_key text,
  ask_hash text,
  notify_url text,
  opened_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  due_at timestamp with time zone,
  inquiries integer not null default 0,
  not_found_count integer not null default 0,
  first_not_found_at timestamp with time zone,
  safety_void_at timestamp with time zone,
  flagged_at timestamp with time zone,
  reversed_by_id text,
  constraint payment_attempts_pkey PRIMARY KEY (merchant_id, id),
  constraint approved_has_reference CHECK (status <> 'approved'::text OR bank_reference IS NOT NULL),
  constraint declined_has_reason CHECK ((status = 'declined'::text) = (decline_reason IS NOT NULL)),
  constraint one_charge_per_payment CHECK ((kind = ANY (ARRAY['sale'::text, 'hold'::text])) = (substr(id, 5) = substr(payment_id, 5))),
  constraint payment_attempts_amount_minor_check CHECK (amount_minor > 0),
  constraint payment_attempts_commission_minor_check CHECK (commission_minor >= 0),
  constraint payment_attempts_commission_tax_minor_check CHECK (commission_tax_minor >= 0),
  constraint payment_attempts_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint payment_attempts_id_check CHECK (length(id) = 24 AND starts_with(id, 'att_'::text)),
  constraint payment_attempts_kind_check CHECK (kind = ANY (ARRAY['sale'::text, 'hold'::text, 'capture'::text, 'void'::text, 'release'::text, 'reopen'::text, 'refund'::text])),
  constraint payment_attempts_refunded_before_minor_check CHECK (refunded_before_minor >= 0),
  constraint payment_attempts_status_check CHECK (status = ANY (ARRAY['open'::text, 'approved'::text, 'declined'::text, 'doubtful'::text])),
  constraint request_key_has_hash CHECK ((request_key IS NULL) = (ask_hash IS NULL)),
  constraint settled_has_time CHECK ((status = ANY (ARRAY['approved'::text, 'declined'::text])) = (settled_at IS NOT NULL)),
  constraint unsettled_is_due_or_flagged CHECK ((status = ANY (ARRAY['approved'::text, 'declined'::text])) OR due_at IS NOT NULL OR flagged_at IS NOT NULL),
  constraint payment_attempts_merchant_id_payment_id_fkey FOREIGN KEY (merchant_id, payment_id) REFERENCES payments(merchant_id, id),
  constraint one_attempt_per_xact UNIQUE (merchant_id, xact)
);
CREATE INDEX attempts_after_charge ON payment_attempts USING btree (merchant_id, payment_id) WHERE kind <> ALL (ARRAY['sale'::text, 'hold'::text]);
CREATE UNIQUE INDEX one_attempt_per_request_key ON payment_attempts USING btree (merchant_id, request_key) WHERE request_key IS NOT NULL;
CREATE UNIQUE INDEX one_unsettled_attempt ON payment_attempts USING btree (merchant_id, payment_id) WHERE status = ANY (ARRAY['open'::text, 'doubtful'::text]);
grant delete, insert, select, update on payment_attempts to vezne_app;

create table payments (
  merchant_id text not null,
  id text not null,
  version integer not null,
  status text not null,
  reference text not null,
  reference_slot text not null,
  pos_id text not null,
  agent_id text,
  currency text not null,
  amount_minor bigint not null,
  commission_minor bigint not null,
  commission_tax_minor bigint not null,
  company_minor bigint not null,
  captured_minor bigint not null,
  refunded_minor bigint not null,
  rate_ppm bigint not null,
  commission_tax_ppm bigint not null,
  is_commission_added boolean not null,
  instalments integer not null,
  card_mask text not null,
  card_holder text not null,
  card_brand text not null,
  card_type text not null,
  card_bank_id text not null,
  live_attempt_id text,
  captured_at timestamp with time zone,
  details jsonb not null,
  created_at timestamp with time zone not null,
  constraint payments_pkey PRIMARY KEY (merchant_id, id),
  constraint captured_fits CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
  constraint captured_has_money CHECK ((status = 'captured'::text) = (captured_minor > 0)),
  constraint captured_has_time CHECK ((status = 'captured'::text) = (captured_at IS NOT NULL)),
  constraint company_part_fits CHECK (company_minor >= 0 AND company_minor <= amount_minor),
  constraint fees_fit CHECK ((commission_minor + commission_tax_minor) <= amount_minor),
  constraint live_has_attempt CHECK ((status = ANY (ARRAY['held'::text, 'captured'::text])) = (live_attempt_id IS NOT NULL)),
  constraint payments_amount_minor_check CHECK (amount_minor > 0),
  constraint payments_card_mask_check CHECK (card_mask ~~ '______*%____'::text),
  constraint payments_card_type_check CHECK (card_type = ANY (ARRAY['cc'::text, 'bc'::text, 'dc'::text])),
  constraint payments_commission_minor_check CHECK (commission_minor >= 0),
  constraint payments_commission_tax_minor_check CHECK (commission_tax_minor >= 0),
  constraint payments_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint payments_id_check CHECK (length(id) = 24 AND starts_with(id, 'pay_'::text)),
  constraint payments_instalments_check CHECK (instalments = 0 OR instalments >= 2 AND instalments <= 36),
  constraint payments_reference_check CHECK (length(reference) >= 1 AND length(reference) <= 50),
  constraint payments_status_check CHECK (status = ANY (ARRAY['pending'::text, 'challenged'::text, 'held'::text, 'captured'::text, 'declined'::text, 'voided'::text])),
  constraint payments_version_check CHECK (version > 0),
  constraint reference_is_freed_by_decline CHECK (reference_slot =
CASE
    WHEN status = 'declined'::text THEN id
    ELSE ''::text
END),
  constraint refunded_fits CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
  constraint payments_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint payments_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint payments_merchant_id_pos_id_fkey FOREIGN KEY (merchant_id, pos_id) REFERENCES pos_accounts(merchant_id, id),
  constraint one_use_of_reference UNIQUE (merchant_id, reference, reference_slot)
);
grant delete, insert, select, update on payments to vezne_app;

create table pos_accounts (
  merchant_id text not null,
  id text not null,
  dialect text not null,
  bank_id text not null,
  bank_name text not null,
  base_url text not null,
  client_id text not null,
  api_user text not null,
  sealed bytea not null,
  is_default boolean not null,
  status text not null,
  created_at timestamp with time zone not null,
  constraint pos_accounts_pkey PRIMARY KEY (merchant_id, id),
  constraint pos_accounts_bank_id_check CHECK (length(bank_id) = 4),
  constraint pos_accounts_id_check CHECK (id ~ '^pos_[0-9A-Z]{20}$'::text),
  constraint pos_accounts_status_check CHECK (status = ANY (ARRAY['active'::text, 'closed'::text])),
  constraint pos_accounts_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE UNIQUE INDEX one_default_pos ON pos_accounts USING btree (merchant_id) WHERE is_default AND status = 'active'::text;
CREATE UNIQUE INDEX one_pos_per_bank ON pos_accounts USING btree (merchant_id, bank_id) WHERE status = 'active'::text;
grant delete, insert, select, update on pos_accounts to vezne_app;

create table vezne_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint vezne_migrations_pkey PRIMARY KEY (version)
);
grant select on vezne_migrations to vezne_app;
