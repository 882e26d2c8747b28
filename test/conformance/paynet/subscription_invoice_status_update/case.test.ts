import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Subscription } from "../../../../src/subscriptions/subscription.rules.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { emptyCard, HOUR_MS, orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

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

const path = "v1/subscription/invoice_status_update";
const numbers = { waiting: 0, paid: 3, failed: 4, cancelled: 5, deleted: 6 } as const;
type Name = keyof typeof numbers;

/** An order whose first invoice is in a state. */
async function inState(name: Name, more: Partial<Subscription> = {}) {
  const { order } = await cards.orderWith(name === "paid" ? 1 : 0, more);
  const invoice = await of.firstOf(order);
  if (name === "paid") await of.manual(order);
  else if (name !== "waiting") await of.setStatus(invoice, numbers[name]);
  return { order, invoice };
}
const statusIn = async (order: Subscription, number: bigint) => {
  const rows = await world.db.kysely
    .selectFrom("invoices")
    .select("status")
    .where("merchant_id", "=", order.merchantId)
    .where("number", "=", number)
    .executeTakeFirstOrThrow();
  return rows.status;
};

test("an invoice that waits is given up by hand", async () => {
  const { order, invoice } = await inState("waiting");
  const named = { id: Number(invoice.number), no: invoice.invoiceNo };
  const { request, response } = example(import.meta.dirname, named);
  expectLike(await world.post(path, request), response);
  expect(await of.firstOf(order)).toMatchObject({ status: "failed", dueAt: null });
});

describe("of the states of an invoice", () => {
  const may: Record<Name, readonly Name[]> = {
    waiting: ["waiting", "failed", "cancelled", "deleted"],
    failed: ["waiting", "failed", "cancelled", "deleted"],
    cancelled: ["waiting", "failed", "cancelled", "deleted"],
    paid: [],
    deleted: ["deleted"],
  };
  const asked = ["waiting", "failed", "cancelled", "deleted"] as const;
  const words = { paid: "ödenmiş", deleted: "silinmiş" } as const;
  const cases = (Object.keys(may) as Name[]).flatMap((from) =>
    asked.map((to) => [from, to] as const),
  );
  test.each(cases)("%s may become %s, or says why not", async (from, to) => {
    const { order, invoice } = await inState(from);
    const { body } = await of.setStatus(invoice, numbers[to]);
    const isAllowed = may[from].includes(to);
    expect(body["code"]).toBe(isAllowed ? 0 : 6);
    expect(await statusIn(order, invoice.number)).toBe(isAllowed ? to : from);
    if (isAllowed) return;
    const why = words[from as keyof typeof words];
    expect(body["message"]).toBe(`Fatura değiştirilemez: ${why}`);
  });
});

test("a cancelled invoice is not drawn, and is drawn at once when it waits again", async () => {
  const { order, invoice } = await inState("cancelled");
  await addCard(world, order);
  await drawAll(world);
  expect(await of.takenFor(order)).toEqual([]);
  await of.setStatus(invoice, 0);
  await drawAll(world);
  expect(await of.takenFor(order)).toEqual([9_900]);
});

test("one that had its tries has all its days again, after its newest rest", async () => {
  const { order } = await cards.orderWith([emptyCard], { dailyAttempts: 2, attemptDays: 1 });
  await drawAll(world);
  await world.advance(2 * HOUR_MS);
  await drawAll(world);
  const failed = await of.firstOf(order);
  expect(failed).toMatchObject({ status: "failed", attemptDays: 1, attemptsToday: 2 });
  await of.setStatus(failed, 0);
  // The day has had its tries: the next one is at the invoice's own hour of the next day.
  expect(await of.firstOf(order)).toMatchObject({
    status: "waiting",
    attemptDays: 0,
    attemptsToday: 2,
    attemptedAt: failed.attemptedAt,
    dueAt: new Date(failed.drawnFrom.getTime() + DAY_MS),
  });
  await drawAll(world);
  expect(await of.firstOf(order)).toMatchObject({ tries: 2 });
});

