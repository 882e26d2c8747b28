import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Subscription } from "../../../../src/subscriptions/subscription.rules.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { orderInvoicesOf } from "../../../support/order-invoices.ts";
import { addCard, createOrder, drawAll, invoicesNow, orderNow } from "../../../support/orders.ts";
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

/** An order whose amounts vary: twelve months from 4 March 2026, noon. */
const varying = (more: Partial<Subscription> = {}) =>
  createOrder(world, { isFixedPrice: false, ...more });
const create = (order: Pick<Subscription, "id">, more: object = {}) =>
  of.call("create_invoice", {
    subscription_id: order.id,
    val_date: "2026-03-04",
    amount: 5_000,
    ...more,
  });
const codeOf = async (...args: Parameters<typeof create>) => (await create(...args)).body["code"];
const termsOf = async (order: Subscription) =>
  (await invoicesNow(world, order)).map(({ term }) => term);

test("an invoice is made of bare integers, and the answer has its name and number", async () => {
  const agentId = await cards.agentId("20001");
  const order = await varying({ reference: "ABO-78", agentId });
  const { request, response } = example(import.meta.dirname);
  const answer = await world.post("v1/subscription/create_invoice", request);
  expectLike(answer, response);
  expect(await invoicesNow(world, order)).toMatchObject([
    {
      number: BigInt(answer.body["invoice_id"] as number),
      invoiceNo: "77001",
      term: 3,
      drawnFrom: new Date("2026-06-03T10:32:24+03:00"),
      amountMinor: 28_898n,
      companyMinor: 25_972n,
      status: "waiting",
    },
  ]);
});

test.each([undefined, "", 0, "0"])(
  "one that is called %j has its number for a name",
  async (no) => {
    const { body } = await create(await varying(), { invoice_no: no });
    expect(body["invoice_no"]).toBe(String(body["invoice_id"]));
  },
);

test("what is invoiced for today is drawn today, and what is not invoiced never is", async () => {
  const order = await varying();
  await addCard(world, order);
  expect((await of.manual(order)).body).toMatchObject({ code: 12, data: [] });
  expect(await codeOf(order, { amount: "4200" })).toBe(0);
  await drawAll(world);
  expect(await of.takenFor(order)).toEqual([4_200]);
  expect(await of.firstOf(order)).toMatchObject({ status: "paid" });
});

test("each takes the term nearest to its day, until every term has one", async () => {
  const order = await varying({ intervalCount: 3 });
  expect(await codeOf(order, { val_date: "2026-05-01T09:00:00+03:00" })).toBe(0);
  expect(await codeOf(order, { val_date: "2026-05-05" })).toBe(0);
  expect(await codeOf(order, { val_date: "05.05.2026 12:00:00" })).toBe(0);
  expect(await termsOf(order)).toEqual([0, 1, 2]);
  expect(await create(order, { val_date: "2026-05-04" })).toMatchObject({
    status: 200,
    body: {
      object_name: "subscription_invoice",
      code: 6,
      message: "Planın her döneminin faturası var",
    },
  });
  const [first] = await invoicesNow(world, order);
  await of.setStatus(first!, 6);
  expect(await codeOf(order)).toBe(0);
});

test("invoices dated after a plan that renews itself begin its next round", async () => {
  const order = await varying({ intervalCount: 2, renews: true });
  expect(await codeOf(order)).toBe(0);
  expect(await codeOf(order)).toBe(0);
  expect(await codeOf(order)).toBe(6);
  expect(await codeOf(order, { val_date: "2026-05-04T12:00:00+03:00" })).toBe(0);
  expect(await termsOf(order)).toEqual([0, 1, 2]);
  expect((await orderNow(world, order)).planNumbers).toHaveLength(2);
});

describe("parts", () => {
  test.each([
    [{ company_amount: 4_500 }, 4_500n],
    [{ agent_amount: "500" }, 4_500n],
    [{ agent_amount: 0 }, 5_000n],
    [{ company_amount: 4_500, agent_amount: 500 }, 4_500n],
    [{ company_amount: 0, agent_amount: 5_000 }, 0n],
    [{ company_amount: 0, agent_amount: "0" }, null],
    [{}, null],
  ])("%j of 50,00 leave the main firm its part", async (parts, companyMinor) => {
    const order = await varying({ agentId: await cards.agentId("20001") });
    expect(await codeOf(order, parts)).toBe(0);
    expect(await of.firstOf(order)).toMatchObject({ companyMinor });
  });

  test.each([
    [{ company_amount: 4_500, agent_amount: 501 }, /^company_amount \+ agent_amount .* 50,00/],
    [{ company_amount: 5_001 }, /^company_amount alanı 0 - 50,00/],
    [{ agent_amount: 5_001 }, /^agent_amount alanı 0 - 50,00/],
    [{ agent_amount: "5,00" }, /^agent_amount alanı kuruş/],
  ])("%j of 50,00 make no whole", async (parts, message) => {
    const order = await varying();
    expectBadRequest(await create(order, parts), message);
    expect(await termsOf(order)).toEqual([]);
  });
});

