import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { camelCase, goodAccount, goodTerms, memberInput } from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { bodyOf, MARKET, platformOf, TRIGGER } from "../../../support/platform.ts";
import { rawCall } from "../../../support/raw-http.ts";
import { line, type SaleBody, saleCard, saleInput, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

/** What clients send: of the conformance checklist, the items on how a request is written. */

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof platformOf>;
let member: number;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = platformOf(wire);
  member = await shop.enlist();
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const MEMBER = "api/paywall/member";
const PAY = "api/paywall/payment/startdirect";
const PRODUCT = "api/paywall/product";
const cargo = { CargoOwnerType: 1, CargoCost: 25 };

/** A sale of one line, and its line approved. */
async function due(more: object = cargo) {
  const products = [line("sku", 100, member, more)];
  const sale = await soldOn(wire, { detail: { Amount: 100 }, products });
  bodyOf(await shop.approve(sale));
  const [earned] = await shop.earnings(sale);
  return { ...sale, product: sale.Products[0]!.Id, earned: earned! };
}

/** Names of members, whatever their depth. */
const namesIn = (value: unknown): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [
        ...(Array.isArray(value) ? [] : [name]),
        ...namesIn(inner),
      ])
    : [];
/** An answer without what is another in each of them: numbers, codes and moments. */
const same = (text: string) =>
  text.replaceAll(/"(\w*(?:Id|Code|Key|Number|DateTime))":(?:"[^"]*"|\d+)/g, '"$1":_');
const shouted = (text: string) => text.replaceAll(/"(\w+)":/g, (name) => name.toUpperCase());

describe("1. the case of names", () => {
  const spellings: Record<string, (input: object) => string> = {
    camelCase: (input) => JSON.stringify(camelCase(input)),
    "capitals alone": (input) => shouted(JSON.stringify(input)),
  };
  const send = async (method: "POST" | "PUT" | "DELETE", path: string, body: string) => {
    const headers = { ...world.pairs, "content-type": "application/json" };
    return rawCall(`${world.url}/${path}`, { method, headers, body });
  };
  type Ask = readonly ["POST" | "PUT" | "DELETE", string, () => Promise<object>];
  const asks: readonly Ask[] = [
    [
      "POST",
      MEMBER,
      async () => memberInput({ BankAccounts: [goodAccount], ValueDate: goodTerms }),
    ],
    ["PUT", MEMBER, async () => ({ ...memberInput({ MemberName: "B" }), Id: await shop.enlist() })],
    ["DELETE", MEMBER, async () => ({ Id: await shop.enlist() })],
    ["POST", `${MEMBER}/valuedate`, async () => ({ MemberId: member, ...goodTerms })],
    [
      ...(["POST", PAY] as const),
      async () =>
        saleInput({
          detail: { Amount: 60, MarketPlace: { BasketAmount: 100 } },
          products: [line("a", 100, member, { ...cargo, DiscountOwnerType: 1, DiscountType: 1 })],
        }),
    ],
    [
      ...(["POST", PAY] as const),
      async () =>
        saleInput({
          detail: { Amount: 60, MarketPlace: { BasketAmount: 100 } },
          products: [line("a", 100, member, cargo)],
        }),
    ],
    [
      ...(["POST", `${MARKET}/approve/pw/product`] as const),
      async () => {
        const sale = await soldOn(wire, { products: [line("a", 250, member)] });
        const ProductIds = sale.Products.map(({ Id }) => Id);
        const Payout = { DescriptionApply: true, Description: "Mart" };
        return { PaymentId: sale.PaymentId, ProductIds, Payout };
      },
    ],
    [
      ...(["POST", "api/paywall/private/refund/partial"] as const),
      async () => {
        const sale = await soldOn(wire, { products: [line("a", 250, member)] });
        const Member = { Decrease: true, DecreaseAmount: 1 };
        return { MerchantUniqueCode: sale.MerchantUniqueKey, Amount: 5, MarketPlace: { Member } };
      },
    ],
    [
      ...(["PUT", `${MARKET}/earning/postpone/product`] as const),
      async () => ({ ProductId: (await due()).product, Day: 2, ApplyAll: true }),
    ],
    ["POST", `${TRIGGER}/start`, async () => ({ CurrencyId: 1, DateFrom: "2026-03-04" })],
    [
      ...(["POST", "paywall/card"] as const),
      async () => ({
        RelationalId1: "u-1",
        Card: { HolderName: "A B", Number: saleCard.Number, Month: 12, Year: 2030 },
      }),
    ],
  ];

  test.each(asks)(
    "%s %s is answered the same, in the documented case",
    async (method, path, of) => {
      const pascal = await send(method, path, JSON.stringify(await of()));
      for (const name of namesIn(JSON.parse(pascal.text))) expect(name).toMatch(/^[A-Z]/);
      for (const [what, spell] of Object.entries(spellings)) {
        const other = await send(method, path, spell(await of()));
        expect([what, other.status, same(other.text)]).toEqual([what, 200, same(pascal.text)]);
      }
    },
  );
});

describe("2. what a GET is asked with", () => {
  /** Every header that some service knows, of an earlier call or of nobody's. */
  const stale = Object.fromEntries(
    `paymentid memberid memberexternalid productid earningid jobid datefrom dateto currencyid start
     length sortvalue sortcolumn uniquecode merchantuniquecode binnumber amount endoftheday id
     relationalid1 relationalid2 subscriptionid payoutconnectionid providerkey identity itemname`
      .split(/\s+/)
      .map((name) => [name, "-7"] as const),
  );
  type Asked = readonly [path: string, headers: object];
  async function services(): Promise<Asked[]> {
    const { PaymentId, UniqueCode, MerchantUniqueKey, product, earned } = await due();
    const [paymentid, productid] = [PaymentId, product];
    return [
      [MEMBER, { start: 0, length: 5 }],
      [`${MEMBER}/search`, { memberid: member, memberexternalid: "" }],
      [`${MEMBER}/bankaccount`, { memberid: member }],
      [`${MEMBER}/valuedate`, { memberid: member }],
      ["api/paywall/payment/version", {}],
      ["api/paywall/private/query", { merchantuniquecode: MerchantUniqueKey }],
      ["api/paywall/private/query/by/uniquecode", { uniquecode: UniqueCode }],
      ["api/paywall/private/query/by/paymentid", { paymentid }],
      [
        "api/paywall/installment",
        {
          currencyid: 1,
          amount: 10.5,
          binnumber: "552879",
          distinctduplicates: "True",
          endoftheday: 0,
        },
      ],
      ["api/paywall/bin/inquiry", { binnumber: "552879" }],
      [PRODUCT, { paymentid }],
      [`${PRODUCT}/cargocost`, { productid }],
      [`${PRODUCT}/discount`, { productid }],
      [`${MARKET}/report/approval`, { paymentid }],
      [`${MARKET}/report/earning/product`, { productid }],
      [`${MARKET}/report/earning/payment`, { paymentid }],
      [`${MARKET}/report/earning/id`, { earningid: earned.SubMerchantEarningId }],
      [
        `${MARKET}/report/earning/member`,
        {
          ...{ memberid: member, start: 0, length: 5, sortvalue: "asc", sortcolumn: "Id" },
          ...{ datefrom: "2026-03-01", dateto: "2026-03-31" },
        },
      ],
      [`${MARKET}/report/debt/product`, { productid }],
      [`${MARKET}/report/debt/payment`, { paymentid }],
      [`${TRIGGER}/pending`, { datefrom: "2026-03-01", dateto: "2026-03-31", currencyid: 1 }],
      ["api/paywall/payout/balance", { payoutconnectionid: 1 }],
      ["api/paywall/payout/balance/main", { currencyid: 1 }],
    ];
  }

  test("counts in its headers, beside a body and headers of other services", async () => {
    for (const [path, headers] of await services()) {
      const plain = await wire.get(path, headers);
      expect([path, plain.ErrorCode]).toEqual([path, 0]);
      const own = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
      );
      const sent = { ...stale, ...world.pairs, ...own, "content-type": "application/json" };
      for (const body of [JSON.stringify(headers), '{"PaymentId":', undefined]) {
        const other = await rawCall(`${world.url}/${path}`, {
          ...{ method: "GET", headers: sent },
          ...(body !== undefined && { body }),
        });
        expect([path, other]).toEqual([path, { status: 200, text: plain.text }]);
      }
    }
  });

  test("may stand in the address, where a header of that name is not", async () => {
    const { PaymentId, product } = await due();
    const asked = await wire.get(`${PRODUCT}/cargocost`, { productid: product });
    expect((await wire.get(`${PRODUCT}/cargocost?productId=${product}`)).text).toBe(asked.text);
    const headed = await wire.get(`${PRODUCT}?paymentid=1`, { paymentid: PaymentId });
    expect(headed).toMatchObject({ ErrorCode: 0, Body: [{ Id: product }] });
  });

  test("may stand in the address too where its header is empty", async () => {
    const { PaymentId, product } = await due();
    const asked = await wire.get(`${PRODUCT}?PaymentId=${PaymentId}`, { paymentid: "" });
    expect(asked).toMatchObject({ ErrorCode: 0, Body: [{ Id: product }] });
  });
});

