import { afterAll, beforeAll, expect, test } from "vitest";
import { approvedOn, codeOf, earningsOn, OK, payIn } from "../../../support/dues.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, line, soldOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

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
const REPORT = `${MARKET}/report`;
const approved = (more: object = {}, member = 501) => approvedOn(wire, more, member);
const earningsOf = (product: number) => earningsOn(wire, product);

const cargo = { CargoType: 1, CargoCost: 25 };
type Debt = Readonly<{ DebtId: number; DebtAmount: number; Type: number; TypeName: string }>;
const debtsOf = async (productid: number) =>
  wire.get<Debt[]>(`${REPORT}/debt/product`, { productid });

test("debts are shown, raised, lowered and deleted while they are not paid", async () => {
  const { PaymentId, product } = await approved(cargo, 501);
  const shown = await debtsOf(product);
  const DebtId = shown.Body[0]!.DebtId;
  expect(shown.Body).toEqual([
    {
      DebtId,
      Type: 2,
      TypeName: "Cargo",
      MemberId: 501,
      MemberName: "Ada Kitap",
      CurrencyId: 1,
      Currency: "TRY",
      ProductId: product,
      ProductAmount: 100,
      DebtAmount: 25,
      DebtStatusId: 1,
      DebtTransactionId: 0,
      Cargo: { CargoId: product, CargoOwnerType: 1, CargoCost: 25 },
      Discount: null,
      CalculationDateTime: expect.stringMatching(/^2026-03-04T12:00/),
    },
  ]);
  const ofPayment = await wire.get(`${REPORT}/debt/payment`, { paymentid: PaymentId });
  expect(ofPayment.Body).toEqual(shown.Body);
  const debt = (name: string, input: object) => wire.put(`${MARKET}/debt/${name}/id`, input);
  expect(await debt("increase", { Id: DebtId, Debt: 5 })).toMatchObject(OK);
  expect(await debt("decrease", { Id: DebtId, Debt: 10.5 })).toMatchObject(OK);
  expect((await debtsOf(product)).Body[0]?.DebtAmount).toBe(19.5);
  expect(await codeOf(debt("decrease", { Id: DebtId, Debt: 19.51 }))).toBe(2);
  expect(await codeOf(debt("increase", { Id: DebtId, Debt: 0 }))).toBe(2);
  expect(await codeOf(debt("increase", { Id: 1, Debt: 1 }))).toBe(264);
  await world.db.pool.query("update debts set is_held = true where number = $1", [DebtId]);
  expect(await codeOf(debt("increase", { Id: DebtId, Debt: 1 }))).toBe(265);
  await world.db.pool.query("update debts set is_held = false where number = $1", [DebtId]);
  expect(await wire.del(`${MARKET}/debt/delete/id`, { Id: DebtId })).toMatchObject(OK);
  expect(await codeOf(debtsOf(product))).toBe(264);
  expect(await codeOf(wire.del(`${MARKET}/debt/delete/id`, { Id: DebtId }))).toBe(264);
});

const PRODUCT = "api/paywall/product";

test("a debt that is paid, or about to be, says so and stays as it is", async () => {
  const { product: ProductId } = await approved(cargo);
  const Id = (await debtsOf(ProductId)).Body[0]!.DebtId;
  for (const [state, status] of [
    ["queued", 2],
    ["sending", 2],
    ["paid", 3],
  ] as const) {
    const payout = await payIn(world, state, [Id], "debts");
    for (const change of [
      wire.put(`${MARKET}/debt/increase/id`, { Id, Debt: 1 }),
      wire.del(`${MARKET}/debt/delete/id`, { Id }),
      wire.post(`${PRODUCT}/cargocost`, { ProductId, CargoOwnerType: 1, CargoCost: 1 }),
    ]) {
      expect(await codeOf(change)).toBe(265);
    }
    expect((await debtsOf(ProductId)).Body).toMatchObject([
      { DebtAmount: 25, DebtStatusId: status, DebtTransactionId: state === "paid" ? payout : 0 },
    ]);
  }
  // No transfer was made here, and the books say so.
  await world.db.pool.query("update payouts set state = 'failed' where state = 'paid'");
  expect((await debtsOf(ProductId)).Body).toMatchObject([{ DebtStatusId: 4 }]);
  await world.db.pool.query("update debts set payout = null where number = $1", [Id]);
  expect((await debtsOf(ProductId)).Body).toMatchObject([{ DebtStatusId: 1 }]);
});

