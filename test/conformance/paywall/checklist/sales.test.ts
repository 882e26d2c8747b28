import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodAccount, goodIban } from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { type Approved, bodyOf, MARKET, platformOf, refused } from "../../../support/platform.ts";
import {
  emptySaleCard,
  line,
  saleCode,
  saleInput,
  sellOn,
  soldOn,
} from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

/** Of the conformance checklist: payments, what is due of them, and their codes. */

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof platformOf>;
/** Two members: the first is due 90 per cent a week later, the second 88 on the next Thursday. */
let [ada, bora] = [0, 0];
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = platformOf(wire);
  const terms = { CalculationType: 1, CalculationValue: 7, Commission: 10 };
  ada = await shop.enlist({ ValueDate: terms });
  const thursdays = { CalculationType: 2, CalculationValue: 4, Commission: 12 };
  bora = await shop.enlist({ ValueDate: thursdays });
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const PAY = "api/paywall/payment";
const PRIVATE = "api/paywall/private";
const sold = (products: readonly ReturnType<typeof line>[], detail: object = {}) => {
  const Amount = products.reduce((sum, each) => sum + each.ProductAmount, 0);
  return soldOn(wire, { detail: { Amount, ...detail }, products });
};
const isBase64 = (value: string) =>
  Buffer.from(Buffer.from(value, "base64").toString("utf8"), "utf8").toString("base64") === value;

describe("4. declines and results of nothing", () => {
  test("a decline is HTTP 200, and what the bank said of it is Base64", async () => {
    const products = [line("a", 250, ada)];
    const declined = await sellOn(wire, { card: emptySaleCard, products });
    const { status, ErrorCode, Result, Body } = declined;
    expect([status, ErrorCode, Result]).toEqual([200, 1, false]);
    const told = Body.Error ?? {};
    expect(Object.keys(told).toSorted()).toEqual([
      ...["BankErrorCode", "BankErrorMessage", "ProviderErrorCode", "ProviderErrorMessage"],
    ]);
    for (const value of Object.values(told)) expect(value === null || isBase64(value)).toBe(true);
    expect(told["ProviderErrorCode"]).toBe("NTE=");
  });

  test("nothing is null: never a text that is empty, nor a member that is left out", async () => {
    const held = await sold([line("a", 10, ada)], { Half2D: true });
    const freed = await sold([line("a", 10, ada)], { Half2D: true });
    const paid = await sold([
      line("a", 10, ada, { MemberEarningCalculated: true, MemberEarning: 5 }),
    ]);
    const back = await sold([line("a", 10, ada)]);
    const { Id: ProductId } = paid.Products[0]!;
    const named = (sale: { MerchantUniqueKey: string }) => ({
      Date: "2026-03-04",
      MerchantUniqueCode: sale.MerchantUniqueKey,
    });
    const account = { MemberId: ada, ...goodAccount, CurrencyId: 2 };
    const stated = { PaymentId: paid.PaymentId, ProductId, Earning: 1 };
    const answers = [
      await wire.post(`${PAY}/provision`, { ...named(held), ProvisionAmount: 10 }),
      await wire.post(`${PAY}/provision/cancel`, named(freed)),
      await wire.post("api/paywall/member/bankaccount", account),
      await wire.put("api/paywall/product/member/earning/increase", stated),
      await wire.put("api/paywall/product/member/earning/decrease", stated),
      await wire.post("api/paywall/product/discount", {
        ...{ ProductId, DiscountOwnerType: 1, DiscountType: 2, DiscountValue: 10 },
      }),
    ];
    for (const { text } of answers) {
      expect(text).toBe('{"ErrorCode":0,"Result":true,"Message":"","Body":null}');
    }
    const undone = await wire.post(`${PRIVATE}/cancel`, named(back));
    expect(undone.text).toBe('{"ErrorCode":0,"Result":true,"Message":"Success","Body":null}');
    const unknown = await wire.post(`${PAY}/end3d`, { MerchantUniqueCode: "nobody's" });
    expect(unknown).toMatchObject(refused(-1));
  });
});

