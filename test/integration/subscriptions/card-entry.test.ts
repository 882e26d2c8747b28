import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TELL_SHOP } from "../../../src/subscriptions/index.ts";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { endDoubt, expectSound, liveCharges, moneyCalls } from "../../faults/hands.ts";
import { cardEntriesOf } from "../../support/card-entries.ts";
import { asOwner } from "../../support/database.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { createOrder, drawAll, invoicesNow, orderNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const FIRST = "5571135571135575";
const SECOND = "4355084355084358";

let world: TestWorld;
let of: ReturnType<typeof cardEntriesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = cardEntriesOf(world);
  cards = orderCardsOf(world);
});
beforeEach(async () => {
  world.clock.advance(1);
  await world.bank.clearFaults();
});
afterAll(async () => {
  await runJobs(world);
  await expectSound(world);
  await world.close();
});

const enter = async ({ id }: Subscription, more: object = {}) =>
  (await of.enter({ subscription_id: id }, more)).body;
const cardOf = (body: Readonly<Record<string, unknown>>) => Number(body["card_id"]);
const lastHold = async () => (await of.holds()).at(-1)!;
/** What of it moved money, beside the steps of the bank's page. */
const moneyAsked = async (hold: string) =>
  (await moneyCalls(world, hold)).filter((op) => op !== "3d");
const later = (days: number) => new Date(world.clock().getTime() + days * DAY_MS);

describe("a card that was entered", () => {
  test("is the last of its order, and one card however often it is entered", async () => {
    const order = await createOrder(world);
    const first = cardOf(await enter(order, { pan: FIRST, label: "ana" }));
    const second = cardOf(await enter(order, { pan: SECOND }));
    expect(await cards.cardsOn(order)).toEqual([first, second]);
    expect(cardOf(await enter(order, { pan: FIRST }))).toBe(first);
    expect(await cards.list(order)).toMatchObject([
      { card_id: first, label: "ana", order_no: 1 },
      { card_id: second, label: "", order_no: 2 },
    ]);
    const renamed = await enter(order, { pan: FIRST, label: "yeni" });
    expect(cardOf(renamed)).toBe(first);
    expect(await cards.list(order)).toMatchObject([{ label: "yeni" }, { label: "" }]);
  });
  test("is kept for its order alone: for another the number is another card", async () => {
    const [one, two] = [await createOrder(world), await createOrder(world)];
    expect(cardOf(await enter(one))).not.toBe(cardOf(await enter(two)));
    const owners = await world.db.kysely
      .selectFrom("card_owners")
      .select("customer")
      .where("customer", "in", [`vezne/subscription:${one.id}`, `vezne/subscription:${two.id}`])
      .execute();
    expect(owners).toHaveLength(2);
  });
  test("leaves nothing behind that was held for the way to the bank", async () => {
    const order = await createOrder(world);
    await enter(order);
    const held = await world.db.kysely
      .selectFrom("cards")
      .select("id")
      .where("owner_id", "is", null)
      .where("deleted_at", "is", null)
      .execute();
    expect(held).toEqual([]);
  });
  test("says nothing of a payer who agreed on a page of the shop's own", async () => {
    const order = await createOrder(world);
    await enter(order);
    expect(await orderNow(world, order)).toMatchObject({ acceptedAt: null, acceptedFrom: null });
  });
  test("lets its order be drawn on its days", async () => {
    const order = await createOrder(world, { beginAt: later(3) });
    const failsWithout = (await invoicesNow(world, order))[0]!.dueAt!;
    expect(failsWithout).toEqual(later(6));
    expect(await enter(order)).toMatchObject({ xact_id: 0 });
    const due = (await invoicesNow(world, order)).map(({ dueAt }) => dueAt);
    expect(due[0]).toEqual(later(3));
    expect(due.every(Boolean)).toBe(true);
  });
  test("needs no code from a text message where cards of the shop itself do", async () => {
    const strict = await createWorld({ merchant: { needsCardCode: true } });
    try {
      const order = await createOrder(strict);
      const entered = await cardEntriesOf(strict).enter({ subscription_id: order.id });
      expect(entered.body).toMatchObject({ is_succeed: true });
    } finally {
      await strict.close();
    }
  });
  test("keeps no number in its label", async () => {
    const order = await createOrder(world);
    await enter(order, { label: "kart 5571 1355 7113 5575 cvc 000" });
    const [card] = await cards.list(order);
    expect(card?.["label"]).not.toContain("1355");
  });
});

