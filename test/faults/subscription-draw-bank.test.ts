import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import type { MerchantId } from "../../src/lib/id.ts";
import { moveSandboxPos } from "../../src/merchants/index.ts";
import { canHit, type FaultAction, faultActions } from "../../src/simulator/faults.rules.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import {
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  outlive,
  secondCard,
  type Tried,
  triesOf,
  workOff,
} from "./draws.ts";

const ALWAYS = 100_000;
/** Longer than so many answers at once take on a busy machine. */
const PATIENT = { moneyMs: 4_000, inquiryMs: 4_000 };
const TOO_LONG_MS = 7_000;
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ bankTimeouts: PATIENT });
});
afterAll(() => world.close());
beforeEach(() => world.bank.clearFaults());

type Fault = Readonly<{
  action: FaultAction;
  params?: object;
  /** What the bank's book, asked about it, makes of the first try. */
  ends: "taken" | "never taken" | "refused";
}>;
const taken = { ends: "taken" } as const;
const lost = { ends: "never taken" } as const;
const both = (action: FaultAction): Fault[] => [
  { action, params: { commit: true }, ...taken },
  { action, params: { commit: false }, ...lost },
];
const faults: readonly Fault[] = [
  { action: "reset_before_commit", ...lost },
  { action: "reset_after_commit", ...taken },
  { action: "refuse", ...lost },
  { action: "half_reply", params: { end: "fin" }, ...taken },
  { action: "half_reply", params: { end: "rst" }, ...taken },
  { action: "delay", params: { ms: TOO_LONG_MS }, ...taken },
  { action: "delay", params: { ms: TOO_LONG_MS, commitLate: true }, ...taken },
  { action: "slow_drip", params: { ms: 200 }, ...taken },
  { action: "wrong_charset", ...taken },
  ...both("html_502"),
  ...both("http_500"),
  ...both("waf_reject"),
  ...both("maintenance"),
  ...both("empty_body"),
  ...both("invalid_xml"),
  ...both("system_error"),
  { action: "not_found_for", params: { seconds: 30 }, ...taken },
  { action: "stale_inquiry", params: { seconds: 60 }, ...taken },
  { action: "decline", params: { code: "51" }, ends: "refused" },
];

describe("a bank that fails in the sale of an order's first card", () => {
  const orders: Subscription[] = [];
  const atOnce: Tried[][] = [];
  beforeAll(async () => {
    // Each has an amount of its own, by which its fault finds it.
    for (const [i, { action, params }] of faults.entries()) {
      const kurus = 10_000 + i;
      const match = { op: "sale", amountFrom: kurus, amountTo: kurus };
      await world.bank.fault(action, match, params);
      const more = { amountMinor: BigInt(kurus) };
      orders.push(await dueOrder(world, [firstCard, secondCard], more));
    }
    await workOff(world.deps);
    for (const order of orders) atOnce.push(await triesOf(world, order));
    await world.pause(TOO_LONG_MS);
    await outlive(world, world.deps, [2 * HOUR_MS]);
  });

  test("is tried with everything that the simulator knows", () => {
    const all = faultActions.filter((action) => canHit(action, "sale"));
    expect(new Set(faults.map(({ action }) => action))).toEqual(new Set(all));
  });

  const cases = faults.map((fault, i) => ({ ...fault, i }));
  test.each(cases)("$action $params: the payment is $ends, and drawn once", async ({ i, ends }) => {
    const order = orders[i]!;
    const [card] = atOnce[i]!.map((each) => each.card);
    const isPlain = ends === "refused";
    // The next card is asked only after a plain no.
    expect(atOnce[i]).toHaveLength(isPlain ? 2 : 1);
    const tried = await triesOf(world, order);
    if (ends === "taken") expect(tried).toMatchObject([{ no: 1, isPaid: true }]);
    else expect(tried).toMatchObject([{ isPaid: false }, { no: 2, isPaid: true }]);
    expect(tried.every((each) => each.card === card)).toBe(!isPlain);
    expect(await firstOf(world, order)).toMatchObject({ status: "paid", attemptDays: 0 });
  });

  test("takes the money of each once", () => expectTrue(world, orders));
});

/** Every hour of three days. */
const threeDays = Array.from({ length: 72 }, () => HOUR_MS);
async function live(spans: readonly number[]): Promise<void> {
  for (const span of spans) {
    world.clock.advance(span);
    await workOff(world.deps);
  }
}

describe("a bank that is down for three days", () => {
  test("and refuses connections: tried every two hours, which counts as no try", async () => {
    const order = await dueOrder(world, [firstCard, secondCard]);
    const move = (url: string) =>
      inTx(world.db, (tx) => moveSandboxPos(tx, world.merchant.merchantId as MerchantId, url));
    await move("http://127.0.0.1:1");
    await workOff(world.deps);
    await live(threeDays);
    const tried = await triesOf(world, order);
    expect(tried.length).toBeGreaterThanOrEqual(36);
    expect(tried.length).toBeLessThanOrEqual(37);
    expect(new Set(tried.map(({ card }) => card)).size).toBe(1);
    expect(await firstOf(world, order)).toMatchObject({ status: "waiting", attemptDays: 0 });
    await move(world.bank.url);
    await live([HOUR_MS, HOUR_MS]);
    expect(await triesOf(world, order)).toHaveLength(tried.length + 1);
    expect(await firstOf(world, order)).toMatchObject({ status: "paid", attemptDays: 0 });
    await expectTrue(world, [order]);
  });

  test.each([
    ["reset_after_commit", "charges, and drops the connection: paid when it can be asked", [null]],
    ["reset_before_commit", "hears nothing: drawn again once it says so", ["never_arrived", null]],
  ])("and %s: it %s", async (action, _what, reasons) => {
    const order = await dueOrder(world, [firstCard, secondCard]);
    await world.bank.fault(action, { op: "sale" }, {}, ALWAYS);
    await world.bank.fault("refuse", { op: "inquire" }, {}, ALWAYS);
    await workOff(world.deps);
    await live(threeDays);
    expect(await triesOf(world, order)).toMatchObject([{ status: "doubtful" }]);
    const { openPaymentId } = await firstOf(world, order);
    expect(openPaymentId).not.toBeNull();
    await world.bank.clearFaults();
    await live(Array.from({ length: 24 }, () => HOUR_MS));
    const tried = await triesOf(world, order);
    expect(tried.map(({ reason }) => reason)).toEqual(reasons);
    expect(new Set(tried.map(({ card }) => card)).size).toBe(1);
    expect((await firstOf(world, order)).status).toBe("paid");
    await expectTrue(world, [order]);
  });

  test("in doubt of a no: the next card is charged once the no is known", async () => {
    const order = await dueOrder(world, [emptyCard, firstCard]);
    await world.bank.fault("reset_after_commit", { op: "sale" });
    await world.bank.fault("refuse", { op: "inquire" }, {}, ALWAYS);
    await workOff(world.deps);
    await live([DAY_MS, DAY_MS, DAY_MS]);
    expect(await triesOf(world, order)).toHaveLength(1);
    await world.bank.clearFaults();
    await live([6 * HOUR_MS, HOUR_MS]);
    const tried = await triesOf(world, order);
    expect(tried.map(({ reason }) => reason)).toEqual(["insufficient_funds", null]);
    await expectTrue(world, [order]);
  });
});
