import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "../../../src/db/pool.ts";
import { verify } from "../../../src/main/verify/index.ts";
import { closeReturned, distribute, takeDue } from "../../../src/marketplace/index.ts";
import { createNumbers, type NextNumber } from "../../../src/merchants/index.ts";
import { ByHand } from "../../support/by-hand.ts";
import { asOwner } from "../../support/database.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const thrown = (error: unknown): never => {
  throw error;
};
const MEMBER_MINOR = 8_800n;

let world: TestWorld;
let desk: ByHand;
let ada = 0;
beforeAll(async () => {
  world = await createWorld();
  desk = new ByHand(world);
  ada = await desk.enlist();
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});
beforeEach(() => desk.begin());

describe("beside others", () => {
  test("four files at once take everything once", async () => {
    for (let i = 0; i < 3; i += 1) await desk.sellApproved(ada);
    await desk.nextDay();
    const all = await Promise.all([desk.take(), desk.take(), desk.take(), desk.take()]);
    const batches = all.flatMap((each) => each?.batch ?? []);
    expect(batches).toHaveLength(1);
    expect(await desk.batch(batches[0]!)).toMatchObject([{ count: 3 }, { count: 3 }]);
  });

  test("a refund takes what is due before the file does, or is refused", async () => {
    for (let i = 0; i < 3; i += 1) {
      const [back, stays] = [await desk.sellApproved(ada), await desk.sellApproved(ada)];
      await desk.nextDay();
      const [{ ErrorCode }, taken] = await Promise.all([desk.refund(back), desk.take()]);
      const isBack = ErrorCode === 0;
      expect([0, 35]).toContain(ErrorCode);
      expect(await desk.batch(taken!.batch!)).toMatchObject([
        {},
        { amountMinor: isBack ? MEMBER_MINOR : 2n * MEMBER_MINOR },
      ]);
      expect(await desk.states(stays)).toEqual([2, 2]);
      await desk.paid({ batch: taken!.batch! });
    }
  });

  test("an approval meanwhile is in this file or in the next one", async () => {
    await desk.sellApproved(ada);
    await desk.nextDay();
    const late = await desk.sell(ada);
    await Promise.all([desk.approve(late), desk.take()]);
    await desk.nextDay();
    const rest = await desk.take();
    expect(await desk.states(late)).toEqual([2, 2]);
    expect(rest?.transfers.map(({ amountMinor }) => amountMinor)).toContain(MEMBER_MINOR);
  });

  test("a debt that falls away while a file is made is in none", async () => {
    const sold = await desk.sellApproved(ada, { CargoType: 1, CargoOwnerType: 1, CargoCost: 5 });
    await world.db.pool.query("update earnings set is_held = true where sale = $1", [
      sold.PaymentId,
    ]);
    await desk.nextDay();
    // Holds the file up between what it read and what it takes.
    const shop = new pg.Client({ connectionString: world.database.ownerUrl });
    await shop.connect();
    await shop.query("begin; lock table payout_batches in share mode");
    const taking = desk.take();
    const waiting = `select from pg_locks where not granted
      and database = (select oid from pg_database where datname = current_database())`;
    await expect.poll(async () => (await shop.query(waiting)).rowCount).toBe(1);
    await world.db.pool.query("update debts set is_held = true where state = 'open'");
    await shop.query("commit");
    await shop.end();
    expect(await taking).toMatchObject({ batch: null, transfers: [] });
    await world.db.pool.query("update debts set is_held = false");
    await world.db.pool.query("update earnings set is_held = false");
  });

  test("who is due after the numbers were taken is in the file too", async () => {
    const bob = await desk.enlist();
    await desk.sellApproved(ada);
    const late = await desk.sell(bob);
    await desk.nextDay();
    const { marketplace } = world.deps;
    let isLate = false;
    const payout: NextNumber = async (merchant) => {
      if (!isLate) {
        isLate = true;
        await desk.approve(late);
        await world.db.pool.query(
          `update earnings set reflection_date = $1, pay_date = $1
           where sale = $2 and party = 'member'`,
          [desk.today(), late.PaymentId],
        );
      }
      return marketplace.next.payout(merchant);
    };
    const taken = await takeDue(
      { ...marketplace, next: { payout } },
      await world.deps.reception.merchantOf(world.merchant.merchantId),
      { day: desk.today(), by: "ayşe" },
    );
    expect(isLate).toBe(true);
    const members = (await desk.batch(taken!.batch!)).flatMap(({ member }) => member ?? []);
    expect(members).toEqual([BigInt(ada), BigInt(bob)]);
  });

  test("a file needs one connection: it waits for no number inside its transaction", async () => {
    await desk.sellApproved(ada);
    await desk.nextDay();
    const db = openDb({
      ...{ url: world.database.appUrl, max: 1, applicationName: "narrow" },
      onError: thrown,
    });
    const { clock, ring, reception } = world.deps;
    const payout = createNumbers({ db, clock, ring }, "payout");
    const merchant = await reception.merchantOf(world.merchant.merchantId);
    const ask = { day: desk.today(), by: "ayşe" };
    expect(await takeDue({ db, clock, next: { payout } }, merchant, ask)).toMatchObject({
      transfers: [{}, {}],
    });
    await db.close();
  });

  test("what the other wire gives back of an open batch is owed back, or falls away", async () => {
    for (const isPaid of [true, false]) {
      const sold = await desk.sellApproved(ada);
      const { rows } = await world.db.pool.query(
        `select min(a.xact) as xact from sales s
         join payment_attempts a on a.payment_id = s.payment_id where s.number = $1`,
        [sold.PaymentId],
      );
      await desk.nextDay();
      const { batch } = await desk.taken();
      const reversed = await world.post("v1/transaction/reversed_request", {
        xact_id: `${rows[0].xact}`,
      });
      expect(reversed.body).toMatchObject({ code: 0 });
      await (isPaid ? desk.paid({ batch }) : desk.unpaid({ batch }));
      await closeReturned(world.deps.marketplace, thrown);
      await desk.nextDay();
      const after = await desk.take();
      // Paid, the member owes it back; not paid, nobody is due anything of it.
      expect(after).toMatchObject({ batch: null, transfers: [] });
      const { rows: owed } = await world.db.pool.query(
        "select amount_minor from debts where sale = $1 and state = 'open'",
        [sold.PaymentId],
      );
      expect(owed).toEqual(isPaid ? [{ amount_minor: -MEMBER_MINOR }] : []);
    }
  });
});

