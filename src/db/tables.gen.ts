// Written by `node src/db/generate.ts`: change it by a migration.

import type { Generated } from "kysely";

export interface Agents {
  merchant_id: string;
  id: string;
  code: string;
  name: string;
  status: "active" | "blocked";
  created_at: Date;
}

export interface ApiKeys {
  key_hash: Buffer;
  merchant_id: string;
  agent_id: string | null;
  kind: "secret" | "publishable" | "paywall_public" | "paywall_private";
  hint: string;
  allowed_ips: string[] | null;
  created_at: Date;
  revoked_at: Date | null;
  client: string | null;
}

export interface Approvals {
  merchant_id: string;
  id: string;
  sale: bigint;
  calculator: "rates" | "platform";
  same_date: boolean;
  description: string;
  approved_at: Date;
}

export interface CallbackAddresses {
  merchant_id: string;
  place: number;
  url: string;
  hears: string[];
  created_at: Date;
}

export interface CallbackKeys {
  merchant_id: string;
  scenario: "3d" | "system" | "payout";
  sealed: Buffer;
  created_at: Date;
}

export interface CardEntries {
  merchant_id: string;
  session_id: string;
  subscription_id: string;
  covers_group: boolean;
  orders: string[];
  origin: "page" | "server";
  label: Generated<string>;
  accepted_from: string | null;
  card: bigint | null;
  stored_at: Date | null;
  created_at: Date;
}

export interface CardOwners {
  merchant_id: string;
  id: string;
  customer: string;
  created_at: Date;
}

export interface Cards {
  merchant_id: string;
  id: string;
  key_id: string | null;
  sealed: Buffer | null;
  fingerprint: Buffer;
  mask: string;
  holder_mask: string;
  brand: string;
  type: "cc" | "bc" | "dc";
  bank_id: string;
  expiry_month: number;
  expiry_year: number;
  owner_id: string | null;
  token: string | null;
  description: Generated<string>;
  created_at: Date;
  purge_at: Date | null;
  deleted_at: Date | null;
}

export interface CheckoutSessions {
  merchant_id: string;
  id: string;
  kind: "server" | "form" | "link" | "card" | "market";
  link_id: string | null;
  agent_id: string | null;
  amount_minor: bigint;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  version: Generated<number>;
  terms: unknown;
  charged_token_id: string | null;
  expires_at: Date;
  created_at: Date;
}

export interface CheckoutTokens {
  merchant_id: string;
  id: string;
  session_id: string;
  session_version: number;
  guid: string;
  status: "ready" | "challenged" | "authenticated" | "refused";
  card_id: string | null;
  payment_id: string;
  planned: unknown;
  saves_card: Generated<boolean>;
  opened_at: Date | null;
  returned_at: Date | null;
  level: "full" | "half" | null;
  eci: string | null;
  proof: Buffer | null;
  reason: string | null;
  bank_code: string | null;
  bank_message: string | null;
  unclaimed_at: Date | null;
  told_at: Date | null;
  created_at: Date;
}

export interface CommissionRates {
  merchant_id: string;
  bank_id: string;
  card_type: "cc" | "bc" | "dc";
  instalments: number;
  rate_ppm: bigint;
}

export interface Counters {
  merchant_id: string;
  name: string;
  next_value: bigint;
}

export interface Debts {
  merchant_id: string;
  number: bigint;
  sale: bigint;
  product: bigint;
  member: bigint;
  kind: "discount" | "cargo" | "clawback";
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  pay_date: string;
  state: "open" | "deleted";
  is_held: Generated<boolean>;
  payout: bigint | null;
  calculated_at: Date;
}

export interface EarningChanges {
  merchant_id: string;
  id: string;
  sale: bigint;
  what: "reject" | "delete" | "raise" | "lower" | "postpone" | "redate" | "retry" | "debt" | "refund";
  details: unknown;
  changed_at: Date;
}

