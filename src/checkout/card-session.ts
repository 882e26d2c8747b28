import { newId } from "../lib/id.ts";
import { type Agent, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { PaymentDetails } from "../payments/index.ts";
import type { Card } from "../vault/index.ts";
import type { CheckoutDeps } from "./deps.ts";
import { openSession } from "./open-session.ts";
import type { Session } from "./session.rules.ts";
import { CHECK_MINOR, checkMark, checkReference } from "./verify-card.ts";

type CardSessionAsk = Readonly<{
  agent?: Agent | undefined;
  /** The card that is going to be tried in it. */
  card: Card;
  returnUrl?: string | undefined;
  /** The session of the code that proved the payer's phone. */
  codeSession?: string | undefined;
  /** What lists show beside the hold. */
  details: PaymentDetails;
}>;

/**
 * Opens a session in which a card is checked by its bank with 3-D Secure: one lira is held, and
 * goes back as soon as the hold is known of, whoever finds that out. Nothing is sold. Refuses as
 * `openSession`.
 */
export function openCardSession(
  deps: CheckoutDeps,
  merchant: Merchant,
  { agent, card, returnUrl, codeSession, details }: CardSessionAsk,
): Promise<Session> {
  const reference = checkReference(newId("chk", timeOf(merchant, deps.clock())));
  return openSession(deps, merchant, {
    kind: "card",
    agent,
    card,
    amountMinor: CHECK_MINOR,
    currency: "TRY",
    terms: {
      kind: "hold",
      addCommission: false,
      needs3d: true,
      instalments: [0],
      reference,
      returnUrl,
      codeSession,
      details: { ...details, ...checkMark },
    },
  });
}