describe("a marketplace that changes how it pays", () => {
  const hour = async () => {
    const at = new Date(`${desk.today()}T16:00:00+03:00`).getTime();
    await world.advance(at - world.clock().getTime());
  };
  const transferToday = async () => {
    await hour();
    const count = await distribute(world.deps.marketplace, thrown);
    await world.advance(0);
    return count;
  };
  const onMonday = async () => {
    while (new Date(desk.today()).getUTCDay() !== 2) await desk.nextDay();
  };

  test("to transfers leaves what is in files alone, and it is marked as before", async () => {
    await onMonday();
    const [open, failed] = [await desk.sellApproved(ada), await desk.sellApproved(ada)];
    await desk.nextDay();
    const first = await desk.taken();
    await desk.paid({ batch: first.batch, only: [first.payouts[0]!.number] });
    await desk.distribute("payout");
    expect(await transferToday()).toBe(0);
    expect(await desk.states(open)).toEqual([4, 2]);
    await desk.unpaid({ batch: first.batch });
    expect(await transferToday()).toBe(0);
    // What a person says was not paid waits until it is asked for, as what a bank did not pay.
    const path = "api/paywall/marketplace/earning/put/retry/product";
    for (const { product } of [open, failed]) {
      expect((await desk.wire.put(path, { ProductId: product })).ErrorCode).toBe(0);
    }
    await desk.nextDay();
    expect(await transferToday()).toBe(1);
    expect(await desk.states(failed)).toEqual([4, 4]);
  });

  test("to files leaves what a bank is asked about alone", async () => {
    await onMonday();
    const sold = await desk.sellApproved(ada);
    await desk.nextDay();
    await desk.distribute("payout");
    await world.db.pool.query("update payout_connections set base_url = 'http://127.0.0.1:9'");
    await hour();
    expect(await distribute(world.deps.marketplace, thrown)).toBe(2);
    await desk.distribute("excel");
    expect(await desk.take()).toMatchObject({ batch: null });
    expect(await desk.states(sold)).toEqual([2, 2]);
    await world.db.pool.query("update payout_connections set base_url = $1", [world.bank.url]);
    await world.advance(0);
    expect(await desk.states(sold)).toEqual([4, 4]);
    expect(await desk.take()).toMatchObject({ batch: null });
  });
});