export interface Earnings {
  merchant_id: string;
  number: bigint;
  approval_id: string;
  sale: bigint;
  product: bigint;
  party: "member" | "platform";
  member: bigint;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  commission_ppm: bigint;
  reflection_date: string;
  pay_date: string;
  state: "open" | "closed" | "deleted";
  is_retried: Generated<boolean>;
  is_held: Generated<boolean>;
  payout: bigint | null;
  calculated_at: Date;
}

export interface EventOutbox {
  merchant_id: string;
  event_id: string;
}

export interface Events {
  merchant_id: string;
  id: string;
  type: string;
  subject_id: string;
  payload: unknown;
  created_at: Date;
}

export interface InvoiceTries {
  merchant_id: string;
  invoice: bigint;
  no: number;
  payment_id: string;
  card: bigint;
  is_manual: boolean;
  is_paid: Generated<boolean>;
  opened_at: Date;
}

export interface Invoices {
  merchant_id: string;
  number: bigint;
  invoice_no: string;
  subscription_id: string;
  term: number;
  term_slot: number | null;
  version: Generated<number>;
  status: "waiting" | "paid" | "failed" | "cancelled" | "deleted";
  drawn_from: Date;
  amount_minor: bigint;
  company_minor: bigint | null;
  is_told: boolean;
  due_at: Date | null;
  leased_until: Date | null;
  tries: Generated<number>;
  refused_cards: Generated<bigint[]>;
  last_reason: string | null;
  last_message: string | null;
  attempted_at: Date | null;
  attempted_on: string | null;
  attempts_today: Generated<number>;
  attempt_days: Generated<number>;
  open_payment_id: string | null;
  open_card: bigint | null;
  wanted_status: "failed" | "cancelled" | "deleted" | null;
  wanted_minor: bigint | null;
  wanted_company_minor: bigint | null;
  paid_by_id: string | null;
  paid_at: Date | null;
  created_at: Date;
}

export interface LedgerEntries {
  merchant_id: string;
  id: string;
  kind: "sale" | "capture" | "void" | "refund" | "commission" | "commission_tax" | "agent_share" | "member_earning" | "platform_earning" | "debt" | "earning_change" | "payout";
  source_id: string;
  debit_account: string;
  credit_account: string;
  amount_minor: bigint;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  posted_at: Date;
}

export interface LedgerSnapshots {
  merchant_id: string;
  account: string;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  cut_at: Date;
  balance_minor: bigint;
}

export interface LinkPictures {
  merchant_id: string;
  link_id: string;
  type: "image/png" | "image/jpeg" | "image/webp";
  bytes: Buffer;
}

export interface LinkStockUses {
  merchant_id: string;
  payment_id: string;
  link_id: string;
}

export interface LinkStocks {
  merchant_id: string;
  link_id: string;
  total: number;
  taken: Generated<number>;
}

export interface MarketplaceSettings {
  merchant_id: string;
  distribution: "developer" | "payout" | "excel";
  has_manual_trigger: boolean;
  platform_days: number;
  order_days_max: number | null;
}

export interface MemberAccounts {
  merchant_id: string;
  number: bigint;
  member: bigint;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  title: string;
  iban: string;
  created_at: Date;
  deleted_at: Date | null;
}

export interface MemberValueDates {
  merchant_id: string;
  number: bigint;
  member: bigint;
  kind: "plus_day" | "day_of_week" | "day_of_month";
  value: number;
  commission_ppm: bigint;
  effective_from: Date;
}

export interface Members {
  merchant_id: string;
  number: bigint;
  external_id: string;
  external_slot: string;
  is_sub_merchant: boolean;
  kind: "person" | "sole" | "company" | null;
  name: string;
  title: string;
  tax_office: string;
  tax_number: string;
  identity_number: string;
  email: string;
  phone: string;
  address: string;
  contact_name: string;
  contact_lastname: string;
  created_at: Date;
  updated_at: Date | null;
  deleted_at: Date | null;
}

