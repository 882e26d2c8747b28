import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { emptyCard, HOUR_MS, orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder, drawAll, orderNow } from "../../../support/orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
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

describe.each(["v1/subscription/invoice_amount_update", "v1/subcription/invoice_amount_update"])(
  "%s",
  (path) => {
    test("gives an invoice another amount with its parts, and its order none", async () => {
      const order = await createOrder(world, { agentId: await cards.agentId("20001") });
      const { number, invoiceNo } = await of.firstOf(order);
      const named = { id: Number(number), no: invoiceNo };
      const { request, response } = example(import.meta.dirname, named);
      expectLike(await world.post(path, request), response);
      const changed = { amountMinor: 5_500n, companyMinor: 5_000n, status: "waiting" };
      expect(await of.firstOf(order)).toMatchObject(changed);
      expect(await orderNow(world, order)).toMatchObject({ amountMinor: 9_900n });
    });
  },
);

const update = (invoice: { number: bigint }, more: object) =>
  of.call("invoice_amount_update", { invoice_id: Number(invoice.number), ...more });

test("the new amount is what is drawn, with the parts that go with it", async () => {
  const agentId = await cards.agentId("20001");
  const { order } = await cards.orderWith(1, { agentId, companyMinor: 9_000n });
  const invoice = await of.firstOf(order);
  await update(invoice, { amount: 4_200, agent_amount: 200 });
  await drawAll(world);
  expect(await of.takenFor(order)).toEqual([4_200]);
  const payment = await world.db.kysely
    .selectFrom("payments")
    .select(["amount_minor", "company_minor"])
    .where("reference", "=", order.reference)
    .executeTakeFirst();
  expect(payment).toEqual({ amount_minor: 4_200n, company_minor: 4_000n });
});

test("without parts they are the firm's setting, not those of the amount before", async () => {
  const order = await createOrder(world, { companyMinor: 9_000n });
  await update(await of.firstOf(order), { amount: 100 });
  expect(await of.firstOf(order)).toMatchObject({ amountMinor: 100n, companyMinor: null });
});

test("an invoice that has failed may be repriced, and stays failed", async () => {
  const { order } = await cards.orderWith([emptyCard], { dailyAttempts: 1, attemptDays: 1 });
  await drawAll(world);
  const failed = await of.firstOf(order);
  expect((await update(failed, { amount: "100" })).body).toMatchObject({ code: 0 });
  expect(await of.firstOf(order)).toMatchObject({
    status: "failed",
    amountMinor: 100n,
    dueAt: null,
    attemptDays: 1,
  });
});

test("a new amount shortens no rest", async () => {
  const { order } = await cards.orderWith([emptyCard]);
  await drawAll(world);
  const refused = await of.firstOf(order);
  await update(refused, { amount: 100 });
  const dueAt = new Date(refused.attemptedAt!.getTime() + 2 * HOUR_MS);
  expect(await of.firstOf(order)).toMatchObject({ dueAt, attemptsToday: 1 });
});

test.each([
  ["paid", "ödenmiş"],
  ["cancelled", "iptal edilmiş"],
  ["deleted", "silinmiş"],
] as const)("one that is %s keeps its amount: code 6", async (state, words) => {
  const order = await createOrder(world);
  const invoice = await of.firstOf(order);
  if (state === "paid") {
    await addCard(world, order);
    await drawAll(world);
  } else await of.setStatus(invoice, state === "deleted" ? 6 : 5);
  expect((await update(invoice, { amount: 100 })).body).toMatchObject({
    object_name: "subscription_invoice_amount_update",
    code: 6,
    message: `Fatura değiştirilemez: ${words}`,
  });
});

test("a name of 0 is none, so the number alone tells the invoice", async () => {
  const order = await createOrder(world);
  const { number } = await of.firstOf(order);
  const body = { invoice_id: Number(number), invoice_no: 0, amount: 100 };
  expect((await of.call("invoice_amount_update", body)).body).toMatchObject({ code: 0 });
  expect(await of.firstOf(order)).toMatchObject({ amountMinor: 100n });
});

test("whoever's invoice it is not changes nothing: code 24", async () => {
  const order = await createOrder(world);
  const { number } = await of.firstOf(order);
  const key = await firmsOf(world).agentKey("20001");
  const body = { invoice_id: Number(number), amount: 100 };
  const { body: said } = await of.call("invoice_amount_update", body, key);
  expect(said).toMatchObject({ code: 24, message: "Fatura bulunamadı" });
  expect(await of.firstOf(order)).toMatchObject({ amountMinor: 9_900n });
});

test("nothing of a deleted order is repriced: code 201", async () => {
  const order = await createOrder(world);
  const invoice = await of.firstOf(order);
  await of.setStatus(invoice, 4);
  await cards.setStatus(order, 6);
  expect((await update(invoice, { amount: 100 })).body).toMatchObject({ code: 201 });
});

test.each([
  [{ amount: "" }, "amount alanı zorunludur"],
  [{ amount: 0 }, /^amount alanı kuruş/],
  [{ amount: "55.00" }, /^amount alanı kuruş/],
  [{ amount: "1".repeat(15) }, /^amount alanı kuruş/],
  [{ agent_amount: 101 }, /^agent_amount alanı 0 - 1,00/],
  [{ agent_amount: 50, company_amount: 51 }, /^company_amount \+ agent_amount .* 1,00/],
])("%j changes nothing", async (more, message) => {
  const order = await createOrder(world);
  expectBadRequest(await update(await of.firstOf(order), { amount: 100, ...more }), message);
  expect(await of.firstOf(order)).toMatchObject({ amountMinor: 9_900n });
});
