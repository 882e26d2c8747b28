import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { queueDeliveries } from "../../../src/events/index.ts";
import { nextDueMs, readUnderWay } from "../../../src/jobs/due.store.ts";
import { saveCallback, toldPayment } from "../../../src/marketplace/index.ts";
import { leaseWatches, markTold } from "../../../src/marketplace/watches.store.ts";
import { type MarketPayers, marketPayersOf } from "../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { returnsOf } from "../../support/returns.ts";
import { enrolMembers } from "../../support/sales.ts";
import { openShop } from "../../support/shop.ts";
import { watcherOf } from "../../support/watches.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let payers: MarketPayers;
let shop: ReturnType<typeof returnsOf>;
let server: Awaited<ReturnType<typeof openShop>>;
let watcher: ReturnType<typeof watcherOf>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  wire = paywallOf(world);
  payers = marketPayersOf(world, wire);
  shop = returnsOf(world, wire);
  await enrolMembers(world);
  server = await openShop();
  watcher = watcherOf(world, server);
});
afterAll(async () => {
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(() => server.forget());

const own = () => world.merchant.merchantId;

type Sold = Awaited<ReturnType<typeof watcher.hanging>>;

const isBack = async ({ MerchantUniqueKey: code }: Sold) => {
  const order = await payers.orderOf(code);
  return (await world.bank.orders()).find((each) => each.orderNo === order)?.state === "voided";
};
/** Moves the time to where watches fall due, and looks at nothing yet. */
function fallDue() {
  world.clock.advance(5 * 60_000);
  world.deps.reception.forgetAll();
}
const stays = { PaymentLastStatusId: 2, PaymentNewStatusId: 4, PaymentCancelled: false };
const goes = { PaymentLastStatusId: 2, PaymentNewStatusId: 5, PaymentCancelled: true };

describe("money that the client has learned of is not given back by a watch:", () => {
  test.each([
    ["by a query", (sale: Sold) => shop.asked(sale)],
    ["by an approval", (sale: Sold) => shop.approve(sale)],
    ["by giving a part back", (sale: Sold) => shop.part(sale, { Amount: 40 })],
    [
      "by an approval that was taken back",
      async (sale: Sold) => {
        await shop.approve(sale);
        const { PaymentId } = sale;
        await wire.post("api/paywall/marketplace/reject/payment", { PaymentId });
      },
    ],
  ])("%s", async (_how, learn) => {
    const sale = await watcher.foundHanging();
    await learn(sale);
    expect(await watcher.pass(5)).toMatchObject([stays]);
    expect(await isBack(sale)).toBe(false);
  });

  test("by collecting a hold", async () => {
    const more = watcher.watched("cancel", { detail: { Half2D: true } });
    const sale = await watcher.foundHanging(more, "preauth");
    const named = { MerchantUniqueCode: sale.MerchantUniqueKey };
    expect(await wire.post("api/paywall/payment/provision", named)).toMatchObject({ ErrorCode: 0 });
    expect(await watcher.pass(5)).toMatchObject([stays]);
  });

  test("by the call of another watch of it", async () => {
    const { PayWatch: report } = watcher.watch("report");
    const { PayWatch: cancel } = watcher.watch("cancel", { WatchMin: 6 });
    const PayWatchMultiple = { Watch: true, Jobs: [report, cancel] };
    const sale = await watcher.foundHanging({
      detail: { PayWatchMultipleSupport: true, PayWatchMultiple },
    });
    expect(await watcher.pass(5)).toMatchObject([stays]);
    expect(await watcher.pass(5)).toMatchObject([stays, stays]);
    expect(await isBack(sale)).toBe(false);
  });

  test("or it is, and whoever looks later hears that it went back", async () => {
    const { PayWatch: cancel } = watcher.watch("cancel");
    const { PayWatch: report } = watcher.watch("report", { WatchMin: 6 });
    const PayWatchMultiple = { Watch: true, Jobs: [report, cancel] };
    const sale = await watcher.foundHanging({
      detail: { PayWatchMultipleSupport: true, PayWatchMultiple },
    });
    expect(await watcher.pass(5)).toMatchObject([goes]);
    expect(await watcher.pass(5)).toMatchObject([goes, goes]);
    expect(await isBack(sale)).toBe(true);
    expect(await shop.cancel(sale)).toMatchObject({ ErrorCode: 94 });
  });
});

describe("of a watch that gives money back and, at the same moment,", () => {
  const rounds = Array.from({ length: 4 }, (_, i) => i);
  /** Looks while something else is done; a row that was held then is seen by the next look. */
  async function lookDuring<T>(other: Promise<T>): Promise<T> {
    const [answer] = await Promise.all([other, watcher.look()]);
    await watcher.look();
    return answer;
  }

  test.each(rounds)("an approval, one comes first (%i)", async () => {
    const sale = await watcher.foundHanging();
    fallDue();
    const approval = wire.post("api/paywall/marketplace/approve/pw/payment", {
      PaymentId: sale.PaymentId,
    });
    const { ErrorCode } = await lookDuring(approval);
    const isKept = ErrorCode === 0;
    expect(await isBack(sale)).toBe(!isKept);
    expect((await shop.due(sale)).amounts).toHaveLength(isKept ? 4 : 0);
    expect(await watcher.called()).toMatchObject([isKept ? stays : goes]);
  });

  test.each(rounds)("a query, nobody is told of money that goes back (%i)", async () => {
    const sale = await watcher.foundHanging();
    fallDue();
    const asked = await lookDuring(shop.asked(sale));
    const wasTold = asked["StatusId"] === 4 && asked["AnySuccessCancel"] === false;
    expect(await isBack(sale)).toBe(!wasTold);
    expect(await watcher.called()).toMatchObject([wasTold ? stays : goes]);
  });

  test.each(rounds)("the client's own cancel, it goes back once (%i)", async () => {
    const sale = await watcher.foundHanging();
    fallDue();
    const { ErrorCode } = await lookDuring(shop.cancel(sale));
    expect([0, 92, 94]).toContain(ErrorCode);
    expect(await isBack(sale)).toBe(true);
    expect(await payers.moved(sale.MerchantUniqueKey)).toEqual(["sale", "void"]);
    const [told] = await watcher.pass(6);
    // The client's own came first, maybe after the look: then the payment stood at that time.
    expect([goes, ...(ErrorCode === 0 ? [stays] : [])]).toContainEqual({
      PaymentLastStatusId: told?.PaymentLastStatusId,
      PaymentNewStatusId: told?.PaymentNewStatusId,
      PaymentCancelled: told?.PaymentCancelled,
    });
    expect(await watcher.called()).toHaveLength(1);
  });

  test("a query that holds its row, only the next look sees it", async () => {
    const sale = await watcher.foundHanging();
    fallDue();
    await inTx(world.db, async (tx) => {
      await markTold(tx, own(), BigInt(sale.PaymentId), { taken: true }, world.clock());
      await watcher.look();
    });
    expect(await watcher.called()).toEqual([]);
    await watcher.look();
    expect(await isBack(sale)).toBe(false);
    expect(await watcher.called()).toMatchObject([stays]);
  });

  test("other processes that look too, it goes back and is told once", async () => {
    const sales = [
      await watcher.foundHanging(),
      await watcher.foundHanging(),
      await watcher.foundHanging(),
    ];
    fallDue();
    await Promise.all(Array.from({ length: 5 }, () => watcher.look()));
    for (const sale of sales) {
      expect(await payers.moved(sale.MerchantUniqueKey)).toEqual(["sale", "void"]);
    }
    expect(await watcher.called()).toMatchObject([goes, goes, goes]);
  });
});

describe("a general callback of a success", () => {
  test("is made once no watch can give the money back, and never once one has", async () => {
    const url = `${server.url}/hook`;
    const calls = async () => {
      await queueDeliveries(world.db);
      await watcher.called();
      await watcher.called();
      return server.heard.filter(({ path }) => path === "/hook").map(({ body }) => body);
    };
    const told = async ({ MerchantUniqueKey: code }: Sold) => {
      const merchant = await world.deps.reception.merchantOf(own());
      const attemptId = `att_${await payers.orderOf(code)}` as const;
      const call = { merchantId: own(), attemptId, heard: "success", url, failed: 0 } as const;
      return toldPayment(world.deps.payments, merchant, call);
    };
    expect(await calls()).toEqual([]);
    await inTx(world.db, (tx) =>
      saveCallback(tx, own(), { url, hears: ["success", "cancel"] }, world.clock()),
    );
    const kept = await watcher.foundHanging();
    expect(await told(kept)).toBe("later");
    await shop.asked(kept);
    expect(await calls()).toMatchObject([{ Type: 1, PaymentId: kept.PaymentId }]);
    const given = await watcher.foundHanging();
    expect(await told(given)).toBe("later");
    fallDue();
    await watcher.look();
    expect(await told(given)).toBeUndefined();
    server.forget();
    expect(await calls()).toMatchObject([{ Type: 3, PaymentId: given.PaymentId }]);
    server.forget();
    const reported = await watcher.foundHanging(watcher.watched("report"));
    expect(await calls()).toMatchObject([{ Type: 1, PaymentId: reported.PaymentId }]);
  });
});

describe("the clock", () => {
  test("stops at watches, and waits for the one that is looked at", async () => {
    const due = async () => readUnderWay(world.db, [own()], world.clock());
    await watcher.pass(5);
    server.forget();
    const sale = await watcher.foundHanging(watcher.watched("report"));
    const ahead = await nextDueMs(world.db, [own()], world.clock());
    expect(ahead).toBe(5 * 60_000 - 15_000);
    fallDue();
    const now = world.clock();
    const later = new Date(now.getTime() + DAY_MS);
    const leased = await leaseWatches(world.db, own(), now, later, 10);
    expect(leased).toMatchObject([{ sale: BigInt(sale.PaymentId) }]);
    expect(await leaseWatches(world.db, own(), now, later, 10)).toEqual([]);
    expect(await due()).toEqual([`${own()} watch ${leased[0]!.number}`]);
    expect(await nextDueMs(world.db, [own()], world.clock())).toBe(DAY_MS);
    world.clock.advance(DAY_MS);
    world.deps.reception.forgetAll();
    await watcher.look();
    expect(await watcher.called()).toMatchObject([stays]);
    expect(await due()).toEqual([]);
  });
});
