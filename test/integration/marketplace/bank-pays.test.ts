import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bankPaysIn, MINUTE_MS } from "../../support/bank-pays.ts";
import { type MarketPayers, marketPayersOf, toldIn } from "../../support/market-payers.ts";
import { paywallOf } from "../../support/paywall.ts";
import { enrolMembers } from "../../support/sales.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

/** A contract whose own page takes the money, under marketplaces' payers. */
let world: TestWorld;
let shop: MarketPayers;
let bank: ReturnType<typeof bankPaysIn>;
beforeAll(async () => {
  world = await createWorld();
  await enrolMembers(world);
  shop = marketPayersOf(world, paywallOf(world));
  bank = bankPaysIn(world);
  await bank.change({ threeDModel: "3d_pay" });
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const AFTER_SESSION_MS = 22 * MINUTE_MS;

describe("a sale that the bank's page charges", () => {
  test("is told to the shop when the payer is back, as often as the page is loaded", async () => {
    const { code, page, resolved } = await shop.through();
    expect(toldIn(page.form)).toMatchObject({ status: "Success", uniqueCode: code });
    expect(toldIn((await shop.payer.comeBack(resolved)).form)["status"]).toBe("Success");
    await bank.pass(AFTER_SESSION_MS);
    expect(await shop.standing(code)).toBe(1);
    expect(await shop.end(code)).toMatchObject({ ErrorCode: 7 });
  });

  test("stands though its payer never comes back: nobody else has to ask for it", async () => {
    const { code, Payment } = await shop.answered();
    await bank.pass(AFTER_SESSION_MS);
    await bank.pass(AFTER_SESSION_MS);
    expect(await shop.standing(code)).toBe(1);
    const asked = await paywallOf(world).get<{ Paywall: { StatusId: number } }>(
      "api/paywall/private/query",
      { merchantuniquecode: code },
    );
    expect(asked.Body.Paywall).toMatchObject({ StatusId: 4, PaymentId: Payment.PaymentId });
  });

  test("of Half3D is held by the page, and collected once by end3d", async () => {
    const { code, page } = await shop.through({ detail: { Half3D: true } });
    expect(toldIn(page.form)).toMatchObject({ status: "Success" });
    const ends = await Promise.all([shop.end(code), shop.end(code)]);
    expect(ends.map(({ ErrorCode }) => ErrorCode).sort()).toEqual([0, 7]);
    expect(await shop.standing(code)).toBe(1);
  });

  test("that the issuer refuses is told so, and takes nothing", async () => {
    const { code, page } = await shop.through({}, { result: "reject" });
    expect(toldIn(page.form)).toMatchObject({ status: "Unsuccessful", errorCode: "1" });
    expect(await shop.standing(code)).toBe(0);
    expect((await shop.end(code)).ErrorCode).not.toBe(0);
  });
});
