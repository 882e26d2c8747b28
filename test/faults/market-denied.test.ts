import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import { nextDueMs } from "../../src/jobs/due.store.ts";
import { nextBusinessDay } from "../../src/lib/business-day.ts";
import { after, DAY_MS, istanbulDay } from "../../src/lib/clock.ts";
import { bareId } from "../../src/lib/id.ts";
import { closeReturned, distribute } from "../../src/marketplace/index.ts";
import { readPayout, requeuePayout } from "../../src/payouts/index.ts";
import type { Payout } from "../../src/payouts/payout.rules.ts";
import { codeOf } from "../support/dues.ts";
import { payoutsOf } from "../support/earnings.ts";
import { goodAccount, memberInput } from "../support/members.ts";
import { bankTransfers, expectTruth, liveOn, runsOf, stateOf } from "../support/payouts.ts";
import { type Paywall, paywallOf } from "../support/paywall.ts";
import { line, soldOn } from "../support/sales.ts";
import { createWorld, type TestWorld } from "../support/world.ts";

const MARKET = "api/paywall/marketplace";
const ORDER = `${MARKET}/manual/trigger`;
const thrown = (error: unknown): never => {
  throw error;
};
const HOUR_S = 3_600;
const HOUR_MS = HOUR_S * 1_000;

let world: TestWorld;
let wire: Paywall;
let member = 0;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  const ValueDate = { CalculationType: 1, CalculationValue: 1, Commission: 12 };
  const input = memberInput({ BankAccounts: [goodAccount], ValueDate });
  member = (await wire.post<{ Id: number }>("api/paywall/member", input)).Body.Id;
});
afterAll(() => world.close());

type Due = Readonly<{
  PaymentId: number;
  code: string;
  xact: number;
  product: number;
  member: bigint;
  platform: bigint;
  day: string;
}>;
/** A product sold and approved: what is due of it, all on one day. */
async function approved(more: object = {}): Promise<Due> {
  const { PaymentId, ActivityId, MerchantUniqueKey, Products } = await soldOn(wire, {
    detail: { Amount: 100 },
    products: [line("sku", 100, member, more)],
  });
  await wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });
  const { rows } = await world.db.pool.query<{ number: bigint; day: string }>(
    "select number, reflection_date as day from earnings where sale = $1 order by party",
    [PaymentId],
  );
  return {
    ...{ PaymentId, code: MerchantUniqueKey, xact: ActivityId, product: Products[0]!.Id },
    ...{ member: rows[0]!.number, platform: rows[1]!.number, day: rows[0]!.day },
  };
}

/** The bank pays the next transfer, says nothing of it, and denies it for so long. */
const deny = (seconds: number) =>
  world.bank.fault("not_found_for", { op: "transfer" }, { seconds });

async function payoutOf(earning: bigint): Promise<Payout> {
  const [guid] = await payoutsOf(world, [earning]);
  const { merchantId } = world.merchant;
  const payout = guid ? await readPayout(world.db.kysely, merchantId, { guid }) : undefined;
  if (!payout) throw new Error(`${earning} is in no payout`);
  return payout;
}

/** Eleven minutes, in which a bank that denies a transfer is asked until that is believed. */
const ELEVEN_MS = [190, 80, 30, 60, 120, 180].map((seconds) => seconds * 1_000);

/** Lives until the bank's "not found" is believed, or on for more than an hour. */
async function givenUp(earning: bigint, steps?: readonly number[]): Promise<Payout> {
  await liveOn(world, steps);
  const payout = await payoutOf(earning);
  expect(payout).toMatchObject({ state: "failed", failure: "never_arrived" });
  return payout;
}

/** What the bank paid of a payout's runs, in the order of the runs. */
async function paidAtBank(payout: Payout): Promise<string[]> {
  const names = (await runsOf(world, payout)).map(({ id }) => bareId(id));
  const all = (await bankTransfers(world)).filter(({ state }) => state === "paid");
  return names.filter((name) => all.some(({ reference }) => reference === name));
}

/** The denied run was paid, and everybody says so: the bank, the payout, and the books. */
async function expectCleared(payout: Payout, runs: readonly string[]): Promise<void> {
  const now = await stateOf(world, payout);
  // Where another one has paid, the bank is asked on about what it denied.
  const dueAt = runs[0] === "refused" ? expect.any(Date) : null;
  expect(now).toMatchObject({ state: "paid", failure: "", dueAt });
  expect((await runsOf(world, payout)).map(({ state }) => state)).toEqual(runs);
  expect(await paidAtBank(payout)).toHaveLength(1);
  await expectTruth(world, [payout]);
  expect((await world.isSound()).flagged).toEqual([]);
}

/** Moves the clocks to when a day's transfers leave, and makes them. */
async function payOn(day: string): Promise<void> {
  const hour = new Date(`${nextBusinessDay(day)}T16:00:00+03:00`).getTime();
  await world.advance(hour - world.clock().getTime());
  await distribute(world.deps.marketplace, thrown);
}

