import { afterAll, beforeAll, expect, test } from "vitest";
import { approvedOn, changeOn, codeOf, payIn } from "../../../support/dues.ts";
import { backUrls } from "../../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, line, type SaleBody, saleInput, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

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
const approved = (more: object = {}, member = 501) => approvedOn(wire, more, member);
const change = (path: string, input: object) => changeOn(wire, path, input);

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

test("what is due is shown by product and by payment as documented", async () => {
  const { PaymentId, product, earnings } = await approved();
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
});

test("one earning is shown by its id, and one that was taken back as deleted", async () => {
  const { PaymentId, product, earnings } = await approved();
  const id = earnings.SubMerchantEarningId;
  const one = await wire.get(`${REPORT}/earning/id`, { earningid: id + 1 });
  expect(one.Body).toEqual({
    Id: id + 1,
    PaymentId,
    ProductId: product,
    MerchantId: expect.any(Number),
    MemberId: 501,
    IsSubMerchant: false,
    Earning: earnings.MerchantEarning,
    ReflectionDate: "2026-03-05T00:00:00",
    EarningStatusId: 1,
  });
  await wire.post(`${MARKET}/reject/payment`, { PaymentId });
  const gone = await wire.get(`${REPORT}/earning/id`, { earningid: id + 1 });
  expect(gone.Body).toMatchObject({ Id: id + 1, EarningStatusId: 7 });
  for (const [path, input] of [
    ["earning/product", { productid: product }],
    ["earning/payment", { paymentid: PaymentId }],
    ["earning/id", { earningid: 1 }],
  ] as const) {
    expect(await codeOf(wire.get(`${REPORT}/${path}`, input))).toBe(34);
  }
});

test("a row of a member's report is as documented", async () => {
  const { PaymentId, product, earnings } = await approved({}, 505);
  const id = earnings.SubMerchantEarningId;
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
});

test("each state of an earning has its number, and a name in each language", async () => {
  const memberid = 505;
  const shown = async (locale: string) => {
    const asked = { memberid, start: 0, length: 1, sortvalue: "desc" };
    const page = await wire.get<{ Data: Record<string, unknown>[] }>(
      `${REPORT}/earning/member`,
      asked,
      { locale },
    );
    const [row] = page.Body.Data;
    return [row?.["MarketPlaceEarningStatusId"], row?.["MarketPlaceEarningStatus"]];
  };
  const { earnings } = await approved({}, memberid);
  const Id = earnings.SubMerchantEarningId;
  const states = [
    ["queued", 2, "Ödeme Kuyruğunda", "In the payout queue"],
    ["sending", 3, "Gönderiliyor", "Being sent"],
    ["paid", 4, "Ödendi", "Paid"],
    ["failed", 5, "Başarısız", "Failed"],
  ] as const;
  for (const [state, number, turkish, english] of states) {
    await payIn(world, state, [Id]);
    expect(await shown("")).toEqual([number, turkish]);
    expect(await shown("en-US")).toEqual([number, english]);
  }
  await wire.put(`${MARKET}/earning/put/retry/id`, { Id });
  expect(await shown("tr")).toEqual([6, "Tekrar Denenecek"]);
  await change("decrease/id", { Id, Earning: 88 });
  expect(await shown("tr")).toEqual([10, "Ödemesiz Kapandı"]);
  // No transfer was made here, and the books say so.
  await world.db.pool.query("update payouts set state = 'failed' where state = 'paid'");
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
  const tooLong = { memberid: 502, start: 0, length: 51 };
  const { Message } = await wire.get(`${REPORT}/earning/member`, tooLong, { locale: "en" });
  expect(Message).toBe("Length must be within 1 - 50");
});

/** As long as `run` takes, the merchant is no marketplace. */
async function withoutMarketplace<T>(run: () => Promise<T>): Promise<T> {
  const { pool } = world.db;
  const { rows } = await pool.query("delete from marketplace_settings returning *");
  try {
    return await run();
  } finally {
    await pool.query(
      `insert into marketplace_settings
       select * from json_populate_recordset(null::marketplace_settings, $1::json)`,
      [JSON.stringify(rows)],
    );
  }
}

test.each([
  ["without 3-D Secure", "startdirect"],
  ["with it", "start3d"],
])("an account that is no marketplace sells lines of nobody, %s", (_how, path) =>
  withoutMarketplace(async () => {
    const products = [line("sku-1", 200, 501), line("sku-2", 40, 999_999), line("sku-3", 10, 0)];
    const sold = await wire.post<SaleBody>(
      `api/paywall/payment/${path}`,
      saleInput({ products, detail: backUrls }),
    );
    expect(sold).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
    const { Products } = sold.Body.Payment;
    expect(Products.map(({ MemberId, ProductAmount }) => [MemberId, ProductAmount])).toEqual([
      [0, 200],
      [0, 40],
      [0, 10],
    ]);
  }),
);

test("an account that is no marketplace is refused every service of them", async () => {
  const { PaymentId, Products } = await soldOn(wire);
  const { Id } = Products[0]!;
  const answers = await withoutMarketplace(() =>
    Promise.all([
      wire.post(`${MARKET}/approve/pw/product`, { PaymentId, ProductIds: [Id] }),
      wire.post(`${MARKET}/approve/self/payment`, { PaymentId }),
      wire.post(`${MARKET}/reject/product`, { ProductIds: [Id] }),
      wire.get(`${MARKET}/report/approval`, { paymentid: PaymentId }),
      wire.get(`${MARKET}/report/earning/product`, { productid: Id }),
      wire.get(`${MARKET}/report/earning/member`, { memberid: 501, start: 0, length: 1 }),
      wire.get(`${MARKET}/report/debt/payment`, { paymentid: PaymentId }),
      wire.put(`${MARKET}/earning/postpone/id`, { Id, Day: 1 }),
      wire.del(`${MARKET}/debt/delete/id`, { Id }),
    ]),
  );
  expect(answers.map(({ ErrorCode, Body }) => [ErrorCode, Body])).toEqual(
    answers.map(() => [29, null]),
  );
});
