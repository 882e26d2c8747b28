import { type FoundTry, finish } from "../checkout/index.ts";
import { SESSION_MS } from "../checkout/session.rules.ts";
import { after } from "../lib/clock.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { Done } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { readEntry, readFirstDraws } from "./card-entries.store.ts";
import { type CardEntry, upcoming } from "./card-entry.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawAtOnce } from "./draw-at-once.ts";
import { coveredBy, keepEnteredCard } from "./keep-entered-card.ts";
import { placesOf } from "./payer-cards.store.ts";
import type { PlanRow } from "./plan-row.rules.ts";
import { readXacts } from "./plan-rows.store.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { readInvoices, readOrders } from "./subscriptions.store.ts";

/** An order that has the card now. */
export type EnteredOrder = Readonly<{
  order: Subscription;
  /** What was drawn of it at once, where that was asked for, with the charge's wire number. */
  drawn: Readonly<{ invoice: Invoice; xact: bigint }> | undefined;
  /** The first term that is still to be drawn. */
  next: PlanRow | undefined;
}>;

/** How the entry of a card ended. */
export type EntryEnd = Readonly<{ order: Subscription }> &
  (
    | Readonly<{
        kind: "stored";
        card: bigint;
        coversGroup: boolean;
        orders: readonly EnteredOrder[];
      }>
    /** The bank did not confirm the card; nothing is stored. */
    | Readonly<{ kind: "declined"; done: Done }>
    /** The bank has not said. Who asks again hears of it; what it held goes back by itself. */
    | Readonly<{ kind: "in_doubt"; done: Done }>
  );

/** Where an entry was begun: the merchant, the order, and the visit that proved the phone. */
export type EntryPlace = Readonly<{
  merchant: Merchant;
  order: Subscription;
  visit: string | undefined;
}>;

/** Refuses `session_not_found` for a session in which no card is entered. */
export async function entryPlaceOf(
  { db }: Pick<SubscriptionsDeps, "db">,
  { merchant, session }: FoundTry,
): Promise<EntryPlace> {
  const entry = await readEntry(db.kysely, session);
  const [order] = entry ? await readOrders(db.kysely, merchant.id, [entry.subscriptionId]) : [];
  if (!order) return refuse("session_not_found", {});
  return { merchant, order, visit: session.terms.codeSession?.slice(order.id.length + 1) };
}

/** An order of an entry that has its number, and the card by which it has it. */
type Having = Readonly<{ order: Subscription; card: bigint }>;

/** The orders of an entry that have its card now. */
async function ordersWith(
  { db }: SubscriptionsDeps,
  entry: CardEntry,
  card: bigint,
): Promise<Having[]> {
  const { merchantId, orders: ids } = entry;
  const places = await placesOf(db.kysely, merchantId, ids, card);
  const orders = await readOrders(db.kysely, merchantId, [...places.keys()]);
  return orders
    .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
    .filter(({ status }) => status !== "deleted")
    .map((order) => ({ order, card: places.get(order.id)! }));
}

/** Until when after its end a draw may have begun that an entry made. */
const DRAWN_WITHIN_MS = SESSION_MS;
/** By how much the clock of the process that draws may be behind. */
const CLOCKS_APART_MS = 5_000;

async function enteredOrders(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  { storedAt }: CardEntry,
  having: readonly Having[],
): Promise<EnteredOrder[]> {
  const { kysely } = deps.db;
  const now = timeOf(merchant, deps.clock());
  const endedAt = storedAt ?? now;
  const span = { from: after(endedAt, -CLOCKS_APART_MS), to: after(endedAt, DRAWN_WITHIN_MS) };
  const drawing = having.filter(({ order }) => order.drawsAtCard);
  const cards = new Map(drawing.map(({ order, card }) => [order.id, card]));
  const draws = await readFirstDraws(kysely, merchant.id, cards, span);
  const payments = [...draws.values()].map(({ paymentId }) => paymentId);
  const xacts = await readXacts(kysely, merchant.id, payments);
  return Promise.all(
    having.map(async ({ order }) => {
      const draw = draws.get(order.id);
      const xact = draw && xacts.get(draw.paymentId);
      const drawn = draw && { invoice: draw.invoice, xact: xact ?? 0n };
      const invoices = await readInvoices(kysely, merchant.id, order.id);
      return { order, drawn, next: upcoming(order, invoices, now)[0] };
    }),
  );
}

/**
 * Ends the entry of a card whose holder is back from the bank: the hold is made, the card is stored
 * and put on its orders, and what shall be drawn at once is drawn. Asked again it goes on where the
 * process ended, or says what came of it; of two who ask at once each hears the same. The lira goes
 * back by itself, whatever becomes of the rest. Refuses as `finish` and `keepEnteredCard`, and
 * `session_not_found` for a session of anything else.
 */
export async function confirmCardEntry(
  deps: SubscriptionsDeps,
  found: FoundTry,
  { clientIp }: Readonly<{ clientIp: string }>,
): Promise<EntryEnd> {
  const { merchant, session } = found;
  const entry = await readEntry(deps.db.kysely, session);
  if (!entry) return refuse("session_not_found", {});
  const [order] = await readOrders(deps.db.kysely, merchant.id, [entry.subscriptionId]);
  if (!order) return refuse("session_not_found", {});
  let { card } = entry;
  if (card === null) {
    if ((await coveredBy(deps, entry)).length === 0) refuse("subscription_stopped", {});
    const { done } = await finish(deps.checkout, found, { clientIp });
    if (!isSettled(done.attempt)) return { kind: "in_doubt", order, done };
    if (done.attempt.status === "declined") return { kind: "declined", order, done };
    card = await keepEnteredCard(deps, found, entry);
  }
  const stored = (await readEntry(deps.db.kysely, session)) ?? entry;
  const having = await ordersWith(deps, stored, card);
  const first = having.toSorted(
    (a, b) => Number(b.order.id === order.id) - Number(a.order.id === order.id),
  );
  await drawAtOnce(
    deps,
    merchant,
    first.map((each) => each.order),
    clientIp,
  );
  const orders = await enteredOrders(deps, merchant, stored, having);
  return { kind: "stored", order, card, coversGroup: entry.coversGroup, orders };
}
