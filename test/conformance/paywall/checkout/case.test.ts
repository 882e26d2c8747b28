import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { saleCode } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let payers: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  payers = linkPayersOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
type Made = Readonly<{ Id: number; Guid: string; Link: string }>;

const asked = {
  Amount: 90.5,
  LanguageId: 2,
  CurrencyId: 1,
  SuccessBackUrl: "https://shop.example/ok",
  FailBackUrl: "https://shop.example/no",
  ShowProduct: true,
  Customer: { FullName: "Ece Tan", Phone: "5300000001", Email: "e@t.example" },
  Products: [{ ProductId: "1", ProductName: "Ders", ProductAmount: 90.5 }],
};
const generate = (more: object = {}) =>
  wire.post<Made>("api/paywall/checkout/generate", { ...asked, UniqueCode: saleCode(), ...more });
const inquire = (Id: number | string) =>
  wire.get<Readonly<Record<string, unknown>>>("api/paywall/checkout/inquiry", { Id });

describe("a common payment page", () => {
  test("is made as documented, shown again, and paid once", async () => {
    const UniqueCode = saleCode();
    const made = await generate({ UniqueCode });
    expect(made).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
    const { Id, Guid, Link } = made.Body;
    expect(made.Body).toEqual({ Id, Guid, UniqueCode, Amount: 90.5, Link });
    expect(Number.isInteger(Id)).toBe(true);
    const page = await fetch(Link);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('lang="en"');
    const shown = {
      ...{ Id, Guid, UniqueCode, LanguageId: 2, CurrencyId: 1, CurrencyName: "TRY", Amount: 90.5 },
      ...{ InstallmentSupport: false, InstallmentDynamic: false, ShowProduct: true },
      ...{ ReceiverInfoSupport: false, ReceiverAddressSupport: false },
      ...{ SuccessBackUrl: asked.SuccessBackUrl, FailBackUrl: asked.FailBackUrl },
      ...{ CardWallSupport: false, CardWallExpirationMin: 0 },
      ...{ ExpiryTime: "2026-03-04T12:10:00", AnyPayment: false, SuccessPayment: false },
    };
    const before = await inquire(Id);
    expect({ ...before.Body, ExpiryTime: "" }).toEqual({ ...shown, ExpiryTime: "" });
    expect(before.Body["ExpiryTime"]).toMatch(/^2026-03-04T12:10:/);
    const { payment } = await payers.pay(Guid);
    expect(payment).toMatchObject({ status: "captured", reference: UniqueCode });
    expect((await inquire(Id)).Body).toMatchObject({ AnyPayment: true, SuccessPayment: true });
    await expect(payers.pay(Guid)).rejects.toMatchObject({ code: "link_closed" });
  });

  test("ends when it was to end", async () => {
    const made = await generate({ ExpireDateTime: "2026-03-04T12:30:00" });
    await world.advance(29 * 60_000);
    await payers.come(made.Body.Guid);
    await world.advance(2 * 60_000);
    await expect(payers.come(made.Body.Guid)).rejects.toMatchObject({ code: "link_closed" });
  });

  test("has one code, however many ask for it at once", async () => {
    const UniqueCode = saleCode();
    const made = await Promise.all([1, 2, 3].map(() => generate({ UniqueCode })));
    expect(made.map(({ ErrorCode }) => ErrorCode).sort()).toEqual([0, 148, 148]);
  });

  test.each([
    ["no code", { UniqueCode: "" }, 141],
    ["no amount", { Amount: 0 }, 142],
    ["no way back", { SuccessBackUrl: "" }, 150],
    ["a way back that is none", { FailBackUrl: "ftp://shop.example" }, 151],
    ["an end that has passed", { ExpireDateTime: "2026-03-01T00:00:00" }, 140],
    ["an end that is none", { ExpireDateTime: "tomorrow" }, 2],
    ["calls of its own, which are not offered", { CallbackSupport: true }, 404],
    ["stored cards of nobody", { CardWallSupport: true, CardWallRelationalId2: "a" }, 2],
  ])("is refused with %s", async (_what, more, code) => {
    expect(await generate(more)).toMatchObject(failed(code));
  });

  test("of nobody is said to be none", async () => {
    expect(await inquire(999_999)).toMatchObject(failed(139));
    expect(await inquire("x")).toMatchObject(failed(139));
  });
});

describe("a payment link", () => {
  const link = (more: object = {}) =>
    wire.post<Made>("api/paywall/linkqr/generate", {
      ...{ SalesType: 2, PhotoBase64: "", ItemName: "Ders", ItemDescription: "1 saat" },
      ...{ ItemAmount: 90, CurrencyId: 1, MerchantOrderId: saleCode(), ...more },
    });

  test("is made as documented, and may be paid many times", async () => {
    const made = await link({ MerchantOrderId: "o-1" });
    const { Id, Link } = made.Body;
    const ids = { MerchantOrderId: "o-1", MerchantTrackId: null };
    expect(made.Body).toEqual({ Id, Link, ...ids, Amount: 90 });
    const page = await (await fetch(Link)).text();
    expect(page).toContain("Ders: 1 saat");
    const guid = new URL(Link).pathname.split("/").at(-1);
    for (let i = 0; i < 2; i += 1) {
      expect((await payers.pay(guid)).attempt.status).toBe("approved");
    }
  });

  test.each([
    ["a product", { SalesType: 1 }, 404],
    ["a stock", { StockTrack: true }, 404],
    ["calls of its own", { CallbackSupport: true }, 404],
    ["notices of its own", { NotificationSupport: true }, 404],
    ["no amount", { ItemAmount: 0 }, 2],
    ["no name", { ItemName: "" }, 2],
  ])("is refused for %s", async (_what, more, code) => {
    expect(await link(more)).toMatchObject(failed(code));
  });
});
