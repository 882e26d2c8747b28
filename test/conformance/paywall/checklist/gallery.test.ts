import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodIban } from "../../../support/members.ts";
import { bankTransfers } from "../../../support/payouts.ts";
import { type Envelope, type Paywall, paywallOf } from "../../../support/paywall.ts";
import { liveFor, setBalance } from "../../../support/platform.ts";
import { emptySaleCard, line, sellOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

/**
 * The requests of the documents' gallery, sent as they are written there in one story, with the
 * numbers that this story has. Each answer is compared whole, with all of its members.
 */

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const MEMBER = "api/paywall/member";
const MARKET = "api/paywall/marketplace";
const TRIGGER = `${MARKET}/manual/trigger`;
const number = expect.any(Number);
const today = "2026-03-04";
const moment = expect.stringMatching(/^2026-03-04T12:00:\d\d(\.\d{1,7})?$/);

/** The answer is exactly this one. */
async function told(answer: Promise<Envelope>, wanted: object): Promise<void> {
  const { status, text, ...given } = await answer;
  expect(status).toBe(200);
  expect(given).toEqual(wanted);
  // As its letters stand: clients find members by them.
  expect(Object.keys(JSON.parse(text))).toEqual(["ErrorCode", "Result", "Message", "Body"]);
}
const OK = (Body: unknown) => ({ ErrorCode: 0, Result: true, Message: "", Body });
const success = { ...OK(null), Message: "Success" };
const no = (ErrorCode: number, Message: string, Body: unknown = null) => ({
  ...{ ErrorCode, Result: false, Message, Body },
});

const seller = {
  ...{ IsSubMerchant: true, MemberType: 3, MemberExternalId: "seller-71" },
  ...{ MemberName: "Ada Kitap", MemberTitle: "Ada Kitap Ltd", MemberTaxOffice: "Moda" },
  ...{ MemberTaxNumber: "1234567890", MemberEmail: "s@ada.example", MemberPhone: "5300000000" },
  ...{ MemberAddress: "Kadikoy", ContactName: "Ece", ContactLastname: "Su" },
};
const terms = { CalculationType: 1, CalculationValue: 7, Commission: 12 };
const lira = { CurrencyId: 1, Title: "Ada Kitap Ltd", Iban: goodIban };

/** What the story knows by its numbers. */
const story = { member: 0, other: 0, payment: 0, products: [0, 0] };
const shipping = { CargoOwnerType: 1, CargoCost: 25.0 };
const discount = { DiscountOwnerType: 1, DiscountType: 2, DiscountValue: 10 };
/** What the members of the first product's report are. */
const earning = { SubMerchantEarningId: 0, MerchantEarningId: 0, MerchantEarning: 0 };

describe("members", () => {
  test("are created, changed, found, and given accounts and a value date", async () => {
    const input = { ...seller, BankAccounts: [lira], ValueDate: terms };
    const { Body } = await wire.post<{ Id: number }>(MEMBER, input);
    const Id = Body.Id;
    story.member = Id;
    const shown = {
      ...{ ...seller, Id, MemberIdentityNumber: "", InsertDateTime: moment, UpdateDateTime: null },
      BankAccounts: [{ Id: number, Currency: "TRY", ...lira }],
      ValueDate: { Id: number, ...terms },
    };
    expect(Body).toEqual(shown);
    const named = { MemberName: "Ada", MemberAddress: "Moda" };
    const changed = { ...shown, ...named, UpdateDateTime: moment };
    await told(wire.put(MEMBER, { Id, ...seller, ...named }), OK(changed));
    await told(wire.get(MEMBER, { start: 0, length: 10 }), OK([changed]));
    const find = (memberexternalid: string) => wire.get(`${MEMBER}/search`, { memberexternalid });
    await told(find("seller-71"), OK(changed));
    await told(find("seller-72"), no(198, "Üye bulunamadı"));
    const dollars = { CurrencyId: 2, Title: "Ada Kitap Ltd", Iban: goodIban };
    await told(wire.post(`${MEMBER}/bankaccount`, { MemberId: Id, ...dollars }), OK(null));
    const accounts = () => wire.get<{ Id: number }[]>(`${MEMBER}/bankaccount`, { memberid: Id });
    const dollarId = (await accounts()).Body[1]!.Id;
    const retitled = { Id: dollarId, ...dollars, Title: "Ada Ltd" };
    await told(wire.put(`${MEMBER}/bankaccount`, retitled), OK(null));
    const own = { Id: number, Currency: "TRY", ...lira };
    await told(accounts(), OK([own, { ...retitled, Currency: "USD" }]));
    await told(wire.del(`${MEMBER}/bankaccount`, { Id: dollarId }), OK(null));
    await told(accounts(), OK([own]));
    const second = { ...seller, MemberExternalId: "seller-74", SkipIdentityExistCheck: true };
    story.other = (await wire.post<{ Id: number }>(MEMBER, second)).Body.Id;
    const thursdays = { CalculationType: 2, CalculationValue: 4, Commission: 8.5 };
    const MemberId = story.other;
    await told(wire.post(`${MEMBER}/valuedate`, { MemberId, ...thursdays }), OK(null));
    const asked = wire.get(`${MEMBER}/valuedate`, { memberid: MemberId });
    await told(asked, OK({ Id: number, ...thursdays }));
    const leaving = { ...second, MemberExternalId: "seller-73" };
    await wire.post(MEMBER, leaving);
    await told(wire.del(MEMBER, { MemberExternalId: "seller-73" }), OK(null));
  });
});

const sell = (MerchantUniqueCode: string, more: object = {}, card: object = {}) =>
  sellOn(wire, {
    detail: { MerchantUniqueCode, ...more },
    card,
    products: [
      line("sku-1", 200, story.member),
      line("sku-2", 50, story.other, {
        ...{ MemberCustomCommission: true, MemberCommission: 5 },
      }),
    ],
  });
const PAY = "api/paywall/payment";
const PRIVATE = "api/paywall/private";

describe("payments", () => {
  test("are taken, declined, held, collected and given back", async () => {
    const sold = await sell("ord-88");
    const { Payment } = sold.Body;
    story.payment = Payment.PaymentId;
    story.products = Payment.Products.map(({ Id }) => Id);
    const declined = await sell("ord-90", {}, emptySaleCard);
    const refusal = { ProviderErrorCode: "NTE=", BankErrorCode: "NTE=" };
    const said = expect.stringMatching(/^[A-Za-z0-9+/]+=*$/);
    expect(declined).toMatchObject({ status: 200, ...no(1, "Başarısız", declined.Body) });
    expect(declined.Body).toEqual({
      Payment: { ...Payment, ...declined.Body.Payment, MerchantUniqueKey: "ord-90" },
      Error: { ...refusal, ProviderErrorMessage: said, BankErrorMessage: said },
    });
    for (const code of ["ord-91", "ord-92"]) await sell(code, { Half2D: true });
    const named = (MerchantUniqueCode: string) => ({ Date: today, MerchantUniqueCode });
    const close = { ...named("ord-91"), ProvisionAmount: 45.0 };
    await told(wire.post(`${PAY}/provision`, close), OK(null));
    await told(wire.post(`${PAY}/provision/cancel`, named("ord-92")), OK(null));
    await sell("ord-93");
    await told(wire.post(`${PRIVATE}/cancel`, named("ord-93")), success);
    const { UniqueCode } = (await sell("ord-94")).Body.Payment;
    const back = { UniqueCode, MerchantUniqueCode: "ord-94", Amount: 0, MarketPlace: null };
    await told(wire.post(`${PRIVATE}/revert`, back), success);
    const asked = await wire.get(`${PRIVATE}/query`, { merchantuniquecode: "ord-88" });
    expect(asked).toMatchObject(
      OK({
        Paywall: {
          ...{ PaymentId: Payment.PaymentId, ActivityId: Payment.ActivityId, Status: true },
          ...{ StatusId: 4, StatusName: "Başarılı", TypeId: 3, Installment: 1, CurrencyId: 1 },
          ...{ PaymentAmount: 250, ActivityAmount: 250, CardNumber: "552879******0008" },
          LastActivityDateTime: moment,
        },
      }),
    );
  });

  test("are asked for by instalments and by the first digits of a card", async () => {
    const card = { CardBank: expect.any(String), CardBrand: "Master Card", CardType: "Credit" };
    const kind = { CardFamily: expect.any(String), CardKind: "Bireysel Kart" };
    const row = { Commission: number, Interest: 0, RawAmount: 100, InterestAmount: 100 };
    const asked = { currencyid: 1, amount: 100, binnumber: "552879", distinctduplicates: true };
    const Options = [{ Installment: 1, ...row }];
    await told(wire.get("api/paywall/installment", asked), OK({ ...card, ...kind, Options }));
    const bin = { BinNumber: "552879", ...card, ...kind };
    await told(wire.get("api/paywall/bin/inquiry", { binnumber: "552879" }), OK(bin));
  });
});

describe("what is due", () => {
  test("is approved once, and shown", async () => {
    const [ProductId, second] = story.products;
    const { payment: PaymentId } = story;
    const defined = wire.post("api/paywall/product/cargocost", { ProductId, ...shipping });
    await told(defined, OK({ Id: number, CurrencyId: 1, ...shipping }));
    const defines = wire.post("api/paywall/product/discount", { ProductId, ...discount });
    await told(defines, OK(null));
    const one = { PaymentId, ProductIds: [ProductId], SameReflectionDateWithMember: false };
    const Payout = { DescriptionApply: true, Description: "Mart satislari" };
    const rows = { Success: [{ ProductId }], Fail: [] };
    const approve = () => wire.post(`${MARKET}/approve/pw/product`, { ...one, Payout });
    await told(approve(), OK(rows));
    const Reason = "This product already approved";
    await told(approve(), no(1, "", { Success: [], Fail: [{ ProductId, Reason }] }));
    const statuses = wire.get(`${MARKET}/report/approval`, { paymentid: PaymentId });
    const parts = { Approved: [{ ProductId }], NotApproved: [{ ProductId: second }] };
    await told(statuses, OK(parts));

    const earned = await wire.get<Record<string, number>>(`${MARKET}/report/earning/product`, {
      productid: ProductId!,
    });
    const { SubMerchantEarningId: Id, MerchantEarning } = earned.Body;
    expect(earned.Body).toEqual({
      ...{ PaymentId, ProductId, ProductExternalId: "sku-1", ProductName: "Ürün sku-1" },
      ...{ ProductAmount: 200, MerchantEarningId: Id! + 1, MerchantEarning },
      ...{ MerchantReflectionDate: "2026-03-05T00:00:00", MerchantEarningStatusId: 1 },
      ...{ MerchantPayoutTransactionId: 0, SubMerchantEarningId: Id, SubMerchantEarning: 176 },
      ...{ SubMerchantReflectionDate: "2026-03-11T00:00:00", SubMerchantEarningStatusId: 1 },
      SubMerchantPayoutTransactionId: 0,
    });
    Object.assign(earning, earned.Body);
  });

  test("has debts beside it, which are raised and deleted", async () => {
    const [ProductId] = story.products;
    const debt = { MemberId: story.member, MemberName: "Ada", CurrencyId: 1, Currency: "TRY" };
    const open = { ProductId, ProductAmount: 200, DebtStatusId: 1, DebtTransactionId: 0 };
    const rest = { ...debt, ...open, DebtId: number, CalculationDateTime: moment };
    const Cargo = { CargoId: number, ...shipping };
    const owed = wire.get<{ DebtId: number }[]>(`${MARKET}/report/debt/product`, {
      productid: ProductId!,
    });
    await told(
      owed,
      OK([
        {
          ...{ ...rest, Type: 1, TypeName: "Discount", DebtAmount: 17.6, Cargo: null },
          Discount: { DiscountId: number, ...discount },
        },
        { ...rest, Type: 2, TypeName: "Cargo", DebtAmount: 25, Cargo, Discount: null },
      ]),
    );
    const [{ DebtId } = { DebtId: 0 }] = (await owed).Body;
    await told(wire.put(`${MARKET}/debt/increase/id`, { Id: DebtId, Debt: 5.0 }), OK(null));
    await told(wire.del(`${MARKET}/debt/delete/id`, { Id: DebtId }), OK(null));
  });

  test("is changed, and keeps the payment from going back", async () => {
    const [ProductId] = story.products;
    const { SubMerchantEarningId: Id, MerchantEarningId } = earning;
    const PaymentId = story.payment;
    const change = (path: string, input: object) =>
      told(wire.put(`${MARKET}/earning/${path}`, input), OK(null));
    await change("postpone/product", { ProductId, Day: 5, ApplyAll: true });
    await change("increase/id", { Id, Earning: 3.0 });
    await change("decrease/product", { ProductId, Earning: 1.0, ApplyAll: false });
    await change("reflection/id", { Id, ReflectionDate: "2026-03-12" });
    await change("reflection/id", { Id: MerchantEarningId, ReflectionDate: "2026-03-05" });
    const shown = {
      ...{ Id, PaymentId, ProductId, MerchantId: 10001, MemberId: story.member },
      ...{ IsSubMerchant: true, Earning: 178, EarningStatusId: 1 },
      ReflectionDate: "2026-03-12T00:00:00",
    };
    await told(wire.get(`${MARKET}/report/earning/id`, { earningid: Id! }), OK(shown));
    const kept = no(353, "Ödemenin hakediş kaydı mevcut");
    const named = { Date: today, MerchantUniqueCode: "ord-88" };
    await told(wire.post(`${PRIVATE}/refund`, named), kept);
  });

  test("is ordered, and ordered again where the bank has not the money", async () => {
    await liveFor(world, 2 * DAY_MS);
    const days = { DateFrom: "2026-03-01", DateTo: "2026-03-05" };
    await setBalance(world, 0);
    const flags = { TestMode: false, SkipExistsControl: false };
    const start = wire.post<{ JobId: string }>(`${TRIGGER}/start`, {
      CurrencyId: 1,
      ...days,
      ...flags,
    });
    const { JobId } = (await start).Body;
    const shown = {
      ...{ JobId, DateFrom: "2026-03-01T00:00:00", DateTo: "2026-03-05T00:00:00" },
      ...{ Earning: earning.MerchantEarning, Count: 1 },
    };
    await told(start, OK(shown));
    const followed = (AnySuccess: boolean, ...Results: object[]) =>
      told(wire.get(`${TRIGGER}/inquiry`, { jobid: JobId }), OK({ ...shown, AnySuccess, Results }));
    await followed(false);
    await liveFor(world, 0);
    const refusal = { Result: false, ResultMessage: expect.stringMatching(/./) };
    await followed(false, refusal);
    await setBalance(world, 9_000_00);
    await told(wire.post(`${TRIGGER}/restart`, { JobId }), OK(shown));
    await liveFor(world, 0);
    await followed(true, refusal, { Result: true, ResultMessage: "" });
    expect((await bankTransfers(world)).at(-1)).toMatchObject({ description: "Mart satislari" });
    await liveFor(world, 7 * DAY_MS);
    const late = { Id: earning.SubMerchantEarningId, Earning: 1 };
    const paid = no(368, "Hakediş zaten ödenmiş");
    await told(wire.put(`${MARKET}/earning/decrease/id`, late), paid);
    const [ProductId] = story.products;
    const Fail = [{ ProductId, Reason: "Earning already sent" }];
    const reject = wire.post(`${MARKET}/reject/product`, { ProductIds: [ProductId] });
    await told(reject, no(1, "", { Success: [], Fail }));
    const named = { Date: today, MerchantUniqueCode: "ord-88" };
    const deletes = { ...named, MarketPlace: { DeleteExistingRecords: true } };
    const sent = no(35, "Pazaryeri - Hakediş zaten gönderildi");
    await told(wire.post(`${PRIVATE}/refund`, deletes), sent);
  });
});