export interface Merchants {
  id: string;
  company_code: string;
  name: string;
  mode: "sandbox" | "live";
  status: "active" | "blocked";
  clock_offset_ms: Generated<bigint>;
  may_sell_without_3d: boolean;
  commission_tax_ppm: bigint;
  company_share_ppm: bigint;
  created_at: Date;
  needs_card_code: Generated<boolean>;
  may_call_inside: Generated<boolean>;
  draw_gap_minutes: Generated<number>;
}

export interface NumberedLinks {
  merchant_id: string;
  number: bigint;
  link_id: string;
  code: string | null;
  details: unknown;
}

export interface OneTimeCodes {
  merchant_id: string;
  purpose: "card" | "receipt" | "subscription";
  session: string;
  phone: string;
  code_hash: Buffer;
  sent_at: Date;
  expires_at: Date;
  tries: Generated<number>;
  verified_at: Date | null;
  used_at: Date | null;
  counted_on: string | null;
  sent_that_day: Generated<number>;
  wrong_that_day: Generated<number>;
}

export interface OutgoingMessages {
  merchant_id: string;
  id: string;
  purpose: string;
  channel: "email" | "sms";
  recipient: string;
  subject: string;
  body: string;
  status: "kept" | "waiting" | "sent" | "failed";
  tries: Generated<number>;
  problem: string | null;
  created_at: Date;
  ended_at: Date | null;
}

export interface PayLinks {
  merchant_id: string;
  id: string;
  status: "waiting" | "paid" | "passive";
  reference: string;
  amount_minor: bigint;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  agent_id: string | null;
  is_multi: boolean;
  terms: unknown;
  paid_by_id: string | null;
  expires_at: Date;
  created_at: Date;
}

export interface PayerCards {
  merchant_id: string;
  number: bigint;
  card_id: string;
  label: Generated<string>;
  created_at: Date;
}

export interface PaymentAttempts {
  merchant_id: string;
  id: string;
  payment_id: string;
  xact: bigint;
  kind: "sale" | "hold" | "capture" | "void" | "release" | "reopen" | "refund";
  status: "open" | "approved" | "declined" | "doubtful";
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  commission_minor: bigint;
  commission_tax_minor: bigint;
  original_id: string | null;
  original_reference: string | null;
  original_code: string | null;
  instead_of_id: string | null;
  refunded_before_minor: bigint;
  bank_reference: string | null;
  authorization_code: string | null;
  decline_reason: string | null;
  bank_code: string | null;
  bank_message: string | null;
  doubt: string | null;
  request_key: string | null;
  ask_hash: string | null;
  notify_url: string | null;
  opened_at: Date;
  settled_at: Date | null;
  due_at: Date | null;
  inquiries: Generated<number>;
  not_found_count: Generated<number>;
  first_not_found_at: Date | null;
  safety_void_at: Date | null;
  flagged_at: Date | null;
  reversed_by_id: string | null;
}

export interface PaymentWatches {
  merchant_id: string;
  number: bigint;
  sale: bigint | null;
  page: bigint | null;
  action: "report" | "change" | "cancel" | "notify";
  statuses: string[];
  url: string | null;
  state: "waiting" | "returning" | "done";
  last_status: "created" | "started" | "held" | "paid" | "failed";
  known_at: Date | null;
  new_status: "created" | "started" | "held" | "paid" | "failed" | null;
  is_back: Generated<boolean>;
  looks: Generated<number>;
  due_at: Date | null;
  leased_until: Date | null;
  created_at: Date;
  ended_at: Date | null;
}

