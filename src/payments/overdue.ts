import type { Outcome } from "../acquirers/index.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { PaymentsDeps } from "./deps.ts";
import type { Attempt } from "./payment.rules.ts";

/**
 * Whether an opened attempt lay so long that the bank may have been asked about it already, and
 * have said that it knows of none: then it is not sent any more.
 */
export async function isOverdue(
  deps: PaymentsDeps,
  merchant: Merchant,
  { dueAt }: Attempt,
): Promise<boolean> {
  if (dueAt === null) return false;
  // Anew, since a sandbox clock may have been moved meanwhile.
  const current = await deps.merchantOf(merchant.id).catch(() => merchant);
  return dueAt <= timeOf(current, deps.clock());
}

/** What surely was not sent is a plain no. */
export const NOT_SENT = {
  kind: "declined",
  reason: "never_arrived",
  bankCode: "",
  bankMessage: "",
} as const satisfies Outcome;
