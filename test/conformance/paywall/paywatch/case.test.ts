import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { newCallbackKey } from "../../../../src/marketplace/index.ts";
import { type MarketPayers, marketPayersOf } from "../../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { emptySaleCard, enrolMembers, saleCode, sellOn, soldOn } from "../../../support/sales.ts";
import { openShop } from "../../../support/shop.ts";
import { watcherOf } from "../../../support/watches.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let payers: MarketPayers;
let server: Awaited<ReturnType<typeof openShop>>;
let watcher: ReturnType<typeof watcherOf>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  wire = paywallOf(world);
  payers = marketPayersOf(world, wire);
  await enrolMembers(world);
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

const query = async (code: string) => {
  const found = await wire.get<{ Paywall: Readonly<Record<string, unknown>> }>(
    "api/paywall/private/query",
    { merchantuniquecode: code },
  );
  return found.Body.Paywall;
};
const silent = () => world.bank.fault("reset_before_commit", { op: "inquire" }, {}, 500);

describe("a payment that hangs", () => {
  test("is looked at when it was asked for, and told as documented", async () => {
    const { ring } = world.deps;
    const own = world.merchant.merchantId;
    const key = await inTx(world.db, (tx) =>
      newCallbackKey({ tx, ring }, own, "system", world.clock()),
    );
    const sold = await watcher.hanging(watcher.watched("report", { watch: { WatchMin: 7 } }));
    expect(await watcher.pass(6)).toEqual([]);
    const told = await watcher.pass(1);
    const code = sold.MerchantUniqueKey;
    const { number } = (await watcher.rows(sold.PaymentId))[0]!;
    const parts = [key, number, sold.PaymentId, code, 2, 4].join("###");
    expect(told).toEqual([
      {
        PayWatchId: Number(number),
        PaymentId: sold.PaymentId,
        MerchantUniqueCode: code,
        PaymentLastStatusId: 2,
        PaymentNewStatusId: 4,
        PaymentStatusChanged: true,
        PaymentCancelled: false,
        ProviderRequest: "",
        ProviderResponse: "",
        ProviderHttpStatus: 0,
        PaymentDateTime: expect.stringMatching(/^2026-03-04T12:00:0\d/),
        Hash: createHash("sha256").update(parts).digest("hex"),
        HashFormat: 1,
        HashKeyType: 2,
      },
    ]);
    expect(await query(code)).toMatchObject({ StatusId: 4 });
    // Looked at once, and told once.
    expect(await watcher.pass(300)).toHaveLength(1);
  });

  test("is looked at after 25 minutes where nothing is said, by camelCase too", async () => {
    const PayWatch = { watch: true, watchMin: 0, actionId: 1, webhookAddress: watcher.url };
    const sold = await watcher.hanging({ detail: { payWatch: PayWatch } });
    expect(await watcher.pass(24)).toEqual([]);
    expect(await watcher.pass(1)).toMatchObject([{ PaymentId: sold.PaymentId }]);
  });

  test("is told as it is after an hour in which the bank did not say", async () => {
    const sold = await watcher.hanging(watcher.watched("notify"));
    await silent();
    const heard: number[] = [];
    for (const minutes of [5, 5, 10, 15, 30]) heard.push((await watcher.pass(minutes)).length);
    expect(heard).toEqual([0, 0, 0, 0, 0]);
    expect(await watcher.pass(60)).toMatchObject([
      { PaymentLastStatusId: 2, PaymentNewStatusId: 2, PaymentStatusChanged: false },
    ]);
    await world.bank.clearFaults();
    expect(await query(sold.MerchantUniqueKey)).toMatchObject({ StatusId: 2 });
    await world.advance(60_000);
  });

  test("is watched by each job of its own", async () => {
    const { PayWatch: first } = watcher.watch("report");
    const { PayWatch: second } = watcher.watch("change", { WatchMin: 20 });
    const PayWatchMultiple = { Watch: true, Jobs: [first, second] };
    const sold = await watcher.hanging({
      detail: { PayWatchMultipleSupport: true, PayWatchMultiple },
    });
    const told = { PaymentId: sold.PaymentId, PaymentLastStatusId: 2, PaymentNewStatusId: 4 };
    expect(await watcher.pass(5)).toMatchObject([told]);
    const all = await watcher.pass(15);
    expect(all).toMatchObject([told, told]);
    expect(new Set(all.map(({ PayWatchId }) => PayWatchId)).size).toBe(2);
  });

  test("is told again where its address did not take it", async () => {
    await watcher.hanging(watcher.watched("report"));
    server.answers.push(500, 404);
    await watcher.pass(5);
    await watcher.called();
    expect(await watcher.called()).toHaveLength(3);
    expect(await watcher.called()).toHaveLength(3);
  });
});

