import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import { requeuePayout } from "../../src/payouts/index.ts";
import type { Payout } from "../../src/payouts/payout.rules.ts";
import { settle } from "../../src/payouts/settle.ts";
import { canHit, faultActions } from "../../src/simulator/faults.rules.ts";
import {
  bankTransfers,
  duePayout,
  expectTruth,
  liveOn,
  runsOf,
  stateOf,
} from "../support/payouts.ts";
import type { TestWorld } from "../support/world.ts";
import { endSilence, hurriedWorld, SILENCE_MS } from "./hands.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let world: TestWorld;
const all: Payout[] = [];
beforeAll(async () => {
  world = await hurriedWorld();
});
afterAll(() => world.close());

async function create(more: Parameters<typeof duePayout>[1] = {}): Promise<Payout> {
  const payout = await duePayout(world, more);
  all.push(payout);
  return payout;
}

/** Every other fault hits a transfer to an account of the bank instead of an IBAN. */
const createFor = (action: (typeof faultActions)[number]): Promise<Payout> => {
  const receiver = { title: "Ece Su", accountNo: "770000146" };
  const isOther = faultActions.indexOf(action) % 2 === 1;
  return create(isOther ? { party: "other", receiver } : {});
};

const sentOf = async (payout: Payout): Promise<number> => {
  const [run] = await runsOf(world, payout);
  const { requests } = await world.bank.admin("GET", `/requests?orderNo=${run?.id.slice(4)}`);
  // A request that the bank puts off is logged a second time when it is carried out.
  return (requests as { op: string; answer: string }[]).filter(
    ({ op, answer }) => op === "transfer" && answer !== "put off",
  ).length;
};

describe("whatever the bank does to a transfer, it is sent once and what it did is known", () => {
  const actions = faultActions.filter((action) => canHit(action, "transfer"));
  test.each(actions)("%s", async (action) => {
    const params = action === "delay" ? { ms: SILENCE_MS } : {};
    await world.bank.fault(action, { op: "transfer" }, params);
    const payout = await createFor(action);
    await world.advance(0);
    await liveOn(world);
    const { state } = await stateOf(world, payout);
    expect(state).toMatch(/^(paid|failed)$/);
    expect(await runsOf(world, payout)).toHaveLength(1);
    expect(await sentOf(payout)).toBeLessThanOrEqual(1);
    await expectTruth(world, all);
  });
  test.each(actions)("%s of every question, for an hour", async (action) => {
    await world.bank.fault("reset_after_commit", { op: "transfer" });
    const payout = await createFor(action);
    await world.advance(0);
    const params = action === "delay" ? { ms: SILENCE_MS } : {};
    const isAQuestions = canHit(action, "transfer_status") && action !== "not_found_for";
    if (isAQuestions) {
      const match = { op: "transfer_status" };
      await world.bank.admin("POST", "/faults", { action, match, params });
    }
    for (const ms of [10_000, 5 * MINUTE_MS]) await world.advance(ms);
    await world.bank.clearFaults();
    await world.advance(HOUR_MS);
    expect((await stateOf(world, payout)).state).toBe("paid");
    expect(await sentOf(payout)).toBe(1);
    await expectTruth(world, all);
  });
});

test("a bank that answers nothing for a day keeps it open, and a person is told", async () => {
  await world.bank.fault("reset_after_commit", { op: "transfer" });
  const payout = await create();
  await world.advance(0);
  await world.bank.admin("POST", "/faults", { action: "http_500", match: {} });
  await liveOn(world);
  for (let hours = 0; hours < 24; hours += 3) await world.advance(3 * HOUR_MS);
  const [run] = await runsOf(world, payout);
  expect(run).toMatchObject({ state: "doubtful", flaggedAt: expect.any(Date) });
  expect((await stateOf(world, payout)).state).toBe("sending");
  await world.bank.clearFaults();
  await world.advance(6 * HOUR_MS);
  expect((await stateOf(world, payout)).state).toBe("paid");
  expect(await sentOf(payout)).toBe(1);
  await expectTruth(world, all);
});

