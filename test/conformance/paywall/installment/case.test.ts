import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, line, saleCard, saleCode, sellOn, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
});
afterAll(() => world.close());

const PATH = "api/paywall/installment";
type Row = Readonly<{ Installment: number; Commission: number }>;
type Card = Readonly<{ CardBank: string; Options: readonly Row[] }>;
type Family = Readonly<{ CardFamilyId: number; CardFamily: string; Option: readonly Row[] }>;
const asked = { currencyid: 1, amount: 100, distinctduplicates: true };

describe("instalments", () => {
  test("of a card are an object, whose rates are those that a sale is charged by", async () => {
    const answer = await wire.get<Card>(PATH, { ...asked, binnumber: "435508" });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
    const { Options, ...card } = answer.Body;
    expect(card).toEqual({
      CardBank: "Axess",
      CardBrand: "Visa",
      CardFamily: "Axess",
      CardKind: "Bireysel Kart",
      CardType: "Credit",
    });
    expect(Options.map(({ Installment }) => Installment)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    expect(Options[0]).toEqual({
      ...{ Installment: 1, Commission: 2.4, Interest: 0, RawAmount: 100, InterestAmount: 100 },
    });
    expect(answer.text).toContain('"Commission":2.40,"Interest":0.00,"RawAmount":100.00');
    const { PaymentId } = await sold(3);
    const found = await wire.get<{ Paywall: Readonly<Record<string, unknown>> }>(
      "api/paywall/private/query/by/paymentid",
      { paymentid: PaymentId },
    );
    expect(found.Body.Paywall["CommissionRate"]).toBe(Options[2]?.Commission);
  });

  test("of no card are an array, a row for each programme that is taken", async () => {
    const { Body } = await wire.get<readonly Family[]>(PATH, { ...asked, amount: "49.90" });
    expect(Body.map(({ CardFamily }) => CardFamily)).toEqual(
      expect.arrayContaining(["Axess", "Bonus", "Diğer Banka"]),
    );
    const numbers = Body.map(({ CardFamilyId }) => CardFamilyId);
    expect(new Set(numbers).size).toBe(Body.length);
    expect(Math.min(...numbers)).toBeGreaterThan(0);
    const other = Body.find(({ CardFamily }) => CardFamily === "Diğer Banka");
    const Card = {
      Nickname: "",
      HolderName: "A B",
      Number: saleCard.Number,
      Month: 12,
      Year: 2030,
    };
    const kept = await wire.post<{ Details: object }>("paywall/card", {
      ...{ RelationalId1: "u-7", IncludeDetails: true, Card },
    });
    const { CardFamily, CardFamilyId } = other!;
    expect(kept.Body.Details).toMatchObject({ CardFamily, CardFamilyId });
    expect(other?.Option).toEqual([
      { Installment: 1, Commission: 2.4, Interest: 0, RawAmount: 49.9, InterestAmount: 49.9 },
    ]);
  });

  test("in another currency are single payments, and a sale of more is refused", async () => {
    const dollars = { ...asked, currencyid: 2, binnumber: "435508" };
    const { Body } = await wire.get<Card>(PATH, dollars);
    expect(Body.Options.map(({ Installment }) => Installment)).toEqual([1]);
    const code = saleCode();
    const sale = (Installment: number) =>
      sellOn(wire, { detail: { MerchantUniqueCode: code, CurrencyId: 2, Installment } });
    expect(await sale(3)).toMatchObject({ ErrorCode: 9, Body: null });
    expect(await sale(1)).toMatchObject({ ErrorCode: 0 });
  });

  test("are those of providers that pay in the days that are asked for", async () => {
    const options = async (endoftheday: number) =>
      (await wire.get<Card>(PATH, { ...asked, binnumber: "435508", endoftheday })).Body.Options;
    expect(await options(0)).toHaveLength(12);
    expect(await options(1)).toHaveLength(12);
    expect(await options(2)).toEqual([]);
    expect(await wire.get(PATH, { ...asked, endoftheday: 31 })).toMatchObject({ ErrorCode: 2 });
  });

  test("know the days of each settlement day's id", async () => {
    const ids = [1, 7, 14, 30, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13];
    const days = [...ids, ...Array.from({ length: 15 }, (_, i) => i + 15)];
    const setDays = (count: number) =>
      world.db.pool.query("update marketplace_settings set platform_days = $1", [count]);
    for (const [i, count] of days.entries()) {
      await setDays(count);
      const card = { ...asked, binnumber: "435508", endoftheday: i + 1 };
      const { Body } = await wire.get<Card>(PATH, card);
      expect([i + 1, Body.Options.length]).toEqual([i + 1, 12]);
    }
    await setDays(1);
  });

  test.each([
    [{ ...asked, currencyid: 5 }, 8],
    [{ ...asked, amount: 0 }, 2],
    [{ ...asked, amount: "x" }, 2],
    [{ ...asked, binnumber: "43550" }, 14],
    [{ ...asked, binnumber: "012345" }, 14],
  ])("%j: %i", async (input, code) => {
    expect(await wire.get(PATH, input)).toMatchObject({
      ...{ status: 200, ErrorCode: code, Result: false, Body: null },
    });
  });
});

const sold = (instalments: number) =>
  soldOn(wire, {
    detail: { Installment: instalments, Amount: 1 },
    card: { Number: "4355084355084358" },
    products: [line("a", 1, 501)],
  });

describe("the first digits of a card", () => {
  test("tell its bank, programme and kind", async () => {
    const answer = await wire.get("api/paywall/bin/inquiry", { binnumber: "552879" });
    expect(answer).toMatchObject({ ErrorCode: 0, Result: true });
    expect(answer.Body).toEqual({
      BinNumber: "552879",
      CardBank: "Diğer Banka",
      CardBrand: "Master Card",
      CardFamily: "Diğer Banka",
      CardKind: "Bireysel Kart",
      CardType: "Credit",
    });
    const debit = await wire.get("api/paywall/bin/inquiry", { binnumber: "44750500" });
    expect(debit.Body).toMatchObject({ CardType: "Debit", CardFamily: "Paraf" });
  });

  test("are asked for", async () => {
    expect(await wire.get("api/paywall/bin/inquiry")).toMatchObject({ ErrorCode: 14, Body: null });
  });
});