describe("a payment whose end was told", () => {
  test("as a success is not looked at", async () => {
    const sold = await soldOn(wire, watcher.watched("notify"));
    expect(await watcher.pass(5)).toEqual([]);
    expect(await watcher.rows(sold.PaymentId)).toMatchObject([{ state: "done", new_status: null }]);
  });

  test.each([
    ["report", 1],
    ["notify", 1],
    ["change", 0],
    ["cancel", 0],
  ] as const)("as a failure is told unchanged by %s %i times", async (action, times) => {
    await sellOn(wire, watcher.watched(action, { card: emptySaleCard }));
    const told = await watcher.pass(5);
    const same = { PaymentLastStatusId: 5, PaymentNewStatusId: 5, PaymentStatusChanged: false };
    expect(told).toMatchObject(Array.from({ length: times }, () => same));
  });

  test("is looked at in the states alone that were named", async () => {
    const inStatus = (Id: number) => ({ watch: { PaymentStatus: [{ Id }] } });
    await sellOn(wire, watcher.watched("report", { card: emptySaleCard, ...inStatus(2) }));
    expect(await watcher.pass(5)).toEqual([]);
    await sellOn(wire, watcher.watched("report", { card: emptySaleCard, ...inStatus(7) }));
    await watcher.hanging(watcher.watched("report", inStatus(5)));
    expect(await watcher.pass(5)).toMatchObject([{ PaymentNewStatusId: 5 }]);
  });
});

describe("a payer with 3-D Secure", () => {
  test("who leaves the bank's page is told as a failure once nothing can be taken", async () => {
    const { Payment } = await payers.toBank(watcher.watched("change"));
    expect(await watcher.pass(5)).toEqual([]);
    expect(await watcher.pass(20)).toMatchObject([
      { PaymentId: Payment.PaymentId, PaymentLastStatusId: 2, PaymentNewStatusId: 5 },
    ]);
  });

  test("who never went there is not told of", async () => {
    const { Body } = await payers.start(watcher.watched("notify"));
    await watcher.pass(5);
    await watcher.pass(20);
    expect(await watcher.pass(60)).toEqual([]);
    expect(await watcher.rows(Body.Payment.PaymentId)).toMatchObject([{ state: "done" }]);
  });

  test("whose browser told the shop of a success is not looked at", async () => {
    await payers.through(watcher.watched("cancel"));
    expect(await watcher.pass(25)).toEqual([]);
  });

  test("who is let through and gone before the charge has failed", async () => {
    await payers.answered(watcher.watched("notify"));
    await watcher.pass(5);
    expect(await watcher.pass(25)).toMatchObject([
      { PaymentLastStatusId: 2, PaymentNewStatusId: 5 },
    ]);
  });
});

describe("what is wrong with a watch is answered 2 and stores nothing:", () => {
  const bad = (more: object) => ({ PayWatch: { ...watcher.watch("report").PayWatch, ...more } });
  const jobs = (Jobs: unknown) => ({
    PayWatchMultipleSupport: true,
    PayWatchMultiple: { Watch: true, Jobs },
  });
  test.each([
    ["a time of 4 minutes", () => bad({ WatchMin: 4 }), "PayWatch.WatchMin"],
    ["a time of 21 minutes", () => bad({ WatchMin: 21 }), "PayWatch.WatchMin"],
    ["a time that is none", () => bad({ WatchMin: "soon" }), "PayWatch.WatchMin"],
    ["no action", () => bad({ ActionId: null }), "PayWatch.ActionId"],
    ["an unknown action", () => bad({ ActionId: 5 }), "PayWatch.ActionId"],
    ["an unknown status", () => bad({ PaymentStatus: [{ Id: 2 }, { Id: 4 }] }), "Status[1].Id"],
    ["no address", () => bad({ WebhookAddress: "" }), "PayWatch.WebhookAddress"],
    ["no web address", () => bad({ WebhookAddress: "ftp://a.example" }), "WebhookAddress"],
    ["no jobs", () => jobs([]), "PayWatchMultiple.Jobs"],
    ["no object", () => ({ PayWatchMultipleSupport: true }), "PayWatchMultiple"],
    ["a bad job", () => jobs([watcher.watch("change").PayWatch, {}]), "Jobs[1].ActionId"],
    [
      "eleven jobs",
      () => jobs(Array.from({ length: 11 }, () => watcher.watch("change").PayWatch)),
      "PayWatchMultiple.Jobs",
    ],
  ])("%s", async (_what, detail, name) => {
    for (const path of ["startdirect", "start3d"]) {
      const code = saleCode();
      const more = { detail: { ...detail(), MerchantUniqueCode: code } };
      const answer = await (path === "start3d" ? payers.start(more) : sellOn(wire, more));
      expect(answer).toMatchObject({ status: 200, ErrorCode: 2, Result: false, Body: null });
      expect(answer.Message).toContain(name);
      expect((await sellOn(wire, { detail: { MerchantUniqueCode: code } })).ErrorCode).toBe(0);
    }
  });

  test("nothing beside a switch that is off", async () => {
    const off = { Watch: false, WatchMin: 0, ActionId: 0, WebhookAddress: null };
    const sold = await soldOn(wire, {
      detail: { PayWatch: off, PayWatchMultipleSupport: false, PayWatchMultiple: { Jobs: [off] } },
    });
    expect(await watcher.rows(sold.PaymentId)).toEqual([]);
  });
});
