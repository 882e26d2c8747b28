import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firmsOf } from "../../support/firms.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { emptyCard, lostCard, orderInvoicesOf } from "../../support/order-invoices.ts";
import { addCard, createOrder, invoicesNow, orderNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, goodCard, type TestWorld } from "../../support/world.ts";

const success = [0, "Başarılı İşlem"] as const;
let world: TestWorld;
let of: ReturnType<typeof orderInvoicesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderInvoicesOf(world);
  cards = orderCardsOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});
describe("what is due", () => {
  test("is drawn at once from the order's card, and stands in the bank's book", async () => {
    const { order } = await cards.orderWith(1);
    const answer = await of.manual(order);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: [{ object_name: null, code: 0, message: "Başarılı İşlem" }],
        object_name: null,
        code: 0,
        message: null,
      },
    });
    expect(await of.firstOf(order)).toMatchObject({ status: "paid", tries: 1, dueAt: null });
    expect(await of.takenFor(order)).toEqual([9_900]);
    const tried = await world.db.kysely
      .selectFrom("invoice_tries")
      .select(["is_manual", "is_paid"])
      .where("invoice", "=", (await of.firstOf(order)).number)
      .execute();
    expect(tried).toEqual([{ is_manual: true, is_paid: true }]);
  });

  test("is all that has fallen due, in the order of its terms", async () => {
    const order = await createOrder(world, { interval: "day", attemptDays: 30 });
    await world.advance(2 * DAY_MS);
    await addCard(world, order);
    const [first, second] = await invoicesNow(world, order);
    await of.setAmount(first!, 1_100);
    await of.setAmount(second!, 1_200);
    expect(await of.manualRows(order)).toEqual([success, success, success]);
    expect(await of.takenFor(order)).toEqual([1_100, 1_200, 9_900]);
    const states = (await invoicesNow(world, order)).map(({ status }) => status);
    expect(states.slice(0, 4)).toEqual(["paid", "paid", "paid", "waiting"]);
  });

  test("is one invoice alone where it is named, by its number or a text", async () => {
    const { order } = await cards.orderWith(1, { interval: "day", attemptDays: 30 });
    await world.advance(DAY_MS);
    const [first, second] = await invoicesNow(world, order);
    const named = { invoice_no: Number(second!.invoiceNo) };
    expect(await of.manualRows(order, named)).toEqual([success]);
    expect(await of.firstOf(order)).toMatchObject({ status: "waiting", tries: 0 });
    expect(await of.manualRows(order, { invoice_no: first!.invoiceNo })).toEqual([success]);
    expect(await of.takenFor(order)).toEqual([9_900, 9_900]);
  });

  test("is 0 as a whole where one of its rows is, whatever the others are", async () => {
    const { order } = await cards.orderWith(1, { interval: "day", attemptDays: 30 });
    await world.advance(DAY_MS);
    await of.setAmount(await of.firstOf(order), "700151");
    const { body } = await of.manual(order);
    expect(body).toMatchObject({ data: [{ code: 1 }, { code: 0 }], code: 0, message: null });
    expect(await of.takenFor(order)).toEqual([9_900]);
  });

  test("is nothing before its day, once it is paid, or where it was cancelled", async () => {
    const { order } = await cards.orderWith(1);
    const nothing = { data: [], object_name: null, code: 12, message: null };
    expect(await of.manualRows(order)).toEqual([success]);
    const [paid, later, cancelled] = await invoicesNow(world, order);
    await of.setStatus(cancelled!, 5);
    for (const invoice of [paid, later, cancelled]) {
      const answer = await of.manual(order, { invoice_no: invoice!.invoiceNo });
      expect(answer.body).toEqual(nothing);
    }
    expect((await of.manual(order)).body).toEqual(nothing);
    expect(await of.takenFor(order)).toHaveLength(1);
  });

  test("names an invoice of the order, and no other", async () => {
    const { order } = await cards.orderWith(1);
    const other = await cards.orderWith(1);
    const { invoiceNo } = await of.firstOf(other.order);
    for (const invoice_no of [invoiceNo, "77777777", "yok"]) {
      const { body } = await of.manual(order, { invoice_no });
      expect(body).toEqual({
        data: [],
        object_name: null,
        code: 24,
        message: "Fatura bulunamadı",
      });
    }
    expect(await of.takenFor(other.order)).toEqual([]);
  });
});

describe("a card that says no", () => {
  test("is followed by the next at once, in the same call", async () => {
    const { order } = await cards.orderWith([emptyCard, goodCard.pan]);
    expect(await of.manualRows(order)).toEqual([success]);
    expect(await of.firstOf(order)).toMatchObject({ status: "paid", tries: 2 });
    expect(await of.takenFor(order)).toEqual([9_900]);
  });

  test("and a last one that says no too are told in the bank's words", async () => {
    const { order } = await cards.orderWith([emptyCard, lostCard]);
    const { body } = await of.manual(order);
    const { lastMessage } = await of.firstOf(order);
    expect(lastMessage).toMatch(/./);
    expect(body).toMatchObject({ data: [{ code: 1, message: lastMessage }], code: 1 });
    expect(await of.firstOf(order)).toMatchObject({
      status: "waiting",
      lastReason: "lost_card",
      refusedCards: [],
      attemptsToday: 1,
    });
  });
});

describe("nothing is drawn", () => {
  test("without a card: code 25", async () => {
    const order = await createOrder(world);
    expect((await of.manual(order)).body).toEqual({
      data: [{ object_name: null, code: 25, message: "Kart bulunamadı" }],
      object_name: null,
      code: 1,
      message: null,
    });
  });

  test.each([
    ["stopped", 5],
    ["deleted", 6],
  ] as const)("of an order that is %s: code 201", async (_, status) => {
    const { order } = await cards.orderWith(1);
    await cards.setStatus(order, status);
    const { body } = await of.manual(order);
    expect(body).toMatchObject({ data: [], object_name: null, code: 201 });
    expect(body["message"]).toMatch(/^Düzenli ödeme durdurulmuş/);
    expect(await of.takenFor(order)).toEqual([]);
  });

  test("for a dealer that is blocked, also by its firm", async () => {
    const agentId = await cards.agentId("20001");
    const { order } = await cards.orderWith(1, { agentId });
    await firmsOf(world).whileBlocked("20001", async () => {
      expect(await of.manual(order)).toMatchObject({ status: 403, body: { result_code: 3 } });
    });
    expect(await of.takenFor(order)).toEqual([]);
    expect(await of.manualRows(order)).toEqual([success]);
  });

  test("by whoever's order it is not", async () => {
    const { order } = await cards.orderWith(1);
    const firms = firmsOf(world);
    const stranger = { authorization: `Basic ${(await firms.another("10009")).secretKey}` };
    for (const headers of [stranger, await firms.agentKey("20002")]) {
      const { body } = await of.manual(order, {}, headers);
      expect(body).toMatchObject({ data: [], code: 12, message: "Düzenli ödeme bulunamadı" });
    }
    expect(await of.takenFor(order)).toEqual([]);
  });
});

test("an order that renews itself goes on also where its last term is drawn by hand", async () => {
  const { order } = await cards.orderWith(1, { intervalCount: 2, renews: true, interval: "day" });
  expect(await of.manualRows(order)).toEqual([success]);
  expect((await orderNow(world, order)).planNumbers).toHaveLength(1);
  await world.advance(DAY_MS);
  expect(await of.manualRows(order)).toEqual([success]);
  expect((await orderNow(world, order)).planNumbers).toHaveLength(2);
  expect(await invoicesNow(world, order)).toHaveLength(4);
});
