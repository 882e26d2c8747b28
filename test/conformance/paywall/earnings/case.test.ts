import { afterAll, beforeAll, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, line, soldOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world, [501, 502, 505]);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const MARKET = "api/paywall/marketplace";
const REPORT = `${MARKET}/report`;
const OK = { ErrorCode: 0, Result: true, Message: "", Body: null };

type Earnings = Readonly<{
  ProductId: number;
  MerchantEarningId: number;
  MerchantEarning: number;
  MerchantReflectionDate: string;
  MerchantEarningStatusId: number;
  SubMerchantEarningId: number;
  SubMerchantEarning: number;
  SubMerchantReflectionDate: string;
  SubMerchantEarningStatusId: number;
}>;
const earningsOf = async (productid: number): Promise<Earnings> =>
  (await wire.get<Earnings>(`${REPORT}/earning/product`, { productid })).Body;

/** A product of one member, approved: of 100.00 the member is due 88.00. */
async function approved(more: object = {}, member = 501) {
  const sold = await soldOn(wire, {
    detail: { Amount: 100 },
    products: [line("sku-1", 100, member, more)],
  });
  const { PaymentId } = sold;
  const product = sold.Products[0]!.Id;
  await wire.post(`${MARKET}/approve/pw/payment`, { PaymentId });
  return { PaymentId, product, earnings: await earningsOf(product) };
}
const codeOf = async (answer: Promise<{ ErrorCode: number; Body: unknown; status: number }>) => {
  const { ErrorCode, Body, status } = await answer;
  expect([status, Body]).toEqual([200, null]);
  return ErrorCode;
};
const change = (path: string, input: object) => wire.put(`${MARKET}/earning/${path}`, input);

/** Puts earnings into a payout of a state, as it is while and after it runs. */
async function payIn(state: "queued" | "sending" | "paid" | "failed", numbers: number[]) {
  const id = world.merchant.merchantId;
  const now = world.clock();
  const ends = state === "paid" || state === "failed";
  const { rows } = await world.db.pool.query<{ number: string }>(
    `with bank as (insert into payout_connections (merchant_id, number, provider, key, currency,
         base_url, account, sealed, is_main, is_open, created_at)
       values ($1, 7, 'simulator', 'Test', 'TRY', 'http://127.0.0.1:9', 'x', '', false, true, $2)
       on conflict do nothing)
     insert into payouts (merchant_id, number, kind, guid, party, connection, currency,
         amount_minor, count, title, iban, description, details, state, runs, failure, due_at,
         created_at, settled_at)
       select $1, 1 + count(*), 'direct', gen_random_uuid()::text, 'other', 7, 'TRY', 1, 0, 't',
         'i', '', '{}', $3, 1, '', $4, $2, $5 from payouts returning number`,
    [id, now, state, ends ? null : new Date("2099-01-01T00:00:00Z"), ends ? now : null],
  );
  const payout = rows[0]!.number;
  await world.db.pool.query(
    "update earnings set payout = $2 where merchant_id = $1 and number = any($3)",
    [id, payout, numbers],
  );
  return Number(payout);
}

test("the approval report parts a payment's products", async () => {
  const { PaymentId, Products } = await soldOn(wire);
  const [first, second] = Products.map(({ Id }) => Id);
  await wire.post(`${MARKET}/approve/pw/product`, { PaymentId, ProductIds: [first] });
  const report = await wire.get(`${REPORT}/approval`, { paymentid: PaymentId });
  expect(report.Body).toEqual({
    Approved: [{ ProductId: first }],
    NotApproved: [{ ProductId: second }],
  });
  expect(await codeOf(wire.get(`${REPORT}/approval`, { paymentid: 1 }))).toBe(32);
});

