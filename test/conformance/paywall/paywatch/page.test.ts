import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { saleCode } from "../../../support/sales.ts";
import { openShop } from "../../../support/shop.ts";
import { watcherOf } from "../../../support/watches.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let payers: ReturnType<typeof linkPayersOf>;
let server: Awaited<ReturnType<typeof openShop>>;
let watcher: ReturnType<typeof watcherOf>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  wire = paywallOf(world);
  payers = linkPayersOf(world);
  server = await openShop();
  watcher = watcherOf(world, server);
});
afterAll(async () => {
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(async () => {
  await world.bank.clearFaults();
  server.forget();
});

const generate = (more: object = {}) =>
  wire.post<Readonly<{ Id: number; Guid: string; UniqueCode: string }>>(
    "api/paywall/checkout/generate",
    {
      ...{ UniqueCode: saleCode(), Amount: 90.5, LanguageId: 1, CurrencyId: 1 },
      SuccessBackUrl: "https://shop.example/ok",
      FailBackUrl: "https://shop.example/no",
      ...{ PayWatchSupport: true, PayWatchMin: 5, PayWatchCallbackAddress: watcher.url },
      ...more,
    },
  );

/** A page that is good for ten minutes. */
async function page() {
  const { ErrorCode, Body } = await generate();
  expect(ErrorCode).toBe(0);
  return Body;
}

describe("a page that is watched", () => {
  test("tells, after its end, of the payment whose payer was left without an answer", async () => {
    const { Guid, UniqueCode } = await page();
    await world.bank.fault("reset_after_commit", { op: "sale" });
    const { attempt } = await payers.pay(Guid);
    expect(attempt.status).toBe("doubtful");
    expect(await watcher.pass(14)).toEqual([]);
    expect(await watcher.pass(1)).toMatchObject([
      {
        ...{ PaymentId: Number(attempt.xact), MerchantUniqueCode: UniqueCode },
        ...{ PaymentLastStatusId: 2, PaymentNewStatusId: 4, PaymentStatusChanged: true },
        PaymentCancelled: false,
      },
    ]);
    expect(await watcher.pass(600)).toHaveLength(1);
  });

  test("tells of a failure once no payer can come back to it", async () => {
    const { Guid } = await page();
    await world.bank.fault("decline", { op: "sale" }, { code: "51" });
    await payers.pay(Guid);
    expect(await watcher.pass(15)).toEqual([]);
    expect(await watcher.pass(30)).toMatchObject([
      { PaymentLastStatusId: 2, PaymentNewStatusId: 5, PaymentStatusChanged: true },
    ]);
  });

  test("tells of a payment that the shop has given back as of none", async () => {
    const { Guid } = await page();
    const { attempt } = await payers.pay(Guid);
    await world.post("v1/transaction/reversed_request", { xact_id: String(attempt.xact) });
    await watcher.pass(15);
    expect(await watcher.pass(30)).toMatchObject([
      { PaymentLastStatusId: 2, PaymentNewStatusId: 5, PaymentCancelled: true },
    ]);
  });

  test("tells nothing where nobody paid", async () => {
    await page();
    for (const minutes of [15, 10, 10, 15, 30, 60]) {
      expect(await watcher.pass(minutes)).toEqual([]);
    }
    const open = await world.db.kysely
      .selectFrom("payment_watches")
      .select("number")
      .where("state", "<>", "done")
      .execute();
    expect(open).toEqual([]);
  });

  test.each([
    ["a time of 4 minutes", { PayWatchMin: 4 }, "PayWatchMin"],
    ["a time of 21 minutes", { PayWatchMin: 21 }, "PayWatchMin"],
    ["no address", { PayWatchCallbackAddress: "" }, "PayWatchCallbackAddress"],
    ["no web address", { PayWatchCallbackAddress: "shop" }, "PayWatchCallbackAddress"],
  ])("is refused with %s, and none is made", async (_what, more, name) => {
    const UniqueCode = saleCode();
    const refused = await generate({ ...more, UniqueCode });
    expect(refused).toMatchObject({ status: 200, ErrorCode: 2, Result: false, Body: null });
    expect(refused.Message).toContain(name);
    const off = { ...more, UniqueCode, PayWatchSupport: false };
    expect(await generate(off)).toMatchObject({ ErrorCode: 0 });
    const { rows } = await world.db.pool.query(
      "select from payment_watches w join numbered_links n on n.number = w.page where n.code = $1",
      [UniqueCode],
    );
    expect(rows).toEqual([]);
  });
});