test("what went back before an approval lowers nothing that is due then", async () => {
  const { PaymentId, MerchantUniqueKey, Products } = await soldOn(wire, {
    detail: { Amount: 100 },
    products: [line("sku-1", 100, 501)],
  });
  await world.advance(DAY_MS);
  const part = { MerchantUniqueCode: MerchantUniqueKey, Amount: 40 };
  expect(await wire.post("api/paywall/private/refund/partial", part)).toMatchObject({
    ErrorCode: 0,
  });
  await wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });
  expect(await earningsOf(Products[0]!.Id)).toMatchObject({ SubMerchantEarning: 88 });
});

test("a product's shipping and discount are defined before and after its approval", async () => {
  const sold = await soldOn(wire, {
    detail: { Amount: 100 },
    products: [line("sku-1", 100, 501, { MemberCustomCommission: true, MemberCommission: 1 })],
  });
  const { PaymentId } = sold;
  const ProductId = sold.Products[0]!.Id;
  const get = async (what: string) =>
    (await wire.get(`${PRODUCT}/${what}`, { productid: ProductId })).Body;
  expect(await get("cargocost")).toEqual({
    Id: ProductId,
    CurrencyId: 1,
    CargoOwnerType: 0,
    CargoCost: 0,
  });
  const cost = { ProductId, CargoOwnerType: 1, CargoCost: 25 };
  const defined = await wire.post(`${PRODUCT}/cargocost`, cost);
  expect(defined.Body).toEqual({
    Id: ProductId,
    CurrencyId: 1,
    CargoOwnerType: 1,
    CargoCost: 25,
  });
  expect(await get("cargocost")).toEqual(defined.Body);
  await wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });
  const amounts = async () => {
    const { Body } = await debtsOf(ProductId);
    return (Body ?? []).map(({ TypeName, DebtAmount }) => [TypeName, DebtAmount]);
  };
  expect(await amounts()).toEqual([["Cargo", 25]]);
  await wire.post(`${PRODUCT}/cargocost`, { ...cost, CargoCost: 30 });
  const discount = { ProductId, DiscountOwnerType: 1, DiscountType: 1, DiscountValue: 10 };
  expect(await wire.post(`${PRODUCT}/discount`, discount)).toMatchObject(OK);
  expect(await amounts()).toEqual([
    ["Cargo", 30],
    ["Discount", 9.9],
  ]);
  expect(await get("discount")).toEqual({
    Id: ProductId,
    DiscountOwnerType: 1,
    DiscountType: 1,
    DiscountValue: 10,
  });
  const theirs = await wire.post(`${PRODUCT}/cargocost`, { ...cost, CargoOwnerType: 2 });
  expect(theirs).toMatchObject({ ErrorCode: 0, Body: { CargoOwnerType: 2, CargoCost: 25 } });
  await wire.post(`${PRODUCT}/discount`, { ...discount, DiscountOwnerType: 2, DiscountType: 2 });
  expect(await amounts()).toEqual([]);
});

test("shipping that a member bears moves from its earning to the platform's and back", async () => {
  const { product: ProductId } = await approved();
  type Both = Readonly<{ SubMerchantEarning: number; MerchantEarning: number }>;
  const due = async () => {
    const { SubMerchantEarning: member, MerchantEarning: own } = (await earningsOf(
      ProductId,
    )) as unknown as Both;
    return [member, own];
  };
  const cost = (CargoOwnerType: number, CargoCost = 25) =>
    wire.post(`${PRODUCT}/cargocost`, { ProductId, CargoOwnerType, CargoCost });
  const [member, own] = (await due()) as [number, number];
  await cost(2);
  expect(await due()).toEqual([member - 25, own + 25]);
  await cost(2, 5);
  expect(await due()).toEqual([member - 5, own + 5]);
  await cost(1);
  expect(await due()).toEqual([member, own]);
  await world.db.pool.query("update earnings set is_held = true where product = $1", [ProductId]);
  expect(await cost(2)).toMatchObject({ ErrorCode: 362, Body: null });
  await world.db.pool.query("update earnings set is_held = false where product = $1", [ProductId]);
  expect(await due()).toEqual([member, own]);
  expect((await debtsOf(ProductId)).Body).toMatchObject([{ DebtAmount: 25 }]);
});

