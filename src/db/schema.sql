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
  client text,
  constraint api_keys_pkey PRIMARY KEY (key_hash),
  constraint api_keys_client_check CHECK (client ~ '^[0-9a-f-]{36}$'::text),
  constraint api_keys_hint_check CHECK (length(hint) <= 12),
  constraint api_keys_kind_check CHECK (kind = ANY (ARRAY['secret'::text, 'publishable'::text, 'paywall_public'::text, 'paywall_private'::text])),
  constraint pair_has_client CHECK ((kind = ANY (ARRAY['secret'::text, 'publishable'::text])) = (client IS NULL)),
  constraint api_keys_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint api_keys_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
comment on table api_keys is 'directory: finds the merchant of a key';
grant delete, insert, select, update on api_keys to vezne_app;

create table approvals (
  merchant_id text not null,
  id text not null,
  sale bigint not null,
  calculator text not null,
  same_date boolean not null,
  description text not null,
  approved_at timestamp with time zone not null,
  constraint approvals_pkey PRIMARY KEY (merchant_id, id),
  constraint approvals_calculator_check CHECK (calculator = ANY (ARRAY['rates'::text, 'platform'::text])),
  constraint approvals_id_check CHECK (id ~ '^apr_[0-9A-Z]{20}$'::text),
  constraint approvals_merchant_id_sale_fkey FOREIGN KEY (merchant_id, sale) REFERENCES sales(merchant_id, number)
);
CREATE INDEX approvals_of_sale ON approvals USING btree (merchant_id, sale);
grant delete, insert, select, update on approvals to vezne_app;

create table callback_addresses (
  merchant_id text not null,
  place integer not null,
  url text not null,
  hears text[] not null,
  created_at timestamp with time zone not null,
  constraint callback_addresses_pkey PRIMARY KEY (merchant_id, place),
  constraint callback_addresses_hears_check CHECK (cardinality(hears) >= 1 AND hears <@ ARRAY['success'::text, 'failure'::text, 'cancel'::text, 'refund'::text, 'partial_refund'::text]),
  constraint callback_addresses_place_check CHECK (place >= 1 AND place <= 10),
  constraint callback_addresses_url_check CHECK (length(url) >= 1 AND length(url) <= 2048),
  constraint callback_addresses_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint one_callback_per_url UNIQUE (merchant_id, url)
);
grant delete, insert, select, update on callback_addresses to vezne_app;

