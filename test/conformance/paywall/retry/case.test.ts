import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { istanbulDay } from "../../../../src/lib/clock.ts";
import { distribute } from "../../../../src/marketplace/index.ts";
import { payoutsOf, seedDebts, seedEarnings } from "../../../support/earnings.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { endOrder } from "../../../support/settled-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

const RETRY = "api/paywall/marketplace/earning/put/retry";
let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  // A Wednesday at 17:00: today's transfers have left.
  await world.advance(5 * 3_600_000);
});
afterAll(() => world.close());
beforeEach(async () => {
  for (const table of ["earnings", "debts", "payout_runs", "payouts"]) {
    await world.db.pool.query(`delete from ${table}`);
  }
});

const retry = (body: object, last = "product") => wire.put(`${RETRY}/${last}`, body);
const refused = (code: number) => ({ status: 200, ErrorCode: code, Result: false, Body: null });
const ok = { status: 200, ErrorCode: 0, Result: true, Message: "", Body: null };

const pay = () =>
  distribute(world.deps.marketplace, (error) => {
    throw error;
  });

type Found = { product: bigint; sale: bigint };
async function find(earning: bigint): Promise<Found> {
  const text = "select product, sale from earnings where number = $1";
  const { rows } = await world.db.pool.query<Found>(text, [earning]);
  return rows[0]!;
}

/** Two earnings of one payment in a payout that failed. */
async function failed(): Promise<bigint[]> {
  const due = { day: "2026-03-04", party: "member" } as const;
  const numbers = await seedEarnings(world, [
    { ...due, minor: 100 },
    { ...due, minor: 20 },
  ]);
  await pay();
  const [guid] = await payoutsOf(world, numbers);
  await endOrder(world, guid!, "Hesap kapalı");
  return numbers;
}

type Row = { payout: bigint | null; is_retried: boolean; day: string; pay_date: string };
async function rowsOf(numbers: readonly bigint[]): Promise<Row[]> {
  const { rows } = await world.db.pool.query<Row>(
    `select payout, is_retried, reflection_date as day, pay_date from earnings
     where number = any($1) order by number`,
    [numbers],
  );
  return rows;
}
const again = { payout: null, is_retried: true, day: "2026-03-04", pay_date: "2026-03-05" };
const still = { is_retried: false, day: "2026-03-04", pay_date: "2026-03-04" };

test("one earning is tried again at the documented address, with the next transfers", async () => {
  const numbers = await failed();
  expect(await retry({ Id: Number(numbers[0]) })).toMatchObject(ok);
  expect(await rowsOf(numbers)).toMatchObject([again, { ...still, payout: expect.anything() }]);
  expect(await retry({ Id: Number(numbers[0]) })).toMatchObject(refused(367));
  expect(await pay()).toBe(0);
  await world.advance(24 * 3_600_000);
  expect(await pay()).toBe(1);
  expect(await retry({ Id: Number(numbers[0]) })).toMatchObject(refused(366));
  const [guid] = await payoutsOf(world, numbers);
  await endOrder(world, guid!);
  expect(await retry({ Id: Number(numbers[0]) })).toMatchObject(refused(368));
});

test("a product, a payment and an earning are told by their members, and by aliases", async () => {
  const first = await failed();
  const { product } = await find(first[0]!);
  expect(await retry({ productId: Number(product) })).toMatchObject(ok);
  expect((await rowsOf(first)).map((row) => row.is_retried)).toEqual([true, false]);
  const { sale } = await find(first[1]!);
  expect(await retry({ PaymentId: Number(sale) })).toMatchObject(ok);
  expect((await rowsOf(first)).map((row) => row.is_retried)).toEqual([true, true]);
  const aliased = await failed();
  expect(await retry({ Id: Number(aliased[1]) }, "id")).toMatchObject(ok);
  const { sale: other } = await find(aliased[0]!);
  expect(await retry({ PaymentId: Number(other) }, "payment")).toMatchObject(ok);
  expect((await rowsOf(aliased)).map((row) => row.is_retried)).toEqual([true, true]);
});

