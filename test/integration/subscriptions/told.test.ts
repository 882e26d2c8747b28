import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { addJob } from "../../../src/events/index.ts";
import { type Notice, TELL_SHOP } from "../../../src/subscriptions/index.ts";
import { asOwner } from "../../support/database.ts";
import { runJobs } from "../../support/jobs.ts";
import { addCard, createOrder, drawAll, invoicesNow } from "../../support/orders.ts";
import { openShop, type Shop } from "../../support/shop.ts";
import { toldOrdersOf } from "../../support/told-orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const HOUR_MS = 60 * 60_000;
/** Its issuer always says no. */
const EMPTY = "5100050000006661";

let shop: Shop;
let world: TestWorld;
let of: ReturnType<typeof toldOrdersOf>;
beforeAll(async () => {
  [shop, world] = await Promise.all([openShop(), createWorld()]);
  of = toldOrdersOf(world, shop);
});
afterAll(async () => {
  await world.close();
  shop.close();
});
afterEach(() => of.forget());

type Body = Readonly<Record<string, unknown>>;

test("a draw that took money is told once, with every member", async () => {
  const order = await of.create({ groupReference: "GRP-1" });
  const card = await addCard(world, order);
  await drawAll(world);
  expect(shop.heard).toEqual([]);
  await runJobs(world);
  await runJobs(world);
  const [invoice] = await invoicesNow(world, order);
  const { body: tries } = await world.post("v1/subscription/invoice_attempt_list", {
    invoice_id: Number(invoice?.number),
  });
  const [tried] = tries["Data"] as Body[];
  expect(shop.heard).toEqual([
    {
      path: "/paid",
      type: "application/json; charset=utf-8",
      body: {
        notice_id: expect.stringMatching(/^\d+$/),
        subscription_id: order.id,
        reference_no: order.reference,
        group_reference_no: "GRP-1",
        currency: "TRY",
        invoice_id: Number(invoice?.number),
        invoice_no: invoice?.invoiceNo,
        plan_id: Number(order.planNumbers[0]),
        amount: 99,
        xact_id: tried?.["xact_id"],
        xact: tried?.["attempt_id"],
        xact_date: "2026-03-04T12:00:00.000",
        is_succeed: true,
        card_id: Number(card),
        message: "Başarılı Islem",
      },
    },
  ]);
});

test("each round that came to nothing is told, with when it is tried again", async () => {
  const order = await of.create({ dailyAttempts: 2, attemptDays: 1 });
  const card = await addCard(world, order, EMPTY);
  await of.draw();
  const at = world.clock();
  world.clock.advance(2 * HOUR_MS);
  await of.draw();
  const [invoice] = await invoicesNow(world, order);
  expect(invoice).toMatchObject({ status: "failed", tries: 2 });
  const common = {
    ...{ subscription_id: order.id, invoice_id: Number(invoice?.number), is_succeed: false },
    ...{ card_id: Number(card), amount: 99, xact_id: expect.stringMatching(/^xk_/) },
    message: expect.stringMatching(/./),
  };
  const next = new Date(at.getTime() + 2 * HOUR_MS + 3 * HOUR_MS).toISOString().slice(0, -1);
  expect(shop.heard).toMatchObject([
    {
      path: "/refused",
      body: { ...common, attempt_count: 1, status: 0, next_attempt_date: next },
    },
    {
      path: "/refused",
      body: { ...common, attempt_count: 2, status: 4, next_attempt_date: "0001-01-01T00:00:00" },
    },
  ]);
  const [first, second] = of.bodies();
  expect(first?.["xact_id"]).not.toBe(second?.["xact_id"]);
  expect(first?.["notice_id"]).not.toBe(second?.["notice_id"]);
});

test("a refusal is told in the bank's words", async () => {
  const order = await of.create();
  await addCard(world, order, EMPTY);
  await of.draw();
  const [invoice] = await invoicesNow(world, order);
  expect(invoice?.lastMessage).toMatch(/./);
  expect(of.bodies()).toMatchObject([{ message: invoice?.lastMessage }]);
});

