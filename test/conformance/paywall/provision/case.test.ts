import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, line, type SaleMore, soldOn } from "../../../support/sales.ts";
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

const CLOSE = "api/paywall/payment/provision";
const held = (more: SaleMore = {}) =>
  soldOn(wire, { ...more, detail: { Half2D: true, ...more.detail } });
const asked = async (code: string) => {
  const { Body } = await wire.get<{ Paywall: Record<string, unknown> }>(
    "api/paywall/private/query",
    { merchantuniquecode: code },
  );
  return Body.Paywall;
};
const captured = async (sale: number) => {
  const rows = await world.db.kysely
    .selectFrom("sale_products")
    .select(["amount_minor", "captured_minor"])
    .where("sale", "=", BigInt(sale))
    .orderBy("number")
    .execute();
  return rows.map((row) => row.captured_minor);
};
const TODAY = "2026-03-04";

describe("closing a provision", () => {
  test("captures the whole hold, and answers as documented", async () => {
    const { MerchantUniqueKey: code, PaymentId } = await held();
    const names = { StatusName: "Finansallaştırma Bekliyor", TypeName: "Ön Provizyon" };
    const waiting = { StatusId: 3, TypeId: 5, AnySuccessPayment: false };
    expect(await asked(code)).toMatchObject({ ...waiting, ...names });
    const answer = await wire.post(CLOSE, { Date: TODAY, MerchantUniqueCode: code });
    expect(answer).toMatchObject({
      ...{ status: 200, ErrorCode: 0, Result: true, Message: "", Body: null },
    });
    expect(await asked(code)).toMatchObject({ StatusId: 4, TypeId: 3, AnySuccessPayment: true });
    expect(await captured(PaymentId)).toEqual([20000n, 5000n]);
  });

  test("of a part leaves each line its share, and the rest to the last", async () => {
    const products = [line("a", 100, 501), line("b", 100, 502), line("c", 100, 501)];
    const { MerchantUniqueKey: code, PaymentId } = await held({
      detail: { Amount: 300 },
      products,
    });
    const ask = { date: TODAY, merchantUniqueCode: code, provisionAmount: 100.01 };
    expect(await wire.post(CLOSE, ask)).toMatchObject({ ErrorCode: 0 });
    expect(await captured(PaymentId)).toEqual([3334n, 3333n, 3334n]);
  });

  test("of a part shares a basket of another sum than the amount", async () => {
    const { MerchantUniqueKey: code, PaymentId } = await held({
      detail: { Amount: 300, MarketPlace: { BasketAmount: 250 } },
    });
    const ask = { MerchantUniqueCode: code, ProvisionAmount: 150 };
    expect(await wire.post(CLOSE, ask)).toMatchObject({ ErrorCode: 0 });
    expect(await captured(PaymentId)).toEqual([10000n, 2500n]);
  });

  test("through the other wire scales the lines too", async () => {
    const { ActivityId, PaymentId } = await held();
    const answer = await world.post("v1/transaction/capture", {
      xact_id: String(ActivityId),
      amount: "12500",
    });
    expect(answer.body).toMatchObject({ code: 0 });
    expect(await captured(PaymentId)).toEqual([10000n, 2500n]);
  });

  test("takes an amount of 0 as all of it, and no more than all of it", async () => {
    const { MerchantUniqueKey: code } = await held();
    const named = { Date: `${TODAY}T10:11:12`, MerchantUniqueCode: code };
    const above = { ...named, ProvisionAmount: 250.01 };
    const refused = { ErrorCode: 112, Result: false, Body: null };
    expect(await wire.post(CLOSE, above)).toMatchObject({
      ...refused,
      Message: "ProvisionAmount ön otorizasyon tutarını aşamaz (en fazla 250.00)",
    });
    expect(await wire.post(CLOSE, above, { locale: "en" })).toMatchObject({
      ...refused,
      Message: "ProvisionAmount is above the pre-authorised amount (at most 250.00)",
    });
    const wrong = await wire.post(CLOSE, { ...named, ProvisionAmount: "2,5" }, { locale: "en" });
    expect(wrong).toMatchObject({ ErrorCode: 2, Body: null });
    expect(wrong.Message).toMatch(
      /^ProvisionAmount must be an amount, not neg.* example 20\.50\)$/,
    );
    expect(await wire.post(CLOSE, { ...named, ProvisionAmount: 0 })).toMatchObject({
      ErrorCode: 0,
    });
  });

  test("is asked for the payment's own day, also on a later one", async () => {
    const { MerchantUniqueKey: code } = await held();
    const ask = { MerchantUniqueCode: code };
    expect(await wire.post(CLOSE, { ...ask, Date: "2026-03-03" })).toMatchObject({
      ErrorCode: -1,
    });
    expect(await wire.post(CLOSE, { MerchantUniqueCode: "none" })).toMatchObject({ ErrorCode: -1 });
    expect(await wire.post(CLOSE, { ...ask, Date: "04.03.2026" })).toMatchObject({ ErrorCode: 2 });
  });

  test("twice, and twice at once, captures once", async () => {
    const { MerchantUniqueKey: code } = await held();
    const ask = { MerchantUniqueCode: code };
    const answers = await Promise.all([wire.post(CLOSE, ask), wire.post(CLOSE, ask)]);
    expect(answers.map(({ ErrorCode }) => ErrorCode).toSorted()).toEqual([0, 7]);
    expect(await wire.post(CLOSE, ask)).toMatchObject({ ErrorCode: 7, Result: false });
  });
});

describe("cancelling a provision", () => {
  test("gives the hold back, and the payment is failed then", async () => {
    const { MerchantUniqueKey: code } = await held();
    const ask = { Date: TODAY, MerchantUniqueCode: code };
    expect(await wire.post(`${CLOSE}/cancel`, ask)).toMatchObject({ ErrorCode: 0, Body: null });
    expect(await asked(code)).toMatchObject({
      ...{ StatusId: 5, TypeId: 2, AnySuccessPayment: false, AnySuccessCancel: false },
    });
    expect(await wire.post(CLOSE, ask)).toMatchObject({ ErrorCode: 92 });
  });

  test("is refused for what is no provision", async () => {
    const { MerchantUniqueKey: code } = await soldOn(wire);
    expect(await wire.post(`${CLOSE}/cancel`, { MerchantUniqueCode: code })).toMatchObject({
      ErrorCode: 7,
      Result: false,
    });
  });
});

test("a capture in doubt says so, and the lines follow once the bank has said yes", async () => {
  const { MerchantUniqueKey: code, PaymentId } = await held();
  await world.bank.fault("reset_after_commit", { op: "capture" });
  const ask = { MerchantUniqueCode: code, ProvisionAmount: 50 };
  const answer = await wire.post(CLOSE, ask);
  expect(answer).toMatchObject({ ErrorCode: 92, Result: false });
  await world.advance(60_000);
  expect(await captured(PaymentId)).toEqual([4000n, 1000n]);
  expect(await asked(code)).toMatchObject({ StatusId: 4, ActivityAmount: 50 });
  await world.advance(DAY_MS);
});
