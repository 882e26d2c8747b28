import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Acquirer } from "../../src/acquirers/index.ts";
import type { Deps } from "../../src/main/deps.ts";
import { endLateReturns } from "../../src/marketplace/index.ts";
import { inquireDue } from "../../src/payments/index.ts";
import type { Paywall } from "../support/paywall.ts";
import { deletes, type returnsOf, returnsWorld } from "../support/returns.ts";
import { soldOn } from "../support/sales.ts";
import { DAY_MS, type TestWorld } from "../support/world.ts";
import { Life, mortalReturns, restarted } from "./mortal.ts";

const life = new Life();
/** What happens between the leave to open an attempt and its opening. */
let meanwhile: (() => Promise<void>) | undefined;

/** What happens while a refund is on its way to the bank. */
let onTheWay: (() => Promise<void>) | undefined;

const slow = (bank: Acquirer): Acquirer => ({
  ...bank,
  async refund(order) {
    const work = onTheWay;
    onTheWay = undefined;
    await work?.();
    return bank.refund(order);
  },
});

/** The wiring in which something may happen right before an attempt is opened. */
function wrap(deps: Deps): Deps {
  const { hotPath } = deps.payments;
  const openFollowUp: typeof hotPath.openFollowUp = async (done) => {
    const work = meanwhile;
    meanwhile = undefined;
    await work?.();
    return hotPath.openFollowUp(done);
  };
  const payments = { ...deps.payments, hotPath: { ...hotPath, openFollowUp } };
  const marketplace = { ...deps.marketplace, payments };
  return mortalReturns({ ...deps, payments, marketplace }, life);
}

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof returnsOf>;
beforeAll(async () => {
  ({ world, wire, shop } = await returnsWorld({
    wrapDeps: wrap,
    wrapBank: (find) => (pos) => slow(find(pos)),
  }));
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});
beforeEach(() => life.live());

type Sold = Awaited<ReturnType<typeof soldOn>>;
const whole = [17600, 1920, 4750, 130];
const thrown = (error: unknown) => {
  throw error;
};

async function approved(): Promise<Sold> {
  const sale = await soldOn(wire);
  await shop.approve(sale);
  return sale;
}

/** Until whatever a process left open has ended, by its own questions and leases. */
const WALK_MS = [5, 130, 30, 60, 120, 180, 15, 600].map((seconds) => seconds * 1_000);

/** The process that is born after the death does what falls due. */
async function outlive(): Promise<void> {
  const { deps, close } = await restarted(world);
  try {
    for (const ms of WALK_MS) {
      world.clock.advance(ms);
      deps.reception.forgetAll();
      await inquireDue(deps.payments, thrown);
      await endLateReturns(deps.payments, thrown);
    }
  } finally {
    await close();
  }
}

async function atBank({ PaymentId }: Sold) {
  const { rows } = await world.db.pool.query<{ id: string }>(
    "select payment_id as id from sales where number = $1",
    [PaymentId],
  );
  const order = rows[0]?.id.replace("pay_", "");
  return (await world.bank.orders()).find(({ orderNo }) => orderNo === order);
}

/** Whether a sale is back at the bank, and with us nothing or everything of it is due. */
async function expectTruth(sale: Sold): Promise<boolean> {
  const order = await atBank(sale);
  const isBack = order?.state === "voided" || order?.refundedKurus === order?.capturedKurus;
  expect(await shop.due(sale)).toEqual({ amounts: isBack ? [] : whole, debts: [], isHeld: false });
  const asked = await shop.asked(sale);
  expect(asked["AnySuccessCancel"] === true || asked["AnySuccessRefund"] === true).toBe(isBack);
  const states = await shop.returns(sale);
  expect(states).not.toContain("open");
  expect(states.at(-1) === "done").toBe(isBack);
  return isBack;
}

const storing = ["before insert sale_returns", "after insert sale_returns"];
const asking = [
  "before opening",
  "after opening",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
];
const numbered = (steps: readonly string[]) => steps.map((step, i) => [step, i + 1] as const);

describe("a refund whose process dies", () => {
  test.each(numbered([...storing, ...asking]))(
    "%s gives everything back or nothing, and can be asked for again",
    async (step, at) => {
      const sale = await approved();
      await world.advance(DAY_MS);
      life.endAt(at);
      await shop.refund(sale, deletes);
      expect(life.diedAt).toBe(step);
      life.live();
      await outlive();
      const isBack = await expectTruth(sale);
      expect(isBack).toBe(at > [...storing, ...asking].indexOf("before the bank") + 1);
      const again = await shop.refund(sale, deletes);
      expect(again.ErrorCode).toBe(isBack ? 93 : 0);
      expect(await expectTruth(sale)).toBe(true);
    },
  );
});

