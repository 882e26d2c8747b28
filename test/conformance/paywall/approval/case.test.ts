import { afterAll, beforeAll, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, line, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

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

const MARKET = "api/paywall/marketplace";
const APPROVED = "This product already approved";

type Answer = Readonly<{
  Success: readonly object[];
  Fail: readonly Readonly<{ ProductId: number; Reason: string }>[];
}>;
const approve = (way: string, input: object) =>
  wire.post<Answer>(`${MARKET}/approve/${way}`, input);

type Row = { product: bigint; party: string; amount_minor: bigint; number: bigint } & Record<
  "reflection_date" | "pay_date" | "state",
  string
>;
async function earningsOf(payment: number): Promise<Row[]> {
  const { rows } = await world.db.pool.query(
    `select * from earnings where merchant_id = $1 and sale = $2 and state <> 'deleted'
     order by number`,
    [world.merchant.merchantId, payment],
  );
  return rows;
}
const feeOf = async (code: string): Promise<bigint> => {
  const { rows } = await world.db.pool.query<{ fee: bigint }>(
    "select commission_minor + commission_tax_minor as fee from payments where reference = $1",
    [code],
  );
  return BigInt(rows[0]!.fee);
};
const one = (more: object = {}, amount = 100) =>
  soldOn(wire, { detail: { Amount: amount }, products: [line("sku", amount, 501, more)] });

test("two members are due by their rates, the platform the rest less the provider's", async () => {
  const { PaymentId, Products, MerchantUniqueKey } = await soldOn(wire);
  const [first, second] = Products.map(({ Id }) => Id);
  const answer = await approve("pw/product", {
    PaymentId,
    ProductIds: [first, second],
    SameReflectionDateWithMember: true,
    Payout: { DescriptionApply: true, Description: "Mart satislari" },
  });
  expect(answer).toMatchObject({
    status: 200,
    ErrorCode: 0,
    Result: true,
    Message: "",
    Body: { Success: [{ ProductId: first }, { ProductId: second }], Fail: [] },
  });
  const fee = await feeOf(MerchantUniqueKey);
  const parts = [(fee * 4n + 2n) / 5n, fee - (fee * 4n + 2n) / 5n];
  const rows = await earningsOf(PaymentId);
  // Two members in one payment: the platform keeps its own date, whatever was asked.
  expect(rows.map((row) => [row.party, BigInt(row.amount_minor), row.reflection_date])).toEqual([
    ["member", 17_600n, "2026-03-11"],
    ["platform", 2_400n - parts[0]!, "2026-03-05"],
    ["member", 4_750n, "2026-03-11"],
    ["platform", 250n - parts[1]!, "2026-03-05"],
  ]);
  const [lead] = rows.map(({ number }) => BigInt(number));
  expect(rows.map(({ number }) => BigInt(number) - lead!)).toEqual([0n, 1n, 2n, 3n]);
  const said = await world.db.pool.query("select description from approvals where sale = $1", [
    PaymentId,
  ]);
  expect(said.rows).toEqual([{ description: "Mart satislari" }]);
});

test("what the payer paid above or below the basket is the platform's", async () => {
  const due = async (Amount: number) => {
    const detail = { Amount, MarketPlace: { BasketAmount: 100 } };
    const products = [line("sku", 100, 501)];
    const { PaymentId, MerchantUniqueKey } = await soldOn(wire, { detail, products });
    await approve("pw/payment", { PaymentId });
    const [member, platform] = await earningsOf(PaymentId);
    const fee = Number(await feeOf(MerchantUniqueKey));
    return [Number(member!.amount_minor), Number(platform!.amount_minor) + fee];
  };
  expect(await due(110)).toEqual([8_800, 2_200]);
  expect(await due(95)).toEqual([8_800, 700]);
  // What is missing the platform bears, and is paid nothing.
  expect((await due(10))[0]).toBe(8_800);
  expect((await due(10))[1]).toBe(24);
});

test("of 100.00 at 10 % the member is due 90.00, also by a camelCase body", async () => {
  const { PaymentId, Products } = await one({
    MemberCustomCommission: true,
    MemberCommission: 10,
  });
  const answer = await approve("pw/product", {
    paymentId: PaymentId,
    productIds: [Products[0]!.Id],
    sameReflectionDateWithMember: true,
  });
  expect(answer.Body.Success).toEqual([{ ProductId: Products[0]!.Id }]);
  const rows = await earningsOf(PaymentId);
  expect(BigInt(rows[0]!.amount_minor)).toBe(9_000n);
  expect(rows.map((row) => row.reflection_date)).toEqual(["2026-03-11", "2026-03-11"]);
});

test("what is approved twice fails by the documented words beside the rest", async () => {
  const { PaymentId, Products } = await soldOn(wire);
  const [first, second] = Products.map(({ Id }) => Id);
  await approve("pw/product", { PaymentId, ProductIds: [first] });
  const again = await approve("pw/product", { PaymentId, ProductIds: [first, first] });
  expect(again).toMatchObject({ status: 200, ErrorCode: 1, Result: false });
  expect(again.Body).toEqual({ Success: [], Fail: [{ ProductId: first, Reason: APPROVED }] });
  const rest = await approve("pw/payment", { PaymentId });
  expect(rest).toMatchObject({
    ErrorCode: 0,
    Result: true,
    Body: {
      Success: [{ ProductId: second }],
      Fail: [{ ProductId: first, Reason: APPROVED }],
    },
  });
  expect(await earningsOf(PaymentId)).toHaveLength(4);
  const put = await wire.put<Answer>(`${MARKET}/approve/payment`, { PaymentId });
  expect(put.Body.Fail.map(({ Reason }) => Reason)).toEqual([APPROVED, APPROVED]);
  const old = await wire.put<Answer>(`${MARKET}/approve/product`, { ProductIds: [first] });
  expect(old).toMatchObject({ ErrorCode: 1, Body: { Fail: [{ ProductId: first }] } });
});

test("the platform's own reckoning is taken exactly, by its own services", async () => {
  const stated = { MemberEarningCalculated: true, MemberEarning: 71.37 };
  const { PaymentId, Products } = await one(stated);
  const { Id } = Products[0]!;
  const wrong = await approve("pw/payment", { PaymentId });
  expect(wrong.Body.Fail).toEqual([
    { ProductId: Id, Reason: "Member earning is calculated by platform" },
  ]);
  const right = await approve("self/payment", { PaymentId });
  expect(right).toMatchObject({ ErrorCode: 0, Body: { Success: [{ ProductId: Id }], Fail: [] } });
  expect(BigInt((await earningsOf(PaymentId))[0]!.amount_minor)).toBe(7_137n);
  const unstated = await one();
  const [product] = unstated.Products.map((each) => each.Id);
  const self = await approve("self/product", {
    PaymentId: unstated.PaymentId,
    ProductIds: [product],
  });
  expect(self.Body.Fail).toEqual([
    { ProductId: product, Reason: "Member earning is not calculated" },
  ]);
});

test("older clients approve products of several payments by their numbers alone", async () => {
  const [one1, one2] = [await one(), await one({}, 1)];
  const ids = [one1.Products[0]!.Id, one2.Products[0]!.Id];
  const answer = await approve("product", { ProductIds: [...ids, 999_999] });
  expect(answer.Body).toEqual({
    Success: ids.map((ProductId) => ({ ProductId })),
    Fail: [{ ProductId: 999_999, Reason: "Product not found" }],
  });
  expect(BigInt((await earningsOf(one2.PaymentId))[0]!.amount_minor)).toBe(88n);
});

test("a product of another payment fails alone; a list of none is refused whole", async () => {
  const [mine, other] = [await one(), await one()];
  const [own, foreign] = [mine.Products[0]!.Id, other.Products[0]!.Id];
  const { PaymentId } = mine;
  const mixed = await approve("pw/product", { PaymentId, ProductIds: [foreign, own] });
  expect(mixed).toMatchObject({
    ErrorCode: 0,
    Body: {
      Success: [{ ProductId: own }],
      Fail: [{ ProductId: foreign, Reason: "Product not found" }],
    },
  });
  expect(await earningsOf(other.PaymentId)).toEqual([]);
  const refused = async (way: string, input: object) => {
    const { ErrorCode, Result, Body } = await approve(way, input);
    return [ErrorCode, Result, Body];
  };
  expect(await refused("pw/product", { PaymentId, ProductIds: [foreign] })).toEqual([
    30,
    false,
    null,
  ]);
  expect(await refused("pw/product", { PaymentId, ProductIds: [] })).toEqual([30, false, null]);
  expect(await refused("pw/product", { PaymentId })).toEqual([30, false, null]);
  expect(await refused("pw/product", { PaymentId: 1, ProductIds: [own] })).toEqual([
    32,
    false,
    null,
  ]);
  expect(await refused("pw/payment", { PaymentId: 1 })).toEqual([31, false, null]);
  expect(await refused("pw/payment", {})).toEqual([2, false, null]);
});

test("nothing is approved of a payment whose money is held, declined or given back", async () => {
  const held = await soldOn(wire, { detail: { Half2D: true } });
  const answer = await approve("pw/payment", { PaymentId: held.PaymentId });
  expect(answer).toMatchObject({ ErrorCode: 1, Result: false });
  expect(answer.Body.Fail.map(({ Reason }) => Reason)).toEqual([
    "Payment is not successful",
    "Payment is not successful",
  ]);
  const paid = await one();
  const { rows } = await world.db.pool.query<{ xact: string }>(
    `select a.xact from payment_attempts a join payments p on p.id = a.payment_id
     where p.reference = $1`,
    [paid.MerchantUniqueKey],
  );
  const reversed = await world.post("v1/transaction/reversed_request", {
    xact_id: String(rows[0]!.xact),
  });
  expect(reversed.body).toMatchObject({ code: 0 });
  const back = await approve("pw/payment", { PaymentId: paid.PaymentId });
  expect(back.Body.Fail).toMatchObject([{ Reason: "Payment is not successful" }]);
});

test("a member without a value date is said so, and its product waits", async () => {
  await world.db.pool.query(
    `insert into members select (json_populate_record(m, '{"number":503,"external_id":"x"}')).*
     from members m where number = 501`,
  );
  const { PaymentId } = await soldOn(wire, {
    detail: { Amount: 10 },
    products: [line("a", 10, 503)],
  });
  const answer = await approve("pw/payment", { PaymentId });
  expect(answer.Body.Fail).toMatchObject([{ Reason: "Member value date not found" }]);
});

test("shipping and discounts of the platform become debts beside the earnings", async () => {
  const { PaymentId } = await one({
    MemberCustomCommission: true,
    MemberCommission: 1,
    CargoType: 1,
    CargoCost: 120,
    DiscountOwnerType: 1,
    DiscountType: 1,
    DiscountValue: 10,
  });
  await approve("pw/payment", { PaymentId });
  const [member, platform] = await earningsOf(PaymentId);
  expect(BigInt(member!.amount_minor)).toBe(9_900n);
  expect(platform).toMatchObject({ state: "closed" });
  const { rows } = await world.db.pool.query(
    "select kind, amount_minor, pay_date, state from debts where sale = $1 order by number",
    [PaymentId],
  );
  expect(rows.map((row) => ({ ...row, amount_minor: BigInt(row.amount_minor) }))).toEqual([
    { kind: "discount", amount_minor: 990n, pay_date: "2026-03-11", state: "open" },
    { kind: "cargo", amount_minor: 12_000n, pay_date: "2026-03-11", state: "open" },
  ]);
});

test("an approval is taken back, then given again; none at all says so", async () => {
  const { PaymentId, Products } = await soldOn(wire);
  const [first, second] = Products.map(({ Id }) => Id);
  await approve("pw/product", { PaymentId, ProductIds: [first] });
  const before = await balances();
  const rejected = await wire.post<Answer>(`${MARKET}/reject/payment`, { PaymentId });
  const reason = "This product marketplace earning calculated not found";
  expect(rejected).toMatchObject({ ErrorCode: 0, Result: true });
  expect(rejected.Body).toEqual({
    Success: [{ PaymentId, ProductId: first }],
    Fail: [{ PaymentId, ProductId: second, Reason: reason }],
  });
  expect(await earningsOf(PaymentId)).toEqual([]);
  expect((await balances())["member.501:payable"]).toBe(before["member.501:payable"]! + 17_600n);
  const again = await wire.post<Answer>(`${MARKET}/reject/product`, { ProductIds: [first] });
  expect(again).toMatchObject({
    ErrorCode: 1,
    Result: false,
    Body: { Success: [], Fail: [{ ProductId: first, Reason: reason }] },
  });
  const anew = await approve("pw/payment", { PaymentId });
  expect(anew.Body.Success).toHaveLength(2);
  expect(await balances()).toMatchObject({
    "member.501:payable": before["member.501:payable"],
    "member.502:payable": (before["member.502:payable"] ?? 0n) - 4_750n,
  });
});

/** Debits less credits by account, in lira. */
async function balances(): Promise<Record<string, bigint>> {
  const { balances: all } = await world.isSound();
  return Object.fromEntries(
    (all[0]?.balances ?? []).map(({ account, balanceMinor }) => [account, balanceMinor]),
  );
}
