import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type StartBody, toldIn } from "../support/market-payers.ts";
import { paywallOf } from "../support/paywall.ts";
import { enrolMembers, saleInput } from "../support/sales.ts";
import { goodCard } from "../support/world.ts";
import { expectForAll } from "./looks.ts";
import { bankPage, openWalk, type Walk } from "./walk.ts";

let walk: Walk;
beforeAll(async () => {
  walk = await openWalk();
  await enrolMembers(walk.world);
});
afterAll(() => walk.close());
afterEach(() => walk.endTest());

/** Whose code on the bank's page is known. */
const card = { Number: goodCard.pan, Cvv: goodCard.cvc };

async function start(detail: object = {}) {
  const back = `${walk.shop.url}/done`;
  const urls = { MerchantSuccessBackUrl: back, MerchantFailBackUrl: back };
  const input = saleInput({ detail: { ...urls, ...detail }, card });
  const wire = paywallOf(walk.world);
  const { Body } = await wire.post<StartBody>("api/paywall/payment/start3d", input);
  return Body;
}
const told = () => toldIn({ action: "", fields: walk.shop.posted.at(-1) ?? {} });

test("a marketplace's payer goes by the bank's page, and the shop's page hears of it", async () => {
  const { RedirectUrl, Payment } = await start();
  const page = await walk.open({ locale: "en-GB" });
  await page.goto(RedirectUrl);
  await bankPage(page, "en").confirm();
  await page.getByText("Thanks").waitFor();
  expect(told()).toMatchObject({
    ...{ status: "Success", errorCode: "0", amount: "250.00" },
    paymentId: String(Payment.PaymentId),
  });
});

test("one whom the bank does not answer for waits on a page that goes on by itself", async () => {
  const { RedirectUrl } = await start();
  const page = await walk.open();
  await page.goto(RedirectUrl);
  await walk.world.bank.fault("reset_after_commit", { op: "sale" });
  await walk.world.bank.fault("reset_before_commit", { op: "inquire" }, {}, 20);
  await bankPage(page).confirm();
  await page.getByRole("heading", { name: "Ödemenin sonucu bekleniyor" }).waitFor();
  expect(walk.shop.posted).toEqual([]);
  await expectForAll(page, "tr", "waiting for the bank");
  await walk.world.bank.clearFaults();
  await walk.world.advance(60_000);
  await page.getByText("Thanks").waitFor();
  expect(told()).toMatchObject({ status: "Success" });
});

test("one whom the bank refuses reads why, and then the shop is told", async () => {
  const { RedirectUrl } = await start();
  const page = await walk.open();
  await page.goto(RedirectUrl);
  await bankPage(page).press("İptal");
  await page.getByRole("heading", { name: "Kart doğrulanmadı" }).waitFor();
  await expectForAll(page, "tr", "refused by the bank");
  await page
    .getByRole("button", { name: "Mağazaya dön" })
    .click()
    .catch(() => {});
  await page.getByText("Thanks").waitFor();
  expect(told()).toMatchObject({ status: "Unsuccessful", errorCode: "1" });
  expect(told()["errorMessage"]).not.toBe("");
});
