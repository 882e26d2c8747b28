import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { moveSandboxPos } from "../../../src/merchants/index.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { emptyCard, HOUR_MS, MINUTE_MS, orderInvoicesOf } from "../../support/order-invoices.ts";
import { addCard, drawAll } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

/** Every test begins at noon in Istanbul, whatever those before have lived through. */
const NOON_MS = 12 * HOUR_MS;
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
beforeEach(async () => {
  const sinceMidnight = (world.clock().getTime() + 3 * HOUR_MS) % DAY_MS;
  await world.advance(((NOON_MS - sinceMidnight + DAY_MS) % DAY_MS) + DAY_MS);
});

const waits = (no: string, time: string) =>
  [1, `${no} numarali siparis için ${time} sonra deneme yapabilirsiniz`] as const;

/** Where the firm's banks are. */
async function bankAt(url: string): Promise<void> {
  await inTx(world.db, (tx) => moveSandboxPos(tx, world.merchant.merchantId, url));
  world.deps.reception.forgetAll();
}

describe("a card that says no", () => {
  test.each([
    ["at once", 0, "2 saat 0 dakika"],
    ["after three minutes", 3 * MINUTE_MS, "1 saat 57 dakika"],
    ["after half an hour", 30 * MINUTE_MS, "1 saat 30 dakika"],
    ["59 minutes and a second before", 61 * MINUTE_MS - 1_000, "1 saat 0 dakika"],
    ["59 minutes before", 61 * MINUTE_MS, "0 saat 59 dakika"],
    ["a second before", 2 * HOUR_MS - 1_000, "0 saat 1 dakika"],
  ])("opens a rest; %s it says how long it lasts", async (_, ms, time) => {
    const { order } = await cards.orderWith([emptyCard]);
    expect((await of.manualRows(order))[0]).toEqual([1, expect.not.stringContaining("numarali")]);
    await world.advance(ms);
    const { invoiceNo } = await of.firstOf(order);
    expect(await of.manual(order)).toMatchObject({
      status: 200,
      body: {
        data: [
          {
            object_name: null,
            code: 1,
            message: `${invoiceNo} numarali siparis için ${time} sonra deneme yapabilirsiniz`,
          },
        ],
        object_name: null,
        code: 1,
        message: null,
      },
    });
    expect(await of.firstOf(order)).toMatchObject({ tries: 1 });
  });

  test("is tried again when its rest is over, and not a moment before", async () => {
    const { order } = await cards.orderWith([emptyCard]);
    await of.manual(order);
    await addCard(world, order);
    await world.advance(2 * HOUR_MS - 1);
    const { invoiceNo } = await of.firstOf(order);
    expect(await of.manualRows(order)).toEqual([waits(invoiceNo, "0 saat 1 dakika")]);
    await world.advance(1);
    expect(await of.manualRows(order)).toEqual([success]);
  });

  test("opens the same rest where the schedule tried it, in the firm's own length", async () => {
    const { order } = await cards.orderWith([emptyCard]);
    await drawAll(world);
    await world.advance(MINUTE_MS);
    const { invoiceNo } = await of.firstOf(order);
    const english = { "accept-language": "en" };
    const { body } = await of.manual(order, {}, english);
    const [code, message] = waits(invoiceNo, "1 saat 59 dakika");
    expect(body).toMatchObject({ data: [{ code, message }] });
    await world.db.kysely
      .updateTable("merchants")
      .set({ draw_gap_minutes: 30 })
      .where("id", "=", world.merchant.merchantId)
      .execute();
    try {
      world.deps.reception.forgetAll();
      expect(await of.manualRows(order)).toEqual([waits(invoiceNo, "0 saat 29 dakika")]);
    } finally {
      await world.db.kysely
        .updateTable("merchants")
        .set({ draw_gap_minutes: 120 })
        .where("id", "=", world.merchant.merchantId)
        .execute();
      world.deps.reception.forgetAll();
    }
  });

  test("and a bank that is not reached rest alike, but the day loses no try", async () => {
    const { order } = await cards.orderWith(1, { dailyAttempts: 1 });
    await bankAt("http://127.0.0.1:1");
    const unreached = [1, "Bankaya bağlanılamadı; karttan para çekilmedi"];
    expect(await of.manualRows(order)).toEqual([unreached]);
    await bankAt(world.bank.url);
    const { invoiceNo, attemptsToday } = await of.firstOf(order);
    expect(attemptsToday).toBe(0);
    expect(await of.manualRows(order)).toEqual([waits(invoiceNo, "2 saat 0 dakika")]);
    await world.advance(2 * HOUR_MS);
    expect(await of.manualRows(order)).toEqual([success]);
    expect(await of.takenFor(order)).toEqual([9_900]);
  });

  test("has had its tries of the day: the next is allowed at midnight", async () => {
    const { order } = await cards.orderWith([emptyCard], { dailyAttempts: 2 });
    await drawAll(world);
    await world.advance(2 * HOUR_MS);
    expect((await of.manualRows(order))[0]).toEqual([1, expect.not.stringContaining("numarali")]);
    const { invoiceNo } = await of.firstOf(order);
    await world.advance(3 * HOUR_MS);
    expect(await of.manualRows(order)).toEqual([waits(invoiceNo, "7 saat 0 dakika")]);
    await world.advance(7 * HOUR_MS - 1_000);
    expect(await of.manualRows(order)).toEqual([waits(invoiceNo, "0 saat 1 dakika")]);
    expect(await of.firstOf(order)).toMatchObject({ tries: 2 });
    await world.advance(1_000);
    await of.manual(order);
    expect(await of.firstOf(order)).toMatchObject({ tries: 3, attemptsToday: 1, attemptDays: 2 });
  });

  test("keeps its rest and its day when its invoice is put back by hand", async () => {
    const { order } = await cards.orderWith([emptyCard], { dailyAttempts: 1 });
    await of.manual(order);
    const invoice = await of.firstOf(order);
    await of.setStatus(invoice, 4);
    await of.setStatus(invoice, 0);
    expect(await of.manualRows(order)).toEqual([waits(invoice.invoiceNo, "12 saat 0 dakika")]);
    expect(await of.firstOf(order)).toMatchObject({ tries: 1, attemptDays: 0 });
  });
});