test("what is due is shown by product, payment, id and member as documented", async () => {
  const { PaymentId, product, earnings } = await approved({}, 505);
  const id = earnings.SubMerchantEarningId;
  expect(earnings).toEqual({
    PaymentId,
    ProductId: product,
    ProductExternalId: "sku-1",
    ProductName: "Ürün sku-1",
    ProductAmount: 100,
    MerchantEarningId: id + 1,
    MerchantEarning: expect.any(Number),
    MerchantReflectionDate: "2026-03-05T00:00:00",
    MerchantEarningStatusId: 1,
    MerchantPayoutTransactionId: 0,
    SubMerchantEarningId: id,
    SubMerchantEarning: 88,
    SubMerchantReflectionDate: "2026-03-11T00:00:00",
    SubMerchantEarningStatusId: 1,
    SubMerchantPayoutTransactionId: 0,
  });
  const all = await wire.get(`${REPORT}/earning/payment`, { paymentid: PaymentId });
  expect(all.Body).toEqual([earnings]);
  expect(all.text).toContain('"SubMerchantEarning":88.00');
  const one = await wire.get(`${REPORT}/earning/id`, { earningid: id + 1 });
  expect(one.Body).toEqual({
    Id: id + 1,
    PaymentId,
    ProductId: product,
    MerchantId: expect.any(Number),
    MemberId: 505,
    IsSubMerchant: false,
    Earning: earnings.MerchantEarning,
    ReflectionDate: "2026-03-05T00:00:00",
    EarningStatusId: 1,
  });
  const page = await wire.get(`${REPORT}/earning/member`, { memberid: 505, start: 0, length: 50 });
  expect(page.Body).toEqual({
    Data: [
      {
        Id: id,
        IsSubMerchant: true,
        PaymentId,
        ProductId: product,
        CurrencyId: 1,
        Currency: "TRY",
        CalculationCommissionType: 1,
        CalculationCommission: 12,
        Earning: 88,
        MarketPlaceEarningStatusId: 1,
        MarketPlaceEarningStatus: "Hesaplandı",
        MarketPlaceEarningTransactionId: 0,
        ReflectionDate: "2026-03-11T00:00:00",
        CalculationDateTime: expect.stringMatching(/^2026-03-04T12:00:0\d(\.\d+)?$/),
      },
    ],
    TotalRecord: 1,
  });
  for (const [path, input] of [
    ["earning/product", { productid: 1 }],
    ["earning/payment", { paymentid: 1 }],
    ["earning/id", { earningid: 1 }],
  ] as const) {
    expect(await codeOf(wire.get(`${REPORT}/${path}`, input))).toBe(34);
  }
});

test("a member's report pages by id, filters by reflection date, shows 50 at most", async () => {
  const made = [];
  for (let i = 0; i < 3; i += 1) made.push((await approved({}, 502)).earnings.SubMerchantEarningId);
  const [first, second, third] = made as [number, number, number];
  await change("reflection/id", { Id: second, ReflectionDate: "2026-03-16" });
  type Page = { Data: { Id: number }[]; TotalRecord: number };
  const page = async (more: object) => {
    const input = { memberid: 502, start: 0, length: 50, ...more };
    const { Body } = await wire.get<Page>(`${REPORT}/earning/member`, input);
    return [Body.Data.map(({ Id }) => Id), Body.TotalRecord];
  };
  expect(await page({})).toEqual([made, 3]);
  expect(await page({ start: 1, length: 1 })).toEqual([[second], 3]);
  expect(await page({ sortvalue: "desc", sortcolumn: "Id" })).toEqual([[third, second, first], 3]);
  const between = (datefrom: string, dateto: string) => page({ datefrom, dateto });
  expect(await between("2026-03-11", "2026-03-11")).toEqual([[first, third], 2]);
  expect(await between("2026-03-12", "2026-03-15")).toEqual([[], 0]);
  expect(await between("2026-03-12", "2026-03-16")).toEqual([[second], 1]);
  expect(await page({ memberid: 999 })).toEqual([[], 0]);
  const refused = (more: object) =>
    codeOf(wire.get(`${REPORT}/earning/member`, { memberid: 502, start: 0, length: 50, ...more }));
  for (const more of [
    { length: 51 },
    { length: 0 },
    { start: -1 },
    { sortcolumn: "Earning" },
    { sortvalue: "up" },
    { datefrom: "2026-02-30" },
  ]) {
    expect([more, await refused(more)]).toEqual([more, 2]);
  }
});

test("an earning is raised and lowered by a difference, the other party's stays", async () => {
  const { product, earnings } = await approved();
  const { SubMerchantEarningId: id, MerchantEarning: platform } = earnings;
  expect(await change("increase/id", { Id: id, Earning: 3 })).toMatchObject(OK);
  expect(await change("decrease/product", { ProductId: product, Earning: 1 })).toMatchObject(OK);
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 90,
    MerchantEarning: platform,
  });
  const both = { ProductId: product, Earning: 2, ApplyAll: true };
  expect(await change("increase/product", both)).toMatchObject(OK);
  const raised = await earningsOf(product);
  expect([raised.SubMerchantEarning, raised.MerchantEarning]).toEqual([92, platform + 2]);
  for (const Earning of [0, -1, 92.01, "x"]) {
    expect(await codeOf(change("decrease/id", { Id: id, Earning }))).toBe(365);
  }
  // Together both or nothing: the platform has not so much.
  expect(await codeOf(change("decrease/product", { ...both, Earning: 50 }))).toBe(365);
  expect(await earningsOf(product)).toEqual(raised);
  expect(await codeOf(change("increase/id", { Id: 1, Earning: 1 }))).toBe(34);
  expect(await codeOf(change("increase/product", { ProductId: 1, Earning: 1 }))).toBe(34);
});

test("lowered to nothing an earning is closed, raised from nothing it is due again", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  await change("decrease/id", { Id, Earning: 88 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 0,
    SubMerchantEarningStatusId: 10,
  });
  await change("increase/id", { Id, Earning: 5 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 5,
    SubMerchantEarningStatusId: 1,
  });
});

