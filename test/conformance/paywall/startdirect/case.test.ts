import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import {
  emptySaleCard,
  enrolMembers,
  line,
  type SaleBody,
  type SaleMore,
  saleCode,
  saleInput,
  sellOn,
  soldOn,
} from "../../../support/sales.ts";
import { createWorld, goodCard, type TestWorld } from "../../../support/world.ts";

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

const PATH = "api/paywall/payment/startdirect";
const plain = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString("utf8");

describe("a sale", () => {
  test("is answered as documented, with the numbers by which its lines are approved", async () => {
    const code = saleCode();
    const answer = await sellOn(wire, { detail: { MerchantUniqueCode: code } });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
    const { Payment, Error: error } = answer.Body;
    expect(error).toBeNull();
    expect(Payment).toEqual({
      PaymentId: expect.any(Number),
      ActivityId: expect.any(Number),
      UniqueCode: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      MerchantUniqueKey: code,
      Products: [
        {
          Id: expect.any(Number),
          MemberId: 501,
          MemberEarningCalculated: false,
          MemberEarning: 0,
          ProductId: "sku-1",
          ProductName: "Ürün sku-1",
          ProductCategory: "K",
          ProductDescription: "d",
          ProductAmount: 200,
        },
        expect.objectContaining({ MemberId: 502, ProductId: "sku-2", ProductAmount: 50 }),
      ],
    });
    expect(answer.text).toContain('"ProductAmount":200.00');
    expect(Payment.PaymentId).not.toBe(Payment.ActivityId);
    expect(Payment.Products[0]?.Id).not.toBe(Payment.Products[1]?.Id);
  });

  test("is the same with names in camelCase and the older spelling of instalments", async () => {
    const camel = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(camel);
      if (typeof value !== "object" || value === null) return value;
      const named = (name: string) => `${name[0]?.toLowerCase()}${name.slice(1)}`;
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [named(name), camel(member)]),
      );
    };
    const { Installment, ...detail } = saleInput().PaymentDetail;
    const input = { ...saleInput(), PaymentDetail: { ...detail, Installement: Installment } };
    const answer = await wire.post<SaleBody>(PATH, camel(input) as object);
    expect(answer).toMatchObject({ ErrorCode: 0 });
    expect(answer.Body.Payment.Products).toHaveLength(2);
  });

  test("takes what the card pays beside a basket of another sum, as text too", async () => {
    const detail = { Amount: "260.10", MarketPlace: { BasketAmount: 250 } };
    expect(await sellOn(wire, { detail })).toMatchObject({ ErrorCode: 0 });
    const zero = { MarketPlace: { BasketAmount: 0 } };
    expect(await sellOn(wire, { detail: zero })).toMatchObject({ ErrorCode: 0 });
    const wrong = { Amount: 260, MarketPlace: { BasketAmount: 260 } };
    expect(await sellOn(wire, { detail: wrong })).toMatchObject({ ErrorCode: 26 });
  });

  test("adds up to the kuruş: 0.1 and 0.2 are 0.3, and a kuruş more is refused", async () => {
    const products = [line("a", 0.1, 501), line("b", 0.2, 502)];
    expect(await sellOn(wire, { detail: { Amount: 0.3 }, products })).toMatchObject({
      ErrorCode: 0,
    });
    expect(await sellOn(wire, { detail: { Amount: 0.31 }, products })).toMatchObject({
      ErrorCode: 26,
      Result: false,
      Body: null,
    });
  });

  test("has 500 lines where it is asked to", async () => {
    const products = Array.from({ length: 500 }, (_, i) => line(`sku-${i}`, 0.01, 501 + (i % 2)));
    const payment = await soldOn(wire, { detail: { Amount: 5 }, products });
    expect(new Set(payment.Products.map(({ Id }) => Id)).size).toBe(500);
  });
});

describe("a decline", () => {
  test("is HTTP 200, with its reasons in Base64", async () => {
    const answer = await sellOn(wire, { card: emptySaleCard });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 1, Result: false });
    expect(answer.Message).not.toBe("");
    expect(answer.Body.Payment).toMatchObject({ PaymentId: expect.any(Number) });
    const error = answer.Body.Error ?? {};
    expect(plain(error["ProviderErrorCode"])).toBe("51");
    expect(plain(error["BankErrorCode"])).toBe("51");
    expect(plain(error["ProviderErrorMessage"])).toBe("Limit yetersiz");
    for (const value of Object.values(error)) {
      expect(Buffer.from(plain(value), "utf8").toString("base64")).toBe(value);
    }
  });

  test("uses its code up all the same", async () => {
    const detail = { MerchantUniqueCode: saleCode() };
    expect(await sellOn(wire, { detail, card: emptySaleCard })).toMatchObject({ ErrorCode: 1 });
    expect(await sellOn(wire, { detail })).toMatchObject({ ErrorCode: 4, Body: null });
  });
});