describe("4. what is as good as absent", () => {
  test("is a currency of shipping that is 0, as the .NET client writes none", async () => {
    const none = { CargoType: 0, CargoCurrencyId: 0, CargoCost: 0 };
    const some = { CargoType: 1, CargoCurrencyId: "0", CargoCost: 5 };
    const products = [line("a", 50, member, none), line("b", 50, member, some)];
    const { PaymentId, Products } = await soldOn(wire, { detail: { Amount: 100 }, products });
    const cargos = async () => {
      const lines = bodyOf(
        await wire.get<{ Cargo: object | null }[]>(PRODUCT, { paymentid: PaymentId }),
      );
      return lines.map(({ Cargo }) => Cargo);
    };
    expect(await cargos()).toEqual([null, { CurrencyId: 1, CargoOwnerType: 1, CargoCost: 5 }]);
    const define = (i: number, more: object) =>
      wire.post(`${PRODUCT}/cargocost`, { ProductId: Products[i]!.Id, ...more });
    expect(await define(0, { ...some, CargoType: 2 })).toMatchObject({ ErrorCode: 0 });
    expect(await define(1, none)).toMatchObject({ ErrorCode: 0 });
    expect(await cargos()).toEqual([{ CurrencyId: 1, CargoOwnerType: 2, CargoCost: 5 }, null]);
    expect(await define(0, { ...some, CargoCurrencyId: 9 })).toMatchObject({ ErrorCode: 41 });
  });

  test("is a description that is not to be used, however long", async () => {
    const { PaymentId } = await soldOn(wire, { products: [line("a", 250, member)] });
    const approve = (DescriptionApply: boolean, Description: unknown) =>
      shop.approve({ PaymentId }, "pw", { Payout: { DescriptionApply, Description } });
    for (const wrong of ["x".repeat(5_000), { A: "B" }]) {
      const refusal = await approve(true, wrong);
      expect(refusal).toMatchObject({ ErrorCode: 2, Body: null });
      expect(refusal.Message).toContain("Payout.Description");
    }
    expect((await approve(false, "x".repeat(5_000))).ErrorCode).toBe(0);
  });
});

