import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { orderCardsOf } from "../support/order-cards.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import {
  Beside,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  LEASE_MS,
  type Moment,
  secondCard,
  triesOf,
  workOff,
} from "./draws.ts";

const beside = new Beside();
let world: TestWorld;
let of: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
  of = orderCardsOf(world);
});
afterAll(() => world.close());
afterEach(() => expect(beside.left).toBe(0));

/** The very card that is tried is deleted at a moment of its draw, and another is left. */
async function deletedWhile(moment: Moment, pan: string) {
  const { order, cards } = await of.orderWith([pan, secondCard], { intervalCount: 1 });
  beside.at(moment, async () => {
    const body = { subscription_id: order.id, card_id: cards[0] };
    expect((await of.call("delete", body)).body["code"]).toBe(0);
  });
  await workOff(world.deps);
  world.clock.advance(LEASE_MS);
  await workOff(world.deps);
  expect(await of.cardsOn(order)).toEqual([cards[1]]);
  await expectTrue(world, [order]);
  const tried = (await triesOf(world, order)).map(({ card }) => Number(card));
  return { order, cards, tried };
}

const before: readonly Moment[] = ["before planning", "before beginning"];
test.each(before)("a card that is deleted %s is never asked for", async (moment) => {
  const { order, cards, tried } = await deletedWhile(moment, firstCard);
  expect(tried).toEqual([cards[1]]);
  expect(await firstOf(world, order)).toMatchObject({ status: "paid" });
});

const atTheBank: readonly Moment[] = ["after beginning", "before the bank", "after the bank"];
test.each(atTheBank)("a card that is deleted %s ends as its bank says: paid", async (moment) => {
  const { order, cards, tried } = await deletedWhile(moment, firstCard);
  expect(tried).toEqual([cards[0]]);
  expect(await firstOf(world, order)).toMatchObject({ status: "paid", openCard: null });
});

test.each(atTheBank)("a card that is deleted %s ends as its bank says: not", async (moment) => {
  const { order, cards, tried } = await deletedWhile(moment, emptyCard);
  expect(tried).toEqual(cards);
  expect(await firstOf(world, order)).toMatchObject({ status: "paid" });
});

test("a card that is deleted while its bank owes an answer pays when that is yes", async () => {
  const { order, cards } = await of.orderWith([firstCard, secondCard], { intervalCount: 1 });
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await workOff(world.deps);
  expect(await firstOf(world, order)).toMatchObject({ openCard: BigInt(cards[0] ?? 0) });
  await of.call("delete", { subscription_id: order.id, card_id: cards[0] });
  for (const gap of [10_000, 30_000, LEASE_MS]) {
    world.clock.advance(gap);
    await workOff(world.deps);
  }
  expect((await triesOf(world, order)).map(({ card }) => Number(card))).toEqual([cards[0]]);
  await expectTrue(world, [order]);
  expect(await firstOf(world, order)).toMatchObject({ status: "paid" });
});

test("what a forgotten card paid goes back to it all the same", async () => {
  const { order } = await deletedWhile("after the bank", firstCard);
  const { paidById } = await firstOf(world, order);
  const { body: tries } = await world.post("v1/subscription/invoice_attempt_list", {
    invoice_id: Number((await firstOf(world, order)).number),
  });
  const [paid] = tries["Data"] as { xact_id: string; card_no_mask: string }[];
  expect(paid?.card_no_mask).toBe("435508********4358");
  const reversed = await world.post("v1/transaction/reversed_request", { xact_id: paid?.xact_id });
  expect(reversed.body).toMatchObject({ code: 0 });
  expect(
    (await world.bank.orders()).find(({ orderNo }) => `pay_${orderNo}` === paidById),
  ).toMatchObject({ state: "voided" });
  await world.isSound();
});