describe("an invoice that has failed", () => {
  /** Refused once on its one day. */
  async function failed() {
    const { order } = await cards.orderWith([emptyCard], { dailyAttempts: 1, attemptDays: 1 });
    await drawAll(world);
    const invoice = await of.firstOf(order);
    expect(invoice).toMatchObject({ status: "failed" });
    await world.advance(DAY_MS);
    return { order, invoice };
  }

  test("is tried again where it is named, and fails again", async () => {
    const { order, invoice } = await failed();
    const named = { invoice_no: invoice.invoiceNo };
    expect((await of.manual(order)).body).toMatchObject({ code: 12, data: [] });
    const [row] = await of.manualRows(order, named);
    expect(row).toEqual([1, (await of.firstOf(order)).lastMessage]);
    expect(await of.firstOf(order)).toMatchObject({ status: "failed", tries: 2, dueAt: null });
    const rest = await of.manualRows(order, named);
    expect(rest).toEqual([waits(invoice.invoiceNo, "12 saat 0 dakika")]);
    await drawAll(world);
    expect(await of.firstOf(order)).toMatchObject({ status: "failed", tries: 2 });
  });

  test("is paid where a card says yes by now", async () => {
    const { order, invoice } = await failed();
    await addCard(world, order);
    expect(await of.manualRows(order, { invoice_no: invoice.invoiceNo })).toEqual([success]);
    expect(await of.firstOf(order)).toMatchObject({ status: "paid", tries: 3 });
    expect(await of.takenFor(order)).toEqual([9_900]);
  });
});
