import { afterAll, beforeAll, expect, test } from "vitest";
import { nextBusinessDay, plusDays } from "../../src/lib/business-day.ts";
import { after, DAY_MS, istanbulDay } from "../../src/lib/clock.ts";
import { Refusal } from "../../src/lib/refusal.ts";
import { distribute, restartOrder, retry, startOrder } from "../../src/marketplace/index.ts";
import { readPayout, runPayouts } from "../../src/payouts/index.ts";
import type { Payout } from "../../src/payouts/payout.rules.ts";
import { payoutsOf } from "../support/earnings.ts";
import { goodAccount, memberInput } from "../support/members.ts";
import { expectTruth, liveOn } from "../support/payouts.ts";
import { type Paywall, paywallOf } from "../support/paywall.ts";
import { line, soldOn } from "../support/sales.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { Life, mortalOrders } from "./mortal.ts";

const STEPS_MAX = 60;
const ValueDate = { CalculationType: 1, CalculationValue: 1, Commission: 12 };
const account = { title: "Örnek A.Ş.", iban: "TR560006200000000000100011" };

const life = new Life();
let world: TestWorld;
let wire: Paywall;
/** The process that dies; the world itself is the one that is started after it. */
let dying: TestWorld["deps"];
let member = 0;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  dying = mortalOrders(world.deps, life);
  const input = memberInput({ BankAccounts: [goodAccount], ValueDate });
  member = (await wire.post<{ Id: number }>("api/paywall/member", input)).Body.Id;
});
afterAll(() => world.close());

const merchant = () => world.deps.reception.merchantOf(world.merchant.merchantId);
const throwOn = (error: unknown): never => {
  throw error;
};
/** Whoever is dead answers nobody. */
const unheard = () => {};

type Due = Readonly<{ member: bigint; platform: bigint; day: string }>;
/** A product sold and approved: the numbers of what is due of it, all on one day. */
async function approved(): Promise<Due> {
  const { PaymentId } = await soldOn(wire, {
    detail: { Amount: 100 },
    products: [line("sku", 100, member)],
  });
  const answer = await wire.post("api/paywall/marketplace/approve/pw/payment", { PaymentId });
  expect(answer.Result).toBe(true);
  const { rows } = await world.db.pool.query<{ number: bigint; day: string }>(
    `select number, reflection_date as day from earnings where sale = $1
     order by party`,
    [PaymentId],
  );
  return { member: rows[0]!.number, platform: rows[1]!.number, day: rows[0]!.day };
}

/**
 * Lives on until what the dead process left has ended. A transfer that never came to the bank has
 * failed, and is asked for again as a client would.
 */
async function outlive(earning: bigint): Promise<void> {
  await liveOn(world);
  const payout = await payoutOf(earning);
  if (payout?.state !== "failed") return;
  expect(payout.failure).toBe("never_arrived");
  const { marketplace } = world.deps;
  if (payout.kind === "order") await restartOrder(marketplace, await merchant(), payout.guid);
  else {
    await retry(marketplace, await merchant(), { earning }, undefined);
    await toRunOf(istanbulDay(after(world.clock(), DAY_MS)));
    await distribute(marketplace, throwOn);
  }
  await world.advance(0);
}

/** Moves the clocks to when a day's transfers leave, or those of the next business day. */
async function toRunOf(day: string): Promise<void> {
  const hour = new Date(`${nextBusinessDay(day)}T16:00:00+03:00`).getTime();
  await world.advance(hour - world.clock().getTime());
}

async function payoutOf(earning: bigint): Promise<Payout | undefined> {
  const [guid] = await payoutsOf(world, [earning]);
  return guid ? readPayout(world.db.kysely, world.merchant.merchantId, { guid }) : undefined;
}

/** The payout that holds an earning at last: it is paid, once, and the bank says so too. */
async function expectPaid(earning: bigint): Promise<Payout> {
  const payout = await payoutOf(earning);
  if (payout?.state !== "paid") throw new Error(`${earning} is not paid: ${payout?.state}`);
  await expectTruth(world, [payout]);
  return payout;
}

const orderOf = ({ day }: Due) =>
  ({ currency: "TRY", span: { from: day, to: day }, isTrial: false, skipsPaid: false }) as const;

/** Runs `way` in the process that dies at its `step`th step; says at which, if it did. */
async function dieAt(step: number, way: () => Promise<unknown>): Promise<string | undefined> {
  life.endAt(step);
  await way().catch(unheard);
  const { diedAt } = life;
  life.live();
  return diedAt;
}