describe("the lira that checks a card", () => {
  test("is held once, and goes back by the queue", async () => {
    const order = await createOrder(world);
    await enter(order);
    const hold = await lastHold();
    expect(await moneyAsked(hold)).toEqual(["preauth"]);
    await runJobs(world);
    expect(await moneyAsked(hold)).toEqual(["preauth", "void"]);
    expect(await liveCharges(world, hold)).toBe(0);
  });
  test("goes back also when nobody asks for the card any more", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id });
    await world.bank.fault("reset_after_commit", { op: "preauth" });
    const doubtful = await of.confirm(names);
    expect(doubtful.body).toMatchObject({ is_succeed: false, code: 10, card_id: "" });
    expect(doubtful.body["message"]).toMatch(/^Banka yanıt vermedi; kart doğrulanamadı/);
    expect(await cards.cardsOn(order)).toEqual([]);
    const hold = await lastHold();
    expect(await endDoubt(world, hold)).toMatchObject({ is_succeed: true });
    await runJobs(world);
    expect(await liveCharges(world, hold)).toBe(0);
    expect(await cards.cardsOn(order)).toEqual([]);
  });
  test("is asked about when its card is confirmed again, which is stored then", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id });
    await world.bank.fault("reset_after_commit", { op: "preauth" });
    expect((await of.confirm(names)).body).toMatchObject({ code: 10 });
    world.clock.advance(10_000);
    const confirmed = (await of.confirm(names)).body;
    expect(confirmed).toMatchObject({ code: 0, is_succeed: true });
    expect(await cards.cardsOn(order)).toEqual([cardOf(confirmed)]);
    await runJobs(world);
    expect(await liveCharges(world, await lastHold())).toBe(0);
  });
  test("is no sale, whatever else a merchant's texts say of a hold", async () => {
    const said = { checks_card: true, description: "checks_card", agent_reference_no: "CARDCHECK" };
    const held = await world.pay({ transaction_type: 3, ...said, reference_no: "CARDCHECK-1" });
    await runJobs(world);
    const hold = String(held.body["order_id"]);
    expect(await moneyAsked(hold)).toEqual(["preauth"]);
    const captured = await world.post("v1/transaction/capture", { xact_id: held.body["xact_id"] });
    expect(captured.body).toMatchObject({ is_succeed: true });
    await asOwner(
      world.database.ownerUrl,
      "update payments set reference = 'ORD-CARDCHECK' where reference = 'CARDCHECK-1'",
    );
  });
});

describe("the first draw", () => {
  const drawsAtCard = true;
  test("is made at once though its day has not come, where the order says so", async () => {
    const order = await createOrder(world, { drawsAtCard, beginAt: later(10) });
    const body = await enter(order);
    const [first, second] = await invoicesNow(world, order);
    expect(first).toMatchObject({ status: "paid", drawnFrom: later(10), tries: 1 });
    expect(second).toMatchObject({ status: "waiting", tries: 0 });
    expect(second?.dueAt).toEqual(second?.drawnFrom);
    expect(body["xact_id"]).not.toBe(0);
    await drawAll(world);
    expect((await invoicesNow(world, order))[1]).toEqual(second);
  });
  test("is not made again for a second card", async () => {
    const order = await createOrder(world, { drawsAtCard, beginAt: later(10) });
    await enter(order, { pan: FIRST });
    expect(await enter(order, { pan: SECOND })).toMatchObject({ is_succeed: true });
    const statuses = (await invoicesNow(world, order)).map(({ status }) => status);
    expect(statuses.filter((status) => status === "paid")).toHaveLength(1);
  });
  test("that the bank refuses leaves the card, and is tried again like any other", async () => {
    const more = { drawsAtCard, beginAt: later(10), amountMinor: 700_051n };
    const order = await createOrder(world, more);
    const body = await enter(order);
    expect(body).toMatchObject({ is_succeed: true, code: 0 });
    expect(body["xact_id"]).not.toBe(0);
    const [first] = await invoicesNow(world, order);
    expect(first).toMatchObject({ status: "waiting", lastReason: "insufficient_funds", tries: 1 });
    expect(first?.dueAt?.getTime()).toBeGreaterThan(world.clock().getTime());
  });
  test("in doubt waits for the bank, and the card is stored", async () => {
    const order = await createOrder(world, { drawsAtCard });
    const { names } = await of.back({ subscription_id: order.id });
    await world.bank.fault("reset_after_commit", { op: "sale" });
    expect((await of.confirm(names)).body).toMatchObject({ is_succeed: true, code: 0 });
    const [first] = await invoicesNow(world, order);
    expect(first?.openPaymentId).not.toBeNull();
    const tried = first!.openPaymentId!.slice("pay_".length);
    expect(await endDoubt(world, tried)).toMatchObject({ is_succeed: true });
    expect((await invoicesNow(world, order))[0]).toMatchObject({ status: "paid" });
  });
  test("of a stopped order waits until it goes on", async () => {
    const order = await createOrder(world, { drawsAtCard });
    const { names } = await of.back({ subscription_id: order.id });
    await cards.setStatus(order, 5);
    expect((await of.confirm(names)).body).toMatchObject({ is_succeed: true, xact_id: 0 });
    const invoices = await invoicesNow(world, order);
    expect(invoices.every(({ tries, dueAt }) => tries === 0 && dueAt === null)).toBe(true);
    expect(await cards.cardsOn(order)).toHaveLength(1);
  });
  test("of an order whose amounts vary has nothing to draw yet", async () => {
    const order = await createOrder(world, { drawsAtCard, isFixedPrice: false });
    expect(await enter(order)).toMatchObject({ is_succeed: true, xact_id: 0 });
  });
});