describe("5. the older spellings", () => {
  test("of instalments and of who bears the shipping are read as the newer ones", async () => {
    const { Installment: _, ...detail } = saleInput({ detail: { Amount: 100 } }).PaymentDetail;
    for (const name of ["CargoType", "CargoOwnerType", "cargoType"]) {
      const given = saleInput({ products: [line("a", 100, member, { [name]: 1, CargoCost: 25 })] });
      const MerchantUniqueCode = `older-${name}`;
      // What nobody knows is left alone.
      const PaymentDetail = { ...detail, MerchantUniqueCode, Installement: 3, Surprise: { A: 1 } };
      const Card = { ...given.Card, Number: "4355084355084358" };
      const sold = await wire.post<SaleBody>(PAY, { ...given, PaymentDetail, Card });
      const { PaymentId } = bodyOf(sold).Payment;
      const asked = { merchantuniquecode: MerchantUniqueCode };
      expect((await wire.get("api/paywall/private/query", asked)).Body).toMatchObject({
        Paywall: { Installment: 3 },
      });
      const shown = await wire.get(PRODUCT, { paymentid: PaymentId });
      expect(shown.Body).toMatchObject([{ Cargo: cargo }]);
    }
    const { product } = await due();
    const changed = { productId: product, cargoType: 2, cargoCost: 1 };
    expect((await wire.post(`${PRODUCT}/cargocost`, changed)).Body).toMatchObject({
      CargoOwnerType: 2,
    });
  });
});
