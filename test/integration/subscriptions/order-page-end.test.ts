import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  Subscription,
  SubscriptionTerms,
} from "../../../src/subscriptions/subscription.rules.ts";
import { expectSound, liveCharges } from "../../faults/hands.ts";
import { bankPaysIn } from "../../support/bank-pays.ts";
import { cardEntriesOf } from "../../support/card-entries.ts";
import { firmsOf } from "../../support/firms.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { alertIn, orderPayersOf, titleIn } from "../../support/order-payers.ts";
import { createOrder, drawAll, orderNow } from "../../support/orders.ts";
import type { Page } from "../../support/payer.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let payers: ReturnType<typeof orderPayersOf>;
let cards: ReturnType<typeof orderCardsOf>;
let holds: () => Promise<string[]>;
beforeAll(async () => {
  world = await createWorld();
  payers = orderPayersOf(world);
  cards = orderCardsOf(world);
  holds = cardEntriesOf(world).holds;
});
afterAll(async () => {
  await runJobs(world);
  await expectSound(world);
  await world.close();
});

const said = ({ text }: Page): string =>
  text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(" ", " ")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
const orderWith = async (
  terms: Partial<SubscriptionTerms>,
  more: Partial<Subscription> = {},
): Promise<Subscription> => {
  const plain = await createOrder(world);
  return createOrder(world, { terms: { ...plain.terms, ...terms }, ...more });
};
const inDays = (days: number) => new Date(world.clock().getTime() + days * DAY_MS);

describe("the end", () => {
  test("of a card that is stored says what comes next", async () => {
    const order = await createOrder(world, { beginAt: inDays(28) });
    const page = await payers.add(order);
    expect(titleIn(page)).toBe("Kartınız kaydedildi");
    expect(said(page)).toContain("Kart 557113******5575 Ödeme 99,00 TL · her ay, 12 kez");
    expect(said(page)).toContain("İlk çekim 1 Nisan 2026");
    expect(await orderNow(world, order)).toMatchObject({ acceptedFrom: "127.0.0.1" });
  });
  test("of a first draw says what came of it", async () => {
    const paid = await payers.add(await createOrder(world, { drawsAtCard: true }));
    expect(titleIn(paid)).toBe("İlk ödemeniz alındı");
    expect(said(paid)).toContain("Çekilen tutar 99,00 TL");
    const more = { drawsAtCard: true, amountMinor: 700_051n };
    const refused = await payers.add(await createOrder(world, more));
    expect(titleIn(refused)).toBe("Kartınız kaydedildi, ödeme alınamadı");
    expect(said(refused)).toMatch(
      /Kart limiti veya bakiyesi yetersiz Ödeme .* yeniden denenecek\./,
    );
  });
  test("is told again to who loads it again", async () => {
    const order = await createOrder(world, { drawsAtCard: true });
    const { page, resolved } = await payers.goThrough(await payers.enter(order));
    const again = await payers.payer.comeBack(resolved);
    expect(said(again)).toBe(said(page));
    expect(await cards.cardsOn(order)).toHaveLength(1);
  });
  test("is the merchant's own page where it has one", async () => {
    const order = await orderWith({ redirectUrl: `${world.url}/healthz?from=card` });
    const { url } = await payers.add(order);
    const [card] = await cards.cardsOn(order);
    expect(url).toBe(`${world.url}/healthz?from=card&subscription_id=${order.id}&card_id=${card}`);
    const refused = await payers.add(order, {}, { result: "cancel" });
    expect(titleIn(refused)).toBe("Kart doğrulanmadı");
  });
  test("is not known while the bank does not say, and stored when asked again", async () => {
    const order = await createOrder(world);
    const gate = await payers.enter(order);
    await world.bank.fault("reset_after_commit", { op: "preauth" });
    const { page, resolved } = await payers.goThrough(gate);
    expect(titleIn(page)).toBe("Bankanın yanıtı bekleniyor");
    expect(await cards.cardsOn(order)).toEqual([]);
    world.clock.advance(10_000);
    expect(titleIn(await payers.payer.comeBack(resolved))).toBe("Kartınız kaydedildi");
    await runJobs(world);
    expect(await liveCharges(world, (await holds()).at(-1)!)).toBe(0);
  });
  test("of a card that came back too late says to begin again", async () => {
    const order = await createOrder(world);
    const gate = await payers.enter(order);
    world.clock.advance(21 * 60_000);
    const { page } = await payers.goThrough(gate);
    expect(titleIn(page)).toBe("Doğrulamanın süresi doldu");
    expect(page.text).toContain(`/sub/10001/${order.id}?lang=`);
  });
});

