import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { queueDeliveries } from "../../../../src/events/index.ts";
import { newCallbackKey } from "../../../../src/marketplace/index.ts";
import { runJobs } from "../../../support/jobs.ts";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { paywallLinksOf, product, service } from "../../../support/paywall-links.ts";
import { jpegStart, pngOf, webpStart } from "../../../support/pictures.ts";
import { openShop } from "../../../support/shop.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let payers: ReturnType<typeof linkPayersOf>;
let links: ReturnType<typeof paywallLinksOf>;
let server: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  wire = paywallOf(world);
  payers = linkPayersOf(world);
  links = paywallLinksOf(wire);
  server = await openShop();
});
afterAll(async () => {
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(() => server.forget());

const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
const base64 = (bytes: Buffer) => bytes.toString("base64");
const MB = 1024 * 1024;

describe("a payment link", () => {
  test("of a service is made as documented, and may be paid many times", async () => {
    const made = await links.make({ ...service, MerchantOrderId: "o-1" });
    expect(made).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
    const { Id, Link } = made.Body;
    const ids = { MerchantOrderId: "o-1", MerchantTrackId: null };
    expect(made.Body).toEqual({ Id, Link, ...ids, Amount: 90 });
    const page = await (await fetch(Link)).text();
    expect(page).toContain("Ders");
    expect(page).toContain("1 saat");
    expect(page).not.toContain('<img class="item-picture"');
    for (let i = 0; i < 2; i += 1) {
      expect((await payers.pay(links.guidOf(made.Body))).attempt.status).toBe("approved");
    }
  });

  test("of a product shows its picture, from our own origin and as nothing else", async () => {
    const bytes = pngOf(200, 150);
    const { Body } = await links.make({ ...product, PhotoBase64: base64(bytes), LanguageId: 2 });
    const page = await fetch(Body.Link);
    expect(page.headers.get("content-security-policy")).toContain("img-src 'self';");
    const src = /<img class="item-picture" src="([^"]+)" alt="Seramik kupa">/.exec(
      await page.text(),
    );
    const picture = await fetch(new URL(src![1]!, world.url));
    expect(picture.status).toBe(200);
    expect(Object.fromEntries(picture.headers)).toMatchObject({
      "content-type": "image/png",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(Buffer.from(await picture.arrayBuffer()).equals(bytes)).toBe(true);
    const other = await links.made(service);
    expect((await fetch(`${world.url}/po/10001/${other}/picture`)).status).toBe(404);
  });

  test.each([
    ["a JPEG", base64(jpegStart)],
    ["a WebP", base64(webpStart)],
    ["an address of data, whatever it says", `data:image/svg+xml;base64,${base64(pngOf())}`],
    ["Base64 in lines", base64(pngOf()).replaceAll(/.{76}/g, "$&\r\n")],
    ["four megabytes", base64(pngOf(64, 48, 4 * MB - pngOf().length))],
  ])("takes %s", async (_what, PhotoBase64) => {
    expect(await links.make({ ...product, PhotoBase64 })).toMatchObject({ ErrorCode: 0 });
  });

  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
  test.each([
    ["no kind of sale", { SalesType: 3 }, 131],
    ["no photo of a product", { PhotoBase64: "" }, 128],
    ["a drawing that can hold scripts", { PhotoBase64: base64(svg) }, 127],
    ["a file that is no picture", { PhotoBase64: base64(Buffer.from("GIF89a")) }, 127],
    ["a photo that is no Base64", { PhotoBase64: "ağaç" }, 127],
    ["a photo that is no text", { PhotoBase64: { data: "" } }, 127],
    ["a photo above its bound", { PhotoBase64: base64(pngOf(64, 48, 4 * MB)) }, 138],
    ["a photo far above it", { PhotoBase64: "A".repeat(9 * MB) }, 138],
    ["a stock without a count", { StockTrack: true }, 134],
    ["a stock of none", { StockTrack: true, StockCount: 0 }, 134],
    ["a stock that is no number", { StockTrack: true, StockCount: "many" }, 134],
    ["calls to nobody", { CallbackSupport: true }, 163],
    ["calls to no address", { CallbackSupport: true, CallbackAddress: "ftp://a.example" }, 166],
    ["letters to nobody", { NotificationSupport: true }, 6],
    ["letters to no address", { NotificationSupport: true, NotificationEmail: "ece" }, 6],
    ["letters to no mobile", { NotificationSupport: true, NotificationPhone: "0212" }, 7],
    ["no amount", { ItemAmount: 0 }, 2],
    ["no name", { ItemName: "" }, 2],
  ])("is refused for %s", async (_what, more, code) => {
    expect(await links.make({ ...product, ...more })).toMatchObject(failed(code));
  });

  test("may be large where it has a photo, and no other service's body may", async () => {
    const body = { ...service, PhotoBase64: base64(pngOf(64, 48, 2 * MB)) };
    expect(await links.make(body)).toMatchObject({ ErrorCode: 0 });
    const other = await wire.post("api/paywall/checkout/generate", body);
    expect(other).toMatchObject(failed(2));
  });

  test("is sent to whom it is for, by e-mail and text message", async () => {
    const { Body } = await links.make({
      ...{ ...service, NotificationSupport: true, LanguageId: 2 },
      ...{ NotificationEmail: "ece@t.example", NotificationPhone: "0530 000 00 01" },
    });
    const [address] = Body.Link.split("?");
    const written = (await payers.messages()).slice(0, 2);
    expect(written.map(({ channel }) => channel).sort()).toEqual(["email", "sms"]);
    expect(written.map(({ recipient }) => recipient).sort()).toEqual([
      "5300000001",
      "ece@t.example",
    ]);
    for (const { body } of written) expect(body).toContain(address);
  });
});

describe("the address of a link", () => {
  type Body = Readonly<Record<string, unknown>>;
  async function deliver(): Promise<Body[]> {
    await queueDeliveries(world.db);
    await runJobs(world);
    await runJobs(world);
    return server.heard.map(({ body }) => body as Body);
  }
  const made = async () => {
    const ids = { MerchantOrderId: "o-7", MerchantTrackId: "t-7" };
    const calls = { CallbackSupport: true, CallbackAddress: `${server.url}/link` };
    const { Body } = await links.make({ ...service, ...ids, ...calls });
    return { Id: Body.Id, guid: links.guidOf(Body) };
  };

  test("hears of each payment that took money, and of no other", async () => {
    const { Id, guid } = await made();
    await world.bank.fault("decline", { op: "sale" }, { code: "51" });
    expect((await payers.pay(guid)).attempt.status).toBe("declined");
    const first = await payers.pay(guid);
    const second = await payers.pay(guid);
    await payers.pay(await links.made(service));
    const told = (await deliver()).sort((a, b) => Number(a["PaymentId"]) - Number(b["PaymentId"]));
    expect(told).toHaveLength(2);
    expect(told[0]).toEqual({
      ...{ Type: 1, Id, MerchantOrderId: "o-7", MerchantTrackId: "t-7" },
      ...{ PaymentId: Number(first.attempt.xact), Amount: 90, OperationAmount: 90, IP: "" },
      ...{ UniqueCode: "o-7", PaymentCode: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ...{ CurrencyId: 1, PaymentMethodId: 2, Installment: 1, ChannelId: 0, TagId: 0 },
      DateTime: expect.stringMatching(/^2026-03-04T12:0/),
      ...{ Hash: null, HashFormat: 1, HashKeyType: 2 },
    });
    expect(told[1]).toMatchObject({ PaymentId: Number(second.attempt.xact) });
    const found = await wire.get("api/paywall/private/query/by/paymentid", {
      PaymentId: told[0]!["PaymentId"],
    });
    expect(found).toMatchObject({ ErrorCode: 0 });
  });

  test("is called again where it did not take the call, signed once there is a key", async () => {
    const { merchantId } = world.merchant;
    const { ring } = world.deps;
    const key = await inTx(world.db, (tx) =>
      newCallbackKey({ tx, ring }, merchantId, "system", world.clock()),
    );
    const { Id, guid } = await made();
    server.answers.push(500, 503);
    const { attempt } = await payers.pay(guid);
    await deliver();
    await runJobs(world);
    await runJobs(world);
    expect(server.heard).toHaveLength(3);
    const parts = [key, Id, attempt.xact, "o-7", "90.00"];
    const Hash = createHash("sha256").update(parts.join("###")).digest("hex");
    for (const { body } of server.heard) expect(body).toMatchObject({ Id, Hash });
  });

  test("is told once the bank has said yes of a charge in doubt", async () => {
    const { guid } = await made();
    const prepared = await payers.prepare(guid);
    await world.bank.fault("reset_after_commit", { op: "sale" });
    expect((await payers.complete(prepared)).attempt.status).toBe("doubtful");
    expect(await deliver()).toEqual([]);
    await world.advance(10_000);
    expect(await deliver()).toMatchObject([{ Type: 1 }]);
  });
});
