import type { Selectable } from "kysely";
import type { PayoutRuns, Payouts } from "../db/tables.gen.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Payout, PayoutDetails, Run, RunId } from "./payout.rules.ts";
import type { Receiver, RefusalReason } from "./provider.rules.ts";

/** Where money goes, as both tables keep it. */
type ReceiverRow = Readonly<{
  title: string | null;
  iban: string | null;
  account_no: string | null;
}>;

export const receiverColumns = (receiver: Receiver | null): ReceiverRow => ({
  title: receiver?.title ?? null,
  iban: receiver && "iban" in receiver ? receiver.iban : null,
  account_no: receiver && "accountNo" in receiver ? receiver.accountNo : null,
});

function receiverOf({ title, iban, account_no: accountNo }: ReceiverRow): Receiver | null {
  if (title === null) return null;
  if (iban !== null) return { title, iban };
  return accountNo === null ? null : { title, accountNo };
}

export const payoutOf = (row: Selectable<Payouts>): Payout => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  kind: row.kind,
  guid: row.guid,
  party: row.party,
  member: row.member,
  connection: row.connection,
  currency: row.currency,
  amountMinor: row.amount_minor,
  count: row.count,
  days: row.date_from && row.date_to ? { from: row.date_from, to: row.date_to } : null,
  code: row.code,
  receiver: receiverOf(row),
  description: row.description,
  details: row.details as PayoutDetails,
  state: row.state,
  runs: row.runs,
  failure: row.failure as RefusalReason | "",
  dueAt: row.due_at,
  createdAt: row.created_at,
  settledAt: row.settled_at,
});

export const runOf = (row: Selectable<PayoutRuns>): Run => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id as RunId,
  payout: row.payout,
  run: row.run,
  state: row.state,
  amountMinor: row.amount_minor,
  receiver: receiverOf(row),
  bankReference: row.bank_reference,
  message: row.message,
  openedAt: row.opened_at,
  settledAt: row.settled_at,
  inquiries: row.inquiries,
  notFoundCount: row.not_found_count,
  firstNotFoundAt: row.first_not_found_at,
  flaggedAt: row.flagged_at,
  isJudged: row.verdict !== null,
});
