import { type FoundTry, openCardSession, type Session, tryCard } from "../checkout/index.ts";
import { inTx, type Tx, within } from "../db/transaction.ts";
import { istanbulDayOf } from "../lib/clock.ts";
import type { AgentId } from "../lib/id.ts";
import { messages } from "../lib/messages/index.ts";
import { refuse } from "../lib/refusal.ts";
import { findAgent } from "../merchants/index.ts";
import { type Agent, type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { PaymentDetails } from "../payments/index.ts";
import { numberHider } from "../vault/card.rules.ts";
import type { Card } from "../vault/index.ts";
import { countUnfinished, insertEntry } from "./card-entries.store.ts";
import type { CardEntry } from "./card-entry.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { findOrder, type NamedOrder } from "./find-order.ts";
import { provenSession } from "./order-code.ts";
import { readGroup } from "./payer-cards.store.ts";
import type { Subscription } from "./subscription.rules.ts";
import { lockOrders } from "./subscriptions.store.ts";

/**
 * For what a card is entered: an order, or with it others of its group. All that get the card are
 * named here, the order among them.
 */
export type EntryTarget = Readonly<{
  order: Subscription;
  coversGroup: boolean;
  orders: readonly string[];
  agentId: AgentId | null;
}>;

/**
 * What a caller names: an order, or a group and in it the oldest order, or the one that is named
 * beside it. A dealer's group is the dealer's orders alone; a main firm that names a group means
 * all of that name. Refuses as `findOrder`; a group without an order that the caller sees is
 * `subscription_not_found`.
 */
export async function entryTargetOf(
  deps: Pick<SubscriptionsDeps, "db">,
  caller: Caller,
  { group, ...named }: NamedOrder & Readonly<{ group?: string | undefined }>,
): Promise<EntryTarget> {
  if (!group) {
    const order = await findOrder(deps, caller, named);
    return { order, coversGroup: false, orders: [order.id], agentId: order.agentId };
  }
  const { merchant, agent } = caller;
  const members = await readGroup(deps.db, merchant.id, group, agent?.id);
  const [oldest] = members;
  if (!oldest) return refuse("subscription_not_found", {});
  const isNamed = Boolean(named.id || named.reference);
  const order = await findOrder(deps, caller, isNamed ? named : { id: oldest.id });
  if (order.groupReference !== group) return refuse("subscription_not_found", {});
  const rest = members.flatMap(({ id }) => (id === order.id ? [] : [id]));
  const orders = isNamed ? [order.id, ...rest] : members.map(({ id }) => id);
  return { order, coversGroup: true, orders, agentId: agent?.id ?? null };
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

/** Entries of one order's page that may come to nothing on a day. */
const UNFINISHED_MAX = 30;

/** Whoever has a page's address can begin entries, each with a session and a card that is held. */
async function checkDay(tx: Tx, order: Subscription, now: Date): Promise<void> {
  // Locked, so that entries that begin at once are counted one after the other.
  await lockOrders(tx, order.merchantId, [order.id]);
  const { from, until } = istanbulDayOf(now);
  const begun = await countUnfinished(tx, order, from);
  if (begun >= UNFINISHED_MAX) refuse("day_limit_reached", { until });
}

/** The session and what it is for, in one commit: neither is of use without the other. */
async function open(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  target: EntryTarget,
  ask: EntryAsk,
): Promise<Session> {
  const { order, coversGroup, orders, agentId } = target;
  const { card, origin, returnUrl, label = "" } = ask;
  const isOnPage = origin === "page";
  const needsCode = isOnPage && order.terms.needsCode;
  const codeSession = needsCode ? await provenSession(deps, merchant, order, ask.visit) : undefined;
  const agent = agentId ? await findAgent(deps.db, merchant.id, { id: agentId }) : undefined;
  if (agent?.isBlocked) return refuse("agent_blocked", {});
  const details = detailsOf(order, agent, ask.clientIp);
  const now = timeOf(merchant, deps.clock());
  return inTx(deps.db, async (tx) => {
    if (isOnPage) await checkDay(tx, order, now);
    const checkout = { ...deps.checkout, db: within(deps.db, tx) };
    const asked = { agent, card, returnUrl, codeSession, details };
    const session = await openCardSession(checkout, merchant, asked);
    await insertEntry(tx, {
      merchantId: merchant.id,
      sessionId: session.id,
      subscriptionId: order.id,
      coversGroup,
      orders,
      origin,
      label: numberHider(card)(label),
      acceptedFrom: isOnPage ? ask.clientIp : null,
      card: null,
      storedAt: null,
      createdAt: now,
    });
    return session;
  });
}

/**
 * Takes a card for an order, or for each of its group. Nothing is held yet: the payer goes by the
 * bank's page first, and `confirmCardEntry` does the rest. Refuses `merchant_blocked`,
 * `agent_blocked`, `subscription_stopped` for an order that is deleted, `code_needed` where the
 * payer has not proved the phone on our page, `day_limit_reached` where too much was begun there
 * today and left, and as `tryCard`.
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