create table callback_keys (
  merchant_id text not null,
  scenario text not null,
  sealed bytea not null,
  created_at timestamp with time zone not null,
  constraint callback_keys_pkey PRIMARY KEY (merchant_id, scenario),
  constraint callback_keys_scenario_check CHECK (scenario = ANY (ARRAY['3d'::text, 'system'::text, 'payout'::text])),
  constraint callback_keys_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on callback_keys to vezne_app;

create table card_entries (
  merchant_id text not null,
  session_id text not null,
  subscription_id text not null,
  covers_group boolean not null,
  orders text[] not null,
  origin text not null,
  label text not null default ''::text,
  accepted_from text,
  card bigint,
  stored_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint card_entries_pkey PRIMARY KEY (merchant_id, session_id),
  constraint accepted_on_page CHECK ((origin = 'page'::text) = (accepted_from IS NOT NULL)),
  constraint card_entries_label_check CHECK (length(label) <= 100),
  constraint card_entries_orders_check CHECK (cardinality(orders) >= 1),
  constraint card_entries_origin_check CHECK (origin = ANY (ARRAY['page'::text, 'server'::text])),
  constraint stored_has_time CHECK ((card IS NULL) = (stored_at IS NULL)),
  constraint card_entries_merchant_id_card_fkey FOREIGN KEY (merchant_id, card) REFERENCES payer_cards(merchant_id, number),
  constraint card_entries_merchant_id_session_id_fkey FOREIGN KEY (merchant_id, session_id) REFERENCES checkout_sessions(merchant_id, id) ON DELETE CASCADE,
  constraint card_entries_merchant_id_subscription_id_fkey FOREIGN KEY (merchant_id, subscription_id) REFERENCES subscriptions(merchant_id, id)
);
CREATE INDEX card_entries_by_order ON card_entries USING btree (merchant_id, subscription_id, created_at) WHERE card IS NULL;
grant delete, insert, select, update on card_entries to vezne_app;

create table card_owners (
  merchant_id text not null,
  id text not null,
  customer text not null,
  created_at timestamp with time zone not null,
  constraint card_owners_pkey PRIMARY KEY (merchant_id, id),
  constraint card_owners_customer_check CHECK (length(customer) >= 1 AND length(customer) <= 100),
  constraint card_owners_id_check CHECK (length(id) = 24 AND starts_with(id, 'own_'::text)),
  constraint card_owners_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint one_owner_per_customer UNIQUE (merchant_id, customer)
);
grant delete, insert, select, update on card_owners to vezne_app;

create table cards (
  merchant_id text not null,
  id text not null,
  key_id text,
  sealed bytea,
  fingerprint bytea not null,
  mask text not null,
  holder_mask text not null,
  brand text not null,
  type text not null,
  bank_id text not null,
  expiry_month integer not null,
  expiry_year integer not null,
  owner_id text,
  token text,
  description text not null default ''::text,
  created_at timestamp with time zone not null,
  purge_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint cards_pkey PRIMARY KEY (merchant_id, id),
  constraint cards_expiry_month_check CHECK (expiry_month >= 1 AND expiry_month <= 12),
  constraint cards_expiry_year_check CHECK (expiry_year >= 2000 AND expiry_year <= 2099),
  constraint cards_id_check CHECK (length(id) = 24 AND starts_with(id, 'crd_'::text)),
  constraint cards_mask_check CHECK (mask ~~ '______*%____'::text),
  constraint cards_type_check CHECK (type = ANY (ARRAY['cc'::text, 'bc'::text, 'dc'::text])),
  constraint forgotten_is_empty CHECK ((deleted_at IS NULL) = (sealed IS NOT NULL)),
  constraint owned_has_token CHECK ((owner_id IS NULL) = (token IS NULL)),
  constraint owned_or_passing CHECK (owner_id IS NULL OR purge_at IS NULL),
  constraint passing_has_end CHECK (owner_id IS NOT NULL OR deleted_at IS NOT NULL OR purge_at IS NOT NULL),
  constraint sealed_with_key CHECK ((sealed IS NULL) = (key_id IS NULL)),
  constraint cards_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint cards_merchant_id_key_id_fkey FOREIGN KEY (merchant_id, key_id) REFERENCES vault_keys(merchant_id, id),
  constraint cards_merchant_id_owner_id_fkey FOREIGN KEY (merchant_id, owner_id) REFERENCES card_owners(merchant_id, id),
  constraint one_card_per_token UNIQUE (merchant_id, token)
);
CREATE INDEX cards_by_key ON cards USING btree (merchant_id, key_id) WHERE key_id IS NOT NULL;
CREATE INDEX cards_to_forget ON cards USING btree (merchant_id, purge_at) WHERE purge_at IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX one_card_of_owner ON cards USING btree (merchant_id, owner_id, fingerprint) WHERE owner_id IS NOT NULL AND deleted_at IS NULL;
grant delete, insert, select, update on cards to vezne_app;

create table checkout_sessions (
  merchant_id text not null,
  id text not null,
  kind text not null,
  link_id text,
  agent_id text,
  amount_minor bigint not null,
  currency text not null,
  version integer not null default 1,
  terms jsonb not null,
  charged_token_id text,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint checkout_sessions_pkey PRIMARY KEY (merchant_id, id),
  constraint checkout_sessions_amount_minor_check CHECK (amount_minor > 0),
  constraint checkout_sessions_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint checkout_sessions_id_check CHECK (length(id) = 24 AND starts_with(id, 'ses_'::text)),
  constraint checkout_sessions_kind_check CHECK (kind = ANY (ARRAY['server'::text, 'form'::text, 'link'::text, 'card'::text, 'market'::text])),
  constraint link_has_link CHECK ((kind = 'link'::text) = (link_id IS NOT NULL)),
  constraint charged_token_is_ours FOREIGN KEY (merchant_id, id, charged_token_id) REFERENCES checkout_tokens(merchant_id, session_id, id),
  constraint checkout_sessions_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint checkout_sessions_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint checkout_sessions_merchant_id_link_id_fkey FOREIGN KEY (merchant_id, link_id) REFERENCES pay_links(merchant_id, id)
);
grant delete, insert, select, update on checkout_sessions to vezne_app;

create table checkout_tokens (
  merchant_id text not null,
  id text not null,
  session_id text not null,
  session_version integer not null,
  guid text not null,
  status text not null,
  card_id text,
  payment_id text not null,
  planned jsonb not null,
  saves_card boolean not null default false,
  opened_at timestamp with time zone,
  returned_at timestamp with time zone,
  level text,
  eci text,
  proof bytea,
  reason text,
  bank_code text,
  bank_message text,
  unclaimed_at timestamp with time zone,
  told_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint checkout_tokens_pkey PRIMARY KEY (merchant_id, id),
  constraint authenticated_has_level CHECK ((status = 'authenticated'::text) = (level IS NOT NULL)),
  constraint checkout_tokens_guid_check CHECK (guid ~ '^[0-9A-F-]{36}$'::text),
  constraint checkout_tokens_id_check CHECK (length(id) = 24 AND starts_with(id, 'tok_'::text)),
  constraint checkout_tokens_level_check CHECK (level = ANY (ARRAY['full'::text, 'half'::text])),
  constraint checkout_tokens_payment_id_check CHECK (length(payment_id) = 24 AND starts_with(payment_id, 'pay_'::text)),
  constraint checkout_tokens_status_check CHECK (status = ANY (ARRAY['ready'::text, 'challenged'::text, 'authenticated'::text, 'refused'::text])),
  constraint proof_of_authenticated CHECK (proof IS NULL OR status = 'authenticated'::text),
  constraint refused_has_reason CHECK ((status = 'refused'::text) = (reason IS NOT NULL)),
  constraint returned_has_end CHECK ((returned_at IS NOT NULL) = (status = ANY (ARRAY['authenticated'::text, 'refused'::text]))),
  constraint checkout_tokens_merchant_id_card_id_fkey FOREIGN KEY (merchant_id, card_id) REFERENCES cards(merchant_id, id),
  constraint checkout_tokens_merchant_id_session_id_fkey FOREIGN KEY (merchant_id, session_id) REFERENCES checkout_sessions(merchant_id, id),
  constraint one_place_per_token UNIQUE (merchant_id, session_id, id),
  constraint one_token_per_guid UNIQUE (merchant_id, guid),
  constraint one_token_per_payment UNIQUE (merchant_id, payment_id)
);
CREATE INDEX checkout_tokens_unclaimed ON checkout_tokens USING btree (merchant_id, unclaimed_at) WHERE unclaimed_at IS NOT NULL;
grant delete, insert, select, update on checkout_tokens to vezne_app;

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

create table debts (
  merchant_id text not null,
  number bigint not null,
  sale bigint not null,
  product bigint not null,
  member bigint not null,
  kind text not null,
  currency text not null,
  amount_minor bigint not null,
  pay_date date not null,
  state text not null,
  is_held boolean not null default false,
  payout bigint,
  calculated_at timestamp with time zone not null,
  constraint debts_pkey PRIMARY KEY (merchant_id, number),
  constraint debts_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint debts_kind_check CHECK (kind = ANY (ARRAY['discount'::text, 'cargo'::text, 'clawback'::text])),
  constraint debts_state_check CHECK (state = ANY (ARRAY['open'::text, 'deleted'::text])),
  constraint only_open_is_paid CHECK (payout IS NULL OR state = 'open'::text),
  constraint sign_fits_kind CHECK (
CASE kind
    WHEN 'clawback'::text THEN amount_minor < 0
    ELSE amount_minor >= 0
END),
  constraint debts_merchant_id_member_fkey FOREIGN KEY (merchant_id, member) REFERENCES members(merchant_id, number),
  constraint debts_merchant_id_payout_fkey FOREIGN KEY (merchant_id, payout) REFERENCES payouts(merchant_id, number),
  constraint debts_merchant_id_product_fkey FOREIGN KEY (merchant_id, product) REFERENCES sale_products(merchant_id, number)
);
CREATE INDEX debts_held ON debts USING btree (merchant_id, sale) WHERE is_held AND state = 'open'::text;
CREATE INDEX debts_of_member ON debts USING btree (merchant_id, member) WHERE state = 'open'::text;
CREATE INDEX debts_of_payout ON debts USING btree (merchant_id, payout) WHERE payout IS NOT NULL;
CREATE INDEX debts_of_product ON debts USING btree (merchant_id, product) WHERE state <> 'deleted'::text;
CREATE INDEX debts_of_sale ON debts USING btree (merchant_id, sale) WHERE state <> 'deleted'::text;
CREATE INDEX debts_to_pay ON debts USING btree (merchant_id, pay_date) WHERE state = 'open'::text AND payout IS NULL AND NOT is_held;
CREATE UNIQUE INDEX one_debt_per_cause ON debts USING btree (merchant_id, product, kind) WHERE state <> 'deleted'::text AND kind <> 'clawback'::text;
grant delete, insert, select, update on debts to vezne_app;

create table earning_changes (
  merchant_id text not null,
  id text not null,
  sale bigint not null,
  what text not null,
  details jsonb not null,
  changed_at timestamp with time zone not null,
  constraint earning_changes_pkey PRIMARY KEY (merchant_id, id),
  constraint earning_changes_id_check CHECK (id ~ '^chg_[0-9A-Z]{20}$'::text),
  constraint earning_changes_what_check CHECK (what = ANY (ARRAY['reject'::text, 'delete'::text, 'raise'::text, 'lower'::text, 'postpone'::text, 'redate'::text, 'retry'::text, 'debt'::text, 'refund'::text])),
  constraint earning_changes_merchant_id_sale_fkey FOREIGN KEY (merchant_id, sale) REFERENCES sales(merchant_id, number)
);
CREATE INDEX changes_of_sale ON earning_changes USING btree (merchant_id, sale, id);
comment on table earning_changes is 'insert-only: what was changed is told by a new row';
grant insert, select on earning_changes to vezne_app;

create table earnings (
  merchant_id text not null,
  number bigint not null,
  approval_id text not null,
  sale bigint not null,
  product bigint not null,
  party text not null,
  member bigint not null,
  currency text not null,
  amount_minor bigint not null,
  commission_ppm bigint not null,
  reflection_date date not null,
  pay_date date not null,
  state text not null,
  is_retried boolean not null default false,
  is_held boolean not null default false,
  payout bigint,
  calculated_at timestamp with time zone not null,
  constraint earnings_pkey PRIMARY KEY (merchant_id, number),
  constraint earnings_amount_minor_check CHECK (amount_minor >= 0),
  constraint earnings_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint earnings_party_check CHECK (party = ANY (ARRAY['member'::text, 'platform'::text])),
  constraint earnings_state_check CHECK (state = ANY (ARRAY['open'::text, 'closed'::text, 'deleted'::text])),
  constraint only_open_is_paid CHECK (payout IS NULL OR state = 'open'::text),
  constraint pay_date_is_no_earlier CHECK (pay_date >= reflection_date),
  constraint earnings_merchant_id_approval_id_fkey FOREIGN KEY (merchant_id, approval_id) REFERENCES approvals(merchant_id, id),
  constraint earnings_merchant_id_payout_fkey FOREIGN KEY (merchant_id, payout) REFERENCES payouts(merchant_id, number),
  constraint earnings_merchant_id_product_fkey FOREIGN KEY (merchant_id, product) REFERENCES sale_products(merchant_id, number)
);
CREATE INDEX earnings_held ON earnings USING btree (merchant_id, sale) WHERE is_held AND state = 'open'::text;
CREATE INDEX earnings_of_member ON earnings USING btree (merchant_id, member, number) WHERE party = 'member'::text AND state <> 'deleted'::text;
CREATE INDEX earnings_of_payout ON earnings USING btree (merchant_id, payout, reflection_date) WHERE payout IS NOT NULL;
CREATE INDEX earnings_of_sale ON earnings USING btree (merchant_id, sale) WHERE state <> 'deleted'::text;
CREATE INDEX earnings_to_pay ON earnings USING btree (merchant_id, party, pay_date) WHERE state = 'open'::text AND payout IS NULL AND NOT is_held AND amount_minor > 0;
CREATE INDEX earnings_waiting ON earnings USING btree (merchant_id, party, currency, reflection_date) INCLUDE (amount_minor) WHERE state = 'open'::text AND payout IS NULL AND NOT is_held;
CREATE UNIQUE INDEX one_earning_per_party ON earnings USING btree (merchant_id, product, party) WHERE state <> 'deleted'::text;
grant delete, insert, select, update on earnings to vezne_app;

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

create table invoice_tries (
  merchant_id text not null,
  invoice bigint not null,
  no integer not null,
  payment_id text not null,
  card bigint not null,
  is_manual boolean not null,
  is_paid boolean not null default false,
  opened_at timestamp with time zone not null,
  constraint invoice_tries_pkey PRIMARY KEY (merchant_id, invoice, no),
  constraint invoice_tries_no_check CHECK (no > 0),
  constraint invoice_tries_merchant_id_card_fkey FOREIGN KEY (merchant_id, card) REFERENCES payer_cards(merchant_id, number),
  constraint invoice_tries_merchant_id_invoice_fkey FOREIGN KEY (merchant_id, invoice) REFERENCES invoices(merchant_id, number),
  constraint invoice_tries_merchant_id_payment_id_fkey FOREIGN KEY (merchant_id, payment_id) REFERENCES payments(merchant_id, id) DEFERRABLE INITIALLY DEFERRED,
  constraint one_try_per_payment UNIQUE (merchant_id, payment_id)
);
CREATE UNIQUE INDEX one_collection_per_invoice ON invoice_tries USING btree (merchant_id, invoice) WHERE is_paid;
grant delete, insert, select, update on invoice_tries to vezne_app;

create table invoices (
  merchant_id text not null,
  number bigint not null,
  invoice_no text not null,
  subscription_id text not null,
  term integer not null,
  term_slot integer,
  version integer not null default 1,
  status text not null,
  drawn_from timestamp with time zone not null,
  amount_minor bigint not null,
  company_minor bigint,
  is_told boolean not null,
  due_at timestamp with time zone,
  leased_until timestamp with time zone,
  tries integer not null default 0,
  refused_cards bigint[] not null default '{}'::bigint[],
  last_reason text,
  last_message text,
  attempted_at timestamp with time zone,
  attempted_on date,
  attempts_today integer not null default 0,
  attempt_days integer not null default 0,
  open_payment_id text,
  open_card bigint,
  wanted_status text,
  wanted_minor bigint,
  wanted_company_minor bigint,
  paid_by_id text,
  paid_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint invoices_pkey PRIMARY KEY (merchant_id, number),
  constraint company_part_fits CHECK (company_minor >= 0 AND company_minor <= amount_minor),
  constraint due_is_waiting CHECK (due_at IS NULL OR status = 'waiting'::text AND open_payment_id IS NULL),
  constraint invoices_amount_minor_check CHECK (amount_minor > 0),
  constraint invoices_attempt_days_check CHECK (attempt_days >= 0),
  constraint invoices_attempts_today_check CHECK (attempts_today >= 0),
  constraint invoices_invoice_no_check CHECK (length(invoice_no) >= 1 AND length(invoice_no) <= 50),
  constraint invoices_status_check CHECK (status = ANY (ARRAY['waiting'::text, 'paid'::text, 'failed'::text, 'cancelled'::text, 'deleted'::text])),
  constraint invoices_term_check CHECK (term >= 0),
  constraint invoices_tries_check CHECK (tries >= 0),
  constraint invoices_version_check CHECK (version > 0),
  constraint invoices_wanted_minor_check CHECK (wanted_minor > 0),
  constraint invoices_wanted_status_check CHECK (wanted_status = ANY (ARRAY['failed'::text, 'cancelled'::text, 'deleted'::text])),
  constraint open_has_card CHECK ((open_payment_id IS NULL) = (open_card IS NULL)),
  constraint open_is_waiting CHECK (open_payment_id IS NULL OR status = 'waiting'::text),
  constraint paid_was_drawn CHECK ((status = 'paid'::text) = (paid_by_id IS NOT NULL) AND (paid_by_id IS NULL) = (paid_at IS NULL)),
  constraint term_is_freed_by_deletion CHECK (NOT term_slot IS DISTINCT FROM
CASE
    WHEN status <> 'deleted'::text THEN term
    ELSE NULL::integer
END),
  constraint wanted_is_open CHECK (open_payment_id IS NOT NULL OR wanted_status IS NULL AND wanted_minor IS NULL AND wanted_company_minor IS NULL),
  constraint invoices_merchant_id_subscription_id_fkey FOREIGN KEY (merchant_id, subscription_id) REFERENCES subscriptions(merchant_id, id),
  constraint one_invoice_per_name UNIQUE (merchant_id, invoice_no),
  constraint one_invoice_per_term UNIQUE (merchant_id, subscription_id, term_slot)
);
CREATE INDEX invoices_due ON invoices USING btree (merchant_id, due_at) WHERE due_at IS NOT NULL;
grant delete, insert, select, update on invoices to vezne_app;

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
  constraint ledger_entries_kind_check CHECK (kind = ANY (ARRAY['sale'::text, 'capture'::text, 'void'::text, 'refund'::text, 'commission'::text, 'commission_tax'::text, 'agent_share'::text, 'member_earning'::text, 'platform_earning'::text, 'debt'::text, 'earning_change'::text, 'payout'::text])),
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

create table link_pictures (
  merchant_id text not null,
  link_id text not null,
  type text not null,
  bytes bytea not null,
  constraint link_pictures_pkey PRIMARY KEY (merchant_id, link_id),
  constraint link_pictures_bytes_check CHECK (length(bytes) >= 1 AND length(bytes) <= 4194304),
  constraint link_pictures_type_check CHECK (type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/webp'::text])),
  constraint link_pictures_merchant_id_link_id_fkey FOREIGN KEY (merchant_id, link_id) REFERENCES pay_links(merchant_id, id)
);
grant delete, insert, select, update on link_pictures to vezne_app;

create table link_stock_uses (
  merchant_id text not null,
  payment_id text not null,
  link_id text not null,
  constraint link_stock_uses_pkey PRIMARY KEY (merchant_id, payment_id),
  constraint link_stock_uses_merchant_id_link_id_fkey FOREIGN KEY (merchant_id, link_id) REFERENCES link_stocks(merchant_id, link_id),
  constraint link_stock_uses_merchant_id_payment_id_fkey FOREIGN KEY (merchant_id, payment_id) REFERENCES payments(merchant_id, id)
);
CREATE INDEX link_stock_uses_by_link ON link_stock_uses USING btree (merchant_id, link_id);
grant delete, insert, select, update on link_stock_uses to vezne_app;

create table link_stocks (
  merchant_id text not null,
  link_id text not null,
  total integer not null,
  taken integer not null default 0,
  constraint link_stocks_pkey PRIMARY KEY (merchant_id, link_id),
  constraint link_stocks_total_check CHECK (total > 0),
  constraint never_oversold CHECK (taken >= 0 AND taken <= total),
  constraint link_stocks_merchant_id_link_id_fkey FOREIGN KEY (merchant_id, link_id) REFERENCES pay_links(merchant_id, id)
);
grant delete, insert, select, update on link_stocks to vezne_app;

create table marketplace_settings (
  merchant_id text not null,
  distribution text not null,
  has_manual_trigger boolean not null,
  platform_days integer not null,
  order_days_max integer,
  constraint marketplace_settings_pkey PRIMARY KEY (merchant_id),
  constraint marketplace_settings_distribution_check CHECK (distribution = ANY (ARRAY['developer'::text, 'payout'::text, 'excel'::text])),
  constraint marketplace_settings_order_days_max_check CHECK (order_days_max >= 1 AND order_days_max <= 400),
  constraint marketplace_settings_platform_days_check CHECK (platform_days >= 1 AND platform_days <= 30),
  constraint trigger_needs_transfers CHECK (NOT has_manual_trigger OR distribution = 'payout'::text),
  constraint marketplace_settings_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on marketplace_settings to vezne_app;

create table member_accounts (
  merchant_id text not null,
  number bigint not null,
  member bigint not null,
  currency text not null,
  title text not null,
  iban text not null,
  created_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  constraint member_accounts_pkey PRIMARY KEY (merchant_id, number),
  constraint member_accounts_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint member_accounts_iban_check CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'::text),
  constraint member_accounts_title_check CHECK (length(title) >= 1 AND length(title) <= 200),
  constraint member_accounts_merchant_id_member_fkey FOREIGN KEY (merchant_id, member) REFERENCES members(merchant_id, number)
);
CREATE UNIQUE INDEX one_account_per_currency ON member_accounts USING btree (merchant_id, member, currency) WHERE deleted_at IS NULL;
grant delete, insert, select, update on member_accounts to vezne_app;

create table member_value_dates (
  merchant_id text not null,
  number bigint not null,
  member bigint not null,
  kind text not null,
  value integer not null,
  commission_ppm bigint not null,
  effective_from timestamp with time zone not null,
  constraint member_value_dates_pkey PRIMARY KEY (merchant_id, number),
  constraint member_value_dates_commission_ppm_check CHECK (commission_ppm >= 0 AND commission_ppm <= 1000000),
  constraint member_value_dates_kind_check CHECK (kind = ANY (ARRAY['plus_day'::text, 'day_of_week'::text, 'day_of_month'::text])),
  constraint value_fits_kind CHECK (
CASE kind
    WHEN 'plus_day'::text THEN value >= 1 AND value <= 100
    WHEN 'day_of_week'::text THEN value >= 1 AND value <= 7
    ELSE value >= 1 AND value <= 28
END),
  constraint member_value_dates_merchant_id_member_fkey FOREIGN KEY (merchant_id, member) REFERENCES members(merchant_id, number)
);
CREATE INDEX value_dates_of_member ON member_value_dates USING btree (merchant_id, member, number);
grant delete, insert, select, update on member_value_dates to vezne_app;

create table members (
  merchant_id text not null,
  number bigint not null,
  external_id text not null,
  external_slot text not null,
  is_sub_merchant boolean not null,
  kind text,
  name text not null,
  title text not null,
  tax_office text not null,
  tax_number text not null,
  identity_number text not null,
  email text not null,
  phone text not null,
  address text not null,
  contact_name text not null,
  contact_lastname text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint members_pkey PRIMARY KEY (merchant_id, number),
  constraint external_id_is_freed_by_deletion CHECK (external_slot =
CASE
    WHEN deleted_at IS NULL THEN ''::text
    ELSE number::text
END),
  constraint members_external_id_check CHECK (length(external_id) >= 1 AND length(external_id) <= 250),
  constraint members_kind_check CHECK (kind = ANY (ARRAY['person'::text, 'sole'::text, 'company'::text])),
  constraint sub_merchant_has_kind CHECK (NOT is_sub_merchant OR kind IS NOT NULL),
  constraint members_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint one_member_per_external_id UNIQUE (merchant_id, external_id, external_slot)
);
CREATE INDEX members_by_identity ON members USING btree (merchant_id, identity_number) WHERE identity_number <> ''::text AND deleted_at IS NULL;
CREATE INDEX members_by_tax_number ON members USING btree (merchant_id, tax_number) WHERE tax_number <> ''::text AND deleted_at IS NULL;
grant delete, insert, select, update on members to vezne_app;

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
  needs_card_code boolean not null default false,
  may_call_inside boolean not null default false,
  draw_gap_minutes integer not null default 120,
  constraint merchants_pkey PRIMARY KEY (id),
  constraint live_calls_outside CHECK (mode = 'sandbox'::text OR NOT may_call_inside),
  constraint live_clock_is_real CHECK (mode = 'sandbox'::text OR clock_offset_ms = 0),
  constraint merchants_clock_offset_ms_check CHECK (clock_offset_ms >= 0),
  constraint merchants_commission_tax_ppm_check CHECK (commission_tax_ppm >= 0 AND commission_tax_ppm <= 1000000),
  constraint merchants_company_share_ppm_check CHECK (company_share_ppm >= 0 AND company_share_ppm <= 1000000),
  constraint merchants_draw_gap_minutes_check CHECK (draw_gap_minutes >= 1 AND draw_gap_minutes <= 1440),
  constraint merchants_id_check CHECK (id ~ '^mer_[0-9A-Z]{20}$'::text),
  constraint merchants_mode_check CHECK (mode = ANY (ARRAY['sandbox'::text, 'live'::text])),
  constraint merchants_status_check CHECK (status = ANY (ARRAY['active'::text, 'blocked'::text])),
  constraint merchants_company_code_key UNIQUE (company_code)
);
grant delete, insert, select, update on merchants to vezne_app;

create table numbered_links (
  merchant_id text not null,
  number bigint not null,
  link_id text not null,
  code text,
  details jsonb not null,
  constraint numbered_links_pkey PRIMARY KEY (merchant_id, number),
  constraint numbered_links_code_check CHECK (length(code) >= 1 AND length(code) <= 250),
  constraint numbered_links_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint numbered_links_merchant_id_link_id_fkey FOREIGN KEY (merchant_id, link_id) REFERENCES pay_links(merchant_id, id),
  constraint one_link_per_code UNIQUE (merchant_id, code),
  constraint one_number_per_link UNIQUE (merchant_id, link_id)
);
grant delete, insert, select, update on numbered_links to vezne_app;

create table one_time_codes (
  merchant_id text not null,
  purpose text not null,
  session text not null,
  phone text not null,
  code_hash bytea not null,
  sent_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  tries integer not null default 0,
  verified_at timestamp with time zone,
  used_at timestamp with time zone,
  counted_on date,
  sent_that_day integer not null default 0,
  wrong_that_day integer not null default 0,
  constraint one_time_codes_pkey PRIMARY KEY (merchant_id, purpose, session),
  constraint one_time_codes_phone_check CHECK (phone ~ '^5[0-9]{9}$'::text),
  constraint one_time_codes_purpose_check CHECK (purpose = ANY (ARRAY['card'::text, 'receipt'::text, 'subscription'::text])),
  constraint one_time_codes_sent_that_day_check CHECK (sent_that_day >= 0),
  constraint one_time_codes_session_check CHECK (length(session) >= 1 AND length(session) <= 100),
  constraint one_time_codes_tries_check CHECK (tries >= 0 AND tries <= 3),
  constraint one_time_codes_wrong_that_day_check CHECK (wrong_that_day >= 0),
  constraint used_was_verified CHECK (used_at IS NULL OR verified_at IS NOT NULL),
  constraint one_time_codes_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on one_time_codes to vezne_app;

create table outgoing_messages (
  merchant_id text not null,
  id text not null,
  purpose text not null,
  channel text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  status text not null,
  tries integer not null default 0,
  problem text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint outgoing_messages_pkey PRIMARY KEY (merchant_id, id),
  constraint ended_has_time CHECK ((status = ANY (ARRAY['sent'::text, 'failed'::text])) = (ended_at IS NOT NULL)),
  constraint outgoing_messages_channel_check CHECK (channel = ANY (ARRAY['email'::text, 'sms'::text])),
  constraint outgoing_messages_id_check CHECK (length(id) = 24 AND starts_with(id, 'msg_'::text)),
  constraint outgoing_messages_purpose_check CHECK (length(purpose) >= 1 AND length(purpose) <= 40),
  constraint outgoing_messages_recipient_check CHECK (length(recipient) >= 1 AND length(recipient) <= 254),
  constraint outgoing_messages_status_check CHECK (status = ANY (ARRAY['kept'::text, 'waiting'::text, 'sent'::text, 'failed'::text])),
  constraint outgoing_messages_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on outgoing_messages to vezne_app;

create table pay_links (
  merchant_id text not null,
  id text not null,
  status text not null,
  reference text not null,
  amount_minor bigint not null,
  currency text not null,
  agent_id text,
  is_multi boolean not null,
  terms jsonb not null,
  paid_by_id text,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint pay_links_pkey PRIMARY KEY (merchant_id, id),
  constraint many_stay_open CHECK (status <> 'paid'::text OR NOT is_multi),
  constraint paid_was_paid CHECK (status <> 'paid'::text OR paid_by_id IS NOT NULL),
  constraint pay_links_amount_minor_check CHECK (amount_minor > 0),
  constraint pay_links_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint pay_links_id_check CHECK (id ~ '^[0-9a-f-]{36}$'::text),
  constraint pay_links_reference_check CHECK (length(reference) >= 1 AND length(reference) <= 250),
  constraint pay_links_status_check CHECK (status = ANY (ARRAY['waiting'::text, 'paid'::text, 'passive'::text])),
  constraint pay_links_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint pay_links_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint pay_links_merchant_id_paid_by_id_fkey FOREIGN KEY (merchant_id, paid_by_id) REFERENCES payments(merchant_id, id)
);
CREATE INDEX pay_links_by_reference ON pay_links USING btree (merchant_id, reference);
CREATE INDEX pay_links_by_time ON pay_links USING btree (merchant_id, created_at);
grant delete, insert, select, update on pay_links to vezne_app;

create table payer_cards (
  merchant_id text not null,
  number bigint not null,
  card_id text not null,
  label text not null default ''::text,
  created_at timestamp with time zone not null,
  constraint payer_cards_pkey PRIMARY KEY (merchant_id, number),
  constraint payer_cards_label_check CHECK (length(label) <= 100),
  constraint payer_cards_merchant_id_card_id_fkey FOREIGN KEY (merchant_id, card_id) REFERENCES cards(merchant_id, id),
  constraint payer_cards_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint one_number_per_card UNIQUE (merchant_id, card_id)
);
grant delete, insert, select, update on payer_cards to vezne_app;

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

create table payment_watches (
  merchant_id text not null,
  number bigint not null,
  sale bigint,
  page bigint,
  action text not null,
  statuses text[] not null,
  url text,
  state text not null,
  last_status text not null,
  known_at timestamp with time zone,
  new_status text,
  is_back boolean not null default false,
  looks integer not null default 0,
  due_at timestamp with time zone,
  leased_until timestamp with time zone,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint payment_watches_pkey PRIMARY KEY (merchant_id, number),
  constraint done_has_end CHECK ((state = 'done'::text) = (ended_at IS NOT NULL)),
  constraint only_cancel_gives_back CHECK (state <> 'returning'::text OR action = 'cancel'::text),
  constraint only_open_is_leased CHECK (leased_until IS NULL OR due_at IS NOT NULL),
  constraint only_sales_are_given_back CHECK (action <> 'cancel'::text OR sale IS NOT NULL),
  constraint open_is_due CHECK ((state = 'done'::text) = (due_at IS NULL)),
  constraint payment_watches_action_check CHECK (action = ANY (ARRAY['report'::text, 'change'::text, 'cancel'::text, 'notify'::text])),
  constraint payment_watches_last_status_check CHECK (last_status = ANY (ARRAY['created'::text, 'started'::text, 'held'::text, 'paid'::text, 'failed'::text])),
  constraint payment_watches_looks_check CHECK (looks >= 0),
  constraint payment_watches_new_status_check CHECK (new_status = ANY (ARRAY['created'::text, 'started'::text, 'held'::text, 'paid'::text, 'failed'::text])),
  constraint payment_watches_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'returning'::text, 'done'::text])),
  constraint payment_watches_statuses_check CHECK (cardinality(statuses) >= 1 AND statuses <@ ARRAY['started'::text, 'failed'::text]),
  constraint payment_watches_url_check CHECK (length(url) >= 1 AND length(url) <= 2048),
  constraint reports_have_address CHECK (url IS NOT NULL OR (action = ANY (ARRAY['change'::text, 'cancel'::text]))),
  constraint told_is_done CHECK (new_status IS NULL OR state = 'done'::text),
  constraint watches_one_thing CHECK ((sale IS NULL) <> (page IS NULL)),
  constraint what_is_known_stays CHECK (state <> 'returning'::text OR known_at IS NULL),
  constraint payment_watches_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint payment_watches_merchant_id_page_fkey FOREIGN KEY (merchant_id, page) REFERENCES numbered_links(merchant_id, number),
  constraint payment_watches_merchant_id_sale_fkey FOREIGN KEY (merchant_id, sale) REFERENCES sales(merchant_id, number)
);
CREATE INDEX watches_due ON payment_watches USING btree (merchant_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX watches_of_sale ON payment_watches USING btree (merchant_id, sale) WHERE sale IS NOT NULL;
CREATE UNIQUE INDEX one_return_per_sale ON payment_watches USING btree (merchant_id, sale) WHERE state = 'returning'::text;
grant delete, insert, select, update on payment_watches to vezne_app;

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
  shares_reference boolean not null default false,
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
  constraint payments_reference_check CHECK (length(reference) >= 1 AND length(reference) <= 250),
  constraint payments_status_check CHECK (status = ANY (ARRAY['pending'::text, 'held'::text, 'captured'::text, 'declined'::text, 'voided'::text])),
  constraint payments_version_check CHECK (version > 0),
  constraint reference_is_freed_by_decline CHECK (reference_slot =
CASE
    WHEN status = 'declined'::text OR shares_reference THEN id
    ELSE ''::text
END),
  constraint refunded_fits CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
  constraint payments_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint payments_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint payments_merchant_id_pos_id_fkey FOREIGN KEY (merchant_id, pos_id) REFERENCES pos_accounts(merchant_id, id),
  constraint one_use_of_reference UNIQUE (merchant_id, reference, reference_slot)
);
grant delete, insert, select, update on payments to vezne_app;

create table payout_batches (
  merchant_id text not null,
  number bigint not null,
  through_day date not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  constraint payout_batches_pkey PRIMARY KEY (merchant_id, number),
  constraint payout_batches_made_by_check CHECK (length(made_by) >= 1 AND length(made_by) <= 100),
  constraint payout_batches_number_check CHECK (number > 0),
  constraint payout_batches_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on payout_batches to vezne_app;

create table payout_connections (
  merchant_id text not null,
  number bigint not null,
  provider text not null,
  key text not null,
  currency text not null,
  base_url text not null,
  account text not null,
  sealed bytea not null,
  is_main boolean not null,
  is_open boolean not null,
  created_at timestamp with time zone not null,
  constraint payout_connections_pkey PRIMARY KEY (merchant_id, number),
  constraint payout_connections_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint payout_connections_key_check CHECK (length(key) >= 1 AND length(key) <= 50),
  constraint payout_connections_provider_check CHECK (provider = 'simulator'::text),
  constraint payout_connections_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE UNIQUE INDEX one_connection_per_key ON payout_connections USING btree (merchant_id, key, currency) WHERE is_open;
CREATE UNIQUE INDEX one_main_connection ON payout_connections USING btree (merchant_id, currency) WHERE is_main AND is_open;
grant delete, insert, select, update on payout_connections to vezne_app;

create table payout_runs (
  merchant_id text not null,
  id text not null,
  payout bigint not null,
  run integer not null,
  state text not null,
  amount_minor bigint not null,
  title text not null,
  iban text,
  bank_reference text,
  message text not null,
  opened_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  inquiries integer not null default 0,
  not_found_count integer not null default 0,
  first_not_found_at timestamp with time zone,
  flagged_at timestamp with time zone,
  account_no text,
  verdict text,
  marked_by text,
  constraint payout_runs_pkey PRIMARY KEY (merchant_id, id),
  constraint goes_to_one_place CHECK (num_nonnulls(iban, account_no) =
CASE
    WHEN title = ''::text THEN 0
    ELSE 1
END),
  constraint marked_has_ended CHECK (marked_by IS NULL OR settled_at IS NOT NULL),
  constraint only_ended_is_judged CHECK (verdict IS NULL OR (state = ANY (ARRAY['paid'::text, 'refused'::text]))),
  constraint only_hand_returns CHECK (state <> 'returned'::text OR marked_by IS NOT NULL),
  constraint paid_has_reference CHECK (state <> 'paid'::text OR bank_reference IS NOT NULL),
  constraint payout_runs_account_no_check CHECK (length(account_no) >= 1 AND length(account_no) <= 50),
  constraint payout_runs_amount_minor_check CHECK (amount_minor > 0),
  constraint payout_runs_id_check CHECK (id ~ '^out_[0-9A-Z]{20}$'::text),
  constraint payout_runs_marked_by_check CHECK (length(marked_by) >= 1 AND length(marked_by) <= 100),
  constraint payout_runs_run_check CHECK (run > 0),
  constraint payout_runs_state_check CHECK (state = ANY (ARRAY['open'::text, 'paid'::text, 'refused'::text, 'doubtful'::text, 'returned'::text])),
  constraint settled_has_time CHECK ((state = ANY (ARRAY['paid'::text, 'refused'::text, 'returned'::text])) = (settled_at IS NOT NULL)),
  constraint ended_by_verdict FOREIGN KEY (merchant_id, verdict) REFERENCES payout_verdicts(merchant_id, id),
  constraint payout_runs_merchant_id_payout_fkey FOREIGN KEY (merchant_id, payout) REFERENCES payouts(merchant_id, number),
  constraint one_run_per_number UNIQUE (merchant_id, payout, run)
);
CREATE INDEX flagged_runs ON payout_runs USING btree (merchant_id, flagged_at) WHERE flagged_at IS NOT NULL;
CREATE UNIQUE INDEX one_paid_run ON payout_runs USING btree (merchant_id, payout) WHERE state = 'paid'::text;
CREATE UNIQUE INDEX one_returned_run ON payout_runs USING btree (merchant_id, payout) WHERE state = 'returned'::text;
CREATE UNIQUE INDEX one_unsettled_run ON payout_runs USING btree (merchant_id, payout) WHERE state = ANY (ARRAY['open'::text, 'doubtful'::text]);
grant delete, insert, select, update on payout_runs to vezne_app;

create table payout_verdicts (
  merchant_id text not null,
  id text not null,
  run text not null,
  verdict text not null,
  bank_reference text,
  reason text not null,
  person text not null,
  bank_said text not null,
  judged_at timestamp with time zone not null,
  constraint payout_verdicts_pkey PRIMARY KEY (merchant_id, id),
  constraint paid_has_reference CHECK ((verdict = 'paid'::text) = (bank_reference IS NOT NULL)),
  constraint payout_verdicts_bank_reference_check CHECK (length(bank_reference) >= 1 AND length(bank_reference) <= 100),
  constraint payout_verdicts_id_check CHECK (id ~ '^vrd_[0-9A-Z]{20}$'::text),
  constraint payout_verdicts_person_check CHECK (length(person) >= 1 AND length(person) <= 100),
  constraint payout_verdicts_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  constraint payout_verdicts_verdict_check CHECK (verdict = ANY (ARRAY['paid'::text, 'unpaid'::text])),
  constraint payout_verdicts_merchant_id_run_fkey FOREIGN KEY (merchant_id, run) REFERENCES payout_runs(merchant_id, id)
);
CREATE INDEX verdicts_of_run ON payout_verdicts USING btree (merchant_id, run);
comment on table payout_verdicts is 'insert-only: another finding is another row';
grant insert, select on payout_verdicts to vezne_app;

create table payouts (
  merchant_id text not null,
  number bigint not null,
  kind text not null,
  guid text not null,
  party text not null,
  member bigint,
  connection bigint,
  currency text not null,
  amount_minor bigint not null,
  count integer not null,
  date_from date,
  date_to date,
  code text,
  code_month text,
  title text,
  iban text,
  description text not null,
  details jsonb not null,
  state text not null,
  runs integer not null,
  failure text not null,
  is_bound boolean not null default false,
  due_at timestamp with time zone,
  leased_until timestamp with time zone,
  created_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  account_no text,
  batch bigint,
  constraint payouts_pkey PRIMARY KEY (merchant_id, number),
  constraint account_is_whole CHECK (num_nonnulls(iban, account_no) = num_nonnulls(title)),
  constraint code_has_month CHECK ((code IS NULL) = (code_month IS NULL)),
  constraint ended_has_time CHECK ((state = ANY (ARRAY['paid'::text, 'failed'::text])) = (settled_at IS NOT NULL)),
  constraint hand_alone_has_no_connection CHECK ((kind = 'hand'::text) = (connection IS NULL)),
  constraint hand_alone_is_of_batch CHECK ((kind = 'hand'::text) = (batch IS NOT NULL)),
  constraint hand_has_receiver CHECK (kind <> 'hand'::text OR iban IS NOT NULL AND (party = ANY (ARRAY['member'::text, 'platform'::text]))),
  constraint hand_is_not_sent CHECK (kind <> 'hand'::text OR state <> 'sending'::text AND NOT is_bound),
  constraint member_is_named CHECK ((party = 'member'::text) = (member IS NOT NULL)),
  constraint only_open_is_leased CHECK (leased_until IS NULL OR due_at IS NOT NULL),
  constraint open_is_due CHECK (
CASE
    WHEN kind = 'hand'::text THEN due_at IS NULL
    WHEN state = ANY (ARRAY['queued'::text, 'sending'::text]) THEN due_at IS NOT NULL
    ELSE due_at IS NULL OR is_bound
END),
  constraint order_has_span CHECK ((kind = 'order'::text) = (date_from IS NOT NULL) AND (date_from IS NULL) = (date_to IS NULL) AND date_from <= date_to),
  constraint payouts_account_no_check CHECK (length(account_no) >= 1 AND length(account_no) <= 50),
  constraint payouts_amount_minor_check CHECK (amount_minor > 0),
  constraint payouts_code_check CHECK (length(code) >= 1 AND length(code) <= 250),
  constraint payouts_code_month_check CHECK (code_month ~ '^[0-9]{4}-[0-9]{2}$'::text),
  constraint payouts_count_check CHECK (count >= 0),
  constraint payouts_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint payouts_guid_check CHECK (guid ~ '^[0-9a-f-]{36}$'::text),
  constraint payouts_kind_check CHECK (kind = ANY (ARRAY['order'::text, 'daily'::text, 'direct'::text, 'hand'::text])),
  constraint payouts_party_check CHECK (party = ANY (ARRAY['platform'::text, 'member'::text, 'other'::text])),
  constraint payouts_runs_check CHECK (runs >= 0),
  constraint payouts_state_check CHECK (state = ANY (ARRAY['queued'::text, 'sending'::text, 'paid'::text, 'failed'::text])),
  constraint payouts_merchant_id_batch_fkey FOREIGN KEY (merchant_id, batch) REFERENCES payout_batches(merchant_id, number),
  constraint payouts_merchant_id_connection_fkey FOREIGN KEY (merchant_id, connection) REFERENCES payout_connections(merchant_id, number),
  constraint payouts_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint payouts_merchant_id_member_fkey FOREIGN KEY (merchant_id, member) REFERENCES members(merchant_id, number),
  constraint one_payout_per_code UNIQUE (merchant_id, code, code_month),
  constraint one_payout_per_guid UNIQUE (merchant_id, guid)
);
CREATE INDEX failed_payouts ON payouts USING btree (merchant_id, party, currency) WHERE state = 'failed'::text AND kind <> 'direct'::text;
CREATE INDEX orders_of_merchant ON payouts USING btree (merchant_id, currency, date_from) WHERE kind = 'order'::text;
CREATE INDEX payouts_due ON payouts USING btree (merchant_id, due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX one_hand_payout_per_receiver ON payouts USING btree (merchant_id, batch, party, member, currency) NULLS NOT DISTINCT WHERE batch IS NOT NULL;
grant delete, insert, select, update on payouts to vezne_app;

create table platform_accounts (
  merchant_id text not null,
  currency text not null,
  title text not null,
  iban text not null,
  created_at timestamp with time zone not null,
  constraint platform_accounts_pkey PRIMARY KEY (merchant_id, currency),
  constraint platform_accounts_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint platform_accounts_iban_check CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'::text),
  constraint platform_accounts_title_check CHECK (length(title) >= 1 AND length(title) <= 200),
  constraint platform_accounts_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
grant delete, insert, select, update on platform_accounts to vezne_app;

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
  accepts_half_secure boolean not null default false,
  three_d_model text not null default '3d'::text,
  constraint pos_accounts_pkey PRIMARY KEY (merchant_id, id),
  constraint pos_accounts_bank_id_check CHECK (length(bank_id) = 4),
  constraint pos_accounts_id_check CHECK (id ~ '^pos_[0-9A-Z]{20}$'::text),
  constraint pos_accounts_status_check CHECK (status = ANY (ARRAY['active'::text, 'closed'::text])),
  constraint pos_accounts_three_d_model_check CHECK (three_d_model = ANY (ARRAY['3d'::text, '3d_pay'::text])),
  constraint pos_accounts_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE UNIQUE INDEX one_default_pos ON pos_accounts USING btree (merchant_id) WHERE is_default AND status = 'active'::text;
CREATE UNIQUE INDEX one_pos_per_bank ON pos_accounts USING btree (merchant_id, bank_id) WHERE status = 'active'::text;
grant delete, insert, select, update on pos_accounts to vezne_app;

create table recurrings (
  merchant_id text not null,
  number bigint not null,
  guid text not null,
  code text not null,
  state text not null,
  subscription_id text not null,
  period_type integer not null,
  pending_hours integer not null,
  trial_days integer not null,
  customer jsonb not null,
  items jsonb not null,
  created_at timestamp with time zone not null,
  constraint recurrings_pkey PRIMARY KEY (merchant_id, number),
  constraint recurrings_code_check CHECK (length(code) >= 1 AND length(code) <= 250),
  constraint recurrings_guid_check CHECK (guid ~ '^[0-9a-f-]{36}$'::text),
  constraint recurrings_pending_hours_check CHECK (pending_hours >= 0 AND pending_hours <= 24),
  constraint recurrings_period_type_check CHECK (period_type >= 1 AND period_type <= 8),
  constraint recurrings_state_check CHECK (state = ANY (ARRAY['opening'::text, 'live'::text, 'deleted'::text])),
  constraint recurrings_trial_days_check CHECK (trial_days >= 0 AND trial_days <= 366),
  constraint recurrings_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint recurrings_merchant_id_subscription_id_fkey FOREIGN KEY (merchant_id, subscription_id) REFERENCES subscriptions(merchant_id, id),
  constraint one_recurring_per_guid UNIQUE (merchant_id, guid),
  constraint one_recurring_per_order UNIQUE (merchant_id, subscription_id)
);
CREATE INDEX recurrings_opening ON recurrings USING btree (merchant_id, created_at) WHERE state = 'opening'::text;
CREATE UNIQUE INDEX one_recurring_per_code ON recurrings USING btree (merchant_id, code) WHERE state <> 'deleted'::text;
grant delete, insert, select, update on recurrings to vezne_app;

create table sale_products (
  merchant_id text not null,
  number bigint not null,
  sale bigint not null,
  external_id text not null,
  name text not null,
  category text not null,
  description text not null,
  amount_minor bigint not null,
  captured_minor bigint not null,
  member bigint,
  commission_ppm bigint,
  member_earning_minor bigint,
  cargo_owner text,
  cargo_currency text,
  cargo_minor bigint,
  discount_owner text,
  discount_kind text,
  discount_value bigint,
  approval_id text,
  constraint sale_products_pkey PRIMARY KEY (merchant_id, number),
  constraint captured_fits CHECK (captured_minor >= 0 AND captured_minor <= amount_minor),
  constraint cargo_is_whole CHECK ((cargo_owner IS NULL) = (cargo_minor IS NULL) AND (cargo_owner IS NULL) = (cargo_currency IS NULL)),
  constraint discount_fits CHECK (
CASE discount_kind
    WHEN 'amount'::text THEN discount_value <= amount_minor
    WHEN 'percent'::text THEN discount_value <= 1000000
    ELSE discount_value IS NULL
END),
  constraint discount_is_whole CHECK ((discount_owner IS NULL) = (discount_value IS NULL) AND (discount_owner IS NULL) = (discount_kind IS NULL)),
  constraint member_earning_fits CHECK (member_earning_minor >= 0 AND member_earning_minor <= amount_minor),
  constraint sale_products_amount_minor_check CHECK (amount_minor > 0),
  constraint sale_products_cargo_currency_check CHECK (cargo_currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint sale_products_cargo_minor_check CHECK (cargo_minor >= 0),
  constraint sale_products_cargo_owner_check CHECK (cargo_owner = ANY (ARRAY['platform'::text, 'member'::text, 'nobody'::text])),
  constraint sale_products_commission_ppm_check CHECK (commission_ppm >= 0 AND commission_ppm <= 1000000),
  constraint sale_products_discount_kind_check CHECK (discount_kind = ANY (ARRAY['amount'::text, 'percent'::text])),
  constraint sale_products_discount_owner_check CHECK (discount_owner = ANY (ARRAY['platform'::text, 'member'::text])),
  constraint sale_products_discount_value_check CHECK (discount_value >= 0),
  constraint sale_products_merchant_id_approval_id_fkey FOREIGN KEY (merchant_id, approval_id) REFERENCES approvals(merchant_id, id),
  constraint sale_products_merchant_id_member_fkey FOREIGN KEY (merchant_id, member) REFERENCES members(merchant_id, number),
  constraint sale_products_merchant_id_sale_fkey FOREIGN KEY (merchant_id, sale) REFERENCES sales(merchant_id, number)
);
CREATE INDEX products_of_sale ON sale_products USING btree (merchant_id, sale, number);
grant delete, insert, select, update on sale_products to vezne_app;

create table sale_returns (
  merchant_id text not null,
  sale bigint not null,
  no integer not null,
  state text not null,
  deletes boolean not null,
  platform_minor bigint not null,
  member_minor bigint not null,
  recommissions boolean not null,
  opened_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  constraint sale_returns_pkey PRIMARY KEY (merchant_id, sale, no),
  constraint sale_returns_member_minor_check CHECK (member_minor >= 0),
  constraint sale_returns_no_check CHECK (no > 0),
  constraint sale_returns_platform_minor_check CHECK (platform_minor >= 0),
  constraint sale_returns_state_check CHECK (state = ANY (ARRAY['open'::text, 'done'::text, 'failed'::text])),
  constraint settled_has_time CHECK ((state = 'open'::text) = (settled_at IS NULL)),
  constraint sale_returns_merchant_id_sale_fkey FOREIGN KEY (merchant_id, sale) REFERENCES sales(merchant_id, number)
);
CREATE UNIQUE INDEX one_open_return ON sale_returns USING btree (merchant_id, sale) WHERE state = 'open'::text;
grant delete, insert, select, update on sale_returns to vezne_app;

create table sales (
  merchant_id text not null,
  number bigint not null,
  code text not null,
  payment_id text not null,
  session_id text,
  token_id text,
  waits_for_end boolean not null,
  currency text not null,
  amount_minor bigint not null,
  details jsonb not null,
  created_at timestamp with time zone not null,
  entered_card text,
  constraint sales_pkey PRIMARY KEY (merchant_id, number),
  constraint only_3d_waits CHECK (NOT waits_for_end OR session_id IS NOT NULL),
  constraint sales_amount_minor_check CHECK (amount_minor > 0),
  constraint sales_code_check CHECK (length(code) >= 1 AND length(code) <= 250),
  constraint sales_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint sales_payment_id_check CHECK (length(payment_id) = 24 AND starts_with(payment_id, 'pay_'::text)),
  constraint session_has_try CHECK ((session_id IS NULL) = (token_id IS NULL)),
  constraint sales_merchant_id_entered_card_fkey FOREIGN KEY (merchant_id, entered_card) REFERENCES cards(merchant_id, id),
  constraint sales_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint one_sale_per_code UNIQUE (merchant_id, code),
  constraint one_sale_per_payment UNIQUE (merchant_id, payment_id)
);
CREATE UNIQUE INDEX one_sale_per_entered_card ON sales USING btree (merchant_id, entered_card) WHERE entered_card IS NOT NULL;
CREATE UNIQUE INDEX one_sale_per_session ON sales USING btree (merchant_id, session_id) WHERE session_id IS NOT NULL;
grant delete, insert, select, update on sales to vezne_app;

create table subscription_cards (
  merchant_id text not null,
  number bigint not null,
  subscription_id text not null,
  card bigint not null,
  position integer not null,
  created_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint subscription_cards_pkey PRIMARY KEY (merchant_id, number),
  constraint subscription_cards_position_check CHECK ("position" > 0),
  constraint subscription_cards_merchant_id_card_fkey FOREIGN KEY (merchant_id, card) REFERENCES payer_cards(merchant_id, number),
  constraint subscription_cards_merchant_id_subscription_id_fkey FOREIGN KEY (merchant_id, subscription_id) REFERENCES subscriptions(merchant_id, id)
);
CREATE INDEX subscription_cards_by_card ON subscription_cards USING btree (merchant_id, card) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX one_place_per_card ON subscription_cards USING btree (merchant_id, subscription_id, card) WHERE removed_at IS NULL;
grant delete, insert, select, update on subscription_cards to vezne_app;

create table subscriptions (
  merchant_id text not null,
  id text not null,
  status text not null,
  reference text not null,
  reference_slot text not null,
  group_reference text,
  agent_id text,
  currency text not null,
  amount_minor bigint not null,
  company_minor bigint,
  interval text not null,
  interval_count integer not null,
  period integer not null,
  begin_at timestamp with time zone not null,
  plan_numbers bigint[] not null,
  is_fixed_price boolean not null,
  renews boolean not null,
  adds_commission boolean not null,
  daily_attempts integer not null,
  attempt_days integer not null,
  draws_at_card boolean not null,
  terms jsonb not null,
  accepted_at timestamp with time zone,
  accepted_from text,
  stopped_at timestamp with time zone,
  created_at timestamp with time zone not null,
  rest_minutes integer,
  rounds_max integer,
  constraint subscriptions_pkey PRIMARY KEY (merchant_id, id),
  constraint accepted_from_somewhere CHECK ((accepted_at IS NULL) = (accepted_from IS NULL)),
  constraint company_part_fits CHECK (company_minor >= 0 AND company_minor <= amount_minor),
  constraint own_rests_are_whole CHECK ((rest_minutes IS NULL) = (rounds_max IS NULL)),
  constraint reference_is_freed_by_deletion CHECK (reference_slot =
CASE
    WHEN status = 'deleted'::text THEN id
    ELSE ''::text
END),
  constraint stopped_has_time CHECK ((status = 'stopped'::text) = (stopped_at IS NOT NULL)),
  constraint subscriptions_amount_minor_check CHECK (amount_minor > 0),
  constraint subscriptions_attempt_days_check CHECK (attempt_days >= 1 AND attempt_days <= 366),
  constraint subscriptions_currency_check CHECK (currency = ANY (ARRAY['TRY'::text, 'USD'::text, 'EUR'::text, 'GBP'::text])),
  constraint subscriptions_daily_attempts_check CHECK (daily_attempts >= 1 AND daily_attempts <= 24),
  constraint subscriptions_group_reference_check CHECK (length(group_reference) >= 1 AND length(group_reference) <= 50),
  constraint subscriptions_id_check CHECK (id ~ '^[0-9a-f-]{36}$'::text),
  constraint subscriptions_interval_check CHECK ("interval" = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'year'::text])),
  constraint subscriptions_interval_count_check CHECK (interval_count >= 1 AND interval_count <= 1200),
  constraint subscriptions_period_check CHECK (period >= 1 AND period <= 1200),
  constraint subscriptions_plan_numbers_check CHECK (cardinality(plan_numbers) >= 1),
  constraint subscriptions_reference_check CHECK (length(reference) >= 1 AND length(reference) <= 50),
  constraint subscriptions_rest_minutes_check CHECK (rest_minutes >= 1 AND rest_minutes <= 1440),
  constraint subscriptions_rounds_max_check CHECK (rounds_max >= 1 AND rounds_max <= 24),
  constraint subscriptions_status_check CHECK (status = ANY (ARRAY['active'::text, 'stopped'::text, 'deleted'::text])),
  constraint subscriptions_merchant_id_agent_id_fkey FOREIGN KEY (merchant_id, agent_id) REFERENCES agents(merchant_id, id),
  constraint subscriptions_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id),
  constraint one_order_per_reference UNIQUE (merchant_id, reference, reference_slot)
);
CREATE INDEX subscriptions_by_group ON subscriptions USING btree (merchant_id, group_reference) WHERE group_reference IS NOT NULL;
CREATE INDEX subscriptions_by_time ON subscriptions USING btree (merchant_id, created_at);
grant delete, insert, select, update on subscriptions to vezne_app;

create table vault_keys (
  merchant_id text not null,
  id text not null,
  wrapped bytea not null,
  status text not null,
  created_at timestamp with time zone not null,
  constraint vault_keys_pkey PRIMARY KEY (merchant_id, id),
  constraint vault_keys_id_check CHECK (length(id) = 24 AND starts_with(id, 'key_'::text)),
  constraint vault_keys_status_check CHECK (status = ANY (ARRAY['active'::text, 'retiring'::text])),
  constraint vault_keys_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id)
);
CREATE UNIQUE INDEX one_active_vault_key ON vault_keys USING btree (merchant_id) WHERE status = 'active'::text;
grant delete, insert, select, update on vault_keys to vezne_app;

create table vezne_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint vezne_migrations_pkey PRIMARY KEY (version)
);
grant select on vezne_migrations to vezne_app;
