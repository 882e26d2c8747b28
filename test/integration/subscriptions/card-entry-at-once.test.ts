import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { expectSound, moneyCalls } from "../../faults/hands.ts";
import { cardEntriesOf } from "../../support/card-entries.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const FIRST = "5571135571135575";
const SECOND = "4355084355084358";
const ROUNDS = 6;

let world: TestWorld;
let of: ReturnType<typeof cardEntriesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = cardEntriesOf(world);
  cards = orderCardsOf(world);
});
beforeEach(() => world.clock.advance(1));
afterAll(async () => {
  await runJobs(world);
  await expectSound(world);
  await world.close();
});

const back = async ({ id }: Subscription, more: object = {}) =>
  (await of.back({ subscription_id: id }, more)).names;
const cardOf = (body: Readonly<Record<string, unknown>>) => Number(body["card_id"]);
const times = <T>(count: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => run(i)));
const paidOf = async (order: Subscription) =>
  (await invoicesNow(world, order)).filter(({ status }) => status === "paid").length;

test("ten confirmations of one card hold, store and draw once and answer the same", async () => {
  const order = await createOrder(world, { drawsAtCard: true });
  const names = await back(order);
  const answers = (await times(10, () => of.confirm(names))).map(({ body }) => body);
  expect(new Set(answers.map(cardOf)).size).toBe(1);
  expect(answers.every((body) => body["is_succeed"] === true)).toBe(true);
  expect(await cards.cardsOn(order)).toEqual([cardOf(answers[0]!)]);
  const asked = await moneyCalls(world, (await of.holds()).at(-1)!);
  expect(asked.filter((op) => op === "preauth")).toHaveLength(1);
  expect(await paidOf(order)).toBe(1);
});

test("two cards of one order that come at once are both there, and one is drawn", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = await createOrder(world, { drawsAtCard: true });
    const both = [await back(order, { pan: FIRST }), await back(order, { pan: SECOND })];
    const answers = await times(2, (i) => of.confirm(both[i]!));
    const numbers = answers.map(({ body }) => cardOf(body));
    expect(new Set(await cards.cardsOn(order))).toEqual(new Set(numbers));
    expect((await cards.list(order)).map((row) => row["order_no"])).toEqual([1, 2]);
    expect(await paidOf(order)).toBe(1);
  }
});

test("one number for a group and for one of its orders, at once, is one card", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const groupReference = `G-${round}`;
    const one = await createOrder(world, { groupReference });
    const two = await createOrder(world, { groupReference });
    const whole = (await of.back({ group_reference_no: groupReference })).names;
    const alone = await back(two);
    const answers = await times(2, (i) => of.confirm(i === 0 ? whole : alone));
    const [first, second] = answers.map(({ body }) => cardOf(body));
    expect(first).toBe(second);
    expect(await cards.cardsOn(one)).toEqual([first]);
    expect(await cards.cardsOn(two)).toEqual([first]);
  }
});

test("a card that is taken off as it is entered again is whole or gone", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const groupReference = `R-${round}`;
    const one = await createOrder(world, { groupReference });
    const two = await createOrder(world, { groupReference });
    await of.enter({ subscription_id: one.id }, { pan: SECOND });
    const old = cardOf((await of.enter({ subscription_id: one.id }, { pan: FIRST })).body);
    const again = await back(two, { pan: FIRST });
    const [removed, entered] = await Promise.all([
      cards.call("delete", { card_id: old, subscription_id: one.id }),
      of.confirm(again),
    ]);
    expect(removed.body).toMatchObject({ code: 0 });
    expect(entered.body).toMatchObject({ is_succeed: true });
    expect(await cards.cardsOn(two)).toEqual([cardOf(entered.body)]);
    expect(await cards.cardsOn(one)).not.toContain(old);
    // Whatever came first, the card that is on the order can be drawn.
    await drawAll(world);
    expect(await paidOf(two)).toBe(1);
  }
});

test("an order that is deleted in that moment has the card or refuses it", async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = await createOrder(world, { drawsAtCard: true });
    const names = await back(order);
    const [{ body }] = await Promise.all([of.confirm(names), cards.setStatus(order, 6)]);
    const isStored = body["is_succeed"] === true;
    expect(isStored ? 0 : 201).toBe(body["code"]);
    const paid = await paidOf(order);
    const again = (await of.confirm(names)).body;
    expect(again["is_succeed"]).toBe(isStored);
    expect(await paidOf(order)).toBe(paid);
  }
});
