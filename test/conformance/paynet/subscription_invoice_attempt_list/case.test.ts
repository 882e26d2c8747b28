import { afterAll, beforeAll, expect, test } from "vitest";
import type { Invoice } from "../../../../src/subscriptions/subscription.rules.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { emptyCard, HOUR_MS, lostCard, orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder, drawAll } from "../../../support/orders.ts";
import { createWorld, goodCard, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof orderInvoicesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = orderInvoicesOf(world);
  cards = orderCardsOf(world);
});
afterAll(() => world.close());

const path = "v1/subscription/invoice_attempt_list";
type Row = Readonly<Record<string, unknown>>;
const tries = async (invoice: Pick<Invoice, "number">, headers = {}) =>
  (await of.call("invoice_attempt_list", { invoice_id: Number(invoice.number) }, headers)).body;
const rowsOf = async (invoice: Pick<Invoice, "number">) => (await tries(invoice))["Data"] as Row[];

test("each try of a card is listed with what its bank said, oldest first", async () => {
  const { order } = await cards.orderWith([emptyCard, goodCard.pan]);
  await drawAll(world);
  const { number, invoiceNo } = await of.firstOf(order);
  const named = { id: Number(number), no: invoiceNo };
  const { request, response } = example(import.meta.dirname, named);
  expectLike(await world.post(path, request), response);
});

test("a row leads to its transaction and to its card", async () => {
  const { order, cards: numbers } = await cards.orderWith(1);
  await of.manual(order);
  const invoice = await of.firstOf(order);
  const [row] = await rowsOf(invoice);
  expect(row).toMatchObject({ card_id: numbers[0], is_succeed: true });
  const checked = await world.post("v1/transaction/check", { xact_id: row?.["xact_id"] });
  expect(checked.body).toMatchObject({
    code: 0,
    Data: [{ xact_id: row?.["xact_id"], reference_no: order.reference, amount: 99 }],
  });
  const listed = await of.call("invoice_list", { subscription_id: order.id, limit: 1 });
  expect(listed.body["Data"]).toMatchObject([{ xact_id: row?.["xact_id"], attempt_count: 1 }]);
});

test("rounds stand one after the other, by the schedule and by hand", async () => {
  const { order } = await cards.orderWith([emptyCard, lostCard]);
  await drawAll(world);
  await world.advance(2 * HOUR_MS);
  await of.manual(order);
  const invoice = await of.firstOf(order);
  await of.setAmount(invoice, 4_200);
  await addCard(world, order);
  await world.advance(2 * HOUR_MS);
  await drawAll(world);
  const rows = await rowsOf(invoice);
  expect(rows.map((row) => [row["bank_error_id"], row["is_succeed"], row["amount"]])).toEqual([
    ["51", false, 99],
    ["41", false, 99],
    ["51", false, 99],
    ["41", false, 99],
    ["51", false, 42],
    ["41", false, 42],
    ["", true, 42],
  ]);
  const ids = rows.map((row) => Number(row["attempt_id"]));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(new Set(rows.map((row) => row["xact_id"])).size).toBe(7);
});

test("a try that the bank has not told of is said to be in doubt", async () => {
  const { order } = await cards.orderWith(1);
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await drawAll(world);
  const invoice = await of.firstOf(order);
  const english = { "accept-language": "en" };
  expect((await tries(invoice, english))["Data"]).toMatchObject([
    {
      is_succeed: false,
      is_in_doubt: true,
      bank_error_id: "",
      bank_error_message: "",
      paynet_error_message: expect.stringMatching(/result is unknown/),
    },
  ]);
  await of.manual(order);
  expect(await rowsOf(invoice)).toMatchObject([
    { is_succeed: true, is_in_doubt: false, paynet_error_message: "" },
  ]);
});

test("what was never tried has no rows, and a deleted invoice keeps its own", async () => {
  const order = await createOrder(world);
  const invoice = await of.firstOf(order);
  expect(await tries(invoice)).toMatchObject({ Data: [], code: 0 });
  await addCard(world, order, emptyCard);
  await drawAll(world);
  await of.setStatus(invoice, 6);
  expect(await rowsOf(invoice)).toHaveLength(1);
});

test("an invoice is named by its number, its name or both, and by its own firm", async () => {
  const order = await createOrder(world);
  const other = await of.firstOf(await createOrder(world));
  const invoice = await of.firstOf(order);
  const invoice_id = String(invoice.number);
  const firms = firmsOf(world);
  const stranger = { authorization: `Basic ${(await firms.another("10005")).secretKey}` };
  const none = {
    Data: [],
    object_name: "subcription_invoice_attempt_list",
    code: 24,
    message: "Fatura bulunamadı",
  };
  for (const [body, headers] of [
    [{ invoice_id, invoice_no: other.invoiceNo }, {}],
    [{ invoice_id: 99_999_999 }, {}],
    [{ invoice_no: "yok" }, {}],
    [{ invoice_id }, stranger],
    [{ invoice_id }, await firms.agentKey("20001")],
  ] as const) {
    expect((await of.call("invoice_attempt_list", body, headers)).body).toEqual(none);
  }
  const byName = await of.call("invoice_attempt_list", { invoice_no: Number(invoice.invoiceNo) });
  expect(byName.body).toMatchObject({ code: 0 });
  const unnamed = await of.call("invoice_attempt_list", { invoice_id, invoice_no: "0" });
  expect(unnamed.body).toMatchObject({ code: 0 });
});

test.each([
  [{}, "invoice_id alanı zorunludur"],
  [{ invoice_id: "x" }, /^invoice_id alanı/],
  [{ invoice_id: 1.5 }, /^invoice_id alanı/],
])("%j lists nothing", async (body, message) => {
  expectBadRequest(await world.post(path, body), message);
});
