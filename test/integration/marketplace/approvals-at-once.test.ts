import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { enrolMembers, line, soldOn } from "../../support/sales.ts";
import { endOrder } from "../../support/settled-orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

type Answer = Readonly<{ Success: readonly { ProductId: number }[]; Fail: readonly object[] }>;
const approve = (PaymentId: number) =>
  wire.post<Answer>("api/paywall/marketplace/approve/pw/payment", { PaymentId });
const reject = (PaymentId: number) =>
  wire.post<Answer>("api/paywall/marketplace/reject/payment", { PaymentId });
const live = async (payment: number): Promise<number> => {
  const { rows } = await world.db.pool.query(
    "select 1 from earnings where sale = $1 and state <> 'deleted'",
    [payment],
  );
  return rows.length;
};
const approvedOf = async (payment: number): Promise<number> => {
  const { rows } = await world.db.pool.query(
    "select 1 from sale_products where sale = $1 and approval_id is not null",
    [payment],
  );
  return rows.length;
};

test("of ten approvals of one payment that come at once, one approves each product", async () => {
  const { PaymentId } = await soldOn(wire);
  const answers = await Promise.all(Array.from({ length: 10 }, () => approve(PaymentId)));
  const approved = answers.flatMap(({ Body }) => Body.Success.map(({ ProductId }) => ProductId));
  expect(approved).toHaveLength(2);
  expect(new Set(approved).size).toBe(2);
  expect(answers.flatMap(({ Body }) => Body.Fail)).toHaveLength(18);
  expect(await live(PaymentId)).toBe(4);
});

test("approvals and rejections at once leave both or nothing, and the books agree", async () => {
  const { PaymentId } = await soldOn(wire);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 ? reject(PaymentId) : approve(PaymentId))),
    );
    expect(await live(PaymentId)).toBe((await approvedOf(PaymentId)) * 2);
    await world.isSound();
  }
});

test("an approval of many products is as many statements as one of two", async () => {
  const products = (count: number) =>
    Array.from({ length: count }, (_, i) => line(`p-${i}`, 10, i % 2 ? 501 : 502, cargo));
  const cargo = { CargoType: 1, CargoCost: 1 };
  const sold = async (count: number) =>
    (await soldOn(wire, { detail: { Amount: count * 10 }, products: products(count) })).PaymentId;
  const [two, many] = [await sold(2), await sold(500)];
  // Counters give numbers in blocks: these are taken before the statements are counted.
  const spy = vi.spyOn(pg.Client.prototype, "query");
  const counted = async (run: () => Promise<{ ErrorCode: number }>) => {
    spy.mockClear();
    expect(await run()).toMatchObject({ ErrorCode: 0 });
    const texts = spy.mock.calls.map(([asked]) => (asked as { text?: string })?.text ?? "");
    return texts.filter((text) => text !== "" && !text.includes('into "counters"')).length;
  };
  const few = await counted(() => approve(two));
  expect(few).toBeGreaterThan(5);
  expect(await counted(() => approve(many))).toBe(few);
  const fewBack = await counted(() => reject(two));
  expect(await counted(() => reject(many))).toBe(fewBack);
  spy.mockRestore();
  expect(await live(many)).toBe(0);
});

