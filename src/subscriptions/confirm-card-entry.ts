import { type FoundTry, finish } from "../checkout/index.ts";
import { SESSION_MS } from "../checkout/session.rules.ts";
import { after } from "../lib/clock.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { Done } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { readDrawsBetween, readEntry } from "./card-entries.store.ts";
import { type CardEntry, upcoming } from "./card-entry.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { drawInvoice } from "./draw.ts";
import { extendIfLast } from "./extend-plan.ts";
import { coveredBy, keepEnteredCard } from "./keep-entered-card.ts";
import { loadDrawables } from "./load.ts";
import type { PlanRow } from "./plan-row.rules.ts";
import { readXacts } from "./plan-rows.store.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { readCards, readInvoices, readOrders } from "./subscriptions.store.ts";

/** Orders of a group that are drawn while the payer waits; the schedule draws the others. */
const DRAWN_MAX = 5;

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

/** Draws by the ordinary way what the card has made due, where an order wants that at once. */
async function drawAtOnce(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  orders: readonly Subscription[],
  clientIp: string,
): Promise<void> {
  for (const order of orders.filter((each) => each.drawsAtCard).slice(0, DRAWN_MAX)) {
    const invoices = await readInvoices(deps.db.kysely, merchant.id, order.id);
    const first = invoices.find(({ status }) => status === "waiting");
    const isDue = first?.dueAt && first.dueAt <= timeOf(merchant, deps.clock());
    const [on] = first && isDue ? await loadDrawables(deps, merchant, [first]) : [];
    if (!on) continue;
    await extendIfLast(deps, on);
    await drawInvoice(deps, on, { by: "schedule", clientIp });
  }
}

/** The orders of an entry that have its card. */
async function ordersWith(
  deps: SubscriptionsDeps,
  found: FoundTry,
  entry: CardEntry,
  card: bigint,
): Promise<Subscription[]> {
  const { merchant } = found;
  const ids = await coveredBy(deps, found, entry);
  const cards = await readCards(deps.db.kysely, merchant.id, ids);
  const having = ids.filter((id) => cards.get(id)?.some((each) => each.card === card));
  const orders = await readOrders(deps.db.kysely, merchant.id, having);
  return orders.toSorted((a, b) => having.indexOf(a.id) - having.indexOf(b.id));
}

/** How long after the start of an entry a draw may have begun that it made. */
const DRAWN_WITHIN_MS = 2 * SESSION_MS;

async function enteredOrders(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  entry: CardEntry,
  orders: readonly Subscription[],
): Promise<EnteredOrder[]> {
  const { kysely } = deps.db;
  const now = timeOf(merchant, deps.clock());
  const span = { from: entry.createdAt, to: after(entry.createdAt, DRAWN_WITHIN_MS) };
  const drawing = orders.filter((order) => order.drawsAtCard).map(({ id }) => id);
  const draws = await readDrawsBetween(kysely, merchant.id, drawing, span);
  const payments = [...draws.values()].map(({ paymentId }) => paymentId);
  const xacts = await readXacts(kysely, merchant.id, payments);
  return Promise.all(
    orders.map(async (order) => {
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
    if ((await coveredBy(deps, found, entry)).length === 0) refuse("subscription_stopped", {});
    const { done } = await finish(deps.checkout, found, { clientIp });
    if (!isSettled(done.attempt)) return { kind: "in_doubt", order, done };
    if (done.attempt.status === "declined") return { kind: "declined", order, done };
    card = await keepEnteredCard(deps, found, entry, clientIp);
  }
  const having = await ordersWith(deps, found, entry, card);
  await drawAtOnce(deps, merchant, having, clientIp);
  const orders = await enteredOrders(deps, merchant, entry, having);
  return { kind: "stored", order, card, coversGroup: entry.coversGroup, orders };
}