describe("a group", () => {
  const inGroup = (groupReference: string, more: Partial<Subscription> = {}) =>
    createOrder(world, { groupReference, ...more });
  const enterFor = async (group: string, more: object = {}) =>
    (await of.enter({ group_reference_no: group }, more)).body;

  test("gets one card for each of its orders, but for those that are deleted", async () => {
    const [one, gone, two] = [await inGroup("G-1"), await inGroup("G-1"), await inGroup("G-1")];
    await cards.setStatus(gone, 6);
    const card = cardOf(await enterFor("G-1"));
    expect(await cards.cardsOn(one)).toEqual([card]);
    expect(await cards.cardsOn(two)).toEqual([card]);
    expect(await cards.cardsOn(gone)).toEqual([]);
  });
  test("knows a number again that was entered for one of its orders", async () => {
    const [one, two] = [await inGroup("G-2"), await inGroup("G-2")];
    const card = cardOf(await enter(one));
    expect(await cards.cardsOn(two)).toEqual([]);
    expect(cardOf(await enterFor("G-2"))).toBe(card);
    expect(await cards.cardsOn(one)).toEqual([card]);
    expect(await cards.cardsOn(two)).toEqual([card]);
  });
  test("is drawn at once as far as its orders say so", async () => {
    const at = { drawsAtCard: true, beginAt: later(5) };
    const orders = [await inGroup("G-3", at), await inGroup("G-3", at), await inGroup("G-3")];
    await enterFor("G-3");
    for (const order of orders) {
      const [first] = await invoicesNow(world, order);
      expect(first?.status).toBe(order.drawsAtCard ? "paid" : "waiting");
    }
  });
  test("that was deleted to its last order meanwhile takes no card", async () => {
    const [one, two] = [await inGroup("G-4"), await inGroup("G-4")];
    const { names } = await of.back({ group_reference_no: "G-4" });
    await cards.setStatus(one, 6);
    const { names: second } = await of.back({ group_reference_no: "G-4" });
    expect((await of.confirm(second)).body).toMatchObject({ is_succeed: true });
    await cards.setStatus(two, 6);
    expect((await of.confirm(names)).body).toMatchObject({ is_succeed: false, code: 201 });
  });
});

describe("the notice of a card", () => {
  const queued = async (): Promise<unknown[]> => {
    const { rows } = await asOwner(
      world.database.ownerUrl,
      `select j.payload from graphile_worker._private_jobs j
        join graphile_worker._private_tasks t on t.id = j.task_id
        where t.identifier = '${TELL_SHOP}' and j.payload ->> 'what' = 'card_entered'`,
    );
    return rows.map(({ payload }) => payload);
  };
  test("is queued for orders that name an address, with the card", async () => {
    const { terms } = await createOrder(world);
    const told = { ...terms, confirmationUrl: "http://127.0.0.1:9/told" };
    const order = await createOrder(world, { terms: told, groupReference: "G-5" });
    await createOrder(world, { groupReference: "G-5" });
    const card = String(cardOf((await of.enter({ group_reference_no: "G-5" })).body));
    const { merchantId, id: subscriptionId } = order;
    expect(await queued()).toEqual([{ merchantId, what: "card_entered", subscriptionId, card }]);
  });
});
