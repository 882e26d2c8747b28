import { z } from "zod";
import type { Locale } from "../../../lib/messages/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { Done } from "../../../payments/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import { dottedDate, hundredthsOrZero, lira, text, xactIdOf } from "../wire/formats.ts";
import {
  agentCodeOf,
  bankCodes,
  errorMembers,
  figures,
  isSucceed,
  posOf,
  typeOf,
} from "../wire/shape.ts";
import { paging, span } from "./transaction.wire.ts";

export const ReversedRequestBody = z
  .object({
    xact_id: text(100),
    /** Absent or zero, the whole amount. */
    amount: hundredthsOrZero.transform((minor) => (minor === 0n ? undefined : minor)).optional(),
    /** Camel case on the wire. */
    succeedUrl: text(500).optional(),
  })
  .meta({ id: "ReversedRequest" });

export const XactBody = z.object({ xact_id: text(100) }).meta({ id: "XactId" });

export const ReversalListBody = z
  .object({ agent_id: text(10).optional(), bank_id: text(4).optional(), ...span, ...paging })
  .meta({ id: "ReversalList" });

/** The states of a reversal request as this wire numbers them. */
const statusOf = (done: Done) => {
  if (isInDoubt(done.attempt)) return { status: 0, status_desc: "Bankadan sonuç bekleniyor" };
  return isSucceed(done.attempt)
    ? { status: 3, status_desc: "Tamamlandı" }
    : { status: 4, status_desc: "Banka reddetti" };
};

/** One row: the original's number and id, then those of the cancel or refund. */
export function reversalItem(
  merchant: Merchant,
  done: Done,
  original: Done | undefined,
  locale: Locale,
) {
  const { payment, attempt } = done;
  const pos = posOf(merchant, payment);
  const type = typeOf[attempt.kind];
  return {
    id: original ? original.attempt.xact.toString() : "",
    xact_date: dottedDate(original?.attempt.openedAt ?? payment.createdAt),
    company_code: merchant.companyCode,
    company_name: merchant.name,
    entry_date: dottedDate(attempt.openedAt),
    agent_id: agentCodeOf(merchant, payment),
    agent_name: String(payment.details["agent_name"] ?? ""),
    user_id: String(payment.details["user_id"] ?? ""),
    xact_id: original ? xactIdOf(original.attempt.id) : "",
    reversed_xact_id: xactIdOf(attempt.id),
    reversed_id: attempt.xact.toString(),
    bank_id: pos?.bankId ?? "",
    bank_name: pos?.bankName ?? "",
    card_no: payment.cardMask,
    card_holder: payment.cardHolder,
    card_type: payment.cardType,
    xact_type: type.letters,
    xacttype_desc: type.text,
    amount: lira(original?.attempt.amountMinor ?? payment.amountMinor),
    net_amount: original ? figures(original.attempt).net : 0,
    reversal_amount: lira(attempt.amountMinor),
    currency: attempt.currency,
    ...statusOf(done),
    is_succeed: isSucceed(attempt),
    is_in_doubt: isInDoubt(attempt),
    note: errorMembers(attempt, locale).bank_error_message,
    ...bankCodes(done),
  };
}