test("orders, changes and rejections at once: each earning is paid, changed or gone", async () => {
  type Started = { JobId: string; Count: number };
  const change = (ProductId: number) =>
    wire.put("api/paywall/marketplace/earning/increase/product", {
      ...{ ProductId, Earning: 1, ApplyAll: true },
    });
  const order = () =>
    wire.post<Started>("api/paywall/marketplace/manual/trigger/start", {
      ...{ CurrencyId: 1, DateFrom: "2026-03-01", DateTo: "2026-03-31" },
      ...{ TestMode: true, SkipExistsControl: true },
    });
  const products = Array.from({ length: 100 }, (_, i) => line(`p-${i}`, 10, i % 2 ? 501 : 502));
  for (let round = 0; round < 3; round += 1) {
    const sold = await soldOn(wire, { detail: { Amount: 1_000 }, products });
    await approve(sold.PaymentId);
    const [started, rejected, ...others] = await Promise.all([
      order(),
      reject(sold.PaymentId),
      ...sold.Products.slice(0, 5).map(({ Id }) => change(Id)),
    ]);
    const statuses = [started, rejected, ...others].map(({ status }) => status);
    expect(statuses).toEqual(statuses.map(() => 200));
    const approved = await approvedOf(sold.PaymentId);
    expect(await live(sold.PaymentId)).toBe(approved * 2);
    expect(approved).toBe(rejected.Body.Fail.length);
    if (started.ErrorCode === 0) await endOrder(world, started.Body.JobId, "no");
  }
});

test("an approval that fails at its last statement has done nothing", async () => {
  const { PaymentId } = await soldOn(wire);
  const owner = new pg.Client({ connectionString: world.database.ownerUrl });
  await owner.connect();
  await owner.query(`alter table ledger_entries add constraint no_earnings_today
    check (kind <> 'member_earning') not valid`);
  const failed = await approve(PaymentId);
  expect([failed.status, failed.ErrorCode]).toEqual([500, 500]);
  expect([await live(PaymentId), await approvedOf(PaymentId)]).toEqual([0, 0]);
  await owner.query("alter table ledger_entries drop constraint no_earnings_today");
  await owner.end();
  expect(await approve(PaymentId)).toMatchObject({ ErrorCode: 0 });
  expect(await live(PaymentId)).toBe(4);
});

test("shipping defined during an approval is owed once, as it was defined last", async () => {
  const { PaymentId, Products } = await soldOn(wire);
  const ProductId = Products[0]!.Id;
  const define = (CargoCost: number) =>
    wire.post("api/paywall/product/cargocost", { ProductId, CargoOwnerType: 1, CargoCost });
  const answers = await Promise.all([
    ...[1, 2, 3, 4, 5].map(define),
    approve(PaymentId),
    ...[6, 7, 8].map(define),
  ]);
  expect(answers.map(({ ErrorCode }) => ErrorCode)).toEqual(answers.map(() => 0));
  const { rows } = await world.db.pool.query(
    `select d.amount_minor = p.cargo_minor as fits from debts d
     join sale_products p on p.number = d.product where d.product = $1 and d.state = 'open'`,
    [ProductId],
  );
  expect(rows).toEqual([{ fits: true }]);
});

test("shipping that moves beside retries of the same sale stands in nobody's way", async () => {
  const shipped = { CargoOwnerType: 1, CargoCost: 1 };
  const products = [line("a", 100, 501, shipped), line("b", 100, 502, shipped)];
  const { PaymentId, Products } = await soldOn(wire, { detail: { Amount: 200 }, products });
  await approve(PaymentId);
  const [ProductId] = Products.map(({ Id }) => Id);
  const move = (CargoOwnerType: number) =>
    wire.post("api/paywall/product/cargocost", { ProductId, CargoOwnerType, CargoCost: 3 });
  const again = () => wire.put("api/paywall/marketplace/earning/put/retry/product", { PaymentId });
  const codes = new Set<number>();
  const spy = vi.spyOn(pg.Client.prototype, "query");
  for (let round = 0; round < 10; round += 1) {
    const beside = Array.from({ length: 6 }, again);
    const answers = await Promise.all([move(round % 2 === 0 ? 2 : 1), ...beside]);
    for (const { ErrorCode } of answers) codes.add(ErrorCode);
  }
  // Moved each time, and nothing to retry.
  expect(codes).toEqual(new Set([0, 369]));
  // A deadlock is run again, so that no answer tells of it.
  const errors = spy.mock.settledResults.map(({ value }) => (value as { code?: string })?.code);
  spy.mockRestore();
  expect(errors.filter((code) => code === "40P01")).toEqual([]);
});