describe("a code", () => {
  test("is used once and for ever: a second sale under it takes no money", async () => {
    const detail = { MerchantUniqueCode: saleCode() };
    expect(await sellOn(wire, { detail })).toMatchObject({ ErrorCode: 0 });
    const before = (await world.bank.orders()).length;
    for (const more of [{}, { card: { OwnerName: "Başka" } }]) {
      expect(await sellOn(wire, { detail, ...more })).toMatchObject({
        status: 200,
        ErrorCode: 4,
        Result: false,
        Body: null,
      });
    }
    expect(await world.bank.orders()).toHaveLength(before);
  });

  test("of a payment of the other wire is used too, and the other way round", async () => {
    const reference = saleCode();
    expect((await world.pay({ reference_no: reference })).body).toMatchObject({
      is_succeed: true,
    });
    const detail = { MerchantUniqueCode: reference };
    expect(await sellOn(wire, { detail })).toMatchObject({ ErrorCode: 4, Body: null });
    const code = saleCode();
    await soldOn(wire, { detail: { MerchantUniqueCode: code } });
    const again = await world.pay({ reference_no: code });
    expect(again.body["is_succeed"]).not.toBe(true);
  });

  test("of two sales at once is charged once", async () => {
    const input = saleInput();
    const before = (await world.bank.orders()).length;
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => wire.post<SaleBody>(PATH, input)),
    );
    const codes = answers.map(({ ErrorCode }) => ErrorCode).toSorted((a, b) => a - b);
    expect(codes).toEqual([0, 4, 4, 4, 4, 4]);
    expect(await world.bank.orders()).toHaveLength(before + 1);
  });
});

describe("a sale in doubt", () => {
  test("says so, keeps its code and becomes a sale once the bank has said so", async () => {
    await world.bank.fault("reset_after_commit", { op: "sale" });
    const detail = { MerchantUniqueCode: saleCode() };
    const answer = await sellOn(wire, { detail });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 1, Result: false });
    expect(plain(answer.Body.Error?.["ProviderErrorMessage"])).toBe(answer.Message);
    expect((await sellOn(wire, { detail })).ErrorCode).toBe(4);
    await world.advance(60_000);
    const row = await world.db.kysely
      .selectFrom("payments")
      .select("status")
      .where("reference", "=", detail.MerchantUniqueCode)
      .executeTakeFirstOrThrow();
    expect(row.status).toBe("captured");
  });
});

