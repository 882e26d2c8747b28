import { type Id, newId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, timeOf } from "../merchants/merchant.rules.ts";
import {
  type AfterSettlement,
  charge,
  type Done,
  type PaymentDetails,
  queueRelease,
  type Receipt,
  releaseHold,
} from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import type { Card } from "../vault/index.ts";
import type { CheckoutDeps } from "./deps.ts";

/** One lira: what Paynet's manual names for a card that is stored with its code. */
export const CHECK_MINOR = 100n;
const KEY_PREFIX = "cardcheck:";
export const checkReference = (id: Id<"chk">): string => `CARDCHECK-${id.slice("chk_".length)}`;

/**
 * Marks the payment of a session in which a card is checked. No wire has a member that becomes this
 * one, and what they send are texts: nobody but this room says `true`.
 */
export const checkMark = { checks_card: true } as const;

const isCheck = ({ payment, attempt }: Done): boolean =>
  attempt.requestKey?.startsWith(KEY_PREFIX) || payment.details["checks_card"] === true;
const isHeld = ({ payment, attempt }: Done): boolean =>
  attempt.status === "approved" && payment.status === "held";

/**
 * Queues the way back of a hold that only checked a card, in the transaction that settles it. The
 * bank may say days later that it made the hold, and nobody waits for it then.
 */
export const releaseChecks: AfterSettlement = {
  wants: (settlement) =>
    settlement.attempt.kind === "hold" && isCheck(settlement) && isHeld(settlement),
  run: queueRelease.run,
};

export type CheckAsk = Readonly<{
  card: Card;
  clientIp: string;
  /** What lists show beside the hold. */
  details: PaymentDetails;
  receipt?: Receipt | undefined;
}>;

/** A request that may be sent again finds its own check; any other check has a key of its own. */
function checkReceipt(id: string, asked: Receipt | undefined): Receipt {
  const requestKey = `${KEY_PREFIX}${asked?.requestKey ?? id}`;
  return { requestKey, askHash: asked?.askHash ?? id };
}

/** Gives the hold back at once, for whoever looks at the card's limit. */
async function giveBack(deps: CheckoutDeps, { payment }: Done): Promise<void> {
  const { merchantId, id: paymentId } = payment;
  try {
    await releaseHold(deps.payments, { merchantId, paymentId });
  } catch {
    // The bank said yes, which is what was asked; the queued release tells of its own failure.
  }
}

/**
 * Asks the card's bank whether it knows the card and its code, by a hold of one lira that is given
 * back. It needs no permission for sales without 3-D Secure, since nothing is sold. Resolves for a
 * yes alone. Refuses `card_not_verified` in the bank's words, `card_check_in_doubt` when the bank
 * did not answer, and as `charge` does.
 */
export async function verifyCard(
  deps: CheckoutDeps,
  caller: Caller,
  { card, clientIp, details, receipt }: CheckAsk,
): Promise<void> {
  const { merchant, agent } = caller;
  const id = newId("chk", timeOf(merchant, deps.clock()));
  const done = await charge(deps.payments, caller, {
    kind: "hold",
    amountMinor: CHECK_MINOR,
    currency: "TRY",
    addCommission: false,
    instalments: 0,
    card,
    agent,
    reference: checkReference(id),
    details,
    clientIp,
    receipt: checkReceipt(id, receipt),
  });
  const { attempt } = done;
  if (!isSettled(attempt)) return refuse("card_check_in_doubt", {});
  if (attempt.status === "declined") {
    const { declineReason, bankMessage } = attempt;
    const reason = declineReason ?? "unknown";
    return refuse("card_not_verified", { reason, bankMessage: bankMessage ?? "" });
  }
  if (isHeld(done)) await giveBack(deps, done);
}
