import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Deps } from "../../src/main/deps.ts";
import { endLateReturns } from "../../src/marketplace/index.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { type MarketPayers, marketPayersOf, toldIn } from "../support/market-payers.ts";
import { type Paywall, paywallOf } from "../support/paywall.ts";
import { returnsOf } from "../support/returns.ts";
import { emptySaleCard, enrolMembers, saleCode, sellOn } from "../support/sales.ts";
import { openShop } from "../support/shop.ts";
import { watcherOf } from "../support/watches.ts";
import { createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import { Life, mortalReturns, type Restarted, restarted } from "./mortal.ts";

const life = new Life();
/** What happens between a settled charge and the answer that tells of it. */
let beforeAnswer: (() => Promise<void>) | undefined;

function wrap(deps: Deps): Deps {
  const { hotPath } = deps.payments;
  const settle: typeof hotPath.settle = async (ask) => {
    const isSettled = await hotPath.settle(ask);
    const work = beforeAnswer;
    beforeAnswer = undefined;
    await work?.();
    return isSettled;
  };
  const payments = { ...deps.payments, hotPath: { ...hotPath, settle } };
  const wired = mortalReturns({ ...deps, payments }, life);
  const checkout = { ...wired.checkout, payments: wired.payments };
  return { ...wired, checkout, marketplace: { ...wired.marketplace, checkout } };
}

let world: TestWorld;
let wire: Paywall;
let payers: MarketPayers;
let server: Awaited<ReturnType<typeof openShop>>;
let watcher: ReturnType<typeof watcherOf>;
let shop: ReturnType<typeof returnsOf>;
/** The process that is born after a death. */
let born: Restarted;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true }, wrapDeps: wrap });
  wire = paywallOf(world);
  payers = marketPayersOf(world, wire);
  shop = returnsOf(world, wire);
  await enrolMembers(world);
  server = await openShop();
  watcher = watcherOf(world, server);
  born = await restarted(world);
});
afterAll(async () => {
  await born.close();
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(async () => {
  life.live();
  // At noon of another day, so that no test comes to a midnight by chance.
  world.clock.advance(DAY_MS - ((world.clock().getTime() - noon) % DAY_MS));
  world.deps.reception.forgetAll();
  await world.bank.clearFaults();
  server.forget();
});

const noon = new Date("2026-03-04T12:00:00+03:00").getTime();
const MINUTE_MS = 60_000;
const thrown = (error: unknown) => {
  throw error;
};

/** Lets time pass, in which the process that is born after the death does what falls due. */
async function outlive(minutes: readonly number[]): Promise<void> {
  for (const each of minutes) {
    world.clock.advance(each * MINUTE_MS);
    born.deps.reception.forgetAll();
    await inquireDue(born.deps.payments, thrown);
    await endLateReturns(born.deps.payments, thrown);
    await watcher.look(born.deps.marketplace);
  }
}

/** As after a week: from two hours on it is tried every six, which is not waited for. */
const lastLooks = (looks = 37) =>
  world.db.kysely
    .updateTable("payment_watches")
    .set({ looks })
    .where("state", "<>", "done")
    .execute();

/** A hold that is watched like a sale. */
const held = () => watcher.watched("cancel", { detail: { Half2D: true } });
const atBank = async (code: string) => {
  const order = await payers.orderOf(code);
  return (await world.bank.orders()).find(({ orderNo }) => orderNo === order);
};
const backTold = {
  ...{ PaymentLastStatusId: 2, PaymentNewStatusId: 5 },
  ...{ PaymentStatusChanged: true, PaymentCancelled: true },
};

const around = (what: string) => [`before ${what}`, `after ${what}`];
/** Every step of a watch that finds a payment in doubt, and gives its money back. */
const steps = [
  ...around("taking the lease"),
  ...around("the question"),
  ...around("settling"),
  ...around("update payment_watches"),
  ...around("insert sale_returns"),
  ...around("opening"),
  ...around("the bank"),
  ...around("settling"),
  ...around("update payment_watches"),
];

describe("a watch that gives money back, and whose process dies", () => {
  test.each(steps.map((step, i) => [step, i + 1] as const))(
    "%s (step %i) gives it back once, and tells so once",
    async (step, at) => {
      const sale = await watcher.hanging();
      world.clock.advance(5 * MINUTE_MS);
      life.endAt(at);
      await watcher.look().catch(() => {});
      expect(life.diedAt).toBe(step);
      life.live();
      await outlive([6, 6, 12]);
      const code = sale.MerchantUniqueKey;
      expect(await atBank(code)).toMatchObject({ state: "voided" });
      expect(await payers.moved(code)).toEqual(["sale", "void"]);
      expect(await watcher.called()).toMatchObject([{ ...backTold, PaymentId: sale.PaymentId }]);
      expect((await shop.returns(sale)).at(-1)).toBe("done");
      expect(await shop.asked(sale)).toMatchObject({ AnySuccessCancel: true });
      expect(await shop.due(sale)).toEqual({ amounts: [], debts: [], isHeld: false });
    },
  );
});

describe("a process that stands still", () => {
  test("after the bank's yes tells nobody of money that a watch has given back", async () => {
    beforeAnswer = () => outlive([5, 1]);
    const answer = await sellOn(wire, watcher.watched("cancel"));
    expect(answer).toMatchObject({ ErrorCode: 1, Result: false });
    const { Payment } = answer.Body;
    expect(await atBank(Payment.MerchantUniqueKey)).toMatchObject({ state: "voided" });
    expect(await watcher.called()).toMatchObject([backTold]);
  });

  test("and then tells of a yes that nobody gave back keeps it for good", async () => {
    beforeAnswer = () => outlive([4]);
    const answer = await sellOn(wire, watcher.watched("cancel"));
    expect(answer).toMatchObject({ ErrorCode: 0, Result: true });
    await outlive([1, 5]);
    const code = answer.Body.Payment.MerchantUniqueKey;
    expect(await atBank(code)).toMatchObject({ state: "captured" });
    expect(await watcher.called()).toEqual([]);
  });

  test("before a payer's browser is told, sends it back unpaid once the money is", async () => {
    const { code, resolved } = await payers.answered(watcher.watched("cancel"));
    beforeAnswer = async () => {
      await outlive([5, 1]);
      throw new Error("the connection is gone");
    };
    await payers.payer.comeBack(resolved);
    expect(await atBank(code)).toMatchObject({ state: "voided" });
    const page = await payers.payer.comeBack(resolved);
    expect(toldIn(page.form)).toMatchObject({ status: "Unsuccessful", errorCode: "1" });
    expect(await payers.moved(code)).toEqual(["sale", "void"]);
    expect(await watcher.called()).toMatchObject([backTold]);
  });
});

describe("a watch that gives money back", () => {
  test("does so on a later day by a refund, and releases what is only held", async () => {
    const [sale, hold] = [await watcher.hanging(), await watcher.hanging(held(), "preauth")];
    await world.bank.fault("reset_before_commit", { op: "inquire" }, {}, 2);
    world.clock.advance(DAY_MS);
    born.deps.reception.forgetAll();
    await outlive([5, 5, 10]);
    const back = await atBank(sale.MerchantUniqueKey);
    expect(back).toMatchObject({ refundedKurus: 25_000 });
    expect(await atBank(hold.MerchantUniqueKey)).toMatchObject({ state: "voided" });
    expect(await watcher.called()).toMatchObject([backTold, backTold]);
  });

  test("gives up on a bank that refuses that for a week, and tells that it stays", async () => {
    const sale = await watcher.hanging();
    for (const op of ["void", "refund"]) {
      await world.bank.fault("decline", { op }, { code: "05" }, 500);
    }
    await outlive([5, 5, 10, 15, 30, 60]);
    expect(await watcher.called()).toEqual([]);
    // Nobody is told meanwhile that it was taken, since that is not to stay so.
    expect(await shop.asked(sale)).toMatchObject({ StatusId: 2, Status: false });
    expect(await shop.cancel(sale)).toMatchObject({ ErrorCode: 92, Result: false });
    await lastLooks(36);
    await outlive([6 * 60]);
    expect(await watcher.called()).toEqual([]);
    await outlive([6 * 60]);
    expect(await watcher.called()).toMatchObject([
      { PaymentLastStatusId: 2, PaymentNewStatusId: 4, PaymentCancelled: false },
    ]);
    expect(await shop.asked(sale)).toMatchObject({ StatusId: 4 });
    await world.bank.clearFaults();
    expect(await shop.refund(sale)).toMatchObject({ ErrorCode: 0 });
  });

  test("goes on for as long as its own way back is in doubt, and tells its end", async () => {
    const sale = await watcher.hanging();
    world.clock.advance(MINUTE_MS / 4);
    await inquireDue(born.deps.payments, thrown);
    await lastLooks();
    await world.bank.fault("reset_after_commit", { op: "void" });
    await world.bank.fault("reset_before_commit", { op: "inquire" }, {}, 500);
    await world.bank.fault("reset_before_commit", { op: "history" }, {}, 500);
    await outlive([5, 6 * 60, 6 * 60]);
    expect(await watcher.called()).toEqual([]);
    expect(await watcher.rows(sale.PaymentId)).toMatchObject([{ state: "returning" }]);
    expect(await shop.asked(sale)).toMatchObject({ StatusId: 2, Status: false });
    await world.bank.clearFaults();
    await outlive([6 * 60, 6 * 60]);
    expect(await watcher.called()).toMatchObject([backTold]);
    expect(await payers.moved(sale.MerchantUniqueKey)).toEqual(["sale", "void"]);
  });

  test("does not give up beside another process, whose way back is in doubt", async () => {
    const sale = await watcher.hanging();
    await lastLooks();
    await world.bank.fault("decline", { op: "void" }, { code: "05" });
    // The first settles the sale; between its declined void and its giving up comes the second.
    beforeAnswer = async () => {
      beforeAnswer = async () => {
        await world.bank.fault("reset_after_commit", { op: "void" });
        await outlive([6]);
      };
    };
    world.clock.advance(5 * MINUTE_MS);
    await watcher.look();
    expect(await watcher.called()).toEqual([]);
    expect(await watcher.rows(sale.PaymentId)).toMatchObject([{ state: "returning" }]);
    await outlive([6 * 60, 6 * 60]);
    expect(await watcher.called()).toMatchObject([backTold]);
    expect(await atBank(sale.MerchantUniqueKey)).toMatchObject({ state: "voided" });
  });

  test("has nothing to give back of what the bank never made", async () => {
    await world.bank.fault("reset_before_commit", { op: "sale" });
    const code = saleCode();
    const more = watcher.watched("cancel", { detail: { MerchantUniqueCode: code } });
    expect(await sellOn(wire, more)).toMatchObject({ ErrorCode: 1 });
    await outlive([5, 5, 10, 15]);
    const told = { PaymentNewStatusId: 5, PaymentStatusChanged: true, PaymentCancelled: false };
    expect(await watcher.called()).toMatchObject([told]);
    await sellOn(wire, watcher.watched("cancel", { card: emptySaleCard }));
    await outlive([5]);
    expect(await watcher.called()).toHaveLength(1);
  });

  test("is stored once, however often its sale is sent", async () => {
    const more = watcher.watched("cancel", { detail: { MerchantUniqueCode: saleCode() } });
    const answers = await Promise.all([sellOn(wire, more), sellOn(wire, more), sellOn(wire, more)]);
    expect(answers.map(({ ErrorCode }) => ErrorCode).sort()).toEqual([0, 4, 4]);
    const sold = answers.find(({ ErrorCode }) => ErrorCode === 0)!.Body.Payment;
    expect(await watcher.rows(sold.PaymentId)).toHaveLength(1);
    const all = await world.db.kysely.selectFrom("payment_watches").select("sale").execute();
    const sales = new Set(all.map(({ sale }) => sale));
    expect(sales.size).toBe(all.length);
  });
});
