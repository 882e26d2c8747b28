import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { payoutsOf, seedEarnings } from "../../support/earnings.ts";
import { type Envelope, type Paywall, paywallOf } from "../../support/paywall.ts";
import { endOrder } from "../../support/settled-orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const base = "api/paywall/marketplace";
type Started = { JobId: string; Earning: number; Count: number };

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const table of ["earnings", "payout_runs", "payouts"]) {
    await world.db.pool.query(`delete from ${table}`);
  }
});

const start = (DateFrom: string, DateTo: string, more: object = {}) =>
  wire.post<Started | null>(`${base}/manual/trigger/start`, {
    ...{ CurrencyId: 1, DateFrom, DateTo, ...more },
  });
const restart = (JobId: string) =>
  wire.post<Started | null>(`${base}/manual/trigger/restart`, { JobId });
const codes = (answers: readonly Envelope[]) =>
  answers.map(({ ErrorCode }) => ErrorCode).sort((a, b) => a - b);

/** A day of February for each, in the order of days. */
const daysOf = (count: number) =>
  Array.from({ length: count }, (_, i) => `2026-02-${String(i + 1).padStart(2, "0")}`);
const seed = (count: number) =>
  seedEarnings(
    world,
    daysOf(count).map((day) => ({ day, minor: 100 })),
  );

/** What the orders say they pay is what is in them, and each earning is in one at most. */
async function expectTrue(): Promise<void> {
  const { rows } = await world.db.pool.query(
    `select p.number from payouts p
     left join lateral (select count(*) as count, sum(amount_minor) as amount from earnings e
       where e.payout = p.number) e on true
     where p.state <> 'failed' and (e.count <> p.count or e.amount <> p.amount_minor)`,
  );
  expect(rows).toEqual([]);
}

test.each([false, true])(
  "of orders for the same days at once one is given (SkipExistsControl %s)",
  async (SkipExistsControl) => {
    const numbers = await seed(6);
    const asked = Array.from({ length: 6 }, () =>
      start("2026-02-01", "2026-02-28", { SkipExistsControl }),
    );
    const answers = await Promise.all(asked);
    expect(codes(answers)).toEqual([0, 366, 366, 366, 366, 366]);
    const given = answers.find(({ Body }) => Body !== null)?.Body;
    expect(given).toMatchObject({ Count: 6, Earning: 6 });
    expect(new Set(await payoutsOf(world, numbers))).toEqual(new Set([given?.JobId]));
    await expectTrue();
  },
);

test("orders whose days cross are never both given, and those beside each other are", async () => {
  await seed(12);
  const crossing = await Promise.all([
    start("2026-02-01", "2026-02-04"),
    start("2026-02-04", "2026-02-08", { SkipExistsControl: true }),
    start("2026-02-09", "2026-02-12"),
  ]);
  expect(codes(crossing)).toEqual([0, 0, 366]);
  await expectTrue();
});

test("a start while a restart runs takes over what failed, or leaves it: never both", async () => {
  for (let round = 0; round < 6; round += 1) {
    for (const table of ["earnings", "payout_runs", "payouts"]) {
      await world.db.pool.query(`delete from ${table}`);
    }
    const numbers = await seed(5);
    const { Body } = await start("2026-02-01", "2026-02-28");
    await endOrder(world, Body!.JobId, "Yetersiz bakiye");
    const [again, taken] = await Promise.all([
      restart(Body!.JobId),
      start("2026-02-03", "2026-02-28"),
    ]);
    await expectTrue();
    const outcome = [again.ErrorCode, taken.ErrorCode];
    // Whoever was first decides: the restart blocks the days, or the start leaves it the rest.
    const isStartFirst = taken.ErrorCode === 0;
    expect(outcome).toEqual(isStartFirst ? [0, 0] : [0, 366]);
    expect(again.Body?.Count).toBe(isStartFirst ? 2 : 5);
    const guids = await payoutsOf(world, numbers);
    const mine = guids.filter((guid) => guid === Body!.JobId);
    expect(mine).toHaveLength(again.Body!.Count);
  }
});

test("of restarts at once one is carried out", async () => {
  await seed(3);
  const { Body } = await start("2026-02-01", "2026-02-28");
  await endOrder(world, Body!.JobId, "Yetersiz bakiye");
  const answers = await Promise.all(Array.from({ length: 5 }, () => restart(Body!.JobId)));
  expect(codes(answers)).toEqual([0, 366, 366, 366, 366]);
  await expectTrue();
});

test("a retry of what failed beside a restart leaves each earning with one of them", async () => {
  const numbers = await seed(4);
  const { Body } = await start("2026-02-01", "2026-02-28");
  await endOrder(world, Body!.JobId, "Yetersiz bakiye");
  const answers = await Promise.all([
    restart(Body!.JobId),
    ...numbers.map((number) =>
      wire.put(`${base}/earning/put/retry/product`, { Id: Number(number) }),
    ),
  ]);
  await expectTrue();
  const [again, ...retried] = answers;
  const freed = retried.filter(({ ErrorCode }) => ErrorCode === 0).length;
  expect(codes(retried).filter((code) => code !== 0 && code !== 366)).toEqual([]);
  const left = (again!.Body as Started | null)?.Count ?? 0;
  expect(left + freed).toBe(4);
});

test("an order that gives way to somebody else's rows is given all the same", async () => {
  const numbers = await seed(8);
  const client = await world.db.pool.connect();
  try {
    await client.query("begin");
    await client.query("update earnings set is_held = true where number = $1", [numbers.at(-1)]);
    const asked = start("2026-02-01", "2026-02-28");
    // The order holds the first rows now and waits for the last one, which is held the other way.
    await world.pause(300);
    const first = client.query("update earnings set is_held = true where number = $1", [
      numbers[0],
    ]);
    const lost = await first.then(
      () => false,
      () => true,
    );
    await client.query(lost ? "rollback" : "commit");
    const { Body } = await asked;
    expect(Body?.Count).toBe(lost ? 8 : 6);
    await expectTrue();
  } finally {
    client.release();
  }
});
