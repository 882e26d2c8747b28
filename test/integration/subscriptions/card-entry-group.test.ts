import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { cardEntriesOf } from "../../support/card-entries.ts";
import { firmsOf } from "../../support/firms.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { orderPayersOf } from "../../support/order-payers.ts";
import { createOrder, invoicesNow, orderNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let of: ReturnType<typeof cardEntriesOf>;
let payers: ReturnType<typeof orderPayersOf>;
let cards: ReturnType<typeof orderCardsOf>;
let agentId: NonNullable<Subscription["agentId"]>;
let other: NonNullable<Subscription["agentId"]>;
beforeAll(async () => {
  world = await createWorld();
  of = cardEntriesOf(world);
  payers = orderPayersOf(world);
  cards = orderCardsOf(world);
  const firms = firmsOf(world);
  await firms.agentKey("20001");
  await firms.agentKey("20002");
  agentId = await cards.agentId("20001");
  other = await cards.agentId("20002");
});
beforeEach(() => world.clock.advance(1));
afterAll(async () => {
  await runJobs(world);
  await world.isSound();
  await world.close();
});

const drawsAtCard = true;
const inGroup = (groupReference: string, more: Partial<Subscription> = {}) =>
  createOrder(world, { groupReference, ...more });
const named = (description: string, order: Subscription): Partial<Subscription> => ({
  terms: { ...order.terms, description },
});
const untouched = async (order: Subscription) => {
  expect(await cards.cardsOn(order)).toEqual([]);
  expect(await orderNow(world, order)).toMatchObject({ acceptedAt: null });
  expect((await invoicesNow(world, order)).every(({ tries }) => tries === 0)).toBe(true);
};

describe("on the payer's page a group", () => {
  test("is the main firm's own: no dealer's order is shown in it, or gets the card", async () => {
    const order = await inGroup("OWN");
    const ours = await inGroup("OWN", named("Bizim", order));
    const dealers = await inGroup("OWN", { ...named("Bayinin", order), agentId, drawsAtCard });
    const page = await payers.show(order);
    expect(page.text).toContain("Bizim");
    expect(page.text).not.toContain("Bayinin");
    await payers.add(order);
    const [card] = await cards.cardsOn(order);
    expect(card).toEqual(expect.any(Number));
    expect(await cards.cardsOn(ours)).toEqual([card]);
    await untouched(dealers);
  });
  test("is one dealer's: neither another's order nor the main firm's is in it", async () => {
    const order = await inGroup("TWO", { agentId });
    const others = [await inGroup("TWO", { agentId: other, drawsAtCard }), await inGroup("TWO")];
    expect((await payers.show(order)).text).not.toContain('name="shown"');
    const shown = others.map(({ id }) => id).join(" ");
    await payers.goThrough(await payers.enter(order, { shown }));
    expect(await cards.cardsOn(order)).toHaveLength(1);
    for (const each of others) await untouched(each);
  });
  test("gets no card for an order that was made while the page was open", async () => {
    const order = await inGroup("OPEN");
    const shown = await inGroup("OPEN");
    const names = payers.shownIn(await payers.show(order));
    expect(names).toBe(shown.id);
    const late = await inGroup("OPEN", { drawsAtCard });
    await payers.goThrough(await payers.enter(order, { shown: names }));
    expect(await cards.cardsOn(shown)).toHaveLength(1);
    await untouched(late);
  });
  test("gets none for an order that was made while the payer was at the bank", async () => {
    const order = await inGroup("BANK");
    const gate = await payers.enter(order);
    const late = await inGroup("BANK", { drawsAtCard });
    const { page } = await payers.goThrough(gate);
    expect(page.text).toContain("Kartınız kaydedildi");
    expect(await cards.cardsOn(order)).toHaveLength(1);
    await untouched(late);
  });
  test("is shown whole: twenty other orders, and the rest to be opened", async () => {
    const order = await inGroup("MANY");
    for (let i = 1; i <= 22; i += 1) {
      const more = { ...named(`Ders ${i}.`, order), amountMinor: BigInt(i) * 1_000n };
      await inGroup("MANY", { ...more, createdAt: new Date(order.createdAt.getTime() + i) });
    }
    const page = await payers.show(order);
    const [before, rest] = page.text.split("Diğer 2 düzenli ödeme");
    expect(before).toContain("Ders 20.");
    expect(before).not.toContain("Ders 21.");
    expect(rest).toContain("Ders 22.");
    expect(rest).toMatch(/220,00\sTL/);
    expect(payers.shownIn(page).split(" ")).toHaveLength(22);
  });
});

describe("by the shop's server a group", () => {
  test("is all of its name where the main firm names it, as it was at the start", async () => {
    const [ours, dealers] = [await inGroup("ALL"), await inGroup("ALL", { agentId })];
    const { names } = await of.back({ group_reference_no: "ALL" });
    const late = [await inGroup("ALL", { drawsAtCard }), await inGroup("ALL", { agentId })];
    const { body } = await of.confirm(names);
    const told = body["group_reference_details"] as { subscription_id: string }[];
    const named = told.map((row) => row.subscription_id);
    expect(named.toSorted()).toEqual([ours.id, dealers.id].toSorted());
    expect(await cards.cardsOn(dealers)).toEqual([Number(body["card_id"])]);
    for (const each of late) await untouched(each);
  });
  test("is the dealer's where a dealer names it, and a link of a card goes as far", async () => {
    const own = await inGroup("DEALER", { agentId });
    const [ours, others] = [await inGroup("DEALER"), await inGroup("DEALER", { agentId: other })];
    const key = await firmsOf(world).agentKey("20001");
    const group = { group_reference_no: "DEALER" };
    const started = await of.start(group, {}, key);
    const sid = await of.payer.toBank(String(started.body["post_url"]));
    await of.payer.comeBack(await of.payer.resolve(sid, { result: "approve" }));
    const { body } = await of.confirm(of.namesOf(started), key);
    expect(await cards.cardsOn(own)).toEqual([Number(body["card_id"])]);
    const link = { card_id: body["card_id"], ...group };
    expect((await cards.call("link_to_subscription", link, key)).body).toMatchObject({ code: 0 });
    for (const each of [ours, others]) await untouched(each);
  });
  test("shares no card of the vault with another's of the same name", async () => {
    const [ours, dealers] = [await inGroup("VAULT"), await inGroup("VAULT", { agentId })];
    await payers.add(ours);
    await payers.add(dealers);
    const [[one], [two]] = [await cards.cardsOn(ours), await cards.cardsOn(dealers)];
    expect(one).not.toBe(two);
  });
});

describe("a payer's word", () => {
  test("is of the moment and address at which the page was sent, not of the return", async () => {
    const order = await createOrder(world);
    const sentAt = world.clock();
    const gate = await payers.enter(order);
    world.clock.advance(5 * 60_000);
    await payers.goThrough(gate);
    const accepted = { acceptedAt: sentAt, acceptedFrom: "127.0.0.1" };
    expect(await orderNow(world, order)).toMatchObject(accepted);
    world.clock.advance(DAY_MS);
    await payers.add(order, { pan: "4355084355084358" });
    expect(await orderNow(world, order)).toMatchObject(accepted);
  });
});

describe("a number that an order has by another's card", () => {
  test("is one place, entered before the link or after it", async () => {
    const [from, to] = [await createOrder(world), await createOrder(world)];
    const card = Number((await of.enter({ subscription_id: from.id })).body["card_id"]);
    await of.enter({ subscription_id: to.id });
    const before = await cards.cardsOn(to);
    const link = { card_id: card, subscription_id: to.id };
    expect((await cards.call("link_to_subscription", link)).body).toMatchObject({ code: 0 });
    expect(await cards.cardsOn(to)).toEqual(before);

    const third = await createOrder(world, { drawsAtCard });
    await cards.call("link_to_subscription", { card_id: card, subscription_id: third.id });
    const { body } = await of.enter({ subscription_id: third.id }, { label: "yeni", year: "31" });
    expect(body).toMatchObject({ is_succeed: true, card_id: String(card) });
    expect(await cards.cardsOn(third)).toEqual([card]);
    expect(await cards.list(from)).toMatchObject([{ card_id: card, label: "yeni" }]);
    const kept = await world.db.kysely
      .selectFrom("payer_cards as p")
      .innerJoin("cards as c", "c.id", "p.card_id")
      .select("c.expiry_year")
      .where("p.number", "=", BigInt(card))
      .execute();
    expect(kept).toEqual([{ expiry_year: 2031 }]);
  });
  test("is told as on each order of a group that has it by one card or another", async () => {
    const [one, two] = [await inGroup("TWIN"), await inGroup("TWIN")];
    const alone = await createOrder(world);
    const linked = Number((await of.enter({ subscription_id: alone.id })).body["card_id"]);
    await cards.call("link_to_subscription", { card_id: linked, subscription_id: two.id });
    const { body } = await of.enter({ group_reference_no: "TWIN" });
    expect(body["group_reference_details"]).toHaveLength(2);
    for (const each of [one, two]) expect(await cards.cardsOn(each)).toEqual([linked]);
  });
});
