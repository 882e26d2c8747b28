import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { lastCode, messagesOf, otherCode } from "../../support/codes.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { alertIn, orderPayersOf, titleIn, visitIn } from "../../support/order-payers.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const MINUTE_MS = 60_000;

let world: TestWorld;
let payers: ReturnType<typeof orderPayersOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  payers = orderPayersOf(world);
  cards = orderCardsOf(world);
});
afterAll(async () => {
  await runJobs(world);
  await world.isSound();
  await world.close();
});

const step = (order: Subscription, fields: Record<string, string>) =>
  payers.post(order, fields, "/code");
const send = (order: Subscription, visit: string) => step(order, { do: "send", visit });
const check = (order: Subscription, visit: string, code: string) =>
  step(order, { do: "check", visit, code });
const codeOf = (order: Subscription) => lastCode(world, order.terms.phone);
const asksForCard = (text: string) => text.includes('name="pan"');

/** A visit of a page that has proved the phone. */
async function proven(order: Subscription): Promise<string> {
  const visit = visitIn(await payers.show(order));
  await send(order, visit);
  const page = await check(order, visit, await codeOf(order));
  if (!asksForCard(page.text)) throw new Error(page.text);
  return visit;
}

describe("a payer whose phone is to be proved", () => {
  test("is asked for the code first, then for the card, which uses the code", async () => {
    const order = await payers.orderWithCode();
    const first = await payers.show(order);
    expect(first.text).toContain("5•• ••• ••");
    expect(first.text).not.toContain(order.terms.phone);
    expect(asksForCard(first.text)).toBe(false);
    const visit = visitIn(first);
    const sent = await send(order, visit);
    expect(visitIn(sent)).toBe(visit);
    expect(sent.text).toContain("Kalan deneme: 3");
    const [sms] = (await messagesOf(world)).slice(-1);
    expect(sms).toMatchObject({ purpose: "subscription_code", recipient: order.terms.phone });
    const right = await check(order, visit, (await codeOf(order)).toLowerCase());
    expect(asksForCard(right.text)).toBe(true);
    expect(right.url).toContain(`visit=${visit}`);
    expect(titleIn(await payers.add(order, { visit }))).toBe("Kartınız kaydedildi");
    expect(await cards.cardsOn(order)).toHaveLength(1);
    // Used with the card: another card needs another code.
    expect(asksForCard((await payers.show(order, `?visit=${visit}`)).text)).toBe(false);
    expect(alertIn(await payers.enter(order, { visit }))).toMatch(/^Telefon onayının süresi/);
  });

  test("sends no card without it", async () => {
    const order = await payers.orderWithCode();
    const holds = async () =>
      (await world.db.kysely.selectFrom("checkout_sessions").select("id").execute()).length;
    const before = await holds();
    for (const visit of ["", "x".repeat(22), visitIn(await payers.show(order))]) {
      const page = await payers.enter(order, { visit });
      expect(page.status).toBe(422);
      expect(alertIn(page)).toBe("Telefon onayının süresi doldu; yeni bir kod isteyin.");
      expect(asksForCard(page.text)).toBe(false);
    }
    expect(await holds()).toBe(before);
  });

  test("is told how often a wrong code may still be typed, and that it is spent then", async () => {
    const order = await payers.orderWithCode();
    const visit = visitIn(await payers.show(order));
    await send(order, visit);
    const code = await codeOf(order);
    const said: string[] = [];
    for (let i = 0; i < 4; i += 1) said.push(alertIn(await check(order, visit, otherCode(code))));
    expect(said).toEqual([
      "Kod hatalı; 2 deneme hakkınız kaldı.",
      "Kod hatalı; 1 deneme hakkınız kaldı.",
      "Kod hatalı; yeni bir kod isteyin.",
      "Kod hatalı; yeni bir kod isteyin.",
    ]);
    const spent = await check(order, visit, code);
    expect(asksForCard(spent.text)).toBe(false);
    expect(spent.text).toContain("Bu kod artık kullanılamaz.");
    expect(alertIn(await send(order, visit))).toBe("Yeni kodu 3 dk sonra isteyebilirsiniz.");
    world.clock.advance(3 * MINUTE_MS);
    await send(order, visit);
    expect(asksForCard((await check(order, visit, await codeOf(order))).text)).toBe(true);
  });

  test("is told when another code can be sent, and to type one", async () => {
    const order = await payers.orderWithCode();
    const visit = visitIn(await payers.show(order));
    expect((await send(order, visit)).status).toBe(200);
    world.clock.advance(46_000);
    const early = await send(order, visit);
    expect(early.status).toBe(422);
    expect(alertIn(early)).toBe("Yeni kodu 2 dk 14 sn sonra isteyebilirsiniz.");
    expect(early.text).toContain('data-seconds="134"');
    expect(alertIn(await check(order, visit, "  "))).toBe("Kodu yazın.");
    world.clock.advance(3 * MINUTE_MS);
    expect(alertIn(await check(order, visit, await codeOf(order)))).toBe(
      "Kodun süresi doldu; yeni bir kod isteyin.",
    );
  });

  test("keeps what was proved when a code is sent again elsewhere", async () => {
    const order = await payers.orderWithCode();
    const visit = await proven(order);
    world.clock.advance(4 * MINUTE_MS);
    await send(order, visitIn(await payers.show(order)));
    expect(titleIn(await payers.add(order, { visit }))).toBe("Kartınız kaydedildi");
  });

  test("has ten minutes for the card, so that the code outlives the bank's page", async () => {
    const order = await payers.orderWithCode();
    const visit = await proven(order);
    world.clock.advance(9 * MINUTE_MS);
    const gate = await payers.enter(order, { visit });
    world.clock.advance(18 * MINUTE_MS);
    expect(titleIn((await payers.goThrough(gate)).page)).toBe("Kartınız kaydedildi");
    const late = await proven(order);
    world.clock.advance(11 * MINUTE_MS);
    expect(alertIn(await payers.enter(order, { visit: late }))).toMatch(/^Telefon onayının/);
  });

  test("proves it for one card: of two that are on their way one is stored", async () => {
    const order = await payers.orderWithCode();
    const visit = await proven(order);
    const gates = [
      await payers.enter(order, { visit }),
      await payers.enter(order, { visit, pan: "4355084355084358" }),
    ];
    const pages = [];
    for (const gate of gates) pages.push((await payers.goThrough(gate)).page);
    expect(pages.map(titleIn)).toEqual(["Kartınız kaydedildi", "Kart kaydedilemedi"]);
    expect(await cards.cardsOn(order)).toHaveLength(1);
  });

  test("whose card was declined goes on with the next one, without another code", async () => {
    const order = await payers.orderWithCode();
    const visit = await proven(order);
    const declined = await payers.add(order, { visit, pan: "5100050000006661" });
    expect(titleIn(declined)).toBe("Kartınız doğrulanamadı");
    const again = /<a class="pay" href="([^"]+)"/.exec(declined.text)![1]!;
    const page = await payers.payer.get(`${world.url}${again.replaceAll("&amp;", "&")}`);
    expect(asksForCard(page.text)).toBe(true);
    expect(titleIn(await payers.add(order, { visit }))).toBe("Kartınız kaydedildi");
  });
});