test("postponed by days an earning is due later, with all both are", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.MerchantEarningId;
  expect(await change("postpone/id", { Id, Day: 2 })).toMatchObject(OK);
  await change("postpone/product", { ProductId: product, Day: 10, ApplyAll: true });
  expect(await earningsOf(product)).toMatchObject({
    MerchantReflectionDate: "2026-03-17T00:00:00",
    SubMerchantReflectionDate: "2026-03-21T00:00:00",
  });
  const { rows } = await world.db.pool.query(
    "select pay_date from earnings where product = $1 order by number",
    [product],
  );
  // 21 March is a Saturday, and the day after it the last of a feast.
  expect(rows).toEqual([{ pay_date: "2026-03-23" }, { pay_date: "2026-03-17" }]);
  for (const Day of [0, -1, "x", 1.5]) {
    expect(await codeOf(change("postpone/id", { Id, Day }))).toBe(2);
  }
});

test("a day is set by hand on a weekday from today on, until 16:00 on today itself", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  const set = (ReflectionDate: string) => change("reflection/id", { Id, ReflectionDate });
  expect(await set("2026-03-12T10:00:00")).toMatchObject(OK);
  expect(await set("2026-03-04")).toMatchObject(OK);
  expect((await earningsOf(product)).SubMerchantReflectionDate).toBe("2026-03-04T00:00:00");
  expect(await codeOf(set("2026-03-07"))).toBe(361);
  expect(await codeOf(set("2026-03-03"))).toBe(363);
  expect(await codeOf(set("soon"))).toBe(363);
  const both = { ProductId: product, ReflectionDate: "2026-03-13", ApplyAll: true };
  expect(await change("reflection/product", both)).toMatchObject(OK);
  expect(await earningsOf(product)).toMatchObject({
    MerchantReflectionDate: "2026-03-13T00:00:00",
    SubMerchantReflectionDate: "2026-03-13T00:00:00",
  });
});

test("what is paid or on its way is neither changed nor rejected, and says so", async () => {
  const { PaymentId, product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  const rejected = async () => {
    const { ErrorCode, Body } = await wire.post<{ Fail: { Reason: string }[] }>(
      `${MARKET}/reject/payment`,
      { PaymentId },
    );
    return [ErrorCode, Body.Fail[0]?.Reason];
  };
  for (const [state, code, status, reason] of [
    ["queued", 366, 2, "Earning is in the payment queue"],
    ["sending", 366, 3, "Earning is in the payment queue"],
    ["paid", 368, 4, "Earning already sent"],
  ] as const) {
    const payout = await payIn(state, [Id]);
    expect(await codeOf(change("increase/id", { Id, Earning: 1 }))).toBe(code);
    expect(await codeOf(change("postpone/product", { ProductId: product, Day: 1 }))).toBe(code);
    expect(await rejected()).toEqual([1, reason]);
    expect(await earningsOf(product)).toMatchObject({
      SubMerchantEarning: 88,
      SubMerchantEarningStatusId: status,
      SubMerchantPayoutTransactionId: state === "paid" ? payout : 0,
    });
  }
  // No transfer was made here, and the books say so.
  await world.db.pool.query("update earnings set payout = null where number = $1", [Id]);
  await world.db.pool.query("update payouts set state = 'failed' where state = 'paid'");
});

test("what a payout failed to pay is changed in it, and a new day takes it out", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  await payIn("failed", [Id]);
  await change("increase/id", { Id, Earning: 1 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 89,
    SubMerchantEarningStatusId: 5,
  });
  await change("postpone/id", { Id, Day: 1 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantReflectionDate: "2026-03-12T00:00:00",
    SubMerchantEarningStatusId: 6,
  });
});

test("earnings that are about to go back are left alone", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  await world.db.pool.query("update earnings set is_held = true where number = $1", [Id]);
  expect(await codeOf(change("increase/id", { Id, Earning: 1 }))).toBe(362);
  await world.db.pool.query("update earnings set is_held = false where number = $1", [Id]);
  expect((await earningsOf(product)).SubMerchantEarning).toBe(88);
});

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
  await wire.post(`${PRODUCT}/cargocost`, { ...cost, CargoOwnerType: 2 });
  await wire.post(`${PRODUCT}/discount`, { ...discount, DiscountOwnerType: 2, DiscountType: 2 });
  expect(await amounts()).toEqual([]);
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
  expect(await refused("discount", { ...discount, DiscountType: 2, DiscountValue: 101 })).toBe(38);
  expect(await refused("discount", { ...discount, DiscountValue: 101 })).toBe(39);
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

test("after 16:00 a day by hand is not today any more", async () => {
  const { earnings } = await approved();
  await world.advance(DAY_MS / 6);
  const today = { Id: earnings.SubMerchantEarningId, ReflectionDate: "2026-03-04" };
  expect(await codeOf(change("reflection/id", today))).toBe(364);
  expect(await change("reflection/id", { ...today, ReflectionDate: "2026-03-05" })).toMatchObject(
    OK,
  );
});
