import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bankOrder } from "../../../faults/hands.ts";
import {
  backUrls,
  type MarketPayers,
  marketPayersOf,
  toldIn,
} from "../../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { emptySaleCard, enrolMembers, saleCode, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: MarketPayers;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
  shop = marketPayersOf(world, wire);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
const bankKnows = async (code: string) => bankOrder(world, await shop.orderOf(code));

describe("a start", () => {
  test.each(["start3d", "start3dmodel"])(
    "%s answers the way to the bank and the payment as it will be, and takes nothing",
    async (path) => {
      const code = saleCode();
      const detail = { MerchantUniqueCode: code };
      const answer = await shop.start({ detail }, path);
      expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
      expect(answer.Body).toEqual({
        RedirectUrl: expect.stringMatching(new RegExp(`^${world.url}/`)),
        Message: null,
        Payment: {
          PaymentId: expect.any(Number),
          ActivityId: 0,
          UniqueCode: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          MerchantUniqueKey: code,
          Products: [
            expect.objectContaining({ Id: expect.any(Number), MemberId: 501 }),
            expect.objectContaining({ MemberId: 502 }),
          ],
        },
        Error: null,
      });
      expect(await shop.moved(code)).toEqual([]);
    },
  );

  test.each([
    ["no address for success", { MerchantSuccessBackUrl: "" }, 11],
    ["an address that is none", { MerchantSuccessBackUrl: "shop.example/ok" }, 11],
    ["no address for failure", { MerchantFailBackUrl: null }, 12],
    ["a script for an address", { MerchantFailBackUrl: "javascript:alert(1)" }, 12],
    ["an amount that its lines do not reach", { Amount: 251 }, 26],
  ])("is refused with %s", async (_what, detail, code) => {
    expect(await shop.start({ detail })).toMatchObject(failed(code));
  });

  test("is refused with a code that was used, by whatever way", async () => {
    const direct = (await soldOn(wire)).MerchantUniqueKey;
    expect(await shop.start({ detail: { MerchantUniqueCode: direct } })).toMatchObject(failed(4));
    const detail = { MerchantUniqueCode: saleCode() };
    await shop.start({ detail });
    expect(await shop.start({ detail })).toMatchObject(failed(4));
    const at_once = { detail: { MerchantUniqueCode: saleCode() } };
    const codes = await Promise.all([1, 2, 3].map(() => shop.start(at_once)));
    expect(codes.map(({ ErrorCode }) => ErrorCode).sort()).toEqual([0, 4, 4]);
  });
});

