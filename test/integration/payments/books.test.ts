import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkSnapshots, snapshot } from "../../../src/ledger/index.ts";
import { verify } from "../../../src/main/verify/index.ts";
import { balancesOf, booksOf, movedBy, xactOf } from "../../support/books.ts";
import { asOwner } from "../../support/database.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const refund = (of: Answer, amount?: string) =>
  world.post("v1/transaction/reversed_request", { xact_id: xactOf(of), amount });

describe("an agent's sale", () => {
  test("is shared as asked, and each side bears its part of commission and tax", async () => {
    const moved = await movedBy(world, () =>
      world.pay({ amount: "100,00", agent_id: "20001", company_amount: "60,00" }),
    );
    expect(moved).toEqual({
      "bank:receivable": 10_000n,
      "company:payable": -(6_000n - 120n - 24n),
      "agent:payable": -(4_000n - 80n - 16n),
      "platform:commission": -200n,
      "state:commission_tax": -40n,
    });
  });

  test("with the commission on top leaves both sides exactly what was asked for", async () => {
    let paid: Answer | undefined;
    const moved = await movedBy(world, async () => {
      paid = await world.pay({
        amount: "100,01",
        agent_id: "20002",
        company_amount: "33,33",
        add_commission: true,
        instalment: 6,
      });
    });
    expect(paid?.body).toMatchObject({ is_succeed: true, net_amount: 100.01 });
    const drawn = BigInt(Math.round((paid?.body["amount"] as number) * 100));
    expect(drawn).toBeGreaterThan(10_001n);
    expect(moved["bank:receivable"]).toBe(drawn);
    // Both sides together net exactly what was asked for; each its part within a kuruş.
    const company = -(moved["company:payable"] ?? 0n);
    const agent = -(moved["agent:payable"] ?? 0n);
    expect(company + agent).toBe(10_001n);
    expect(Math.abs(Number(company - 3_333n))).toBeLessThanOrEqual(1);
    const fees = -(moved["platform:commission"] ?? 0n) - (moved["state:commission_tax"] ?? 0n);
    expect(company + agent + fees).toBe(drawn);
  });

  test("refunded in odd parts gives every side back exactly what it had", async () => {
    const before = await booksOf(world);
    const paid = await world.pay({
      amount: "77,77",
      agent_id: "20001",
      company_amount: "11,11",
      add_commission: true,
      instalment: 9,
    });
    const drawn = Math.round((paid.body["amount"] as number) * 100);
    await world.advance(DAY_MS);
    for (const part of [1, 333, 2_500, 17]) {
      const moved = await movedBy(world, async () => {
        expect((await refund(paid, String(part))).body["code"]).toBe(0);
      });
      expect(moved["bank:receivable"]).toBe(BigInt(-part));
      expect(Object.values(moved).reduce((sum, minor) => sum + minor, 0n)).toBe(0n);
    }
    expect((await refund(paid, String(drawn - 2_851))).body["code"]).toBe(0);
    expect(await booksOf(world)).toEqual(before);
  });

  test("that gives the main firm nothing or all has no empty entry", async () => {
    const none = await movedBy(world, () =>
      world.pay({ amount: "10,00", agent_id: "20001", company_amount: "0,00" }),
    );
    expect(none["company:payable"]).toBeUndefined();
    const all = await movedBy(world, () =>
      world.pay({ amount: "10,00", agent_id: "20001", company_amount: "10,00" }),
    );
    expect(all["agent:payable"]).toBeUndefined();
    const tooMuch = await world.pay({ agent_id: "20001", company_amount: "100,01" });
    expect(tooMuch).toMatchObject({ status: 400, body: { result_code: 11 } });
  });
});

