import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Beside } from "../../faults/draws.ts";
import { addCard, createOrder, drawAll, invoicesNow, orderNow } from "../../support/orders.ts";
import { shopOrdersOf } from "../../support/shop-orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const HOUR_MS = 60 * 60 * 1_000;
/** The issuer of this card always says that there is too little money. */
const EMPTY_CARD = "5100050000006661";

const beside = new Beside();
let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
  shop = shopOrdersOf(world);
});
afterAll(() => world.close());

type Order = Awaited<ReturnType<typeof createOrder>>;
const daily = { interval: "day", intervalCount: 5 } as const;
const states = async (order: Order) => (await invoicesNow(world, order)).map((it) => it.status);
const dues = async (order: Order) => (await invoicesNow(world, order)).map((it) => it.dueAt);
const done = async (answer: ReturnType<typeof shop.setStatus>) =>
  expect((await answer).body).toMatchObject({ code: 0 });
/** Does something while a draw's question is at the bank, of whose answer we hear after it. */
async function whileAtBank(run: () => Promise<unknown>) {
  const meanwhile = Promise.withResolvers<unknown>();
  beside.at("after the bank", async () => {
    const ran = run();
    meanwhile.resolve(ran);
    await ran;
  });
  await Promise.all([drawAll(world), meanwhile.promise]);
}

describe("a stop", () => {
  test("lets nothing be drawn, and what fell into it is not made up for", async () => {
    const order = await createOrder(world, daily);
    await addCard(world, order);
    await drawAll(world);
    await world.advance(HOUR_MS);
    await done(shop.setStatus(order.id, 5));
    expect(await dues(order)).toEqual([null, null, null, null, null]);
    await world.advance(2 * DAY_MS);
    expect(await drawAll(world)).toBe(0);
    await done(shop.setStatus(order.id, 0));
    expect(await drawAll(world)).toBe(0);
    expect(await states(order)).toEqual(["paid", "cancelled", "cancelled", "waiting", "waiting"]);
    expect((await shop.planOf(order.id)).map(({ status }) => status)).toEqual([3, 5, 5, 0, 0]);
    await world.advance(2 * DAY_MS);
    await drawAll(world);
    expect(await states(order)).toEqual(["paid", "cancelled", "cancelled", "paid", "paid"]);
    expect(await shop.detail(order.id)).toMatchObject({ status: 3 });
    await world.isSound();
  });

  test("rests what was being tried, which goes on with its tries after it", async () => {
    const order = await createOrder(world, { ...daily, intervalCount: 1 });
    await addCard(world, order, EMPTY_CARD);
    await drawAll(world);
    await world.advance(HOUR_MS / 2);
    await done(shop.setStatus(order.id, 5));
    await world.advance(HOUR_MS / 2);
    await done(shop.setStatus(order.id, 0));
    const [rests] = await invoicesNow(world, order);
    expect(rests).toMatchObject({ status: "waiting", tries: 1, attemptsToday: 1 });
    expect(rests?.dueAt).toEqual(new Date(rests!.attemptedAt!.getTime() + 2 * HOUR_MS));
    await world.advance(HOUR_MS);
    expect(await drawAll(world)).toBe(1);
    expect((await invoicesNow(world, order))[0]).toMatchObject({ tries: 2 });
  });

  test("of no length skips nothing", async () => {
    const order = await createOrder(world, { ...daily, intervalCount: 2 });
    await addCard(world, order);
    await done(shop.setStatus(order.id, 5));
    await done(shop.setStatus(order.id, 0));
    expect((await states(order))[1]).toBe("waiting");
  });

  test("does not call back what is at the bank: it ends as the bank says", async () => {
    const order = await createOrder(world, { ...daily, intervalCount: 2 });
    await addCard(world, order);
    await whileAtBank(() => done(shop.setStatus(order.id, 5)));
    expect(await states(order)).toEqual(["paid", "waiting"]);
    const refused = await createOrder(world, { ...daily, intervalCount: 1 });
    await addCard(world, refused, EMPTY_CARD);
    await addCard(world, refused);
    // Its term lies before the stop, if only by this.
    world.clock.advance(1_000);
    await whileAtBank(() => done(shop.setStatus(refused.id, 5)));
    // The second card would have paid, but its order is stopped.
    const [invoice] = await invoicesNow(world, refused);
    expect(invoice).toMatchObject({ status: "waiting", tries: 1, dueAt: null });
    await done(shop.setStatus(refused.id, 0));
    await drawAll(world);
    expect(await states(refused)).toEqual(["paid"]);
    await world.isSound();
  });
});