describe("a payer who is back", () => {
  test("has paid, once, and takes the documented fields to the shop", async () => {
    const { code, Payment, page, resolved } = await shop.through();
    expect(page.status).toBe(200);
    expect(page.form).toEqual({
      action: backUrls.MerchantSuccessBackUrl,
      fields: {
        date: expect.stringMatching(/^2026-03-04T12:\d\d:\d\d/),
        status: "Success",
        errorCode: "0",
        errorMessage: "",
        paymentCode: Payment.UniqueCode,
        uniqueCode: code,
        amount: "250.00",
        installment: "1",
        paymentId: String(Payment.PaymentId),
        providerErrorCode: "",
        providerErrorMessage: "",
        providerBankErrorCode: "",
        providerBankErrorMessage: "",
        cardSaved: "false",
        cardSavedUniqueCode: "",
      },
    });
    expect(page.text).toContain("Ödemeniz alındı");
    const again = await Promise.all([shop.payer.comeBack(resolved), shop.payer.get(page.url)]);
    for (const each of again) {
      expect({ ...each.form?.fields, date: "" }).toEqual({ ...page.form?.fields, date: "" });
    }
    expect(await shop.standing(code)).toBe(1);
    expect(await bankKnows(code)).toMatchObject({ saleKurus: 25_000 });
    expect(await shop.end(code)).toMatchObject(failed(7));
  });

  test("in three windows at once, with the shop's server asking too, has paid once", async () => {
    const { code, resolved } = await shop.answered();
    const [ended, ...pages] = await Promise.all([
      shop.end(code),
      ...[1, 2, 3].map(() => shop.payer.comeBack(resolved)),
    ] as const);
    for (const page of pages) expect(toldIn(page.form)).toMatchObject({ status: "Success" });
    // The shop's server may have come before the bank's word, first of all, or after the others.
    expect([1, 0, 7]).toContain(ended.ErrorCode);
    expect(await shop.standing(code)).toBe(1);
  });

  test("goes to the address of failure when the money does not suffice", async () => {
    const { code, page, resolved } = await shop.through({ card: emptySaleCard });
    const told = toldIn(page.form);
    expect(told).toMatchObject({
      to: backUrls.MerchantFailBackUrl,
      ...{
        status: "Unsuccessful",
        errorCode: "1",
        uniqueCode: code,
        // As the answer of a sale without 3-D Secure has it.
        ...{ providerErrorCode: "51", providerBankErrorCode: "51" },
      },
    });
    expect(told["errorMessage"]).not.toBe("");
    expect((await shop.payer.comeBack(resolved)).form?.fields["status"]).toBe("Unsuccessful");
    expect(await shop.moved(code)).toEqual(["sale"]);
    expect(await shop.end(code)).toMatchObject(failed(7));
  });

  test("whom the bank did not let through has paid nothing, whatever comes after", async () => {
    const { code, page } = await shop.through({}, { result: "reject" });
    expect(toldIn(page.form)).toMatchObject({
      to: backUrls.MerchantFailBackUrl,
      ...{ status: "Unsuccessful", errorCode: "1" },
    });
    expect(await shop.end(code)).toMatchObject({ ErrorCode: 1, Result: false });
    expect(await shop.moved(code)).toEqual([]);
  });

  test("with a return that the bank need not have made is charged nothing for it", async () => {
    const { code, resolved } = await shop.answered();
    const forged = { ...resolved.fields, xid: "AAAA", mdStatus: "1", HASH: "AAAA" };
    const page = await shop.payer.submit({ action: resolved.action!, fields: forged });
    expect(toldIn(page.form)).toMatchObject({ status: "Unsuccessful", uniqueCode: code });
    expect(await shop.end(code)).toMatchObject({ ErrorCode: 1, Result: false });
    expect(await shop.moved(code)).toEqual([]);
    const honest = await shop.payer.comeBack(resolved);
    expect(toldIn(honest.form)).toMatchObject({ status: "Success" });
    expect(await shop.standing(code)).toBe(1);
  });

  test("too late has paid nothing", async () => {
    const { code, resolved } = await shop.answered();
    await world.advance(21 * 60_000);
    const page = await shop.payer.comeBack(resolved);
    expect(toldIn(page.form)).toMatchObject({ status: "Unsuccessful", uniqueCode: code });
    expect(await shop.end(code)).toMatchObject({ ErrorCode: 1, Result: false });
    expect(await shop.moved(code)).toEqual([]);
  });

  test("waits here while the bank does not answer, and the shop hears once it has", async () => {
    const { code, resolved } = await shop.answered();
    await world.bank.fault("reset_after_commit", { op: "sale" });
    await world.bank.fault("reset_before_commit", { op: "inquire" }, {}, 2);
    const page = await shop.payer.comeBack(resolved);
    expect(page.form).toBeUndefined();
    expect(page.headers.get("refresh")).toMatch(/^5;url=\/v1\/paynetjgate\/return\//);
    expect(page.text).toContain("Yeniden ödemeyin");
    await world.bank.clearFaults();
    await world.advance(60_000);
    const next = new URL(page.headers.get("refresh")!.split("url=")[1]!, world.url);
    expect(toldIn((await shop.payer.get(next.href)).form)).toMatchObject({ status: "Success" });
    expect(await shop.standing(code)).toBe(1);
  });
});

describe("a payment of Half3D", () => {
  const half = { detail: { Half3D: true } };

  test("is held when the payer is back, and collected by its server once", async () => {
    const { code, page } = await shop.through(half);
    expect(toldIn(page.form)).toMatchObject({ status: "Success", uniqueCode: code });
    expect(page.text).toContain("Ödemenizi mağaza tamamlayacak");
    expect(await bankKnows(code)).toMatchObject({ capturedKurus: 0 });
    const ends = await Promise.all([shop.end(code), shop.end(code), shop.end(code)]);
    expect(ends.map(({ ErrorCode }) => ErrorCode).sort()).toEqual([0, 7, 7]);
    expect(ends.find(({ ErrorCode }) => ErrorCode === 0)?.text).toBe(
      '{"ErrorCode":0,"Result":true,"Message":"","Body":null}',
    );
    expect(await bankKnows(code)).toMatchObject({ capturedKurus: 25_000 });
    expect(await shop.end(code)).toMatchObject(failed(7));
  });

  test("is not collected before the payer is back, nor under an unknown code", async () => {
    const { code } = await shop.toBank(half);
    expect(await shop.end(code)).toMatchObject(failed(1));
    expect(await shop.end("nobody-knows")).toMatchObject(failed(-1));
    expect(await wire.post("api/paywall/payment/end3d", {})).toMatchObject(failed(10));
    expect(await shop.end((await soldOn(wire)).MerchantUniqueKey)).toMatchObject(failed(7));
  });
});
