import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { HOUR_MS, orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../../support/orders.ts";
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

type Row = Readonly<Record<string, unknown>>;
const list = async (order: { id: string }, more: object = {}, headers = {}) => {
  const { body } = await of.call("invoice_list", { subscription_id: order.id, ...more }, headers);
  return { body, rows: body["Data"] as Row[] };
};
const daysOf = (rows: readonly Row[]) => rows.map((row) => String(row["val_date"]).slice(0, 10));

test("a list answers its page and every member of a row", async () => {
  const agentId = await cards.agentId("20001");
  const order = await createOrder(world, { reference: "ABO-78", isFixedPrice: false, agentId });
  await addCard(world, order);
  const ask = { val_date: "04.03.2026 13:00:00", amount: 5_000, company_amount: 4_500 };
  await of.call("create_invoice", { reference_no: "ABO-78", ...ask, invoice_no: "77001" });
  await of.call("create_invoice", { reference_no: "ABO-78", ...ask });
  await world.advance(HOUR_MS);
  await of.manual(order, { invoice_no: "77001" });
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post("v1/subscription/invoice_list", request), response);
});

test("what was never tried shows no transaction, and all of it as the firm's", async () => {
  const order = await createOrder(world);
  const { rows } = await list(order, { limit: 1 });
  const { number, invoiceNo } = await of.firstOf(order);
  expect(rows).toMatchObject([
    {
      invoice_id: Number(number),
      invoice_no: invoiceNo,
      plan_id: Number(order.planNumbers[0]),
      amount: 99,
      agent_amount: 0,
      company_amount: 99,
      xact_id: "",
      attempt_count: 0,
      last_attempt_date: "0001-01-01T00:00:00",
    },
  ]);
});

test("invoices are listed in the order of the plan, page by page", async () => {
  const order = await createOrder(world, { intervalCount: 5 });
  const first = await list(order, { limit: 2 });
  expect(first.body).toMatchObject({ total: 5, total_count: 2, limit: 2, has_more: true });
  expect(daysOf(first.rows)).toEqual(["2026-03-04", "2026-04-04"]);
  const second = await list(order, { limit: 2, starting_after: 2 });
  expect(daysOf(second.rows)).toEqual(["2026-05-04", "2026-06-04"]);
  expect(daysOf((await list(order, { limit: 2, ending_before: 2 })).rows)).toEqual([
    "2026-03-04",
    "2026-04-04",
  ]);
  const last = await list(order, { limit: 2, starting_after: 4 });
  expect(last.body).toMatchObject({ total: 5, total_count: 1, has_more: false });
});

test("each state is found by its number, deleted ones only by theirs", async () => {
  const { order } = await cards.orderWith(1, { intervalCount: 5 });
  await drawAll(world);
  const [, failed, cancelled, deleted] = await invoicesNow(world, order);
  await of.setStatus(failed!, 4);
  await of.setStatus(cancelled!, 5);
  await of.setStatus(deleted!, 6);
  const found = async (invoice_status?: unknown) =>
    daysOf((await list(order, { invoice_status })).rows);
  expect(await found()).toEqual(["2026-03-04", "2026-04-04", "2026-05-04", "2026-07-04"]);
  expect(await found("")).toHaveLength(4);
  expect(await found("0")).toEqual(["2026-07-04"]);
  expect(await found(3)).toEqual(["2026-03-04"]);
  expect(await found("4")).toEqual(["2026-04-04"]);
  expect(await found("5")).toEqual(["2026-05-04"]);
  expect(await found(6)).toEqual(["2026-06-04"]);
  const { rows } = await list(order);
  expect(rows.map((row) => [row["status"], row["status_desc"]])).toEqual([
    [3, "Done succeed"],
    [4, "Done unsucceed"],
    [5, "Cancel"],
    [0, "Waiting"],
  ]);
});

test("an agent sees its own orders' invoices, and a named agent filters", async () => {
  const order = await createOrder(world, { agentId: await cards.agentId("20001") });
  const firms = firmsOf(world);
  expect((await list(order, {}, await firms.agentKey("20001"))).rows).toHaveLength(10);
  expect((await list(order, { agent_id: "20001" })).rows).toHaveLength(10);
  expect((await list(order, { agent_id: "20002" })).body).toMatchObject({ total: 0, code: 0 });
  const other = await list(order, {}, await firms.agentKey("20002"));
  expect(other.body).toMatchObject({ Data: [], code: 12 });
  expect((await list(order, { agent_id: "29999" })).body).toMatchObject({ Data: [], code: 4 });
});

test.each([
  [{ subscription_id: "" }, "subscription_id alanı zorunludur"],
  [{ invoice_status: 1 }, "invoice_status alanı 0 / 3 / 4 / 5 / 6 aralığında olmalıdır"],
  [{ invoice_status: "açık" }, /^invoice_status alanı/],
  [{ limit: -1 }, /^limit alanı/],
])("%j lists nothing", async (more, message) => {
  const order = await createOrder(world);
  const body = { subscription_id: order.id, ...more };
  expectBadRequest(await world.post("v1/subscription/invoice_list", body), message);
});
