import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardEntriesOf } from "../../../support/card-entries.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { createOrder } from "../../../support/orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof cardEntriesOf>;
beforeAll(async () => {
  world = await createWorld();
  of = cardEntriesOf(world);
});
afterAll(() => world.close());

test("the entry of a card starts with its session, its token and the payer's way", async () => {
  await createOrder(world, { reference: "ABO-77" });
  const { request, response } = example(import.meta.dirname);
  const started = await world.post("v1/subscription/create_card_tds_initial", request);
  expectLike(started, response);
  const { session_id, token_id, post_url, html_content } = started.body as Record<string, string>;
  const gate = new URL(post_url!);
  expect(`${gate.origin}${gate.pathname}`).toBe(`${world.url}/v1/subscriptioncreatecardjgate/tds`);
  expect(Object.fromEntries(gate.searchParams)).toEqual({ session_id, token_id });
  expect(html_content).toContain(`action="${post_url!.replaceAll("&", "&amp;")}"`);
});

test("a browser comes to the bank by either path, by GET and by the form", async () => {
  const order = await createOrder(world);
  const ways = [
    (url: string) => of.payer.get(url),
    (url: string) => of.payer.submit({ action: url, fields: {} }),
    (url: string) => of.payer.get(url.replace("subscriptioncreatecardjgate", "paynetjgate")),
  ];
  for (const go of ways) {
    const { body } = await of.start({ subscription_id: order.id });
    const page = await go(String(body["post_url"]));
    expect(page.form?.action).toBe(`${world.bank.url}/akbank-est/fim/est3Dgate`);
    expect(page.text).toContain("Bankanıza yönlendiriliyorsunuz");
  }
});

test("the start holds nothing, and puts no card on the order", async () => {
  const order = await createOrder(world);
  await of.start({ subscription_id: order.id });
  expect(await of.holds()).toEqual([]);
  expect(await orderCardsOf(world).cardsOn(order)).toEqual([]);
});

test.each(["subscription_id", "subcription_id"])("an order is named by %s", async (member) => {
  const order = await createOrder(world);
  const named = { [member]: order.id, reference_no: "" };
  expect((await of.start(named)).body).toMatchObject({ code: 0, message: "Başarılı Islem" });
});

test("a holder's name and a label may be left out, a year has two digits or four", async () => {
  const order = await createOrder(world);
  for (const year of ["30", 30, 2030, "2030"]) {
    expect((await of.start({ reference_no: order.reference }, { year })).body["code"]).toBe(0);
  }
});

test("a payer may be sent back to the longest address of this wire", async () => {
  const order = await createOrder(world);
  for (const length of [257, 2_048]) {
    const return_url = "https://shop.example/".padEnd(length, "x");
    expect((await of.start({ subscription_id: order.id }, { return_url })).body["code"]).toBe(0);
  }
});

describe("who is not named right", () => {
  test("is told that there is no such order", async () => {
    const [order, other] = [await createOrder(world), await createOrder(world)];
    const grouped = await createOrder(world, { groupReference: "GRP-X" });
    const firms = firmsOf(world);
    const stranger = { authorization: `Basic ${(await firms.another("10031")).secretKey}` };
    const none = {
      object_name: "create_card_tds_initial",
      code: 12,
      message: "Düzenli ödeme bulunamadı",
    };
    for (const [named, headers] of [
      [{ subscription_id: order.id }, stranger],
      [{ subscription_id: order.id }, await firms.agentKey("20001")],
      [{ group_reference_no: "GRP-X" }, stranger],
      [{ group_reference_no: "GRP-X" }, await firms.agentKey("20001")],
      [{ subscription_id: order.id, reference_no: other.reference }, {}],
      [{ subscription_id: order.id, group_reference_no: "GRP-X" }, {}],
      [{ subscription_id: grouped.id, group_reference_no: "GRP-Y" }, {}],
      [{ group_reference_no: "NOBODY" }, {}],
      [{ subscription_id: "6f0c" }, {}],
      [{ reference_no: "NOBODY" }, {}],
    ] as const) {
      const answer = await of.start(named, {}, headers);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(none);
    }
  });

  test("and names nothing, is told what is missing", async () => {
    expectBadRequest(await of.start({}), "subscription_id alanı zorunludur");
    const empty = { subscription_id: "", reference_no: "", group_reference_no: "" };
    expectBadRequest(await of.start(empty), "subscription_id alanı zorunludur");
  });

  test("a deleted order takes no card, one that is stopped does", async () => {
    const shop = orderCardsOf(world);
    const order = await createOrder(world);
    await shop.setStatus(order, 5);
    expect((await of.start({ subscription_id: order.id })).body["code"]).toBe(0);
    await shop.setStatus(order, 6);
    expect((await of.start({ subscription_id: order.id })).body).toEqual({
      object_name: "create_card_tds_initial",
      code: 201,
      message: "Düzenli ödeme durdurulmuş veya silinmiş",
    });
  });
});

describe("what is asked wrongly", () => {
  test.each(["return_url", "pan", "month", "year", "cvv"])("%s is needed", async (member) => {
    const order = await createOrder(world);
    for (const nothing of [undefined, "", null]) {
      const answer = await of.start({ reference_no: order.reference }, { [member]: nothing });
      expectBadRequest(answer, `${member} alanı zorunludur`);
    }
  });
  test.each([
    ["return_url", "shop.example", /^return_url alanı http/],
    ["return_url", `https://shop.example/${"x".repeat(2_028)}`, /^return_url .* en fazla 2048/],
    ["return_url", "https://shop.example/5571135571135575", /^return_url .*kart numarası/],
    ["month", 13, "month alanı 1 - 12 aralığında olmalıdır"],
    ["year", "otuz", "year alanının biçimi geçersiz"],
    ["group_reference_no", "x".repeat(51), /^group_reference_no .* en fazla 50/],
    ["reference_no", "x".repeat(51), /^reference_no .* en fazla 50/],
    ["subscription_id", { $ne: "" }, "subscription_id alanının biçimi geçersiz"],
    ["label", "x".repeat(101), /^label .* en fazla 100/],
    ["card_holder", "a\u0000b", "card_holder alanının biçimi geçersiz"],
  ])("%s %j is refused by its name", async (member, value, message) => {
    const order = await createOrder(world);
    const named = { subscription_id: order.id, [member]: value };
    expectBadRequest(await of.start(named), message);
  });
  test.each([
    [{ pan: "5571135571135574" }, 18, /kart numarası/],
    [{ pan: "6011111111111117" }, 14, /bankası tanınmıyor/],
    [{ month: 2, year: 26 }, 22, /geçmiş/],
    [{ cvv: "12" }, 18, /cvv/],
  ])("a card with %j is code %i", async (more, code, message) => {
    const order = await createOrder(world);
    const answer = await of.start({ subscription_id: order.id }, more);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      object_name: "create_card_tds_initial",
      code,
      message: expect.stringMatching(message),
    });
  });
  test("a publishable key starts nothing", async () => {
    const order = await createOrder(world);
    const key = { authorization: `Basic ${world.merchant.publishableKey}` };
    const answer = await of.start({ subscription_id: order.id }, {}, key);
    expect(answer).toMatchObject({ status: 401, body: { result_code: 7 } });
  });
});