/** A statement that spoils, and the one that puts it back. */
type Tampering = readonly [change: string, back: string];

describe("verify finds", () => {
  let batch = 0n;
  beforeEach(async () => {
    await desk.sellApproved(ada);
    await desk.sellApproved(ada);
    await desk.nextDay();
    const first = await desk.taken();
    batch = first.batch;
    await desk.paid({ batch });
    await desk.returned({ batch, only: [first.payouts[1]!.number] });
    await world.isSound();
  });

  async function broken(): Promise<string[]> {
    const { findings } = await verify(world.db, world.clock(), undefined);
    return findings.filter((each) => each.broken.length > 0).map(({ promise }) => promise);
  }
  /** What somebody with the owner's password could do, and nobody else; it is put back. */
  async function tampered(...[change, back]: Tampering): Promise<string[]> {
    const { ownerUrl } = world.database;
    await asOwner(ownerUrl, change);
    try {
      return await broken();
    } finally {
      await asOwner(ownerUrl, back);
    }
  }
  const OWED = expect.stringContaining("I9 what is owed to members and platform");
  const CAUSE = expect.stringContaining("I9 the books of a marketplace come of");
  const BOOKED = expect.stringContaining("I9 what is due of a sale is what its approvals");
  const SUM = expect.stringContaining("I11 a payout is what its earnings and debts add up to");
  const ONCE = expect.stringContaining("I11 a payout is paid by one transfer");
  const LAST = expect.stringContaining("I11 the last transfer of a payout is of its amount");
  const TOLD = expect.stringContaining("I11 what is paid by hand is told by a person");

  test("what differs from what was marked", async () => {
    const [paid] = await desk.batch(batch);
    const last = `where number = ${paid!.number}`;
    const run = `where payout = ${paid!.number}`;
    const entry = `where source_id = (select id from payout_runs ${run})`;
    const raised = (table: string, where: string): Tampering => {
      const by = (sign: string) =>
        `update ${table} set amount_minor = amount_minor ${sign} 1 ${where}`;
      return [by("+"), by("-")];
    };
    const runSet = (column: string, wrong: string, right: string): Tampering => {
      const to = (value: string) => `update payout_runs set ${column} = ${value} ${run}`;
      return [to(wrong), to(right)];
    };
    const cases = [
      [raised("payouts", last), [OWED, SUM, ONCE, LAST]],
      [raised("earnings", run), [BOOKED, SUM]],
      [raised("ledger_entries", entry), [OWED]],
      [runSet("state", "'refused'", "'paid'"), [CAUSE, ONCE]],
      [runSet("marked_by", "null", "'ayşe'"), [TOLD]],
    ] as const;
    for (const [tampering, promises] of cases) {
      expect(await tampered(...tampering)).toEqual(promises);
    }
  });

  test("one that came back and is marked as paid all the same", async () => {
    const last = `where batch = ${batch} and party = 'member'`;
    const change = `update payouts set state = 'paid' ${last}`;
    const back = `update payouts set state = 'failed' ${last}`;
    expect(await tampered(change, back)).toEqual([OWED, ONCE]);
  });
});