test("of a round in which the second card paid only that is told", async () => {
  const order = await of.create();
  await addCard(world, order, EMPTY);
  const good = await addCard(world, order);
  await of.draw();
  expect(shop.heard).toMatchObject([
    { path: "/paid", body: { is_succeed: true, card_id: Number(good) } },
  ]);
});

test("an invoice that failed for want of a card says so, with no transaction", async () => {
  const order = await of.create({ attemptDays: 1 });
  world.clock.advance(DAY_MS);
  await of.draw();
  expect(shop.heard).toMatchObject([
    {
      path: "/refused",
      body: {
        subscription_id: order.id,
        is_succeed: false,
        ...{ xact_id: "", xact: 0, xact_date: "0001-01-01T00:00:00", card_id: 0 },
        message: "Düzenli ödemenin kartı yok; çekim yapılamadı",
        ...{ attempt_count: 0, status: 4, next_attempt_date: "0001-01-01T00:00:00" },
      },
    },
  ]);
});

test("what a notice says of its try stays, whatever happens before it is told", async () => {
  const order = await of.create();
  const card = await addCard(world, order, EMPTY);
  await drawAll(world);
  await addCard(world, order);
  world.clock.advance(2 * HOUR_MS);
  await drawAll(world);
  expect((await invoicesNow(world, order))[0]?.status).toBe("paid");
  await runJobs(world);
  const failed = of.bodies().find((body) => !body["is_succeed"]);
  expect(failed).toMatchObject({
    card_id: Number(card),
    xact_date: "2026-03-05T14:00:00.000",
    status: 3,
    next_attempt_date: "0001-01-01T00:00:00",
  });
  expect(failed?.["message"]).toMatch(/./);
  expect(of.bodies().filter((body) => body["is_succeed"])).toHaveLength(1);
});

test("a card that no contract takes is told as that, and not as the bank's", async () => {
  const order = await of.create();
  await addCard(world, order);
  await asOwner(world.database.ownerUrl, "update pos_accounts set status = 'closed'");
  world.deps.reception.forgetAll();
  try {
    await of.draw();
  } finally {
    await asOwner(world.database.ownerUrl, "update pos_accounts set status = 'active'");
    world.deps.reception.forgetAll();
  }
  expect(of.bodies()).toMatchObject([
    { xact_id: "", card_id: 0, message: expect.stringContaining("çekim denenmedi") },
  ]);
});

test("a draw in doubt is told when the doubt ends, once, whoever ended it", async () => {
  const order = await of.create();
  await addCard(world, order);
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await of.draw();
  expect(shop.heard).toEqual([]);
  await world.advance(10_000);
  await runJobs(world);
  await world.advance(60_000);
  await runJobs(world);
  expect(shop.heard).toMatchObject([
    { path: "/paid", body: { subscription_id: order.id, is_succeed: true } },
  ]);
});

test("an order without an address for it is not told, nor one without any", async () => {
  const onlyRefused = await of.create({ terms: { ...of.terms(), succeededUrl: undefined } });
  await addCard(world, onlyRefused);
  const silent = await createOrder(world, { intervalCount: 1 });
  await addCard(world, silent);
  await of.draw();
  expect((await invoicesNow(world, silent))[0]?.status).toBe("paid");
  expect(shop.heard).toEqual([]);
});

test("a card that was entered is told with its number", async () => {
  const order = await of.create({ groupReference: "GRP-9" });
  const notice: Notice = {
    ...{ merchantId: order.merchantId, what: "card_entered" },
    ...{ subscriptionId: order.id, card: "100077" },
  };
  await inTx(world.db, (tx) => addJob(tx, TELL_SHOP, notice));
  await runJobs(world);
  expect(shop.heard).toEqual([
    {
      path: "/card",
      type: "application/json; charset=utf-8",
      body: {
        notice_id: expect.stringMatching(/^\d+$/),
        ...{ subscription_id: order.id, reference_no: order.reference },
        ...{ group_reference_no: "GRP-9", currency: "TRY" },
        ...{ invoice_id: 0, invoice_no: "", plan_id: 0, amount: 99 },
        ...{ xact_id: "", xact: 0, xact_date: "0001-01-01T00:00:00" },
        ...{ is_succeed: true, card_id: 100_077, message: "Başarılı Islem" },
      },
    },
  ]);
});