/** Every step of a way in turn, until it comes to its end alive. */
async function atEveryStep(live: (step: number) => Promise<string | undefined>): Promise<string[]> {
  const died: string[] = [];
  for (let step = 1; step <= STEPS_MAX; step += 1) {
    const at = await live(step);
    if (at === undefined) return died;
    died.push(at);
  }
  throw new Error("the way has no end");
}

test("an order whose process dies at any step is given once and paid once", async () => {
  const died = await atEveryStep(async (step) => {
    const due = await approved();
    await world.advance(2 * DAY_MS);
    const ask = orderOf(due);
    const diedAt = await dieAt(step, async () => {
      await startOrder(dying.marketplace, await merchant(), ask);
      await runPayouts(dying.payouts, throwOn);
    });
    // Whoever heard nothing asks again; what was given before is not given again.
    const again = startOrder(world.deps.marketplace, await merchant(), ask);
    const refused = await again.then(
      () => undefined,
      (error: unknown) => (error as Refusal<"market_refused">).details.problem,
    );
    expect([undefined, "order_overlaps", "earning_queued"]).toContain(refused);
    await outlive(due.platform);
    expect(await expectPaid(due.platform)).toMatchObject({ kind: "order", count: 1 });
    return diedAt;
  });
  expect(died).toContain("after insert payouts");
  expect(died).toContain("after the transfer");
});

async function setAccount(isThere: boolean): Promise<void> {
  const { merchantId } = world.merchant;
  await world.db.pool.query("delete from platform_accounts where currency = 'TRY'");
  if (!isThere) return;
  await world.db.pool.query("insert into platform_accounts values ($1, 'TRY', $2, $3, $4)", [
    ...[merchantId, account.title, account.iban, world.clock()],
  ]);
}

test("a restart whose process dies at any step pays once", async () => {
  const died = await atEveryStep(async (step) => {
    const due = await approved();
    await world.advance(2 * DAY_MS);
    const order = await startOrder(world.deps.marketplace, await merchant(), orderOf(due));
    await setAccount(false);
    await runPayouts(world.deps.payouts, throwOn);
    await setAccount(true);
    const diedAt = await dieAt(step, async () => {
      await restartOrder(dying.marketplace, await merchant(), order.guid);
      await runPayouts(dying.payouts, throwOn);
    });
    const again = restartOrder(world.deps.marketplace, await merchant(), order.guid);
    await again.catch((error: unknown) => expect(error).toBeInstanceOf(Refusal));
    await outlive(due.platform);
    const payout = await expectPaid(due.platform);
    expect(payout).toMatchObject({ guid: order.guid, count: 1 });
    return diedAt;
  });
  expect(died).toContain("after update payouts");
});

test("what is paid by itself is paid once, at whichever step its process dies", async () => {
  await toRunOf(istanbulDay(after(world.clock(), 7 * DAY_MS)));
  await distribute(world.deps.marketplace, throwOn);
  await world.advance(0);
  const died = await atEveryStep(async (step) => {
    const due = await approved();
    await toRunOf(due.day);
    const diedAt = await dieAt(step, async () => {
      await distribute(dying.marketplace, throwOn);
      await runPayouts(dying.payouts, throwOn);
    });
    await distribute(world.deps.marketplace, throwOn);
    await outlive(due.member);
    const payout = await expectPaid(due.member);
    expect(payout).toMatchObject({ kind: "daily", amountMinor: 8_800n, count: 1 });
    return diedAt;
  });
  expect(died).toContain("before insert payouts");
});

test("what failed and is asked for again is paid once, at whichever step that dies", async () => {
  await world.db.pool.query("update member_accounts set deleted_at = now()");
  const died = await atEveryStep(async (step) => {
    const due = await approved();
    await toRunOf(due.day);
    await distribute(world.deps.marketplace, throwOn);
    await runPayouts(world.deps.payouts, throwOn);
    const name = { earning: due.member };
    const day = nextBusinessDay(plusDays(istanbulDay(world.clock()), 1));
    const diedAt = await dieAt(step, async () =>
      retry(dying.marketplace, await merchant(), name, day),
    );
    const again = retry(world.deps.marketplace, await merchant(), name, day);
    await again.catch((error: unknown) => expect(error).toBeInstanceOf(Refusal));
    await world.db.pool.query("update member_accounts set deleted_at = null");
    await toRunOf(day);
    await distribute(world.deps.marketplace, throwOn);
    await world.advance(0);
    expect(await expectPaid(due.member)).toMatchObject({ count: 1 });
    await world.db.pool.query("update member_accounts set deleted_at = now()");
    return diedAt;
  });
  expect(died).toContain("after insert earning_changes");
});
