import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import { readBalances } from "../../src/ledger/index.ts";
import { after } from "../../src/lib/clock.ts";
import { INQUIRY_GAPS_MS } from "../../src/payouts/doubt.rules.ts";
import {
  judgeRun,
  readDoubtful,
  readVerdicts,
  requeuePayout,
  runPayouts,
  type Verdict,
} from "../../src/payouts/index.ts";
import type { Payout } from "../../src/payouts/payout.rules.ts";
import { bankTransfers, duePayout, expectTruth, runsOf, stateOf } from "../support/payouts.ts";
import { createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import { Life, mortalPayouts } from "./mortal.ts";

const HOUR_MS = 3_600_000;
const STEPS_MAX = 40;

let world: TestWorld;
const all: Payout[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const me = () => world.merchant.merchantId;
const why = { reason: "asked Ada at the bank by phone", person: "ece" };
const paid: Verdict = { ...why, bankReference: "FT-DESK-1" };
const unpaid: Verdict = { ...why, bankReference: null };

/** The bank says nothing more of this payout's transfer; `word` is what it does to it. */
async function silent(word = "reset_after_commit", params: object = {}): Promise<Payout> {
  await world.bank.clearFaults();
  await world.bank.fault(word, { op: "transfer" }, params);
  const payout = await duePayout(world);
  all.push(payout);
  await world.advance(0);
  if (word !== "pending") {
    await world.bank.admin("POST", "/faults", {
      ...{ action: "http_500", match: { op: "transfer_status" } },
    });
  }
  return payout;
}

/** The same, a day later: a person is told to look. */
async function flagged(word?: string, params?: object): Promise<Payout> {
  const payout = await silent(word, params);
  for (const ms of INQUIRY_GAPS_MS) await world.advance(ms);
  return payout;
}

const lastOf = async (payout: Payout) => (await runsOf(world, payout)).at(-1)!;
const judge = async (payout: Payout, verdict: Verdict, deps = world.deps.payouts) =>
  judgeRun(deps, me(), (await lastOf(payout)).id, verdict);
const doubtfulNow = async () =>
  (await readDoubtful(world.db.kysely, me(), 10)).map(({ payout }) => payout.number);
const verdictsOf = async ({ number }: Payout) =>
  (await readVerdicts(world.db.kysely, me(), 50)).filter(({ payout }) => payout === number);
const drawn = async (): Promise<bigint> => {
  const balances = await readBalances(world.db, me(), after(world.clock(), 1));
  return balances.find(({ account }) => account === "payout.1:drawn")?.balanceMinor ?? 0n;
};
const requeue = ({ merchantId, number, amountMinor }: Payout) =>
  inTx(world.db, (tx) =>
    requeuePayout(tx, merchantId, number, { amountMinor, count: 0 }, world.clock()),
  );
const again = async (payout: Payout) => {
  await requeue(payout);
  await world.advance(0);
};

test("what a person knows to be paid is paid, booked and kept with who and why", async () => {
  const payout = await flagged();
  expect(await doubtfulNow()).toEqual([payout.number]);
  const before = await drawn();
  expect(await judge(payout, paid)).toBe("written");
  expect(await stateOf(world, payout)).toMatchObject({ state: "paid", failure: "", dueAt: null });
  expect(await lastOf(payout)).toMatchObject({
    ...{ state: "paid", bankReference: "FT-DESK-1", flaggedAt: null, isJudged: true },
  });
  expect(await drawn()).toBe(before - payout.amountMinor);
  expect(await verdictsOf(payout)).toMatchObject(
    [{ ...paid, bankSaid: /^nothing: / }].map(({ bankSaid, ...rest }) => ({
      ...rest,
      bankSaid: expect.stringMatching(bankSaid),
    })),
  );
  expect(await doubtfulNow()).toEqual([]);
  expect(await judge(payout, unpaid)).toBe("not_doubtful");
  await world.bank.clearFaults();
  await world.advance(24 * HOUR_MS);
  await expectTruth(world, all);
});

test("what is known to be unpaid can be sent again, though its bank stays silent", async () => {
  const payout = await flagged("reset_before_commit");
  const before = await drawn();
  expect(await judge(payout, unpaid)).toBe("written");
  expect(await stateOf(world, payout)).toMatchObject({ state: "failed", failure: "found_unpaid" });
  expect(await drawn()).toBe(before);
  expect(await doubtfulNow()).toEqual([]);
  await again(payout);
  expect((await runsOf(world, payout)).map(({ state }) => state)).toEqual(["refused", "paid"]);
  expect(await drawn()).toBe(before - payout.amountMinor);
  await expectTruth(world, all);
});

describe("a person who is wrong", () => {
  test("is corrected when the bank owns up: it is paid once, by what was sent", async () => {
    const payout = await flagged();
    expect(await judge(payout, unpaid)).toBe("written");
    await world.bank.clearFaults();
    await world.advance(HOUR_MS);
    expect(await stateOf(world, payout)).toMatchObject({ state: "paid", failure: "" });
    expect(await runsOf(world, payout)).toHaveLength(1);
    await expectTruth(world, all);
  });
  test("is not asked where the bank itself answers now", async () => {
    const payout = await flagged();
    await world.bank.clearFaults();
    expect(await judge(payout, unpaid)).toBe("bank_said");
    expect((await stateOf(world, payout)).state).toBe("paid");
    expect(await verdictsOf(payout)).toEqual([]);
    await expectTruth(world, all);
  });
});

test("nobody's word counts while the bank may still act, or is still asked", async () => {
  const payout = await flagged("pending", { seconds: 3 * 86_400 });
  expect(await doubtfulNow()).toEqual([payout.number]);
  for (const verdict of [paid, unpaid]) expect(await judge(payout, verdict)).toBe("may_still_act");
  const fresh = await silent();
  expect(await judge(fresh, paid)).toBe("not_doubtful");
  expect(await judgeRun(world.deps.payouts, me(), "out_NONE", paid)).toBe("run_unknown");
  expect([...(await verdictsOf(payout)), ...(await verdictsOf(fresh))]).toEqual([]);
  await world.bank.clearFaults();
  await world.advance(60 * HOUR_MS);
  await world.advance(60 * HOUR_MS);
  for (const each of [payout, fresh]) expect((await stateOf(world, each)).state).toBe("paid");
  await expectTruth(world, all);
});

test("of two persons at once one is heard, and a worker beside them changes nothing", async () => {
  for (const word of ["reset_after_commit", "reset_before_commit"]) {
    const payout = await flagged(word);
    const before = await drawn();
    const word1 = word === "reset_after_commit" ? paid : unpaid;
    const words = await Promise.all([
      judge(payout, word1),
      judge(payout, word1),
      runPayouts(world.deps.payouts, () => {}).then(() => "worker"),
    ]);
    expect(words.filter((each) => each === "written")).toHaveLength(1);
    expect(await verdictsOf(payout)).toHaveLength(1);
    expect(await drawn()).toBe(word1 === paid ? before - payout.amountMinor : before);
  }
  await expectTruth(world, all);
});

test("what is paid beside what its payout pays is left until its money is back", async () => {
  const payout = await silent("not_found_for", { seconds: 2 * 3_600 });
  await world.bank.clearFaults();
  await world.advance(0);
  for (const s of [190, 80, 30, 60, 120, 180, 3_000]) await world.advance(s * 1_000);
  const { amountMinor } = payout;
  expect(await stateOf(world, payout)).toMatchObject({ failure: "never_arrived" });
  await requeue({ ...payout, amountMinor: amountMinor + 1n });
  world.clock.advance(2 * HOUR_MS);
  await world.advance(0);
  const [first] = await runsOf(world, payout);
  expect(first).toMatchObject({ state: "refused", flaggedAt: expect.any(Date) });
  const before = await drawn();
  const say = (verdict: Verdict) => judgeRun(world.deps.payouts, me(), first!.id, verdict);
  expect(await say(paid)).toBe("in_the_way");
  expect(await verdictsOf(payout)).toEqual([]);
  expect(await say({ ...unpaid, reason: "came back on Friday" })).toBe("written");
  expect(await doubtfulNow()).toEqual([]);
  expect((await runsOf(world, payout))[0]).toMatchObject({ state: "refused", isJudged: true });
  expect(await verdictsOf(payout)).toMatchObject([{ reason: "came back on Friday" }]);
  expect(await drawn()).toBe(before);
  // The bank's book is the witness of tests: it still says paid, since nothing comes back there.
  const transfers = (await bankTransfers(world)).filter(({ state }) => state === "paid");
  expect(transfers.some(({ reference }) => first!.id.endsWith(reference))).toBe(true);
  // The bank's book still says paid: what a person said explains it.
  await world.isSound();
  await again(payout);
  // The bank says so once more, and nobody is asked to look again.
  await world.advance(7 * HOUR_MS);
  expect(await doubtfulNow()).toEqual([]);
  await expectTruth(world, all);
});

test("a process that is killed while it settles leaves all of it or nothing", async () => {
  const life = new Life();
  const mortal = mortalPayouts(world.deps, life);
  for (let step = 1; step < STEPS_MAX; step += 1) {
    const verdict = step % 2 === 0 ? paid : unpaid;
    const payout = await silent(verdict === paid ? "reset_after_commit" : "reset_before_commit");
    const flag = "update payout_runs set flagged_at = opened_at where payout = $1";
    await world.db.pool.query(flag, [payout.number]);
    const before = await drawn();
    life.endAt(step);
    const told = await judge(payout, verdict, mortal.payouts).catch(() => "died");
    life.live();
    const { state } = await stateOf(world, payout);
    const isWritten = (await verdictsOf(payout)).length === 1;
    expect([step, state]).toEqual([
      step,
      isWritten ? (verdict === paid ? "paid" : "failed") : "sending",
    ]);
    expect(await drawn()).toBe(state === "paid" ? before - payout.amountMinor : before);
    if (!isWritten) expect(await judge(payout, verdict)).toBe("written");
    if (told === "written") break;
  }
  await expectTruth(world, all);
});

test("a verdict stays as it was said", async () => {
  for (const change of ["update payout_verdicts set reason = ''", "delete from payout_verdicts"]) {
    await expect(world.db.pool.query(change)).rejects.toThrow("permission denied");
  }
});

test("what was paid twice, its bank having denied it for more than an hour, is told", async () => {
  await world.bank.clearFaults();
  await world.bank.fault("not_found_for", { op: "transfer" }, { seconds: 3 * 3_600 });
  const payout = await duePayout(world);
  await world.advance(0);
  for (const s of [190, 80, 30, 60, 120, 180, 3_000]) await world.advance(s * 1_000);
  await again(payout);
  const states = (await runsOf(world, payout)).map(({ state }) => state);
  expect(states).toEqual(["refused", "paid"]);
  const before = await drawn();
  await world.advance(HOUR_MS);
  expect(await doubtfulNow()).toEqual([]);
  await world.advance(6 * HOUR_MS);
  expect(await doubtfulNow()).toEqual([payout.number]);
  expect(await stateOf(world, payout)).toMatchObject({ state: "paid", dueAt: expect.any(Date) });
  expect(await drawn()).toBe(before);
  await expect(world.isSound()).rejects.toThrow("refused here, paid at the bank");
  const [first] = await runsOf(world, payout);
  const say = (verdict: Verdict) => judgeRun(world.deps.payouts, me(), first!.id, verdict);
  expect(await say(paid)).toBe("in_the_way");
  expect(await say({ ...unpaid, reason: "came back on Monday" })).toBe("written");
  for (let day = 0; day < 8; day += 1) await world.advance(DAY_MS);
  expect(await doubtfulNow()).toEqual([]);
  expect((await stateOf(world, payout)).dueAt).toBeNull();
});
