import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sweepLeftovers } from "../../../src/jobs/sweep-leftovers.ts";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import { endDoubt } from "../../faults/hands.ts";
import { cardEntriesOf } from "../../support/card-entries.ts";
import { lastCode, messagesOf, otherCode } from "../../support/codes.ts";
import { asOwner } from "../../support/database.ts";
import { runJobs } from "../../support/jobs.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { alertIn, orderPayersOf, titleIn, visitIn } from "../../support/order-payers.ts";
import { createOrder } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const MINUTE_MS = 60_000;
const OVER = /^Bugünkü kod sınırına ulaşıldı\. Yeni kod .* 00:00 sonrasında istenebilir\.$/;

let world: TestWorld;
let payers: ReturnType<typeof orderPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  payers = orderPayersOf(world);
});
// Each from a fresh morning on, so that no day ends in the middle.
beforeEach(() => {
  const sinceMidnight = (world.clock().getTime() + 3 * 3_600_000) % DAY_MS;
  world.clock.advance(DAY_MS - sinceMidnight + 9 * 3_600_000);
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
const leadIn = (text: string) => /<p class="lead">([^<]*)</.exec(text)?.[1] ?? "";
const sentTo = async ({ terms }: Subscription) =>
  (await messagesOf(world)).filter(({ recipient }) => recipient === terms.phone).length;

test("ten codes are sent for an order on a day, and the page says when there is more", async () => {
  const order = await payers.orderWithCode();
  const visit = visitIn(await payers.show(order));
  for (let i = 0; i < 10; i += 1) {
    expect((await send(order, visit)).status).toBe(200);
    world.clock.advance(3 * MINUTE_MS);
  }
  expect(leadIn((await payers.show(order)).text)).toMatch(OVER);
  const eleventh = await send(order, visit);
  expect(leadIn(eleventh.text)).toMatch(OVER);
  expect(eleventh.text).not.toContain('name="do"');
  expect(await sentTo(order)).toBe(10);
  const other = await payers.orderWithCode();
  expect((await send(other, visitIn(await payers.show(other)))).status).toBe(200);
  world.clock.advance(DAY_MS);
  await send(order, visit);
  expect(await sentTo(order)).toBe(11);
  expect((await check(order, visit, await codeOf(order))).text).toContain('name="pan"');
});

test("the tenth code can be typed as long as it is good", async () => {
  const order = await payers.orderWithCode();
  const visit = visitIn(await payers.show(order));
  for (let i = 0; i < 9; i += 1) {
    await send(order, visit);
    world.clock.advance(3 * MINUTE_MS);
  }
  await send(order, visit);
  expect((await check(order, visit, await codeOf(order))).text).toContain('name="pan"');
});

test("fifteen wrong codes are taken of an order on a day, however many guess at once", async () => {
  const order = await payers.orderWithCode();
  const visit = visitIn(await payers.show(order));
  const wrong = async () => {
    const { rows } = await asOwner(
      world.database.ownerUrl,
      `select wrong_that_day from one_time_codes where session = '${order.id}'`,
    );
    return rows[0]?.["wrong_that_day"];
  };
  for (let i = 0; i < 5; i += 1) {
    await send(order, visit);
    const code = otherCode(await codeOf(order));
    await Promise.all(Array.from({ length: 6 }, () => check(order, visit, code)));
    expect(await wrong()).toBe(3 * (i + 1));
    if (i < 4) world.clock.advance(3 * MINUTE_MS);
  }
  expect(leadIn((await payers.show(order)).text)).toMatch(OVER);
  const right = await check(order, visit, await codeOf(order));
  expect(leadIn(right.text)).toMatch(OVER);
  world.clock.advance(3 * MINUTE_MS);
  await send(order, visit);
  expect(await sentTo(order)).toBe(5);
  world.clock.advance(DAY_MS);
  await send(order, visit);
  expect(alertIn(await check(order, visit, otherCode(await codeOf(order))))).toBe(
    "Kod hatalı; 2 deneme hakkınız kaldı.",
  );
  expect(await wrong()).toBe(1);
});

test("thirty entries of a page that come to nothing are begun on a day, also at once", async () => {
  const order = await createOrder(world);
  await payers.add(order);
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(Array.from({ length: 7 }, () => payers.enter(order)));
  }
  const last = await Promise.all(Array.from({ length: 5 }, () => payers.enter(order)));
  const refused = last.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(3);
  expect(titleIn(refused[0]!)).toBe("Bugünlük deneme sınırına ulaşıldı");
  expect(refused[0]!.text).toMatch(/ 00:00 sonrasında yeniden deneyebilirsiniz\./);
  const begun = await world.db.kysely
    .selectFrom("card_entries")
    .select("session_id")
    .where("subscription_id", "=", order.id)
    .execute();
  expect(begun).toHaveLength(31);
  world.clock.advance(DAY_MS);
  expect((await payers.enter(order)).status).toBe(200);
});

test("a week later entries without a card are gone but for a hold that is not back", async () => {
  const order = await createOrder(world);
  const left = async () => {
    const { rows } = await asOwner(
      world.database.ownerUrl,
      `select (select count(*)::int from card_entries e where e.subscription_id = '${order.id}')
        as entries, count(distinct s.id)::int as sessions, count(t.id)::int as tries
      from checkout_sessions s join checkout_tokens t on t.session_id = s.id
      where s.terms -> 'details' ->> 'subscription_id' = '${order.id}'`,
    );
    return rows[0];
  };
  const sweep = () =>
    Promise.resolve(sweepLeftovers(world.deps.payments)(undefined, undefined as never));
  await payers.add(order);
  await payers.enter(order);
  await payers.goThrough(await payers.enter(order), { result: "reject" });
  await payers.add(order, { pan: "5100050000006661" });
  await runJobs(world);
  // What the bank holds and has not said: it is asked about until it has.
  await world.bank.fault("reset_after_commit", { op: "preauth" });
  await payers.add(order, { pan: "4355084355084358" });
  await world.bank.clearFaults();
  expect(await left()).toEqual({ entries: 5, sessions: 5, tries: 5 });
  await sweep();
  expect(await left()).toEqual({ entries: 5, sessions: 5, tries: 5 });
  world.clock.advance(8 * DAY_MS);
  await sweep();
  expect(await left()).toEqual({ entries: 2, sessions: 2, tries: 2 });
  expect(await orderCardsOf(world).cardsOn(order)).toHaveLength(1);
  const hold = (await cardEntriesOf(world).holds()).at(-1)!;
  expect(await endDoubt(world, hold)).toMatchObject({ is_succeed: true });
  await runJobs(world);
  await sweep();
  expect(await left()).toEqual({ entries: 1, sessions: 1, tries: 1 });
});
