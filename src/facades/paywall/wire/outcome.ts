import { declineWords, type Locale, messages } from "../../../lib/messages/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import type { Done } from "../../../payments/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import type { Reply } from "./envelope.ts";

const FAILURE = 1;

/**
 * What is answered of an operation on a payment: `yes` once the bank has done it, and the reason in
 * our words where it said no. Refuses `payment_in_doubt` while it has not said.
 */
export function outcomeOf({ payment, attempt }: Done, locale: Locale, yes: Reply): Reply {
  if (isInDoubt(attempt)) return refuse("payment_in_doubt", { reference: payment.reference });
  if (attempt.status === "approved") return yes;
  const { declines } = messages[locale];
  const reason = attempt.declineReason ?? "unknown";
  return {
    body: null,
    code: FAILURE,
    message: declineWords(declines, reason, attempt.bankMessage),
  };
}