describe("somebody who has the page's address alone", () => {
  test("proves nothing by another's code, and another's proof is of no use", async () => {
    const order = await payers.orderWithCode();
    const visit = await proven(order);
    const other = visitIn(await payers.show(order));
    expect(other).not.toBe(visit);
    expect(asksForCard((await payers.show(order, `?visit=${other}`)).text)).toBe(false);
    expect(alertIn(await check(order, other, await codeOf(order)))).toMatch(/^Kodun süresi doldu/);
    const elsewhere = await payers.orderWithCode();
    expect(asksForCard((await payers.show(elsewhere, `?visit=${visit}`)).text)).toBe(false);
  });
  test("has one code in three minutes sent, however many pages are opened", async () => {
    const order = await payers.orderWithCode();
    const visits = await Promise.all(
      Array.from({ length: 8 }, async () => visitIn(await payers.show(order))),
    );
    expect(new Set(visits).size).toBe(8);
    await Promise.all(visits.map((visit) => send(order, visit)));
    const sent = (await messagesOf(world)).filter(
      ({ recipient }) => recipient === order.terms.phone,
    );
    expect(sent).toHaveLength(1);
  });
  test("guesses three times, from however many pages at once", async () => {
    const order = await payers.orderWithCode();
    await send(order, visitIn(await payers.show(order)));
    const wrong = otherCode(await codeOf(order));
    const visits = await Promise.all(
      Array.from({ length: 8 }, async () => visitIn(await payers.show(order))),
    );
    const said = await Promise.all(visits.map((visit) => check(order, visit, wrong)));
    expect(said.filter((page) => /\d deneme/.test(alertIn(page)))).toHaveLength(2);
    expect(alertIn(await check(order, visits[0]!, await codeOf(order)))).toMatch(/yeni bir kod/);
  });
});

test("a merchant's own page proves the phone itself, and is told to", async () => {
  const order = await payers.orderWithCode();
  const { body } = await world.post("v1/subscription/create_card_tds_initial", {
    ...{ subscription_id: order.id, return_url: "http://127.0.0.1:9/back", month: 12, year: 30 },
    ...{ pan: "5571135571135575", cvv: "000" },
  });
  const sid = await payers.payer.toBank(String(body["post_url"]));
  await payers.payer.comeBack(await payers.payer.resolve(sid, { result: "approve" }));
  const { session_id, token_id } = body;
  const confirmed = await world.post("v1/subscription/create_card_tds_confirm", {
    session_id,
    token_id,
  });
  expect(confirmed.body).toMatchObject({ is_succeed: true, otp_control: true });
});