test("of a hold captured in part, all is reckoned by what was captured of a line", async () => {
  const discount = { DiscountOwnerType: 1, DiscountType: 1, DiscountValue: 80 };
  const { PaymentId, MerchantUniqueKey, Products } = await soldOn(wire, {
    detail: { Amount: 100, Half2D: true },
    products: [line("sku-1", 100, 501, discount)],
  });
  const close = { MerchantUniqueCode: MerchantUniqueKey, ProvisionAmount: 10 };
  expect(await wire.post("api/paywall/payment/provision", close)).toMatchObject({ ErrorCode: 0 });
  await wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });
  const shown = [{ ProductAmount: 10 }];
  expect((await wire.get(PRODUCT, { paymentid: PaymentId })).Body).toMatchObject(shown);
  const product = Products[0]!.Id;
  const due = { ...shown[0], SubMerchantEarning: 8.8, MerchantEarning: 0.96 };
  expect(await earningsOf(product)).toMatchObject(due);
  const query = await wire.get("api/paywall/private/query/by/paymentid", { paymentid: PaymentId });
  expect(query.Body).toMatchObject({ Paywall: { CommissionAmount: 0.24, OriginalAmount: 100 } });
  const { Body } = await debtsOf(product);
  expect(Body).toMatchObject([{ DebtAmount: 7.04, ...shown[0] }]);
  const borne = { ProductId: product, CargoOwnerType: 2, CargoCost: 1 };
  expect(await wire.post(`${PRODUCT}/cargocost`, borne)).toMatchObject({ ErrorCode: 0 });
  const moved = { SubMerchantEarning: 7.8, MerchantEarning: 1.96 };
  expect(await earningsOf(product)).toMatchObject(moved);
});

test("a payment's products are listed, and what is wrong with a definition is said", async () => {
  const { PaymentId, product: ProductId } = await approved();
  const cost = { ProductId, CargoOwnerType: 2, CargoCost: 25 };
  const discount = { ProductId, DiscountOwnerType: 2, DiscountType: 2, DiscountValue: 10 };
  await wire.post(`${PRODUCT}/cargocost`, cost);
  await wire.post(`${PRODUCT}/discount`, discount);
  const list = await wire.get(PRODUCT, { paymentid: PaymentId });
  expect(list.Body).toEqual([
    {
      Id: ProductId,
      MemberId: 501,
      ProductId: "sku-1",
      ProductName: "Ürün sku-1",
      ProductCategory: "K",
      ProductDescription: "d",
      ProductAmount: 100,
      IsMarketPlaceSales: true,
      Cargo: { CurrencyId: 1, CargoOwnerType: 2, CargoCost: 25 },
      Discount: { DiscountOwnerType: 2, DiscountType: 2, DiscountValue: 10 },
    },
  ]);
  const refused = (what: string, input: object) =>
    codeOf(wire.post(`${PRODUCT}/${what}`, { ProductId, ...input }));
  expect(await refused("cargocost", { ProductId: 1, CargoOwnerType: 1, CargoCost: 1 })).toBe(33);
  expect(await refused("cargocost", { CargoOwnerType: 9, CargoCost: 1 })).toBe(40);
  expect(await refused("cargocost", { CargoOwnerType: 2, CargoCost: 100.01 })).toBe(42);
  expect(await refused("discount", { ...discount, DiscountOwnerType: 3 })).toBe(36);
  expect(await refused("discount", { ...discount, DiscountType: 3 })).toBe(37);
  expect(await refused("discount", { ...discount, DiscountValue: 101 })).toBe(38);
  expect(await refused("discount", { ...discount, DiscountType: 1, DiscountValue: 101 })).toBe(39);
  expect(await codeOf(wire.get(PRODUCT, { paymentid: 1 }))).toBe(32);
});

test("what the platform said a member is due is changed until it is approved", async () => {
  const stated = { MemberEarningCalculated: true, MemberEarning: 70 };
  const { PaymentId, Products } = await soldOn(wire, {
    detail: { Amount: 150 },
    products: [line("a", 100, 501, stated), line("b", 50, 501)],
  });
  const [ProductId, unstated] = Products.map(({ Id }) => Id) as [number, number];
  const restate = (name: string, Earning: number, more: object = {}) =>
    wire.put(`${PRODUCT}/member/earning/${name}`, { PaymentId, ProductId, Earning, ...more });
  expect(await restate("increase", 2)).toMatchObject(OK);
  expect(await restate("decrease", 12.5)).toMatchObject(OK);
  expect(await codeOf(restate("increase", 40.51))).toBe(365);
  expect(await codeOf(restate("decrease", 59.51))).toBe(365);
  expect(await codeOf(restate("increase", 1, { ProductId: unstated }))).toBe(365);
  expect(await codeOf(restate("increase", 1, { ProductId: 1 }))).toBe(33);
  expect(await codeOf(restate("increase", 1, { PaymentId: 1 }))).toBe(33);
  await wire.post(`${MARKET}/approve/self/product`, { PaymentId, ProductIds: [ProductId] });
  expect((await earningsOf(ProductId)).SubMerchantEarning).toBe(59.5);
  expect(await codeOf(restate("increase", 1))).toBe(303);
});