describe("an order that renews itself", () => {
  test("goes on after a stop in which its whole round fell", async () => {
    const order = await createOrder(world, { ...daily, intervalCount: 2, renews: true });
    await addCard(world, order);
    await drawAll(world);
    await world.advance(HOUR_MS);
    await done(shop.setStatus(order.id, 5));
    await world.advance(6 * DAY_MS);
    await done(shop.setStatus(order.id, 0));
    const plan = await shop.planOf(order.id);
    expect(plan.map(({ status, amount }) => [status, amount])).toEqual([
      [3, 99],
      [5, 99],
      ...Array.from({ length: 5 }, () => [5, 0]),
      [0, 99],
    ]);
    expect(new Set(plan.map(({ plan_id }) => plan_id)).size).toBe(8);
    await world.advance(DAY_MS);
    await drawAll(world);
    // The last term has come, and with it the next round.
    const after = await shop.planOf(order.id);
    expect(after.slice(7).map(({ status }) => status)).toEqual([3, 0, 0]);
    expect(await shop.detail(order.id)).toMatchObject({ status: 0 });
    await world.isSound();
  });

  test("has no round more when a term lies ahead", async () => {
    const order = await createOrder(world, { ...daily, renews: true });
    await done(shop.setStatus(order.id, 5));
    await world.advance(DAY_MS);
    await done(shop.setStatus(order.id, 0));
    expect(await shop.planOf(order.id)).toHaveLength(5);
  });

  test("waits for its invoices after a stop where its price varies", async () => {
    const varies = { ...daily, intervalCount: 1, renews: true, isFixedPrice: false };
    const order = await createOrder(world, varies);
    await done(shop.setStatus(order.id, 5));
    await world.advance(2 * DAY_MS);
    await done(shop.setStatus(order.id, 0));
    const plan = await shop.planOf(order.id);
    expect(plan.map(({ status, invoice_id }) => [status, invoice_id])).toEqual(
      plan.map(() => [0, 0]),
    );
    expect(plan.length).toBeGreaterThanOrEqual(3);
  });
});

describe("a deletion", () => {
  test("takes what waits with it, and leaves what was drawn or has failed", async () => {
    const order = await createOrder(world, { ...daily, dailyAttempts: 1, attemptDays: 1 });
    await addCard(world, order);
    await drawAll(world);
    const empty = await createOrder(world, { ...daily, dailyAttempts: 1, attemptDays: 1 });
    await addCard(world, empty, EMPTY_CARD);
    await drawAll(world);
    expect((await states(empty))[0]).toBe("failed");
    for (const each of [order, empty]) await done(shop.setStatus(each.id, 6));
    expect((await shop.planOf(order.id)).map(({ status }) => status)).toEqual([3, 6, 6, 6, 6]);
    expect((await shop.planOf(empty.id)).map(({ status }) => status)).toEqual([4, 6, 6, 6, 6]);
    await world.advance(5 * DAY_MS);
    await drawAll(world);
    for (const each of [order, empty]) expect(await invoicesNow(world, each)).toHaveLength(1);
    await world.isSound();
  });

  test("waits for the bank: paid where it says yes, deleted where it says no", async () => {
    const cards = [
      [undefined, "paid", 3],
      [EMPTY_CARD, "deleted", 6],
    ] as const;
    for (const [card, _state, status] of cards) {
      const order = await createOrder(world, { ...daily, intervalCount: 1 });
      await addCard(world, order, card);
      await whileAtBank(() => done(shop.setStatus(order.id, 6)));
      expect(await shop.planOf(order.id)).toMatchObject([{ status }]);
      expect(await orderNow(world, order)).toMatchObject({ status: "deleted" });
    }
    await world.isSound();
  });

  test("frees the reference at once, also for one that takes it at the same moment", async () => {
    const reference_no = "FREED";
    const id = await shop.made({ reference_no });
    const [removed, made] = await Promise.all([
      shop.setStatus(id, 6),
      shop.create({ reference_no }),
    ]);
    expect(removed.body).toMatchObject({ code: 0 });
    expect([0, 5]).toContain(made.body["code"]);
    const next = await shop.create({ reference_no });
    expect(next.body["code"]).toBe(made.body["code"] === 0 ? 5 : 0);
  });
});

describe("another amount", () => {
  test("is drawn from now on, and by what has failed; what was drawn stays", async () => {
    const order = await createOrder(world, { ...daily, dailyAttempts: 1, attemptDays: 1 });
    await addCard(world, order);
    await drawAll(world);
    const empty = await createOrder(world, { ...daily, dailyAttempts: 1, attemptDays: 1 });
    await addCard(world, empty, EMPTY_CARD);
    await drawAll(world);
    for (const each of [order, empty]) await done(shop.setAmount(each.id, "12900"));
    const amounts = async (each: Order) =>
      (await shop.planOf(each.id)).map(({ amount, status }) => [status, amount]);
    const waiting = Array.from({ length: 4 }, () => [0, 129]);
    expect(await amounts(order)).toEqual([[3, 99], ...waiting]);
    expect(await amounts(empty)).toEqual([[4, 129], ...waiting]);
    await world.advance(DAY_MS);
    await drawAll(world);
    const [, second] = await shop.planOf(order.id);
    const drawn = await world.post("v1/transaction/detail", { xact: second?.xact_id });
    expect(drawn.body).toMatchObject({ Data: [{ amount: 129, is_succeed: true }] });
    await world.isSound();
  });

  test("does not reach what is at the bank, and is what the bank's payment says", async () => {
    const order = await createOrder(world, { ...daily, intervalCount: 2 });
    await addCard(world, order);
    await whileAtBank(() => done(shop.setAmount(order.id, "12900")));
    expect((await shop.planOf(order.id)).map(({ amount }) => amount)).toEqual([99, 129]);
    expect(await shop.detail(order.id)).toMatchObject({ amount: 129 });
    await world.isSound();
  });

  test("changes the parts of a dealer's terms", async () => {
    const id = await shop.made({ agent_id: "20001" });
    const parts = { agent_amount: "2900", company_amount: "10000" };
    await done(shop.setAmount(id, "12900", parts));
    const invoices = await invoicesNow(world, await shop.orderOf(id));
    expect(new Set(invoices.map(({ companyMinor }) => companyMinor))).toEqual(new Set([10_000n]));
  });
});
