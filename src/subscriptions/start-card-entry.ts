import { type FoundTry, openCardSession, type Session, tryCard } from "../checkout/index.ts";
import { inTx, within } from "../db/transaction.ts";
import type { AgentId } from "../lib/id.ts";
import { messages } from "../lib/messages/index.ts";
import { refuse } from "../lib/refusal.ts";
import { findAgent } from "../merchants/index.ts";
import { type Agent, type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { PaymentDetails } from "../payments/index.ts";
import { numberHider } from "../vault/card.rules.ts";
import type { Card } from "../vault/index.ts";
import { insertEntry } from "./card-entries.store.ts";
import type { CardEntry } from "./card-entry.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { provenSession } from "./order-code.ts";
import { readGroup } from "./payer-cards.store.ts";
import type { Subscription } from "./subscription.rules.ts";

/** For what a card is entered: an order, or with it its group as far as the dealer's orders go. */
export type EntryTarget = Readonly<{
  order: Subscription;
  coversGroup: boolean;
  agentId: AgentId | null;
}>;

/**
 * What a caller names: an order, or a group and in it the oldest order, or the one that is named
 * beside it. Refuses as `findOrder`; a group without an order that the caller sees is
 * `subscription_not_found`.
 */
export async function entryTargetOf(
  deps: Pick<SubscriptionsDeps, "db">,
  caller: Caller,
  { group, ...named }: NamedOrder & Readonly<{ group?: string | undefined }>,
): Promise<EntryTarget> {
  if (!group) {
    const order = await findOrder(deps, caller, named);
    return { order, coversGroup: false, agentId: order.agentId };
  }
  const { merchant, agent } = caller;
  const [oldest] = await readGroup(deps.db, merchant.id, group, agent?.id);
  if (!oldest) return refuse("subscription_not_found", {});
  const isNamed = Boolean(named.id || named.reference);
  const order = await findOrder(deps, caller, isNamed ? named : { id: oldest.id });
  if (order.groupReference !== group) return refuse("subscription_not_found", {});
  return { order, coversGroup: true, agentId: agent?.id ?? null };
}

export type EntryAsk = Readonly<{
  card: Card;
  origin: CardEntry["origin"];
  label?: string | undefined;
  /** Where the payer's browser is posted back to; absent, our own page tells how it ended. */
  returnUrl?: string | undefined;
  /** The visit of the payer's page, in which the phone is proved where the order asks for that. */
  visit?: string | undefined;
  clientIp: string;
}>;

/** What stands in the merchant's lists beside the hold that checks the card. */
const detailsOf = (
  { id, terms }: Subscription,
  agent: Agent | undefined,
  ip: string,
): PaymentDetails => ({
  note: messages[terms.locale].card_check,
  ip,
  subscription_id: id,
  phone: terms.phone,
  email: terms.email,
  ...(terms.userName && { user_id: terms.userName }),
  ...(agent && { agent_code: agent.code, agent_name: agent.name }),
});

/** The session and what it is for, in one commit: neither is of use without the other. */
async function open(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  target: EntryTarget,
  ask: EntryAsk,
): Promise<Session> {
  const { order, coversGroup, agentId } = target;
  const { card, origin, returnUrl, label = "" } = ask;
  const needsCode = origin === "page" && order.terms.needsCode;
  const codeSession = needsCode ? await provenSession(deps, merchant, order, ask.visit) : undefined;
  const agent = agentId ? await findAgent(deps.db, merchant.id, { id: agentId }) : undefined;
  if (agent?.isBlocked) return refuse("agent_blocked", {});
  const details = detailsOf(order, agent, ask.clientIp);
  return inTx(deps.db, async (tx) => {
    const checkout = { ...deps.checkout, db: within(deps.db, tx) };
    const asked = { agent, card, returnUrl, codeSession, details };
    const session = await openCardSession(checkout, merchant, asked);
    await insertEntry(tx, {
      merchantId: merchant.id,
      sessionId: session.id,
      subscriptionId: order.id,
      coversGroup,
      origin,
      label: numberHider(card)(label),
      card: null,
      createdAt: timeOf(merchant, deps.clock()),
    });
    return session;
  });
}

/**
 * Takes a card for an order, or for each of its group. Nothing is held yet: the payer goes by the
 * bank's page first, and `confirmCardEntry` does the rest. Refuses `merchant_blocked`,
 * `agent_blocked`, `subscription_stopped` for an order that is deleted, `code_needed` where the
 * payer has not proved the phone on our page, and as `tryCard`.
 */
export async function startCardEntry(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  target: EntryTarget,
  ask: EntryAsk,
): Promise<FoundTry> {
  if (merchant.isBlocked) return refuse("merchant_blocked", {});
  if (target.order.status === "deleted") return refuse("subscription_stopped", {});
  const session = await open(deps, merchant, target, ask);
  const found = { merchant, session };
  const { card } = ask;
  // Kept until its holder is back: then it is stored.
  return tryCard(deps.checkout, found, { card, instalments: 0, wants3d: true, savesCard: true });
}