export interface Payments {
  merchant_id: string;
  id: string;
  version: number;
  status: "pending" | "held" | "captured" | "declined" | "voided";
  reference: string;
  reference_slot: string;
  pos_id: string;
  agent_id: string | null;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  commission_minor: bigint;
  commission_tax_minor: bigint;
  company_minor: bigint;
  captured_minor: bigint;
  refunded_minor: bigint;
  rate_ppm: bigint;
  commission_tax_ppm: bigint;
  is_commission_added: boolean;
  instalments: number;
  card_mask: string;
  card_holder: string;
  card_brand: string;
  card_type: "cc" | "bc" | "dc";
  card_bank_id: string;
  live_attempt_id: string | null;
  captured_at: Date | null;
  details: unknown;
  created_at: Date;
  shares_reference: Generated<boolean>;
}

export interface PayoutBatches {
  merchant_id: string;
  number: bigint;
  through_day: string;
  made_by: string;
  made_at: Date;
}

export interface PayoutConnections {
  merchant_id: string;
  number: bigint;
  provider: "simulator";
  key: string;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  base_url: string;
  account: string;
  sealed: Buffer;
  is_main: boolean;
  is_open: boolean;
  created_at: Date;
}

export interface PayoutRuns {
  merchant_id: string;
  id: string;
  payout: bigint;
  run: number;
  state: "open" | "paid" | "refused" | "doubtful" | "returned";
  amount_minor: bigint;
  title: string;
  iban: string | null;
  bank_reference: string | null;
  message: string;
  opened_at: Date;
  settled_at: Date | null;
  inquiries: Generated<number>;
  not_found_count: Generated<number>;
  first_not_found_at: Date | null;
  flagged_at: Date | null;
  account_no: string | null;
  verdict: string | null;
  marked_by: string | null;
}

export interface PayoutVerdicts {
  merchant_id: string;
  id: string;
  run: string;
  verdict: "paid" | "unpaid";
  bank_reference: string | null;
  reason: string;
  person: string;
  bank_said: string;
  judged_at: Date;
}

export interface Payouts {
  merchant_id: string;
  number: bigint;
  kind: "order" | "daily" | "direct" | "hand";
  guid: string;
  party: "platform" | "member" | "other";
  member: bigint | null;
  connection: bigint | null;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  count: number;
  date_from: string | null;
  date_to: string | null;
  code: string | null;
  code_month: string | null;
  title: string | null;
  iban: string | null;
  description: string;
  details: unknown;
  state: "queued" | "sending" | "paid" | "failed";
  runs: number;
  failure: string;
  is_bound: Generated<boolean>;
  due_at: Date | null;
  leased_until: Date | null;
  created_at: Date;
  settled_at: Date | null;
  account_no: string | null;
  batch: bigint | null;
}

export interface PlatformAccounts {
  merchant_id: string;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  title: string;
  iban: string;
  created_at: Date;
}

export interface PosAccounts {
  merchant_id: string;
  id: string;
  dialect: string;
  bank_id: string;
  bank_name: string;
  base_url: string;
  client_id: string;
  api_user: string;
  sealed: Buffer;
  is_default: boolean;
  status: "active" | "closed";
  created_at: Date;
  accepts_half_secure: Generated<boolean>;
  three_d_model: Generated<"3d" | "3d_pay">;
}

export interface Recurrings {
  merchant_id: string;
  number: bigint;
  guid: string;
  code: string;
  state: "opening" | "live" | "deleted";
  subscription_id: string;
  period_type: number;
  pending_hours: number;
  trial_days: number;
  customer: unknown;
  items: unknown;
  created_at: Date;
}

export interface SaleProducts {
  merchant_id: string;
  number: bigint;
  sale: bigint;
  external_id: string;
  name: string;
  category: string;
  description: string;
  amount_minor: bigint;
  captured_minor: bigint;
  member: bigint | null;
  commission_ppm: bigint | null;
  member_earning_minor: bigint | null;
  cargo_owner: "platform" | "member" | "nobody" | null;
  cargo_currency: "TRY" | "USD" | "EUR" | "GBP" | null;
  cargo_minor: bigint | null;
  discount_owner: "platform" | "member" | null;
  discount_kind: "amount" | "percent" | null;
  discount_value: bigint | null;
  approval_id: string | null;
}

