import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { emptyCard, HOUR_MS, MINUTE_MS, orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder } from "../../../support/orders.ts";
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
afterAll(() => world.close());

const service = "v1/subscription/manuel_charge";

/** The documented order: its invoice has the documented name, and has been due for an hour. */
async function documented() {
  const order = await createOrder(world, { reference: "ABO-77", isFixedPrice: false });
  await of.call("create_invoice", {
    reference_no: "ABO-77",
    val_date: new Date(world.clock().getTime()).toISOString(),
    amount: 9_900,
    invoice_no: 11_400_777,
  });
  await world.advance(HOUR_MS);
  return order;
}

test("a charge by hand answers the wait as it is documented, and then its success", async () => {
  const order = await documented();
  const { request, response } = example(import.meta.dirname);
  const none = await world.post(service, request);
  expect(none.body).toMatchObject({ data: [{ object_name: null, code: 25 }], code: 1 });
  await addCard(world, order, emptyCard);
  await world.post(service, request);
  await world.advance(3 * MINUTE_MS);
  const resting = readFileSync(path.join(import.meta.dirname, "resting.json"), "utf8");
  expectLike(await world.post(service, request), JSON.parse(resting));
  await addCard(world, order);
  await world.advance(2 * HOUR_MS - 3 * MINUTE_MS);
  expectLike(await world.post(service, request), response);
  expectLike(await world.post(service, request), {
    data: [],
    object_name: null,
    code: 12,
    message: null,
  });
  await world.isSound();
});

test("the answer's list is written small, also in XML, and keeps its sentence", async () => {
  const { order } = await cards.orderWith([emptyCard]);
  await of.manual(order);
  const body = `<a><subscription_id>${order.id}</subscription_id></a>`;
  const xml = { "content-type": "application/xml", accept: "application/xml" };
  const { text } = (await world.post(service, body, xml)).body;
  const { invoiceNo } = await of.firstOf(order);
  const sentence = `${invoiceNo} numarali siparis için 2 saat 0 dakika sonra deneme yapabilirsiniz`;
  expect(text).toContain(`<message>${sentence}</message>`);
  expect(text).toContain("<data>");
});

test.each([[0], ["0"], [""], [null]])("an invoice_no of %j names none", async (invoice_no) => {
  const { order } = await cards.orderWith(1);
  expect(await of.manualCodes(order, { invoice_no })).toEqual([0]);
});

test.each(["subscription_id", "subcription_id"])("an order is named by %s", async (member) => {
  const { order } = await cards.orderWith(1);
  const { body } = await world.post(service, { [member]: order.id, reference_no: "" });
  expect(body).toMatchObject({ code: 0, data: [{ code: 0 }] });
});

test("an id and a reference of two orders name neither", async () => {
  const { order } = await cards.orderWith(1);
  const other = await cards.orderWith(1);
  const { body } = await of.manual(order, { reference_no: other.order.reference });
  expect(body).toEqual({
    data: [],
    object_name: null,
    code: 12,
    message: "Düzenli ödeme bulunamadı",
  });
  expect(await of.takenFor(order)).toEqual([]);
});

test.each([
  [{}, "subscription_id alanı zorunludur"],
  [{ subscription_id: "", reference_no: "" }, "subscription_id alanı zorunludur"],
  [{ reference_no: "A", invoice_no: "7".repeat(51) }, /^invoice_no alanı en fazla 50/],
  [{ reference_no: ["A"] }, /^reference_no alanı/],
])("%j charges nothing", async (body, message) => {
  expectBadRequest(await world.post(service, body), message);
});
