import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { xactOf } from "../../support/books.ts";
import { runJobs } from "../../support/jobs.ts";
import { openShop, type Shop } from "../../support/shop.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let shop: Shop;
let world: TestWorld;
let live: TestWorld;
let shut: TestWorld;
beforeAll(async () => {
  [shop, world, live, shut] = await Promise.all([
    openShop(),
    createWorld(),
    createWorld({ merchant: { mode: "live", mayCallInside: false } }),
    createWorld({ merchant: { mayCallInside: false } }),
  ]);
});
afterAll(async () => {
  await Promise.all([world.close(), live.close(), shut.close()]);
  shop.close();
});
beforeEach(() => shop.forget());

const reverse = (of: TestWorld, paid: Answer, more: object = {}) =>
  of.post("v1/transaction/reversed_request", {
    xact_id: xactOf(paid),
    succeedUrl: `${shop.url}/told`,
    ...more,
  });

test("a cancel tells succeedUrl of its own transaction, once", async () => {
  const paid = await world.pay();
  await reverse(world, paid);
  expect(shop.heard).toEqual([]);
  await runJobs(world);
  await runJobs(world);
  const { body } = await world.post("v1/transaction/reversal_list", {
    datab: "2026-01-01",
    datbi: "2026-12-31",
  });
  const [row] = body["Data"] as { reversed_xact_id: string }[];
  expect(shop.heard).toEqual([
    {
      path: "/told",
      type: "application/json; charset=utf-8",
      body: {
        xact_id: row?.reversed_xact_id,
        code: "0",
        status: "approved",
        message: "Başarılı İşlem",
      },
    },
  ]);
});

test("a notice that the shop does not take is sent again until it does", async () => {
  shop.answers.push(500, 302, 404, 200);
  await reverse(world, await world.pay());
  for (let i = 0; i < 6; i += 1) await runJobs(world);
  expect(shop.heard.map(({ path }) => path)).toEqual(["/told", "/told", "/told", "/told"]);
});

test("a refund that the bank refuses is told as rejected", async () => {
  const paid = await world.pay();
  await world.advance(DAY_MS);
  await world.bank.fault("decline", { op: "refund" }, { code: "05" });
  await reverse(world, paid, { amount: "1000" });
  await runJobs(world);
  expect(shop.heard).toMatchObject([{ body: { code: "1", status: "rejected" } }]);
});

test("a cancel that becomes a refund is told once, of how it ended", async () => {
  const paid = await world.pay();
  await world.bank.admin("POST", "/eod", {});
  await reverse(world, paid);
  await runJobs(world);
  expect(shop.heard).toMatchObject([{ body: { code: "0", status: "approved" } }]);
});

test("a cancel in doubt is told when the doubt ends, not before", async () => {
  const paid = await world.pay();
  await world.bank.fault("reset_after_commit", { op: "void" });
  expect((await reverse(world, paid)).body["code"]).toBe(10);
  await runJobs(world);
  expect(shop.heard).toEqual([]);
  await world.advance(10_000);
  await runJobs(world);
  expect(shop.heard).toMatchObject([{ body: { code: "0", status: "approved" } }]);
});

test("without succeedUrl nobody is told", async () => {
  await reverse(world, await world.pay(), { succeedUrl: undefined });
  await runJobs(world);
  expect(shop.heard).toEqual([]);
});

test.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"])(
  "a live merchant's address inside is refused, and nothing is cancelled: %s",
  async (host) => {
    const paid = await live.pay();
    expect(paid.body).toMatchObject({ is_succeed: true });
    const succeedUrl = `http://${host}:${new URL(shop.url).port}/told`;
    const refused = await reverse(live, paid, { succeedUrl });
    expect(refused).toMatchObject({ status: 400, body: { result_code: 11 } });
    expect((await live.bank.orders()).at(-1)).toMatchObject({ state: "captured" });
  },
);

test("so is one of a sandbox merchant that may not call inside", async () => {
  const succeedUrl = `http://localhost:${new URL(shop.url).port}/told`;
  const refused = await reverse(shut, await shut.pay(), { succeedUrl });
  expect(refused).toMatchObject({ status: 400, body: { result_code: 11 } });
});

test.each(["ftp://shop.example/x", "not an address", "javascript:alert(1)"])(
  "%s is no succeedUrl, and nothing is cancelled",
  async (succeedUrl) => {
    const paid = await world.pay();
    const refused = await reverse(world, paid, { succeedUrl });
    expect(refused).toMatchObject({ status: 400, body: { result_code: 11 } });
    const orders = await world.bank.orders();
    const order = orders.find(({ orderNo }) => orderNo === paid.body["order_id"]);
    expect(order).toMatchObject({ state: "captured" });
  },
);
