import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Progress, verify } from "../../../src/main/verify/index.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
  await world.pay({ agent_id: "20001", company_amount: "60,00" });
  const held = await world.pay({ transaction_type: 3, amount: "80,00", agent_id: "20002" });
  const { xact_id } = held.body;
  const captured = await world.post("v1/transaction/capture", { xact_id, amount: "3333" });
  const added = await world.pay({ amount: "10,01", add_commission: true, instalment: 3 });
  await world.post("v1/transaction/capture_reversal", { xact_id: captured.body["xact_id"] });
  await world.post("v1/transaction/capture", { xact_id, amount: "7777" });
  await world.advance(DAY_MS);
  for (const amount of ["101", "202", "303"]) {
    const body = { xact_id: added.body["xact_id"], amount };
    await world.post("v1/transaction/reversed_request", body);
  }
});
afterAll(() => world.close());

async function broken(): Promise<string[]> {
  const report = await verify(world.db, world.clock(), undefined);
  return report.findings.filter((each) => each.broken.length > 0).map((each) => each.promise);
}

/** Adds an entry beside the real ones, as only somebody with the application's password could. */
const forge = (kind: string, debit: string, credit: string, minor: number) =>
  sql`insert into ledger_entries
    select merchant_id, 'ent_' || substr(source_id, 5) || '_9', ${kind}, source_id, ${debit},
      ${credit}, ${minor}, currency, posted_at
    from ledger_entries where kind = 'sale' order by id limit 1`.execute(world.db.kysely);

test("books of sales, captures in part, agents and refunds in steps are sound", async () => {
  expect(await broken()).toEqual([]);
});

test("a report tells how far it has come, to the last promise and the last payment", async () => {
  const told: Progress[] = [];
  const { findings } = await verify(world.db, world.clock(), undefined, (now) => told.push(now));
  const promises = told.filter(({ unit }) => unit === "promises").map(({ done }) => done);
  expect(promises).toEqual(promises.map((_, i) => i + 1));
  expect(told).toContainEqual({ unit: "promises", done: promises.length, total: promises.length });
  expect(findings.length).toBeGreaterThan(promises.length);
  expect(told.at(-1)).toEqual({ unit: "payments", done: 3, total: 3 });
});

test("an entry that moves an agent's money without a payment's word is found", async () => {
  await forge("commission", "company:payable", "agent.agt_x:payable", 500);
  expect(await broken()).toEqual([expect.stringContaining("I9 each leg of 10001")]);
});

test("an entry cannot be named after another attempt than its source", async () => {
  const wrong = sql`insert into ledger_entries select merchant_id, 'ent_fake_1', kind, source_id,
    debit_account, credit_account, 1, currency, posted_at from ledger_entries limit 1`;
  await expect(wrong.execute(world.db.kysely)).rejects.toMatchObject({
    constraint: "named_after_source",
  });
});
