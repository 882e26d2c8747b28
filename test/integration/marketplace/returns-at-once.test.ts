import { afterAll, beforeAll, expect, test } from "vitest";
import { distribute } from "../../../src/marketplace/index.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { returnsOf } from "../../support/returns.ts";
import { enrolMembers, soldOn } from "../../support/sales.ts";
import { openAccounts } from "../../support/settled-orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof returnsOf>;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = returnsOf(world, wire);
  await openAccounts(world);
  await enrolMembers(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const deletes = { MarketPlace: { DeleteExistingRecords: true } };
const ROUNDS = 8;

/** Payouts that are to pay another amount than what they are made of. */
async function wrongPayouts() {
  const { rows } = await world.db.pool.query(
    `select p.number, p.amount_minor, p.count from payouts p
     left join lateral (
       select coalesce(sum(amount_minor), 0) as sum, count(*) as count from (
         select amount_minor from earnings e where e.payout = p.number and e.state = 'open'
         union all select amount_minor from debts d where d.payout = p.number and d.state = 'open'
       ) parts) of on true
     where p.state <> 'failed' and (p.amount_minor <> of.sum or p.count <> of.count)`,
  );
  return rows;
}

/** A sale that is back has nothing due; one that is not has all of it, somewhere. */
async function expectWhole(sale: Awaited<ReturnType<typeof soldOn>>) {
  const { amounts, isHeld } = await shop.due(sale);
  const isBack = (await shop.asked(sale))["AnySuccessRefund"];
  expect(amounts).toEqual(isBack ? [] : [17600, 1920, 4750, 130]);
  expect(isHeld).toBe(false);
  return isBack;
}

test("a payout order and a refund: what is paid out does not go back, and the other way", async () => {
  const order = { CurrencyId: 1, DateFrom: "2026-03-01", DateTo: "2026-12-31" };
  const answers = new Set<string>();
  for (let i = 0; i < ROUNDS; i += 1) {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    await world.advance(DAY_MS);
    const start = () =>
      wire.post("api/paywall/marketplace/manual/trigger/start", {
        ...{ ...order, TestMode: true, SkipExistsControl: true },
      });
    const [refunded, started] = await Promise.all([shop.refund(sale, deletes), start()]);
    answers.add(`${refunded.ErrorCode} ${started.ErrorCode}`);
    expect(await expectWhole(sale)).toBe(refunded.ErrorCode === 0);
    expect([0, 35]).toContain(refunded.ErrorCode);
    expect([0, 34, 366]).toContain(started.ErrorCode);
    expect(await wrongPayouts()).toEqual([]);
    await world.db.pool.query(
      "update payouts set state = 'failed', due_at = null, leased_until = null, settled_at = now()",
    );
  }
  expect(answers.size).toBeGreaterThan(0);
});

test("the daily payout and a refund: no earning is in a payout and back", async () => {
  for (let i = 0; i < ROUNDS; i += 1) {
    const sale = await soldOn(wire);
    await shop.approve(sale);
    // Members are due after seven days: both clocks stand on a later business day.
    await world.advance(8 * DAY_MS + 5 * 3_600_000);
    const pay = () => distribute(world.deps.marketplace, () => {});
    const [refunded] = await Promise.all([shop.refund(sale, deletes), pay(), pay()]);
    expect([0, 35]).toContain(refunded.ErrorCode);
    expect(await expectWhole(sale)).toBe(refunded.ErrorCode === 0);
    expect(await wrongPayouts()).toEqual([]);
  }
});
