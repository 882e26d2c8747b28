import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import {
  emptySaleCard,
  enrolMembers,
  type SaleBody,
  saleCode,
  saleInput,
  sellOn,
  soldOn,
} from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
});
afterAll(() => world.close());

const PATH = "api/paywall/private/query";
const axess = "4355084355084358";
type Asked = Readonly<{ Paywall: Readonly<Record<string, unknown>> }>;
const query = (input: object, path = "") => wire.get<Asked>(`${PATH}${path}`, input);

describe("a query", () => {
  test("tells everything of a payment", async () => {
    const detail = { TrackingCode: "t-1", ChannelId: 2, TagId: 7, Installment: 3 };
    const card = { Number: axess };
    const sold = await soldOn(wire, { detail, card });
    const told = await query({ merchantuniquecode: sold.MerchantUniqueKey });
    expect(told).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
    expect(told.Body.Paywall).toEqual({
      PaymentId: sold.PaymentId,
      ActivityId: sold.ActivityId,
      UniqueCode: sold.UniqueCode,
      MerchantUniqueCode: sold.MerchantUniqueKey,
      TrackingCode: "t-1",
      PaymentGatewayId: 1,
      PaymentGatewayName: "Axess",
      PaymentGatewayProviderName: "nestpay",
      AnySuccessPayment: true,
      ...{ AnySuccessRefund: false, AnySuccessPartialRefund: false, AnySuccessCancel: false },
      Status: true,
      StatusId: 4,
      StatusName: "Başarılı",
      TypeId: 3,
      TypeName: "Satış",
      Installment: 3,
      CurrencyId: 1,
      CurrencyName: "TRY",
      PaymentMethodId: 1,
      PaymentMethodName: "NonSecure",
      PaymentChannelId: 2,
      PaymentChannelName: "Android",
      PaymentTagId: 7,
      PaymentTagName: null,
      CardNumber: "435508******4358",
      CardOwnerName: "Test Kart",
      CardBankName: "Axess",
      CardBrandName: "Visa",
      CardTypeName: "Credit",
      CardFamilyName: "Axess",
      LastActivityDateTime: expect.stringMatching(/^2026-03-04T12:00:00(\.\d{1,7})?$/),
      PaymentAmount: 250,
      ActivityAmount: 250,
      IP: "10.1.1.9",
      AppliedInterest: false,
      InterestRate: null,
      CommissionRate: 4.2,
      OriginalAmount: 250,
      InterestAmount: 0,
      CommissionAmount: 10.5,
    });
  });

  test("names the currency and the channel by the numbers that the payment gave", async () => {
    const told = async (detail: object) => {
      const { PaymentId } = await soldOn(wire, { detail });
      return (await query({ paymentid: PaymentId }, "/by/paymentid")).Body.Paywall;
    };
    const currencies = { 1: "TRY", 2: "USD", 3: "EUR", 7: "GBP" };
    for (const [id, CurrencyName] of Object.entries(currencies)) {
      const CurrencyId = Number(id);
      expect(await told({ CurrencyId })).toMatchObject({ CurrencyId, CurrencyName });
    }
    for (const CurrencyId of [0, 4, 5, 6, 8]) {
      expect(await sellOn(wire, { detail: { CurrencyId } })).toMatchObject({ ErrorCode: 8 });
    }
    for (const [PaymentChannelId, name] of [null, "Web", "Android", "iOS", "Custom"].entries()) {
      const channel = { PaymentChannelId, PaymentChannelName: name };
      expect(await told({ ChannelId: PaymentChannelId })).toMatchObject(channel);
    }
  });

  test("answers the same by every name, whatever the case of its path and guid", async () => {
    const { MerchantUniqueKey, UniqueCode, PaymentId } = await soldOn(wire);
    const byCode = await query({ merchantuniquecode: MerchantUniqueKey });
    for (const [path, name] of [
      ["/by/uniquecode", { uniquecode: UniqueCode }],
      ["/BY/UniqueCode", { uniquecode: UniqueCode.toUpperCase() }],
      ["/by/paymentid", { paymentid: PaymentId }],
    ] as const) {
      expect((await query(name, path)).text).toBe(byCode.text);
    }
  });

  test.each([
    ["", { merchantuniquecode: "none" }, -1],
    ["", {}, 10],
    ["/by/uniquecode", { uniquecode: "00000000-0000-4000-8000-000000000000" }, -1],
    ["/by/uniquecode", { uniquecode: "x" }, 2],
    ["/by/paymentid", { paymentid: 999_999_999 }, -1],
    ["/by/paymentid", { paymentid: "x" }, 2],
  ])("of nothing that there is (%s %j) answers %i without a body", async (path, name, code) => {
    const answer = await query(name, path);
    expect(answer).toMatchObject({ status: 200, ErrorCode: code, Result: false, Body: null });
  });

  test("takes the number of an activity for no payment", async () => {
    const { ActivityId } = await soldOn(wire);
    expect(await query({ paymentid: ActivityId }, "/by/paymentid")).toMatchObject({
      ErrorCode: -1,
    });
  });

  test("tells of a declined payment, and of one in doubt", async () => {
    const declined = (await sellOn(wire, { card: emptySaleCard })).Body.Payment;
    const no = await query({ paymentid: declined.PaymentId }, "/by/paymentid");
    expect(no.Body.Paywall).toMatchObject({
      ...{ StatusId: 5, StatusName: "Başarısız", Status: false, AnySuccessPayment: false },
    });
    await world.bank.fault("reset_after_commit", { op: "sale" });
    const doubted = (await sellOn(wire)).Body.Payment;
    const name = { uniquecode: doubted.UniqueCode };
    expect((await query(name, "/by/uniquecode")).Body.Paywall).toMatchObject({
      ...{ StatusId: 2, Status: false, AnySuccessPayment: false },
    });
    await world.advance(60_000);
    expect((await query(name, "/by/uniquecode")).Body.Paywall).toMatchObject({
      ...{ StatusId: 4, Status: true, AnySuccessPayment: true },
    });
  });

  test("tells of a payer on the way to the bank, and of one who has not set off", async () => {
    const urls = {
      MerchantSuccessBackUrl: "https://shop.example/ok",
      MerchantFailBackUrl: "https://shop.example/no",
    };
    const input = saleInput({ detail: { ...urls, Installment: 3 }, card: { Number: axess } });
    const { Body } = await wire.post<SaleBody & { RedirectUrl: string }>(
      "api/paywall/payment/start3d",
      input,
    );
    const name = { paymentid: Body.Payment.PaymentId };
    const told = async () => (await query(name, "/by/paymentid")).Body.Paywall;
    expect(await told()).toMatchObject({
      ...{ StatusId: 1, StatusName: "Oluşturuldu", Status: false, AnySuccessPayment: false },
      ...{ Installment: 3, PaymentMethodId: 2, PaymentAmount: 250, ActivityAmount: 0 },
      ...{ CardNumber: "435508******4358", CommissionRate: 4.2 },
    });
    await (await fetch(Body.RedirectUrl)).text();
    expect(await told()).toMatchObject({ StatusId: 2, StatusName: "Başladı" });
    await world.advance(60 * 60_000);
    expect(await told()).toMatchObject({ StatusId: 5, Status: false });
  });

  test("tells of a payment of the other wire, whose number is that of its charge", async () => {
    const reference = saleCode();
    const { body } = await world.pay({ reference_no: reference, add_commission: true });
    expect(body).toMatchObject({ is_succeed: true });
    const { Body } = await query({ merchantuniquecode: reference });
    expect(Body.Paywall).toMatchObject({
      MerchantUniqueCode: reference,
      StatusId: 4,
      AppliedInterest: true,
      InterestRate: 2.4,
      OriginalAmount: 100,
      PaymentMethodId: 0,
    });
    const { PaymentId, ActivityId, UniqueCode } = Body.Paywall;
    expect(PaymentId).toBe(ActivityId);
    for (const [path, name] of [
      ["/by/paymentid", { paymentid: PaymentId }],
      ["/by/uniquecode", { uniquecode: UniqueCode }],
    ] as const) {
      expect((await query(name, path)).Body.Paywall).toEqual(Body.Paywall);
    }
  });

  test("tells what was given back, on the day of the money and later", async () => {
    const voided = await soldOn(wire);
    const refunded = await soldOn(wire);
    const parted = await soldOn(wire);
    const reverse = (xact: number, amount?: string) =>
      world.post("v1/transaction/reversed_request", {
        xact_id: String(xact),
        ...(amount && { amount }),
      });
    expect((await reverse(voided.ActivityId)).body).toMatchObject({ code: 0 });
    await world.advance(DAY_MS);
    expect((await reverse(refunded.ActivityId)).body).toMatchObject({ code: 0 });
    expect((await reverse(parted.ActivityId, "10000")).body).toMatchObject({ code: 0 });
    const told = async ({ PaymentId }: { PaymentId: number }) =>
      (await query({ paymentid: PaymentId }, "/by/paymentid")).Body.Paywall;
    const flags = {
      AnySuccessPayment: true,
      AnySuccessCancel: false,
      AnySuccessRefund: false,
      AnySuccessPartialRefund: false,
      StatusId: 4,
      Status: true,
    };
    expect(await told(voided)).toMatchObject({ ...flags, AnySuccessCancel: true, TypeId: 2 });
    expect(await told(refunded)).toMatchObject({ ...flags, AnySuccessRefund: true, TypeId: 1 });
    expect(await told(parted)).toMatchObject({
      ...{ ...flags, AnySuccessPartialRefund: true, TypeId: 4, ActivityAmount: 100 },
    });
    expect((await reverse(parted.ActivityId, "15000")).body).toMatchObject({ code: 0 });
    expect(await told(parted)).toMatchObject({
      ...{ ...flags, AnySuccessPartialRefund: true, AnySuccessRefund: true, TypeId: 4 },
    });
  });
});