describe("an order that takes no card", () => {
  const closed: readonly (readonly [string, number, (order: Subscription) => Promise<unknown>])[] =
    [
      ["Bu düzenli ödeme durdurulmuş", 410, (order) => cards.setStatus(order, 5)],
      ["Bu düzenli ödeme iptal edilmiş", 410, (order) => cards.setStatus(order, 6)],
    ];
  test.each(closed)("says so: %s", async (title, status, close) => {
    const order = await createOrder(world);
    const gate = await payers.enter(order);
    await close(order);
    for (const page of [await payers.show(order), await payers.enter(order)]) {
      expect(page.status).toBe(status);
      expect(titleIn(page)).toBe(title);
    }
    const { page } = await payers.goThrough(gate);
    // A stopped order keeps the card for when it goes on.
    const isStopped = title.includes("durdurulmuş");
    expect(titleIn(page)).toBe(isStopped ? "Kartınız kaydedildi" : title);
    expect(await cards.cardsOn(order)).toHaveLength(isStopped ? 1 : 0);
  });
  test("is one whose plan is over", async () => {
    const done = await createOrder(world, { intervalCount: 1, drawsAtCard: true });
    await payers.add(done);
    const page = await payers.show(done);
    expect([page.status, titleIn(page)]).toEqual([200, "Bu düzenli ödeme tamamlandı"]);
    const failed = await createOrder(world, { intervalCount: 1 });
    world.clock.advance(4 * DAY_MS);
    await drawAll(world);
    expect(titleIn(await payers.show(failed))).toBe("Bu düzenli ödemenin planı bitti");
  });
  test("is unknown by another firm's address, and by none of ours", async () => {
    const order = await createOrder(world);
    await firmsOf(world).another("10077");
    for (const path of [
      `/sub/10077/${order.id}`,
      `/sub/10001/${order.id.replace(/^./, (c) => (c === "0" ? "1" : "0"))}`,
      "/sub/10001/1",
      "/sub/10001/%27%20or%201=1",
    ]) {
      const page = await payers.payer.get(`${world.url}${path}`);
      expect([page.status, titleIn(page)]).toEqual([404, "Düzenli ödeme bulunamadı"]);
    }
  });
  test("is one of a firm, or of a dealer, that is blocked", async () => {
    const agentId = await cards.agentId("20001");
    const order = await createOrder(world, { agentId });
    const firms = firmsOf(world);
    await firms.whileBlocked(undefined, async () => {
      expect((await payers.show(order)).status).toBe(403);
    });
    await firms.whileBlocked("20001", async () => {
      const page = await payers.enter(order);
      expect(alertIn(page)).toMatch(/^Kart şu anda kaydedilemiyor/);
    });
  });
});

describe("where the bank's page makes the hold by itself", () => {
  beforeAll(() => bankPaysIn(world).change({ threeDModel: "3d_pay" }));
  test("a card is stored, and the lira goes back", async () => {
    const order = await createOrder(world, { drawsAtCard: true });
    expect(titleIn(await payers.add(order))).toBe("İlk ödemeniz alındı");
    await runJobs(world);
    expect(await liveCharges(world, (await holds()).at(-1)!)).toBe(0);
  });
  test("of a payer who does not come back the lira goes back, and no card is stored", async () => {
    const order = await createOrder(world);
    const gate = await payers.enter(order);
    const bank = await payers.payer.submit(gate.form!);
    const sid = /\/acs\/([\w-]+)/.exec(bank.url + bank.text)![1]!;
    await payers.payer.resolve(sid, { result: "approve" });
    await bankPaysIn(world).pass(32 * 60_000);
    await runJobs(world);
    expect(await liveCharges(world, (await holds()).at(-1)!)).toBe(0);
    expect(await cards.cardsOn(order)).toEqual([]);
  });
  test("of a card that its bank's page refuses nothing is held", async () => {
    const order = await createOrder(world);
    const page = await payers.add(order, {}, { result: "reject" });
    expect(page.text).toContain("Kart kaydedilmedi");
    expect(await cards.cardsOn(order)).toEqual([]);
  });
});
