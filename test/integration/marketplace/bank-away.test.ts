import { afterAll, beforeAll, expect, test } from "vitest";
import { distribute } from "../../../src/marketplace/index.ts";
import { seedEarnings } from "../../support/earnings.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const HOUR_MS = 3_600_000;
const run = () =>
  distribute(world.deps.marketplace, (error) => {
    throw error;
  });

/** The one payout there is, as it stands. */
async function payout() {
  const { rows } = await world.db.pool.query("select state, runs from payouts");
  expect(rows).toHaveLength(1);
  return rows[0];
}

test("members are paid when a bank that was away on their day is back, once each", async () => {
  await seedEarnings(world, [{ day: "2026-03-04", minor: 8_800, party: "member", member: 1 }]);
  await world.db.pool.query(
    `insert into member_accounts values ($1, 1, 1, 'TRY', 'Ada', 'TR560006200000000000100011', $2)`,
    [world.merchant.merchantId, world.clock()],
  );
  await world.bank.admin("POST", "/faults", { action: "refuse", match: { op: "clock" } });
  await world.advance(4 * HOUR_MS);
  expect(await run()).toBe(1);
  for (let hours = 0; hours < 3; hours += 1) await world.advance(HOUR_MS);
  expect(await payout()).toMatchObject({ state: "queued", runs: 3 });
  expect(await run()).toBe(0);
  await world.bank.clearFaults();
  await world.advance(HOUR_MS);
  expect(await payout()).toMatchObject({ state: "paid", runs: 4 });
  const { transfers } = await world.bank.admin("GET", "/transfers");
  expect(transfers).toMatchObject([{ state: "paid", amountKurus: 8_800 }]);
});
