import type { PaymentId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { findAgent } from "../merchants/index.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { CheckoutDeps } from "./deps.ts";
import { checkPayable, type Link, sessionTerms } from "./link.rules.ts";
import { readLink } from "./link.store.ts";
import { openSession } from "./open-session.ts";
import type { Session } from "./session.rules.ts";
import { hasPiece } from "./stock.store.ts";

/** The agent whom a link credits, as it is now. Refuses `agent_blocked`. */
async function agentOf(deps: CheckoutDeps, link: Link) {
  if (!link.agentId) return undefined;
  const agent = await findAgent(deps.db, link.merchantId, { id: link.agentId });
  return agent?.isBlocked ? refuse("agent_blocked", {}) : agent;
}

/**
 * Opens a session for one payer of a link. Any number of payers may have one at once; of a link
 * that is paid once, one of them is charged: they share its reference. Refuses `link_closed`,
 * `merchant_blocked` and `agent_blocked`.
 */
export async function sessionForLink(
  deps: CheckoutDeps,
  merchant: Merchant,
  link: Link,
): Promise<Session> {
  if (merchant.isBlocked) return refuse("merchant_blocked", {});
  checkPayable(link, timeOf(merchant, deps.clock()));
  return openSession(deps, merchant, {
    kind: "link",
    linkId: link.id,
    agent: await agentOf(deps, link),
    amountMinor: link.amountMinor,
    currency: link.currency,
    terms: sessionTerms(link),
  });
}

/**
 * Whether the link of a session still takes a payment: it may have been closed, or paid by somebody
 * else, since the payer came. The payment that has paid it passes, so that a payer who asks twice
 * hears of the success, and so does one that keeps the last piece. So do sessions without a link.
 * Refuses `link_closed`.
 */
export async function checkLinkOf(
  deps: Pick<CheckoutDeps, "db">,
  { merchantId, linkId }: Pick<Session, "merchantId" | "linkId">,
  by: Readonly<{ now: Date; paymentId?: PaymentId }>,
): Promise<void> {
  if (!linkId) return;
  const link = await readLink(deps.db.kysely, merchantId, { id: linkId });
  if (!link) return refuse("link_not_found", {});
  const { paymentId: id } = by;
  if (id && link.paidBy?.paymentId === id) return;
  const isKept = id && link.left === 0 && (await hasPiece(deps.db.kysely, { merchantId, id }));
  checkPayable(isKept ? { ...link, left: null } : link, by.now);
}