describe("a name", () => {
  test("is one invoice's, whichever order it is of and whoever gave it", async () => {
    const [one, two, fixed] = [await varying(), await varying(), await createOrder(world)];
    expect(await codeOf(one, { invoice_no: "F-1" })).toBe(0);
    const taken = { code: 5, message: "F-1 fatura numarası daha önce kullanılmış" };
    expect((await create(two, { invoice_no: "F-1" })).body).toMatchObject(taken);
    expect((await create(one, { invoice_no: "F-1" })).body).toMatchObject(taken);
    const generated = (await of.firstOf(fixed)).invoiceNo;
    expect(await codeOf(two, { invoice_no: generated })).toBe(5);
    await of.setStatus(await of.firstOf(one), 6);
    expect(await codeOf(two, { invoice_no: "F-1" })).toBe(5);
    expect(await termsOf(two)).toEqual([]);
  });

  test("that one gives to a number to come is passed over when that comes", async () => {
    const order = await varying();
    const { body } = await create(order);
    const next = String(Number(body["invoice_id"]) + 2);
    expect(await codeOf(order, { invoice_no: next })).toBe(0);
    const [third, fourth] = [await create(order), await create(order)];
    const names = [third, fourth].map(({ body: { invoice_no } }) => invoice_no);
    expect(new Set([next, ...names]).size).toBe(3);
  });

  test("that twenty give at once is one invoice's, on one order or on many", async () => {
    const one = await varying({ intervalCount: 40 });
    const orders = await Promise.all(Array.from({ length: 10 }, () => varying()));
    const asked = [...orders, ...orders.map(() => one)];
    const codes = await Promise.all(asked.map((order) => codeOf(order, { invoice_no: "F-2" })));
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(codes.filter((code) => code === 5)).toHaveLength(19);
  });
});

test("twenty at once without a name take twenty terms", async () => {
  const order = await varying({ intervalCount: 20 });
  const codes = await Promise.all(Array.from({ length: 22 }, () => codeOf(order)));
  expect(codes.filter((code) => code === 6)).toHaveLength(2);
  expect(await termsOf(order)).toEqual(Array.from({ length: 20 }, (_, term) => term));
});

describe("nothing is invoiced", () => {
  test("where the order draws its own amount: code 6", async () => {
    const { body } = await create(await createOrder(world));
    expect(body).toMatchObject({ code: 6, message: /sabit tutarlı/i });
  });

  test.each([5, 6] as const)("while the order is in state %i: code 201", async (status) => {
    const order = await varying();
    await cards.setStatus(order, status);
    expect(await codeOf(order)).toBe(201);
  });

  test("of an order that is not the caller's: code 12", async () => {
    const order = await varying();
    const firms = firmsOf(world);
    const stranger = { authorization: `Basic ${(await firms.another("10008")).secretKey}` };
    const ask = { subscription_id: order.id, val_date: "2026-03-04", amount: 1 };
    for (const headers of [stranger, await firms.agentKey("20001")]) {
      expect((await of.call("create_invoice", ask, headers)).body).toMatchObject({ code: 12 });
    }
    expect(await codeOf(order, { reference_no: "NOBODY" })).toBe(12);
  });

  test.each([
    [{ val_date: "" }, "val_date alanı zorunludur"],
    [{ val_date: "31.02.2026" }, /^val_date alanı geçerli bir tarih/],
    [{ val_date: "2026-03-03T23:59:59+03:00" }, /^val_date alanı 2026-03-04 - 2028-02-04 ara/],
    [{ val_date: "2028-02-05" }, /^val_date alanı 2026-03-04 - 2028-02-04 ara/],
    [{ amount: "" }, "amount alanı zorunludur"],
    [{ amount: 0 }, /^amount alanı kuruş/],
    [{ amount: -1 }, /^amount alanı kuruş/],
    [{ amount: "10,00" }, /^amount alanı kuruş/],
    [{ amount: 10.5 }, /^amount alanı kuruş/],
    [{ currency: "USD" }, /^currency alanı/],
    [{ invoice_no: "F".repeat(51) }, "invoice_no alanı en fazla 50 karakter olabilir"],
    [{ invoice_no: "4355 0843 5508 4358" }, "invoice_no alanında kart numarası bulunamaz"],
    [{ subscription_id: "" }, "subscription_id alanı zorunludur"],
  ])("by %j", async (more, message) => {
    const order = await varying();
    expectBadRequest(await create(order, more), message);
    expect(await termsOf(order)).toEqual([]);
  });

  test.each(["2026-03-04", "2026-03-04T00:00:00+03:00", "2028-02-04T23:59:00+03:00"])(
    "before %s, or after it: it is a day of the plan",
    async (val_date) => {
      expect(await codeOf(await varying(), { val_date })).toBe(0);
    },
  );
});