describe("what is wrong is told in the documented order", () => {
  const wrongProducts = [line("a", 1, 0, { DiscountOwnerType: 9 })];
  const cargo = (more: object) => ({ products: [line("a", 250, 501, more)] });
  test.each<[string, number, SaleMore]>([
    ["no payment", 17, { detail: { Amount: 0 } }],
    ["another currency", 8, { detail: { CurrencyId: 5, Installment: 99, MerchantUniqueCode: "" } }],
    ["instalments", 9, { detail: { Installment: 99, MerchantUniqueCode: "" } }],
    ["no code", 10, { detail: { MerchantUniqueCode: "" }, card: { Number: "1" } }],
    ["a code of 251 letters", 10, { detail: { MerchantUniqueCode: "x".repeat(251) } }],
    ["no card owner", 13, { card: { OwnerName: "", Number: "1" }, products: [] }],
    ["a card owner of 61 letters", 13, { card: { OwnerName: "ş".repeat(61), Number: "1" } }],
    ["an owner that is no text", 13, { card: { OwnerName: { A: "B" }, Number: "1" } }],
    ["a number that is no text", 14, { card: { Number: [], ExpireMonth: "13" } }],
    ["a number of 1001 digits", 14, { card: { Number: "9".repeat(1_001), ExpireMonth: "13" } }],
    ["no card number", 14, { card: { Number: "4355084355084359" }, products: [] }],
    ["its number before its month", 14, { card: { Number: "1", ExpireMonth: "13" } }],
    ["its security code", 18, { card: { Cvv: "12", ExpireMonth: "13" }, products: [] }],
    ["a security code of letters", 18, { card: { Cvv: "abc" } }],
    ["a security code that is no text", 18, { card: { Cvv: {} } }],
    ["a month of letters", 15, { card: { ExpireMonth: "Mart", ExpireYear: "2126" } }],
    ["a month that is no text", 15, { card: { ExpireMonth: {}, ExpireYear: {} } }],
    ["a card's number for a month", 15, { card: { ExpireMonth: goodCard.pan } }],
    ["a year of the next century", 16, { card: { ExpireYear: "2126" } }],
    ["a year that is no text", 16, { card: { ExpireYear: ["2030"] } }],
    ["the month", 15, { card: { ExpireMonth: "13", ExpireYear: "3" }, products: [] }],
    ["no month", 15, { card: { ExpireMonth: "" }, products: [] }],
    ["no year", 16, { card: { ExpireYear: "" }, products: [] }],
    ["the year", 16, { card: { ExpireYear: "3" }, products: [] }],
    ["an old card", 19, { card: { ExpireYear: "2020" }, products: [] }],
    ["no products", 25, { products: [] }],
    ["the sum", 26, { products: wrongProducts }],
    ["no member", 27, { detail: { Amount: 1 }, products: wrongProducts }],
    ["another member", 28, { products: [line("a", 250, 999, { DiscountOwnerType: 9 })] }],
    ["the discount's owner", 36, cargo({ DiscountOwnerType: 9, CargoType: 9 })],
    ["its type", 37, cargo({ DiscountOwnerType: 1, DiscountType: 3, CargoType: 9 })],
    ["its percentage", 38, cargo({ DiscountOwnerType: 1, DiscountType: 2, DiscountValue: 100.5 })],
    ["its amount", 39, cargo({ DiscountOwnerType: 1, DiscountType: 1, DiscountValue: 250.01 })],
    ["the cargo's type", 40, cargo({ CargoType: 9 })],
    ["its currency", 41, cargo({ CargoOwnerType: 1, CargoCost: 1, CargoCurrencyId: 2 })],
    ["its cost", 42, cargo({ CargoType: 2, CargoCost: 250.01 })],
    ["a rate that is not said", 235, cargo({ MemberCustomCommission: true })],
    ["a rate above all", 235, cargo({ MemberCustomCommission: true, MemberCommission: 100.01 })],
    ["a line of nothing", 2, { products: [line("a", 250, 501), line("b", 0, 501)] }],
    ["a line without a name", 2, { products: [line("a", 250, 501, { ProductName: " " })] }],
    ["a share that is not said", 2, cargo({ MemberEarningCalculated: true })],
    ["a share above the price", 2, cargo({ MemberEarningCalculated: true, MemberEarning: 251 })],
  ])("%s: %i", async (_what, code, more) => {
    const answer = await sellOn(wire, more);
    expect(answer).toMatchObject({ status: 200, ErrorCode: code, Result: false, Body: null });
    expect(answer.Message).not.toBe("");
  });

  test("parts of the request that are not there have codes of their own", async () => {
    const { PaymentDetail: _, ...noDetail } = saleInput();
    expect(await wire.post(PATH, noDetail)).toMatchObject({ ErrorCode: 17 });
    const { Card: __, ...noCard } = saleInput();
    expect(await wire.post(PATH, noCard)).toMatchObject({ ErrorCode: 18 });
  });

  test("a code that was used is told before anything of the card and the lines", async () => {
    const { MerchantUniqueKey } = await soldOn(wire);
    const detail = { MerchantUniqueCode: MerchantUniqueKey };
    const answer = await sellOn(wire, { detail, card: { OwnerName: "" }, products: wrongProducts });
    expect(answer.ErrorCode).toBe(4);
  });
});

test.each([
  ["ClientIP", "x".repeat(16)],
  ["ClientIP", "<script>"],
  ["ClientIP", "10.1.1.256"],
  ["ClientIP", `fe80::1%${"a".repeat(50)}`],
  ["ChannelId", -5],
  ["ChannelId", 5],
  ["TagId", -1],
])("%s %s is refused before anything is stored, so its code may be used", async (name, value) => {
  const detail = { MerchantUniqueCode: saleCode() };
  const wrong = await sellOn(wire, { detail: { ...detail, [name]: value } });
  expect(wrong).toMatchObject({ status: 200, ErrorCode: 2, Result: false, Body: null });
  expect(wrong.Message).toContain(`PaymentDetail.${name}`);
  const ClientIP = name === "ClientIP" ? " " : "2001:db8::ffff:10.1.1.9";
  await soldOn(wire, { detail: { ...detail, ClientIP, ChannelId: 4, TagId: 0 } });
});

test("the variant for insurers, whose cards come without numbers, is not offered", async () => {
  const answer = await wire.post(`${PATH}/insurance`, saleInput());
  expect(answer).toMatchObject({ status: 200, ErrorCode: 404, Result: false, Body: null });
});

test("a card number among words is kept as its mask, and in a code it is refused", async () => {
  const card = { Number: goodCard.pan };
  const words = { ProductName: goodCard.pan, ProductDescription: `of ${goodCard.pan}` };
  const { PaymentId } = await soldOn(wire, { card, products: [line("sku", 250, 501, words)] });
  const kept = await world.db.kysely
    .selectFrom("sale_products")
    .select(["name", "description"])
    .where("sale", "=", BigInt(PaymentId))
    .executeTakeFirstOrThrow();
  expect(kept).toEqual({ name: "435508******4358", description: "of 435508******4358" });
  const detail = { TrackingCode: goodCard.pan };
  expect(await sellOn(wire, { detail, card })).toMatchObject({ ErrorCode: 2, Body: null });
  const products = [line(goodCard.pan, 250, 501)];
  expect(await sellOn(wire, { card, products })).toMatchObject({ ErrorCode: 2, Body: null });
});
