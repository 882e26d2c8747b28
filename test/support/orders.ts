import { randomUUID } from "node:crypto";
import { inTx } from "../../src/db/transaction.ts";
import type { AgentId, MerchantId } from "../../src/lib/id.ts";
import { Secret } from "../../src/lib/secret.ts";
import { timeOf } from "../../src/merchants/merchant.rules.ts";
import { drawDue } from "../../src/subscriptions/index.ts";
import { draftsOf, makeInvoices, takePlanNumbers } from "../../src/subscriptions/make-invoices.ts";
import { reschedule } from "../../src/subscriptions/reschedule.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import {
  insertOrder,
  lockOrders,
  readInvoices,
  readOrders,
} from "../../src/subscriptions/subscriptions.store.ts";
import { readCard, storeCard } from "../../src/vault/index.ts";
import { goodCard, type TestWorld } from "./world.ts";

const merchantIn = (world: TestWorld) =>
  world.deps.reception.merchantOf(world.merchant.merchantId as MerchantId);

let made = 0;

const payer: Subscription["terms"] = {
  name: "Deniz Ak",
  email: "deniz@payer.example",
  phone: "5321112233",
  description: "Aidat",
  sendsMail: false,
  sendsSms: false,
  needsCode: false,
  locale: "tr",
};
/** Monthly, 99,00 TL, 12 times. */
const usual = {
  status: "active",
  groupReference: null,
  agentId: null as AgentId | null,
  currency: "TRY",
  amountMinor: 9_900n,
  companyMinor: null,
  interval: "month",
  intervalCount: 12,
  period: 1,
  planNumbers: [],
  isFixedPrice: true,
  renews: false,
  addsCommission: false,
  dailyAttempts: 3,
  attemptDays: 3,
  drawsAtCard: false,
  terms: payer,
  acceptedAt: null,
  acceptedFrom: null,
  stoppedAt: null,
} as const;

/**
 * A regular payment order with its invoices, as if a merchant had created it: monthly, 99,00 TL,
 * 12 times, from now on, unless `more` says otherwise. It has no card yet.
 */
export async function createOrder(
  world: TestWorld,
  more: Partial<Subscription> = {},
): Promise<Subscription> {
  const { deps, db } = world;
  const merchant = await merchantIn(world);
  const now = timeOf(merchant, deps.clock());
  made += 1;
  const draft: Subscription = {
    ...usual,
    merchantId: merchant.id,
    id: randomUUID(),
    reference: `SUB-${made}`,
    beginAt: now,
    createdAt: now,
    ...more,
  };
  const first = await takePlanNumbers(deps, merchant.id, draft.intervalCount);
  const order = { ...draft, planNumbers: [first] };
  await inTx(db, async (tx) => {
    if (!(await insertOrder(tx, order))) throw new Error(`${order.reference} is taken`);
    if (!order.isFixedPrice) return;
    const on = { merchant, order, hasCard: false, now };
    await makeInvoices(deps, tx, on, draftsOf(order, 0, order.intervalCount));
  });
  return order;
}

/** Puts a card on an order, last in its row, as if its payer had entered it. Its wire number. */
export async function addCard(
  world: TestWorld,
  order: Subscription,
  pan: string = goodCard.pan,
): Promise<bigint> {
  const { deps, db } = world;
  const merchant = await merchantIn(world);
  const now = timeOf(merchant, deps.clock());
  const { card_holder: holder, month, year } = goodCard;
  const card = readCard({ pan: new Secret(pan), month, year, holder }, now, true);
  const owner = { house: `subscription:${order.id}` };
  const ask = { card, owner, description: "" };
  const stored = await storeCard(deps.checkout, merchant.id, ask, now);
  const number = await deps.subscriptions.nextCard(merchant.id);
  const place = await deps.subscriptions.nextPlace(merchant.id);
  await inTx(db, async (tx) => {
    const [locked] = await lockOrders(tx, merchant.id, [order.id]);
    const key = { merchant_id: merchant.id, created_at: now };
    await tx
      .insertInto("payer_cards")
      .values({ ...key, number, card_id: stored.id })
      .execute();
    await tx
      .insertInto("subscription_cards")
      .values({ ...key, number: place, subscription_id: order.id, card: number, position: 1_000 })
      .execute();
    await reschedule(deps.subscriptions, tx, merchant, locked!);
  });
  return number;
}

/** The order as it now is. */
export async function orderNow(world: TestWorld, { merchantId, id }: Subscription) {
  const [order] = await readOrders(world.db.kysely, merchantId, [id]);
  return order!;
}

/** Its invoices as they now are, by their terms. */
export const invoicesNow = (world: TestWorld, { merchantId, id }: Subscription) =>
  readInvoices(world.db.kysely, merchantId, id);

/** Draws everything that is due now, and says how many invoices were looked at. */
export async function drawAll(world: TestWorld): Promise<number> {
  const fail = (error: unknown) => {
    throw error;
  };
  let drawn = 0;
  for (;;) {
    const count = await drawDue(world.deps.subscriptions, fail);
    if (count === 0) return drawn;
    drawn += count;
  }
}