describe("a cancel after the bank's day, which becomes a refund, whose process dies", () => {
  test.each(numbered([...storing, ...asking, ...asking]))(
    "%s (step %i) gives everything back or nothing",
    async (step, at) => {
      const sale = await approved();
      await world.bank.admin("POST", "/eod", {});
      life.endAt(at);
      await shop.cancel(sale, deletes);
      expect(life.diedAt).toBe(step);
      life.live();
      await outlive();
      const isBack = await expectTruth(sale);
      const second = storing.length + asking.length;
      expect(isBack).toBe(at > second + asking.indexOf("before the bank") + 1);
      if (!isBack) expect(await shop.cancel(sale, deletes)).toMatchObject({ ErrorCode: 0 });
      expect(await expectTruth(sale)).toBe(true);
    },
  );
});

const ofPart = {
  Amount: 40,
  MarketPlace: {
    Platform: { Decrease: true, DecreaseAmount: 4.8 },
    Member: { Decrease: true, DecreaseAmount: 35.2 },
  },
};
const lowered = [17600 - 2771, 1920 - 449, 4750 - 749, 130 - 31];

describe("a partial refund whose process dies", () => {
  test.each(numbered([...storing, ...asking]).slice(storing.length))(
    "%s lowers what is due once, where the money is back",
    async (step, at) => {
      const sale = await approved();
      await world.advance(DAY_MS);
      life.endAt(at);
      await shop.part(sale, ofPart);
      expect(life.diedAt).toBe(step);
      life.live();
      await outlive();
      const isBack = at > [...storing, ...asking].indexOf("before the bank") + 1;
      const amounts = isBack ? lowered : whole;
      expect(await shop.due(sale)).toEqual({ amounts, debts: [], isHeld: false });
      expect(await shop.returns(sale)).toEqual([isBack ? "done" : "failed"]);
      expect(await atBank(sale)).toMatchObject({ refundedKurus: isBack ? 4_000 : 0 });
    },
  );
});

describe("a process that stands still before it opens its attempt", () => {
  test("opens it no more once its return was given up", async () => {
    const sale = await approved();
    await world.advance(DAY_MS);
    meanwhile = async () => {
      await outlive();
      expect(await shop.due(sale)).toMatchObject({ isHeld: false });
      expect(await shop.returns(sale)).toEqual(["failed"]);
    };
    expect(await shop.refund(sale, deletes)).toMatchObject({ ErrorCode: 92, Result: false });
    expect(await expectTruth(sale)).toBe(false);
  });

  test("finds the money given back by the other wire, and what is due gone with it", async () => {
    const sale = await approved();
    meanwhile = async () => {
      const reversed = await world.post("v1/transaction/reversed_request", {
        xact_id: String(sale.ActivityId),
      });
      expect(reversed.body).toMatchObject({ code: 0 });
    };
    expect(await shop.cancel(sale, deletes)).toMatchObject({ ErrorCode: 94, Result: false });
    expect(await shop.due(sale)).toEqual({ amounts: [], debts: [], isHeld: false });
    expect(await shop.returns(sale)).toEqual(["failed"]);
  });

  test("leaves nothing to a return that is at the bank, however late it is", async () => {
    const sale = await approved();
    await world.advance(DAY_MS);
    await world.bank.fault("reset_after_commit", { op: "refund" });
    expect(await shop.refund(sale, deletes)).toMatchObject({ ErrorCode: 92 });
    world.clock.advance(600_000);
    expect(await endLateReturns(world.deps.payments, thrown)).toBe(0);
    expect(await shop.due(sale)).toMatchObject({ amounts: whole, isHeld: true });
    await outlive();
    expect(await expectTruth(sale)).toBe(true);
  });
});

describe("a refund that stands still on its way to the bank until it was given up", () => {
  async function late(send: (sale: Sold) => Promise<unknown>): Promise<Sold> {
    const sale = await approved();
    await world.advance(DAY_MS);
    onTheWay = async () => {
      await outlive();
      expect(await shop.due(sale)).toEqual({ amounts: whole, debts: [], isHeld: false });
      expect(await shop.returns(sale)).toEqual(["failed"]);
    };
    expect(await send(sale)).toMatchObject({ ErrorCode: 0, Result: true });
    expect(onTheWay).toBeUndefined();
    return sale;
  }

  test("is done when it comes there, and nothing is due of the sale", async () => {
    expect(await expectTruth(await late((sale) => shop.refund(sale, deletes)))).toBe(true);
  });

  test("of a part lowers what is due when it comes there", async () => {
    const sale = await late((each) => shop.part(each, ofPart));
    expect(await shop.due(sale)).toEqual({ amounts: lowered, debts: [], isHeld: false });
    expect(await shop.returns(sale)).toEqual(["done"]);
    expect(await atBank(sale)).toMatchObject({ refundedKurus: 4_000 });
  });
});
