import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { queueDeliveries } from "../../../../src/events/index.ts";
import { newCallbackKey } from "../../../../src/marketplace/index.ts";
import { runJobs } from "../../../support/jobs.ts";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { saleCode } from "../../../support/sales.ts";
import { openShop } from "../../../support/shop.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let payers: ReturnType<typeof linkPayersOf>;
let server: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  server = await openShop();
  wire = paywallOf(world);
  payers = linkPayersOf(world);
});
afterAll(async () => {
  server.close();
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

  test.each(["2026-03-04T23:30:00.1234567+03:00", "2026-03-04T20:30:00Z", "2026-03-04 23:30"])(
    "takes its end as %s",
    async (ExpireDateTime) => {
      const { Id } = (await generate({ ExpireDateTime })).Body;
      expect((await inquire(Id)).Body["ExpiryTime"]).toMatch(/^2026-03-04T23:30:00/);
    },
  );

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
    ["an end on no day", { ExpireDateTime: "2026-02-30T10:00:00" }, 2],
    ["an end at no hour", { ExpireDateTime: "2026-03-05T25:00:00+03:00" }, 2],
    ["calls to nobody", { CallbackSupport: true }, 163],
    ["calls to no address", { CallbackSupport: true, CallbackAddress: "shop" }, 166],
    ["a customer's e-mail that is none", { Customer: { Email: "ece" } }, 6],
    ["more products than a page lists", { Products: Array(101).fill({ ProductName: "a" }) }, 152],
    ["stored cards of nobody", { CardWallSupport: true, CardWallRelationalId2: "a" }, 2],
  ])("is refused with %s", async (_what, more, code) => {
    expect(await generate(more)).toMatchObject(failed(code));
  });

  test("whose code was paid is said to be paid, on this page or another way", async () => {
    const [UniqueCode, elsewhere] = [saleCode(), saleCode()];
    const made = await generate({ UniqueCode });
    expect(await generate({ UniqueCode })).toMatchObject(failed(148));
    await payers.pay(made.Body.Guid);
    expect(await generate({ UniqueCode })).toMatchObject(failed(149));
    await world.pay({ reference_no: elsewhere });
    expect(await generate({ UniqueCode: elsewhere })).toMatchObject(failed(149));
  });

  test("lists its products only where it is to, and nothing of its customer", async () => {
    const line = { ProductName: "<b>Kupa</b>", ProductDescription: "350 ml", ProductAmount: 45.25 };
    const Products = [
      { ...line, ProductCategory: "Mutfak", ProductImage: "https://elsewhere.example/a.png" },
      ...["2", "3", "4", "5"].map((ProductId) => ({ ProductId })),
    ];
    const Customer = { ...asked.Customer, Country: "TR", City: "İzmir", Address: "Ev 5" };
    const shown = await generate({ Products, Customer });
    const page = await (await fetch(shown.Body.Link)).text();
    for (const text of ["&lt;b&gt;Kupa&lt;/b&gt;", "Mutfak · 350 ml", "TRY\u00a045.25", "1 more"])
      expect(page).toContain(text);
    for (const text of ["<b>Kupa", "elsewhere.example", "Ece Tan", "İzmir", "Ev 5", "Payer"])
      expect(page).not.toContain(text);
    const known = (await payers.show(shown.Body.Guid)) as object;
    expect(known).toMatchObject({
      ...{ name_surname: "Ece Tan", email: "e@t.example", agent_note: "Ev 5, İzmir, TR" },
      note: "<b>Kupa</b>, 2, 3, 4, 5",
    });
    const hidden = await generate({ Products, ShowProduct: false });
    expect(await (await fetch(hidden.Body.Link)).text()).not.toContain("Kupa");
  });

  test("has a server called once it is paid, with its own code", async () => {
    const UniqueCode = saleCode();
    const calls = { CallbackSupport: true, CallbackAddress: `${server.url}/page` };
    const { Id, Guid } = (await generate({ UniqueCode, ...calls })).Body;
    const { merchantId } = world.merchant;
    const { ring } = world.deps;
    const key = await inTx(world.db, (tx) =>
      newCallbackKey({ tx, ring }, merchantId, "system", world.clock()),
    );
    const { attempt } = await payers.pay(Guid);
    await queueDeliveries(world.db);
    await runJobs(world);
    await runJobs(world);
    const parts = [key, Id, attempt.xact, UniqueCode, "90.50"].join("###");
    expect(server.heard.map(({ body }) => body)).toEqual([
      expect.objectContaining({
        ...{ Type: 1, Id, Guid, UniqueCode, PaymentId: Number(attempt.xact), Amount: 90.5 },
        Hash: createHash("sha256").update(parts).digest("hex"),
      }),
    ]);
  });

  test("of nobody is said to be none", async () => {
    expect(await inquire(999_999)).toMatchObject(failed(139));
    expect(await inquire("x")).toMatchObject(failed(139));
  });
});