const spanOf = ({ day }: Due) => ({ CurrencyId: 1, DateFrom: day, DateTo: day });
const startOn = (due: Due) => wire.post<{ JobId: string }>(`${ORDER}/start`, spanOf(due));
const pendingOn = ({ day }: Due) =>
  wire.get(`${ORDER}/pending`, { datefrom: day, dateto: day, currencyid: 1 });
const retry = (body: object) => wire.put(`${MARKET}/earning/put/retry/product`, body);

test("what an order's bank denied is in no other order, is not touched, and clears", async () => {
  const due = await approved();
  await world.advance(2 * DAY_MS);
  await deny(2 * HOUR_S);
  const { JobId } = (await startOn(due)).Body;
  await world.advance(0);
  const payout = await givenUp(due.platform);
  expect((await pendingOn(due)).Body).toMatchObject({ Count: 0, Earning: 0 });
  expect(await codeOf(startOn(due))).toBe(34);
  const Id = Number(due.platform);
  const change = (path: string, more: object) =>
    codeOf(wire.put(`${MARKET}/earning/${path}/id`, { Id, ...more }));
  expect(await change("increase", { Earning: 1 })).toBe(366);
  expect(await change("decrease", { Earning: 1 })).toBe(366);
  expect(await change("postpone", { Day: 3 })).toBe(366);
  const { Fail } = (
    await wire.post<{ Fail: { Reason: string }[] }>(`${MARKET}/reject/payment`, {
      PaymentId: due.PaymentId,
    })
  ).Body;
  expect(Fail.map(({ Reason }) => Reason)).toEqual(["Earning is in the payment queue"]);
  const back = { MerchantUniqueCode: due.code, MarketPlace: { DeleteExistingRecords: true } };
  expect(await codeOf(wire.post("api/paywall/private/refund", back))).toBe(35);
  expect(await payoutOf(due.platform)).toMatchObject({ number: payout.number, state: "failed" });
  const inMs = await nextDueMs(world.db, [world.merchant.merchantId], world.clock());
  expect(inMs).toBeLessThanOrEqual(5 * HOUR_MS);
  await world.advance(5 * HOUR_MS);
  await expectCleared(payout, ["paid"]);
  expect(await codeOf(wire.post(`${ORDER}/restart`, { JobId }))).toBe(35);
});

test("an order that is restarted asks first, and ends as the bank says", async () => {
  const due = await approved();
  await world.advance(2 * DAY_MS);
  await deny(90 * 60);
  const { JobId } = (await startOn(due)).Body;
  await world.advance(0);
  const payout = await givenUp(due.platform);
  // Even what goes back over the other wire meanwhile stays in it, and is not forgotten after.
  await world.post("v1/transaction/reversed_request", { xact_id: due.xact });
  expect(await closeReturned(world.deps.marketplace, thrown)).toBe(0);
  await world.advance(HOUR_MS / 4);
  await wire.post(`${ORDER}/restart`, { JobId });
  await world.advance(0);
  await expectCleared(payout, ["paid", "refused"]);
  expect(await closeReturned(world.deps.marketplace, thrown)).toBe(1);
  await world.isSound();
});

/** Eleven minutes after its run was opened, a payout that is asked for waits for its hour. */
async function expectRest(payout: Payout): Promise<void> {
  await world.advance(0);
  for (let minutes = 15; minutes <= 45; minutes += 15) {
    expect(await stateOf(world, payout)).toMatchObject({ state: "queued", runs: 1 });
    await world.advance(HOUR_MS / 4);
  }
  await world.advance(HOUR_MS / 15 - 1_000);
  expect(await stateOf(world, payout)).toMatchObject({ state: "queued", runs: 1 });
}

test("an order that is restarted within the hour waits, and nothing is sent", async () => {
  const due = await approved();
  await world.advance(2 * DAY_MS);
  await world.bank.fault("reset_before_commit", { op: "transfer" });
  const { JobId } = (await startOn(due)).Body;
  await world.advance(0);
  const payout = await givenUp(due.platform, ELEVEN_MS);
  expect(await wire.post(`${ORDER}/restart`, { JobId })).toMatchObject({ ErrorCode: 0 });
  expect(await codeOf(wire.post(`${ORDER}/restart`, { JobId }))).toBe(366);
  for (const [locale, ResultMessage] of [
    ["tr", "Banka böyle bir talimat bilmiyor"],
    ["en", "The bank knows of no such transfer"],
  ] as const) {
    const inquired = await wire.get(`${ORDER}/inquiry`, { jobid: JobId }, { locale });
    const Results = [{ Result: false, ResultMessage }];
    expect(inquired.Body).toMatchObject({ AnySuccess: false, Results });
  }
  const dueMs = await nextDueMs(world.db, [world.merchant.merchantId], world.clock());
  expect(dueMs).toBeUndefined();
  await expectRest(payout);
  expect(await nextDueMs(world.db, [world.merchant.merchantId], world.clock())).toBe(1_000);
  await world.advance(1_000);
  await expectCleared(payout, ["refused", "paid"]);
});

