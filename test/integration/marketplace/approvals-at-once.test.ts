import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { enrolMembers, line, soldOn } from "../../support/sales.ts";
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