test("a deleted invoice leaves its term to another one, where amounts vary", async () => {
  const order = await createOrder(world, { isFixedPrice: false, intervalCount: 1 });
  const val_date = new Date(world.clock().getTime() + HOUR_MS).toISOString();
  const ask = { subscription_id: order.id, val_date, amount: 100 };
  const { body } = await of.call("create_invoice", ask);
  expect((await of.call("create_invoice", ask)).body).toMatchObject({ code: 6 });
  const deleted = { number: BigInt(body["invoice_id"] as number) };
  expect((await of.setStatus(deleted, 6)).body).toMatchObject({ code: 0 });
  expect((await of.call("create_invoice", ask)).body).toMatchObject({ code: 0 });
  expect((await of.setStatus(deleted, 0)).body).toMatchObject({ code: 6 });
  expect(await invoicesNow(world, order)).toHaveLength(1);
});

test("twenty who cancel and free an invoice at once leave it one or the other", async () => {
  const { order, invoice } = await inState("waiting");
  await addCard(world, order);
  const asked = Array.from({ length: 20 }, (_, i) => of.setStatus(invoice, i % 2 ? 5 : 0));
  const [answers] = await Promise.all([Promise.all(asked), drawAll(world)]);
  const codes = new Set(answers.map(({ body }) => body["code"]));
  // Nothing but done, paid meanwhile, or at the bank at that moment.
  for (const code of codes) expect([0, 1, 6]).toContain(code);
  await drawAll(world);
  const { status } = await of.firstOf(order);
  expect(["cancelled", "paid"]).toContain(status);
  expect(await of.takenFor(order)).toEqual(status === "paid" ? [9_900] : []);
});

test("an invoice is named by its number, its name or both, and by nobody else", async () => {
  const { order, invoice } = await inState("waiting");
  const other = await inState("waiting");
  const set = async (body: object, headers = {}) =>
    (await of.call("invoice_status_update", { status: 5, ...body }, headers)).body["code"];
  const named = { invoice_id: String(invoice.number) };
  expect(await set({ ...named, invoice_no: other.invoice.invoiceNo })).toBe(24);
  expect(await set({ invoice_id: 99_999_999 })).toBe(24);
  expect(await set({ invoice_no: "yok" })).toBe(24);
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10006")).secretKey}` };
  expect(await set(named, stranger)).toBe(24);
  expect(await set(named, await firms.agentKey("20001"))).toBe(24);
  expect((await of.firstOf(order)).status).toBe("waiting");
  expect(await set({ invoice_id: 0, invoice_no: invoice.invoiceNo })).toBe(0);
  expect((await of.firstOf(order)).status).toBe("cancelled");
  expect(await set({ ...named, invoice_no: 0, status: 0 })).toBe(0);
  expect((await of.firstOf(order)).status).toBe("waiting");
  expect(await set({ ...named, invoice_no: invoice.invoiceNo })).toBe(0);
  expect((await of.firstOf(order)).status).toBe("cancelled");
});

test("nothing of a deleted order is changed: code 201", async () => {
  const { order, invoice } = await inState("failed");
  await cards.setStatus(order, 6);
  expect((await of.setStatus(invoice, 0)).body).toMatchObject({ code: 201 });
  expect((await of.firstOf(order)).status).toBe("failed");
});

test.each([
  [{ status: 3 }, "status alanı 0 / 4 / 5 / 6 aralığında olmalıdır"],
  [{ status: 1 }, "status alanı 0 / 4 / 5 / 6 aralığında olmalıdır"],
  [{ status: "" }, "status alanı zorunludur"],
  [{ status: "iptal" }, /^status alanı/],
  [{ invoice_id: "" }, "invoice_id alanı zorunludur"],
  [{ invoice_id: 0 }, "invoice_id alanı zorunludur"],
  [{ invoice_id: 0, invoice_no: 0 }, "invoice_id alanı zorunludur"],
  [{ invoice_id: "12a" }, /^invoice_id alanı/],
  [{ invoice_id: -5 }, /^invoice_id alanı/],
])("%j changes nothing", async (more, message) => {
  const { order, invoice } = await inState("waiting");
  const body = { invoice_id: Number(invoice.number), status: 5, ...more };
  expectBadRequest(await world.post(path, body), message);
  expect((await of.firstOf(order)).status).toBe("waiting");
});