describe("a snapshot of the books", () => {
  test("changes no balance, and sums stay the same as by all entries", async () => {
    await world.pay({ agent_id: "20001", company_amount: "60,00" });
    await world.advance(DAY_MS);
    const later = await world.pay({ amount: "12,34" });
    const at = new Date(world.clock().getTime() + 1);
    const before = await balancesOf(world, at);
    expect(before.length).toBeGreaterThan(4);

    const written = await snapshot(world.db, world.merchant.merchantId, world.clock());
    expect(written).toBeGreaterThan(4);
    expect(await balancesOf(world, at)).toEqual(before);
    expect(await checkSnapshots(world.db, world.merchant.merchantId)).toEqual([]);
    // The sale after midnight is not in it.
    const { rows } = await world.db.pool.query(
      `select sum(balance_minor)::bigint as total from ledger_snapshots
        where account like 'bank.%'`,
    );
    const kept = (rows[0] as { total: bigint }).total;
    expect((await booksOf(world))["bank:receivable"]).toBe(kept + 1_234n);

    expect(await snapshot(world.db, world.merchant.merchantId, world.clock())).toBe(0);
    await world.advance(DAY_MS);
    await refund(later, "234");
    await snapshot(world.db, world.merchant.merchantId, world.clock());
    const now = new Date(world.clock().getTime() + 1);
    const byEntries = Object.values(await booksOf(world)).filter((minor) => minor !== 0n);
    const bySnapshots = new Map<string, bigint>();
    for (const { account, balanceMinor } of await balancesOf(world, now)) {
      const party = account.replace(/^(bank|agent)\.[^:]+/, "$1");
      bySnapshots.set(party, (bySnapshots.get(party) ?? 0n) + balanceMinor);
    }
    expect([...bySnapshots.values()].sort()).toEqual(byEntries.sort());
    await world.isSound();
  });

  test("that somebody changed is seen by verify", async () => {
    const { ownerUrl } = world.database;
    const change = (by: number) =>
      asOwner(
        ownerUrl,
        `update ledger_snapshots set balance_minor = balance_minor + ${by}
        where account = 'company:payable'`,
      );
    await change(1);
    const report = await verify(world.db, world.clock(), undefined);
    expect(report.isSound).toBe(false);
    const broken = report.findings.flatMap((finding) => finding.broken);
    expect(broken).toEqual(["company:payable"]);
    await change(-1);
    await world.isSound();
  });
});

describe("what happened stays happened", () => {
  test.each([
    "update ledger_entries set amount_minor = amount_minor + 1",
    "delete from ledger_entries",
    "truncate ledger_entries",
    "update events set type = 'payment.captured'",
    "delete from events",
    "truncate events",
    "update ledger_snapshots set balance_minor = 0",
    "delete from ledger_snapshots",
    "alter table ledger_entries drop constraint two_accounts",
  ])("the application's role may not: %s", async (statement) => {
    await world.pay({ amount: "1,00" });
    await expect(world.db.pool.query(statement)).rejects.toMatchObject({ code: "42501" });
  });

  test.each([
    ["an amount of nothing", "amount_minor", "0", "23514"],
    ["an account with itself", "debit_account", "credit_account", "23514"],
    ["a booking told twice", "posted_at", "posted_at", "23505"],
  ])("%s is no entry", async (_, column, value, code) => {
    await world.pay({ amount: "1,00" });
    const columns =
      "merchant_id, id, kind, source_id, debit_account, credit_account, amount_minor, " +
      "currency, posted_at";
    const id = code === "23505" ? "id" : "id || 'X'";
    const values = columns
      .replace(", id,", `, ${id},`)
      .replace(new RegExp(`\\b${column}\\b`), value);
    const statement = `insert into ledger_entries (${columns})
      select ${values} from ledger_entries limit 1`;
    await expect(world.db.pool.query(statement)).rejects.toMatchObject({ code });
  });

  test("a broken leg of the books is found by verify", async () => {
    const { ownerUrl } = world.database;
    const change = (by: number) =>
      asOwner(
        ownerUrl,
        `update ledger_entries set amount_minor = amount_minor + ${by}
        where id = (select min(id) from ledger_entries where kind = 'sale')`,
      );
    await change(1);
    expect((await verify(world.db, world.clock(), undefined)).isSound).toBe(false);
    await change(-1);
    await world.isSound();
  });
});