export interface SaleReturns {
  merchant_id: string;
  sale: bigint;
  no: number;
  state: "open" | "done" | "failed";
  deletes: boolean;
  platform_minor: bigint;
  member_minor: bigint;
  recommissions: boolean;
  opened_at: Date;
  settled_at: Date | null;
}

export interface Sales {
  merchant_id: string;
  number: bigint;
  code: string;
  payment_id: string;
  session_id: string | null;
  token_id: string | null;
  waits_for_end: boolean;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  details: unknown;
  created_at: Date;
  entered_card: string | null;
}

export interface SubscriptionCards {
  merchant_id: string;
  number: bigint;
  subscription_id: string;
  card: bigint;
  position: number;
  created_at: Date;
  removed_at: Date | null;
}

export interface Subscriptions {
  merchant_id: string;
  id: string;
  status: "active" | "stopped" | "deleted";
  reference: string;
  reference_slot: string;
  group_reference: string | null;
  agent_id: string | null;
  currency: "TRY" | "USD" | "EUR" | "GBP";
  amount_minor: bigint;
  company_minor: bigint | null;
  interval: string;
  interval_count: number;
  period: number;
  begin_at: Date;
  plan_numbers: bigint[];
  is_fixed_price: boolean;
  renews: boolean;
  adds_commission: boolean;
  daily_attempts: number;
  attempt_days: number;
  draws_at_card: boolean;
  terms: unknown;
  accepted_at: Date | null;
  accepted_from: string | null;
  stopped_at: Date | null;
  created_at: Date;
  rest_minutes: number | null;
  rounds_max: number | null;
}

export interface VaultKeys {
  merchant_id: string;
  id: string;
  wrapped: Buffer;
  status: "active" | "retiring";
  created_at: Date;
}

export interface Tables {
  agents: Agents;
  api_keys: ApiKeys;
  approvals: Approvals;
  callback_addresses: CallbackAddresses;
  callback_keys: CallbackKeys;
  card_entries: CardEntries;
  card_owners: CardOwners;
  cards: Cards;
  checkout_sessions: CheckoutSessions;
  checkout_tokens: CheckoutTokens;
  commission_rates: CommissionRates;
  counters: Counters;
  debts: Debts;
  earning_changes: EarningChanges;
  earnings: Earnings;
  event_outbox: EventOutbox;
  events: Events;
  invoice_tries: InvoiceTries;
  invoices: Invoices;
  ledger_entries: LedgerEntries;
  ledger_snapshots: LedgerSnapshots;
  link_pictures: LinkPictures;
  link_stock_uses: LinkStockUses;
  link_stocks: LinkStocks;
  marketplace_settings: MarketplaceSettings;
  member_accounts: MemberAccounts;
  member_value_dates: MemberValueDates;
  members: Members;
  merchants: Merchants;
  numbered_links: NumberedLinks;
  one_time_codes: OneTimeCodes;
  outgoing_messages: OutgoingMessages;
  pay_links: PayLinks;
  payer_cards: PayerCards;
  payment_attempts: PaymentAttempts;
  payment_watches: PaymentWatches;
  payments: Payments;
  payout_batches: PayoutBatches;
  payout_connections: PayoutConnections;
  payout_runs: PayoutRuns;
  payout_verdicts: PayoutVerdicts;
  payouts: Payouts;
  platform_accounts: PlatformAccounts;
  pos_accounts: PosAccounts;
  recurrings: Recurrings;
  sale_products: SaleProducts;
  sale_returns: SaleReturns;
  sales: Sales;
  subscription_cards: SubscriptionCards;
  subscriptions: Subscriptions;
  vault_keys: VaultKeys;
}