test("what its bank owns up to while it waits, or right before, is not sent again", async () => {
  for (const [deniedMinutes, runs] of [
    [40, ["paid"]],
    [59.5, ["paid", "refused"]],
  ] as const) {
    const due = await approved();
    await deny(deniedMinutes * 60);
    await payOn(due.day);
    await world.advance(0);
    const payout = await givenUp(due.member, ELEVEN_MS);
    expect(await codeOf(retry({ Id: Number(due.member) }))).toBe(0);
    await (runs.length > 1 ? expectRest(payout) : world.advance(0));
    await world.advance(HOUR_MS / 2);
    await expectCleared(payout, runs);
  }
});

test("what a member's transfer failed to pay is tried again as a whole, asking first", async () => {
  const [due, other] = [await approved(), await approved()];
  await deny(90 * 60);
  await payOn(due.day);
  await world.advance(0);
  const payout = await givenUp(due.member);
  const Id = Number(due.member);
  const ReflectionDate = nextBusinessDay(istanbulDay(after(world.clock(), 2 * DAY_MS)));
  const dated = { Id, ChangeReflectionDate: true, ReflectionDate };
  expect(await codeOf(retry(dated))).toBe(366);
  await world.advance(HOUR_MS / 4);
  expect((await payoutOf(due.member)).state).toBe("failed");
  const both = await Promise.all([retry({ Id }), retry({ Id: Number(other.member) })]);
  expect(both.map(({ ErrorCode }) => ErrorCode).toSorted()).toEqual([0, 366]);
  expect(await payoutOf(other.member)).toMatchObject({ number: payout.number, state: "queued" });
  await world.advance(0);
  await expectCleared(payout, ["paid", "refused"]);
  expect(await codeOf(retry({ Id }))).toBe(368);
});

test("a debt that a denied transfer carried goes with no other one", async () => {
  const cargo = { CargoOwnerType: 1, CargoCost: 5, CargoCurrencyId: 1 };
  const due = await approved(cargo);
  await deny(3 * 24 * HOUR_S);
  await payOn(due.day);
  await world.advance(0);
  const denied = await givenUp(due.member);
  expect(denied).toMatchObject({ count: 2, amountMinor: 9_300n });
  const next = await approved();
  await payOn(next.day);
  await world.advance(0);
  const paid = await payoutOf(next.member);
  expect(paid).toMatchObject({ state: "paid", count: 1, amountMinor: 8_800n });
  for (let day = 0; day < 4; day += 1) await world.advance(DAY_MS);
  await expectCleared(denied, ["paid"]);
  await expectTruth(world, [denied, paid]);
});

test("what never came to the bank is asked about for a week, and sent when asked for", async () => {
  const due = await approved();
  await world.advance(2 * DAY_MS);
  await world.bank.fault("reset_before_commit", { op: "transfer" });
  const { JobId } = (await startOn(due)).Body;
  await world.advance(0);
  const payout = await givenUp(due.platform);
  for (let day = 0; day < 8; day += 1) await world.advance(DAY_MS);
  const still = await stateOf(world, payout);
  expect(still).toMatchObject({ state: "failed", failure: "never_arrived", dueAt: null });
  await world.isSound();
  await wire.post(`${ORDER}/restart`, { JobId });
  await world.advance(0);
  await expectCleared(payout, ["refused", "paid"]);
});

test("a payout of another amount than the bank has paid is left to a person", async () => {
  const due = await approved();
  await world.advance(2 * DAY_MS);
  await deny(2 * HOUR_S);
  await startOn(due);
  await world.advance(0);
  const { merchantId, number, amountMinor } = await givenUp(due.platform);
  const other = { amountMinor: amountMinor + 1n, count: 1 };
  const requeue = (content: typeof other) =>
    inTx(world.db, (tx) => requeuePayout(tx, merchantId, number, content, world.clock()));
  await requeue(other);
  world.clock.advance(HOUR_MS);
  await world.advance(0);
  const flagged = await payoutOf(due.platform);
  expect(flagged).toMatchObject({ state: "failed", failure: "paid_before" });
  const runs = await runsOf(world, flagged);
  expect(runs.map(({ state, flaggedAt }) => [state, flaggedAt !== null])).toEqual([
    ["refused", true],
    ["refused", false],
  ]);
  expect(await paidAtBank(flagged)).toHaveLength(1);
  await requeue({ amountMinor, count: 1 });
  await world.advance(0);
  await expectCleared(flagged, ["paid", "refused", "refused"]);
});