describe("6. what is wrong with products", () => {
  test.each([
    ["a sum that is not the amount", 26, () => [line("a", 249.99, ada)]],
    ["no member", 27, () => [line("a", 200, ada), line("b", 50, 0)]],
    ["a member who is left out", 27, () => [{ ...line("a", 250, ada), MemberId: undefined }]],
    ["a member that there is not", 28, () => [line("a", 250, 987_654_321)]],
    ["no products", 25, () => []],
  ] as const)("%s is refused, and takes nothing", async (_what, code, products) => {
    const before = (await world.bank.orders()).length;
    const MerchantUniqueCode = saleCode();
    const detail = { MerchantUniqueCode };
    expect(await sellOn(wire, { detail, products: products() })).toMatchObject(refused(code));
    expect(await world.bank.orders()).toHaveLength(before);
    const asked = { merchantuniquecode: MerchantUniqueCode };
    expect(await wire.get(`${PRIVATE}/query`, asked)).toMatchObject(refused(-1));
    // What was refused so has not used its code up.
    const again = await sellOn(wire, { detail, products: [line("a", 250, ada)] });
    expect(again.ErrorCode).toBe(0);
  });
});

describe("7. an approval that is given again", () => {
  const Reason = "This product already approved";
  test("fails, with the documented words for each product", async () => {
    const sale = await sold([line("a", 60, ada), line("b", 40, bora)]);
    const rows = sale.Products.map(({ Id: ProductId }) => ({ ProductId }));
    const first = await shop.approve(sale);
    expect(first).toMatchObject({ ErrorCode: 0, Result: true, Body: { Success: rows, Fail: [] } });
    const due = await shop.earnings(sale);
    const failed = { ErrorCode: 1, Result: false };
    const Body = { Success: [], Fail: rows.map((row) => ({ ...row, Reason })) };
    const again = await shop.approve(sale);
    expect(again).toMatchObject({ status: 200, ...failed });
    expect(again.Body).toEqual(Body);
    const ProductIds = rows.map(({ ProductId }) => ProductId);
    const path = `${MARKET}/approve/pw/product`;
    const listed = await wire.post<Approved>(path, { PaymentId: sale.PaymentId, ProductIds });
    expect(listed).toMatchObject({ ...failed, Body });
    expect(await shop.earnings(sale)).toEqual(due);
  });
});

describe("8. shares", () => {
  const due = async (more: object, how = "pw") => {
    const sale = await sold([line("a", 100, ada, more)]);
    expect(bodyOf(await shop.approve(sale, how)).Success).toHaveLength(1);
    const [{ SubMerchantEarning } = { SubMerchantEarning: 0 }] = await shop.earnings(sale);
    return SubMerchantEarning;
  };
  test("are 90 of 100 at 10 %, by the line's own rate, or as the platform says", async () => {
    expect(await due({})).toBe(90);
    expect(await due({ MemberCustomCommission: true, MemberCommission: 12.5 })).toBe(87.5);
    expect(await due({ MemberCustomCommission: false, MemberCommission: 12.5 })).toBe(90);
    expect(await due({ MemberEarningCalculated: true, MemberEarning: 61.03 }, "self")).toBe(61.03);
  });
});

describe("9. SameReflectionDateWithMember", () => {
  const days = async (products: ReturnType<typeof line>[], same: boolean) => {
    const sale = await sold(products);
    bodyOf(await shop.approve(sale, "pw", { SameReflectionDateWithMember: same }));
    return (await shop.earnings(sale)).map((each) => [
      each.SubMerchantReflectionDate.slice(0, 10),
      each.MerchantReflectionDate.slice(0, 10),
    ]);
  };
  test("moves the platform to its one member, and does nothing beside two", async () => {
    const [week, thursday, own] = ["2026-03-11", "2026-03-05", "2026-03-05"];
    expect(await days([line("a", 5, ada)], false)).toEqual([[week, own]]);
    expect(await days([line("a", 5, ada), line("b", 5, ada)], true)).toEqual([
      [week, week],
      [week, week],
    ]);
    expect(await days([line("a", 5, ada), line("b", 5, bora)], true)).toEqual([
      [week, own],
      [thursday, own],
    ]);
  });
});