test("a bank that cannot be reached was sent nothing, and can be asked again", async () => {
  await world.bank.fault("refuse", { op: "clock" });
  const payout = await create();
  await world.advance(0);
  const failed = await stateOf(world, payout);
  expect(failed).toMatchObject({ state: "failed", failure: "not_sent", dueAt: null });
  expect(await sentOf(payout)).toBe(0);
  const { merchantId, number, count } = payout;
  const content = { amountMinor: 4_321n, count };
  const requeue = () =>
    inTx(world.db, (tx) => requeuePayout(tx, merchantId, number, content, world.clock()));
  expect(await Promise.all([requeue(), requeue()])).toEqual(expect.arrayContaining([true, false]));
  await world.advance(0);
  expect(await stateOf(world, payout)).toMatchObject({ state: "paid", runs: 2, failure: "" });
  expect(await requeue()).toBe(false);
  const runs = await runsOf(world, payout);
  expect(runs.map(({ state, message }) => [state, message])).toEqual([
    ["refused", "not_sent"],
    ["paid", ""],
  ]);
  await expectTruth(world, all);
});

test("a request that lies on its way for longer than it is valid is not carried out", async () => {
  const late = { ms: SILENCE_MS, commitLate: true };
  await world.bank.fault("delay", { op: "transfer" }, late);
  const payout = await create();
  await world.advance(0);
  await liveOn(world);
  expect(await stateOf(world, payout)).toMatchObject({ failure: "never_arrived" });
  await endSilence(world);
  const [run] = await runsOf(world, payout);
  const arrived = async () =>
    (await bankTransfers(world)).find(({ reference }) => run?.id.endsWith(reference));
  await expect.poll(arrived).toMatchObject({ state: "refused", code: "too_late" });
  await expectTruth(world, all);
});

test("what a bank had denied for hours and paid all the same is not sent again", async () => {
  await world.bank.fault("reset_after_commit", { op: "transfer" });
  const payout = await create();
  await world.advance(0);
  await world.bank.admin("POST", "/faults", {
    action: "not_found_for",
    match: { op: "transfer_status" },
  });
  await liveOn(world);
  await world.bank.clearFaults();
  expect(await stateOf(world, payout)).toMatchObject({ state: "failed", failure: "never_arrived" });
  const paid = (await bankTransfers(world)).filter(({ state }) => state === "paid");
  const [run] = await runsOf(world, payout);
  expect(paid.some(({ reference }) => run?.id.endsWith(reference))).toBe(true);
  const { merchantId, number, amountMinor, count } = payout;
  const content = { amountMinor, count };
  const requeue = () =>
    inTx(world.db, (tx) => requeuePayout(tx, merchantId, number, content, world.clock()));
  await world.bank.fault("http_500", { op: "transfer_status" });
  await requeue();
  await world.advance(0);
  expect(await stateOf(world, payout)).toMatchObject({ state: "failed", failure: "not_sent" });
  await requeue();
  await world.advance(0);
  expect(await stateOf(world, payout)).toMatchObject({ state: "paid", failure: "", dueAt: null });
  const runs = await runsOf(world, payout);
  expect(runs.map(({ state, message }) => [state, message])).toEqual([
    ["paid", ""],
    ["refused", "not_sent"],
    ["refused", "paid_before"],
  ]);
  expect(await requeue()).toBe(false);
  const after = (await bankTransfers(world)).filter(({ state }) => state === "paid");
  expect(after).toHaveLength(paid.length);
  await expectTruth(world, all);
});

test("a yes that comes after the bank's no was believed is written once", async () => {
  await world.bank.fault("not_found_for", { op: "transfer" }, { seconds: 7_200 });
  const payout = await create();
  await world.advance(0);
  await liveOn(world);
  expect(await stateOf(world, payout)).toMatchObject({ state: "failed", failure: "never_arrived" });
  const [run] = await runsOf(world, payout);
  const late = { payout, run: { ...run!, state: "doubtful" } } as const;
  const yes = { kind: "paid", bankReference: "FT1" } as const;
  await Promise.all([1, 2, 3].map(() => settle(world.deps.payouts, late, yes)));
  expect(await stateOf(world, payout)).toMatchObject({ state: "paid", failure: "", dueAt: null });
  await expectTruth(world, all);
});
