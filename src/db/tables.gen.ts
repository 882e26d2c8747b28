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
  kind: "secret" | "publishable";
  hint: string;
  allowed_ips: string[] | null;
  created_at: Date;
  revoked_at: Date | null;
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
  kind: "server" | "form" | "link" | "card";
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
  kind: "sale" | "capture" | "void" | "refund" | "commission" | "commission_tax" | "agent_share";
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
  currency: "TRY";
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
  card_entries: CardEntries;
  card_owners: CardOwners;
  cards: Cards;
  checkout_sessions: CheckoutSessions;
  checkout_tokens: CheckoutTokens;
  commission_rates: CommissionRates;
  counters: Counters;
  event_outbox: EventOutbox;
  events: Events;
  invoice_tries: InvoiceTries;
  invoices: Invoices;
  ledger_entries: LedgerEntries;
  ledger_snapshots: LedgerSnapshots;
  merchants: Merchants;
  one_time_codes: OneTimeCodes;
  outgoing_messages: OutgoingMessages;
  pay_links: PayLinks;
  payer_cards: PayerCards;
  payment_attempts: PaymentAttempts;
  payments: Payments;
  pos_accounts: PosAccounts;
  subscription_cards: SubscriptionCards;
  subscriptions: Subscriptions;
  vault_keys: VaultKeys;
}