describe("10. a refund of an approved payment", () => {
  test("is refused, and takes what is due with it once it may", async () => {
    const sale = await sold([
      line("a", 60, ada),
      line("b", 40, bora, { CargoType: 1, CargoCost: 9 }),
    ]);
    bodyOf(await shop.approve(sale));
    const due = await shop.earnings(sale);
    await world.advance(DAY_MS);
    const named = { Date: "2026-03-04", MerchantUniqueCode: sale.MerchantUniqueKey };
    for (const MarketPlace of [undefined, null, {}, { DeleteExistingRecords: false }]) {
      expect(await wire.post(`${PRIVATE}/refund`, { ...named, MarketPlace })).toMatchObject(
        refused(353),
      );
    }
    expect(await shop.earnings(sale)).toEqual(due);
    const MarketPlace = { DeleteExistingRecords: true };
    const done = await wire.post(`${PRIVATE}/refund`, { ...named, MarketPlace });
    expect(done).toMatchObject({ ErrorCode: 0, Result: true, Message: "Success", Body: null });
    const paymentid = sale.PaymentId;
    const report = `${MARKET}/report`;
    expect(await wire.get(`${report}/earning/payment`, { paymentid })).toMatchObject(refused(34));
    expect(await wire.get(`${report}/debt/payment`, { paymentid })).toMatchObject(refused(264));
    expect((await wire.get(`${report}/approval`, { paymentid })).Body).toEqual({
      Approved: [],
      NotApproved: sale.Products.map(({ Id: ProductId }) => ({ ProductId })),
    });
    const Reason = "Payment is not successful";
    expect(await shop.approve(sale)).toMatchObject({
      ErrorCode: 1,
      Body: { Success: [], Fail: [{ Reason }, { Reason }] },
    });
    const asked = { merchantuniquecode: sale.MerchantUniqueKey };
    expect((await wire.get(`${PRIVATE}/query`, asked)).Body).toMatchObject({
      Paywall: { AnySuccessRefund: true, StatusId: 4 },
    });
  });
});

describe("18. a code", () => {
  const send = (MerchantUniqueCode: string) =>
    wire.post("api/paywall/payout/send/iban", {
      ...{ PayoutProviderKey: "Sim", MerchantUniqueCode, ReceiverTitle: "Ada", CurrencyId: 1 },
      ...{ ReceiverIban: goodIban, ReceiverIdentity: "10000000146", Description: "", Amount: 1 },
    });
  test("is of one payment for ever, and of one payout of each month", async () => {
    const codes = [saleCode(), saleCode()];
    const [paid, declined] = codes.map((MerchantUniqueCode) => ({ MerchantUniqueCode }));
    await sold([line("a", 5, ada)], paid);
    const products = [line("a", 250, ada)];
    const no = await sellOn(wire, { detail: declined!, card: emptySaleCard, products });
    expect(no.ErrorCode).toBe(1);
    const again = () =>
      Promise.all([
        sellOn(wire, { detail: paid! }),
        sellOn(wire, { detail: declined! }),
        wire.post(`${PAY}/start3d`, saleInput({ detail: paid! })),
      ]);
    for (const answer of await again()) expect(answer).toMatchObject(refused(4));
    const month = "payout-of-the-month";
    expect(await send(month)).toMatchObject({ ErrorCode: 0, Body: { Result: true } });
    expect(await send(month)).toMatchObject(refused(119));
    await world.advance(31 * DAY_MS);
    expect(await send(month)).toMatchObject({ ErrorCode: 0, Body: { Result: true } });
    for (const answer of await again()) expect(answer).toMatchObject(refused(4));
  });
});
