import { afterAll, beforeAll, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { orderCardsOf, pans } from "../../support/order-cards.ts";
import { drawAll, invoicesNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const AT_ONCE = 8;
const MONTH_MS = 31 * DAY_MS;
/** Their issuers always say no. */
const refused = ["5100050000006661", "5136620000006669", "5163080000006662"];

let world: TestWorld;
let of: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderCardsOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const arrange = (order: Subscription, ...cards: (number | undefined)[]) =>
  of.call("arrange", {
    subscription_id: order.id,
    card_information: cards.map((card_id, i) => ({ card_id, order_no: i + 1 })),
  });
const remove = (order: Subscription, card_id: unknown) =>
  of.call("delete", { subscription_id: order.id, card_id });
const link = (card_id: unknown, more: object) =>
  of.call("link_to_subscription", { card_id, ...more });

/** The cards of all tries of an order, by their terms and then as they were tried. */
async function triedOn({ merchantId, id }: Subscription): Promise<number[]> {
  const rows = await world.db.kysely
    .selectFrom("invoice_tries as t")
    .innerJoin("invoices as i", (join) =>
      join.onRef("i.merchant_id", "=", "t.merchant_id").onRef("i.number", "=", "t.invoice"),
    )
    .select("t.card")
    .where("i.merchant_id", "=", merchantId)
    .where("i.subscription_id", "=", id)
    .orderBy("i.term")
    .orderBy("t.no")
    .execute();
  return rows.map(({ card }) => Number(card));
}

async function isKept(card: number | undefined): Promise<boolean> {
  const row = await world.db.kysely
    .selectFrom("payer_cards as p")
    .innerJoin("cards as c", (join) =>
      join.onRef("c.merchant_id", "=", "p.merchant_id").onRef("c.id", "=", "p.card_id"),
    )
    .select("c.sealed")
    .where("p.merchant_id", "=", world.merchant.merchantId)
    .where("p.number", "=", BigInt(card ?? 0))
    .executeTakeFirstOrThrow();
  return row.sealed !== null;
}

test("each term is drawn from the card that is first on its day", async () => {
  const { order, cards } = await of.orderWith(3, { intervalCount: 3 });
  const [first, second, third] = cards;
  await drawAll(world);
  await arrange(order, third);
  world.clock.advance(MONTH_MS);
  await drawAll(world);
  await arrange(order, second, first);
  world.clock.advance(MONTH_MS);
  await drawAll(world);
  expect(await triedOn(order)).toEqual([first, third, second]);
});

test("refused cards are tried in the order that was set, each once in a round", async () => {
  const { order, cards } = await of.orderWith([...refused, pans[0]], { intervalCount: 1 });
  const [first, second, third, good] = cards;
  await arrange(order, third, first);
  await drawAll(world);
  expect(await triedOn(order)).toEqual([third, first, second, good]);
  expect(await invoicesNow(world, order)).toMatchObject([{ status: "paid" }]);
});

test("a linked card draws what waited for one, on every order of its group", async () => {
  const group = { groupReference: "G-1", intervalCount: 1 };
  const { cards } = await of.orderWith(1);
  const waiting = [await of.orderWith(0, group), await of.orderWith(0, group)];
  await drawAll(world);
  world.clock.advance(DAY_MS);
  expect((await link(cards[0], { group_reference_no: "G-1" })).body["code"]).toBe(0);
  await drawAll(world);
  for (const { order } of waiting) {
    expect(await triedOn(order)).toEqual(cards);
    expect(await invoicesNow(world, order)).toMatchObject([{ status: "paid" }]);
  }
});

test("a linked card is tried after the order's own ones", async () => {
  const { cards } = await of.orderWith(1);
  const { order, cards: own } = await of.orderWith([refused[0] ?? ""], { intervalCount: 1 });
  await link(cards[0], { subscription_id: order.id });
  await drawAll(world);
  expect(await triedOn(order)).toEqual([own[0], cards[0]]);
});

test("a card that is deleted between two rounds is tried no more", async () => {
  const { order, cards } = await of.orderWith(refused.slice(0, 2), { intervalCount: 1 });
  const [first, second] = cards;
  await drawAll(world);
  await remove(order, first);
  world.clock.advance(2 * 60 * 60_000);
  await drawAll(world);
  expect(await triedOn(order)).toEqual([first, second, second]);
});

test("a card that one order gets while another loses it is kept, or never got there", async () => {
  for (let i = 0; i < AT_ONCE; i += 1) {
    const { order, cards } = await of.orderWith(2);
    const other = await of.orderWith(0);
    const [gone] = cards;
    const [linked] = await Promise.all([
      link(gone, { subscription_id: other.order.id }),
      remove(order, gone),
    ]);
    expect(await of.cardsOn(order)).toEqual([cards[1]]);
    const isLinked = linked.body["code"] === 0;
    expect(await isKept(gone)).toBe(isLinked);
    expect(await of.cardsOn(other.order)).toEqual(isLinked ? [gone] : []);
  }
});

test("a card is on an order once, however often it is linked at once", async () => {
  const { cards } = await of.orderWith(1);
  const other = await of.orderWith(0, { groupReference: "G-2" });
  const group = { group_reference_no: "G-2" };
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => link(cards[0], group)));
  expect(answers.every(({ body }) => body["code"] === 0)).toBe(true);
  expect(await of.cardsOn(other.order)).toEqual(cards);
});

test("the cards of a deleted order are forgotten, but those that another order has", async () => {
  const { order, cards } = await of.orderWith(2);
  const other = await of.orderWith(0);
  await link(cards[0], { subscription_id: other.order.id });
  await of.setStatus(order, 6);
  expect([await isKept(cards[0]), await isKept(cards[1])]).toEqual([true, false]);
  await of.setStatus(other.order, 6);
  expect(await isKept(cards[0])).toBe(false);
});

test("whatever happens to its cards beside a draw, an invoice is paid once", async () => {
  for (let i = 0; i < AT_ONCE; i += 1) {
    const spare = await of.orderWith(1);
    const { order, cards } = await of.orderWith([...refused, pans[0]], { intervalCount: 1 });
    await Promise.all([
      drawAll(world),
      arrange(order, cards[3]),
      remove(order, cards[1]),
      link(spare.cards[0], { subscription_id: order.id }),
      drawAll(world),
    ]);
    await drawAll(world);
    expect(await invoicesNow(world, order)).toMatchObject([{ status: "paid" }]);
    const tried = await triedOn(order);
    expect(new Set(tried).size).toBe(tried.length);
  }
});