test("the platform's own earning of a product is tried again with ApplyAll alone", async () => {
  const numbers = await seedEarnings(world, [{ day: "2026-02-03", minor: 9 }]);
  const started = await wire.post<{ JobId: string }>(
    "api/paywall/marketplace/manual/trigger/start",
    { CurrencyId: 1, DateFrom: "2026-02-01", DateTo: "2026-02-28" },
  );
  await endOrder(world, started.Body.JobId, "x");
  const ProductId = Number((await find(numbers[0]!)).product);
  expect(await retry({ ProductId })).toMatchObject(refused(34));
  expect(await retry({ ProductId, ApplyAll: true })).toMatchObject(ok);
  const inquiry = "api/paywall/marketplace/manual/trigger/restart";
  expect(await wire.post(inquiry, { JobId: started.Body.JobId })).toMatchObject(refused(34));
});

test("a day that is asked for is kept, where it is one on which can be paid", async () => {
  const [earning] = await failed();
  const on = (day: string | undefined) =>
    retry({ Id: Number(earning), ChangeReflectionDate: true, ReflectionDate: day });
  const day = istanbulDay(world.clock());
  expect(await on(undefined)).toMatchObject(refused(363));
  expect(await on("2026-03-02")).toMatchObject(refused(363));
  expect(await on("2026-03-14")).toMatchObject(refused(361));
  expect(await on(day)).toMatchObject(refused(364));
  expect(await on("2026-03-20")).toMatchObject(ok);
  // The first days of Ramazan Bayramı and the weekend after them.
  expect(await rowsOf([earning!])).toMatchObject([
    { payout: null, is_retried: true, day: "2026-03-20", pay_date: "2026-03-23" },
  ]);
});

test("a day that is not asked for is not looked at, whatever a client sends for none", async () => {
  const numbers = await failed();
  // As it is without a day: with the next transfers.
  const pay_date = "2026-03-06";
  const given = { changeReflectionDate: false, reflectionDate: "0001-01-01T00:00:00" };
  expect(await retry({ id: Number(numbers[0]), ...given })).toMatchObject(ok);
  expect(await rowsOf(numbers)).toMatchObject([{ ...again, pay_date }, still]);
  const asked = { ...given, id: Number(numbers[1]), changeReflectionDate: true };
  expect(await retry(asked)).toMatchObject(refused(363));
  expect(await rowsOf(numbers)).toMatchObject([{ ...again, pay_date }, still]);
});

test("what the member owes back goes with what is tried again", async () => {
  const due = { day: "2026-03-04", party: "member" } as const;
  const numbers = await seedEarnings(world, [{ ...due, minor: 100 }]);
  await seedDebts(world, [{ day: "2026-03-04", minor: -30 }]);
  await pay();
  const [guid] = await payoutsOf(world, numbers);
  await endOrder(world, guid!, "Hesap kapalı");
  expect(await retry({ Id: Number(numbers[0]) })).toMatchObject(ok);
  await world.advance(24 * 3_600_000);
  expect(await pay()).toBe(1);
  const { rows } = await world.db.pool.query(
    "select amount_minor, count from payouts where state = 'queued'",
  );
  expect(rows).toEqual([{ amount_minor: 70n, count: 2 }]);
});

test("a debt that failed alone is tried again by its product", async () => {
  const [debt] = await seedDebts(world, [{ day: "2026-03-04", minor: 30 }]);
  expect(await pay()).toBe(1);
  const of = "select product, payout, guid from debts d left join payouts p on p.number = d.payout";
  const { rows } = await world.db.pool.query(`${of} where d.number = $1`, [debt]);
  await endOrder(world, rows[0].guid, "Hesap kapalı");
  expect(await retry({ ProductId: Number(rows[0].product) })).toMatchObject(ok);
  expect((await world.db.pool.query(of)).rows).toMatchObject([{ payout: null }]);
});

test("nothing that failed is 369, nothing at all 34, and no name 2", async () => {
  const due = { day: "2030-03-04", party: "member", minor: 100 } as const;
  const [waiting] = await seedEarnings(world, [due]);
  expect(await retry({ Id: Number(waiting) })).toMatchObject(refused(369));
  expect(await retry({ Id: 1 })).toMatchObject(refused(34));
  expect(await retry({ PaymentId: 1 })).toMatchObject(refused(34));
  expect(await retry({})).toMatchObject(refused(2));
});
