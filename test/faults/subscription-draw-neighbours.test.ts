import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { demoMerchant } from "../../src/main/demo.ts";
import { enroll } from "../../src/merchants/index.ts";
import { extendPlan } from "../../src/subscriptions/extend-plan.ts";
import { drawDue } from "../../src/subscriptions/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { asOwner } from "../support/database.ts";
import { addCard, createOrder, invoicesNow, orderNow } from "../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import {
  Beside,
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  LEASE_MS,
  outlive,
  secondCard,
  triesOf,
  workerOn,
  workOff,
} from "./draws.ts";

const beside = new Beside();
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
});
afterAll(() => world.close());
afterEach(() => expect(beside.left).toBe(0));

const sql = (statement: string) => asOwner(world.database.ownerUrl, statement);
/** The vault's row of an order's `place`th card. */
const vaultRow = (order: Subscription, place: number) =>
  `id = (select p.card_id from payer_cards p join subscription_cards s on s.card = p.number
    and s.merchant_id = p.merchant_id where s.subscription_id = '${order.id}'
    order by s.number limit 1 offset ${place})`;
/** Its programme is that of a contract which has no rate for it. */
const unpricedCard = "4446760701569538";

type Unusable = Readonly<{
  what: string;
  pan: string;
  spoil(order: Subscription): Promise<unknown>;
}>;
const unusable: readonly Unusable[] = [
  {
    what: "is forgotten in the vault",
    pan: secondCard,
    spoil: (order) =>
      sql(`update cards set key_id = null, sealed = null, fingerprint = '',
        deleted_at = created_at where ${vaultRow(order, 0)}`),
  },
  {
    what: "no contract takes",
    pan: unpricedCard,
    spoil: () => sql("delete from commission_rates where bank_id = 'ZRTB'"),
  },
];

/** Looks at invoices in `spans`, whatever is told of errors. */
async function looksIn(spans: readonly number[]): Promise<number> {
  let looks = 0;
  for (const span of spans) {
    world.clock.advance(span);
    looks += await workOff(world.deps, () => {});
  }
  return looks;
}
/** As often as an invoice is tried, and for a day longer. */
const fourDays = Array.from({ length: 48 }, () => 2 * HOUR_MS);

describe.each(unusable)("a card that $what", ({ pan, spoil }) => {
  test("is passed over for the next one, and harms no other order", async () => {
    const order = await dueOrder(world, [pan, firstCard]);
    await spoil(order);
    const neighbour = await dueOrder(world, [firstCard]);
    expect(await looksIn([0])).toBe(2);
    expect(await triesOf(world, order)).toMatchObject([{ no: 1, isPaid: true }]);
    expect((await firstOf(world, neighbour)).status).toBe("paid");
    await expectTrue(world, [order, neighbour]);
  });

  test("as the only one fails the invoice after its tries, without a loop", async () => {
    const order = await dueOrder(world, [pan]);
    await spoil(order);
    expect(await looksIn([0, ...fourDays])).toBe(9);
    expect(await firstOf(world, order)).toMatchObject({
      status: "failed",
      lastReason: "card_not_taken",
      attemptDays: 3,
      tries: 0,
    });
    await expectTrue(world, [order]);
  });
});

describe("a card that does not open, since its row or its key was damaged", () => {
  const flip = (order: Subscription) =>
    sql(`update cards set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))
      where ${vaultRow(order, 0)}`);

  test("is passed over for the next one, and harms no other order", async () => {
    const order = await dueOrder(world, [secondCard, firstCard]);
    await flip(order);
    const neighbour = await dueOrder(world, [firstCard]);
    expect(await looksIn([0])).toBe(2);
    expect(await triesOf(world, order)).toMatchObject([{ no: 1, isPaid: true }]);
    expect((await firstOf(world, neighbour)).status).toBe("paid");
    await expectTrue(world, [order, neighbour]);
  });

  test("fails no invoice of which it is the only one: that is drawn once it opens", async () => {
    const order = await dueOrder(world, [secondCard]);
    await flip(order);
    const errors: unknown[] = [];
    for (const span of [0, ...fourDays]) {
      world.clock.advance(span);
      // A lease's length apart, and not more often.
      expect(await workOff(world.deps, (error) => errors.push(error))).toBe(1);
    }
    expect(errors).toHaveLength(fourDays.length + 1);
    expect(await firstOf(world, order)).toMatchObject({ status: "waiting", attemptDays: 0 });
    await flip(order);
    expect(await looksIn([HOUR_MS])).toBe(1);
    expect((await firstOf(world, order)).status).toBe("paid");
    await expectTrue(world, [order]);
  });
});

test("a card that said no is not asked again while the next bank is not reached", async () => {
  await sql(`insert into commission_rates
    select merchant_id, 'ZRTB', card_type, instalments, rate_ppm from commission_rates
    where bank_id = 'AXSS' on conflict do nothing`);
  const setUrl = (url: string) =>
    sql(`update pos_accounts set base_url = '${url}/ziraat' where bank_id = 'ZRTB'`);
  const order = await dueOrder(world, [emptyCard, unpricedCard]);
  await setUrl("http://127.0.0.1:1");
  await looksIn([0, ...fourDays]);
  const reasons = (await triesOf(world, order)).map(({ reason }) => reason);
  const unreached = Array.from({ length: fourDays.length + 1 }, () => "bank_unreachable");
  expect(reasons).toEqual(["insufficient_funds", ...unreached]);
  expect(await firstOf(world, order)).toMatchObject({ status: "waiting", attemptDays: 0 });
  await setUrl(world.bank.url);
  await looksIn([2 * HOUR_MS]);
  expect(await triesOf(world, order)).toHaveLength(reasons.length + 1);
  expect((await firstOf(world, order)).status).toBe("paid");
  await expectTrue(world, [order]);
});

test("a settlement that cannot be written does not harm those of its batch", async () => {
  const orders: Subscription[] = [];
  for (let i = 0; i < 20; i += 1) orders.push(await dueOrder(world, [firstCard]));
  const [victim, ...others] = orders;
  let arrived = 0;
  let all = (): void => {};
  const together = new Promise<void>((resolve) => {
    all = resolve;
  });
  const meet = async () => {
    arrived += 1;
    if (arrived === orders.length) {
      await sql(`update invoices set open_payment_id = null, open_card = null
        where subscription_id = '${victim!.id}'`);
      all();
    }
    await together;
  };
  for (let i = 1; i <= orders.length; i += 1) beside.at("after the bank", meet, i);
  const errors: unknown[] = [];
  await drawDue(world.deps.subscriptions, (error) => errors.push(error));
  expect(errors).toHaveLength(1);
  expect((await triesOf(world, victim!))[0]).toMatchObject({ isPaid: false, status: "open" });
  for (const order of others) expect((await firstOf(world, order)).status).toBe("paid");
  // Mended by hand, it is settled by the next question.
  const [tried] = await triesOf(world, victim!);
  await sql(`update invoices set open_payment_id = 'pay_${tried!.orderNo}',
    open_card = ${tried!.card} where subscription_id = '${victim!.id}'`);
  await outlive(world, world.deps);
  await expectTrue(world, orders);
});

test("a merchant whose contracts cannot be read holds up no other", async () => {
  const ask = { ...demoMerchant(world.bank.url), companyCode: "10002" };
  const spoilt = await enroll(world.deps, ask);
  const broken = { ...world, merchant: spoilt! };
  const theirs = await dueOrder(broken, [firstCard]);
  // Merchants come in the order of their ids.
  const ours = await dueOrder(world, [firstCard]);
  const [first, second] = [theirs, ours].toSorted((a, b) => (a.merchantId < b.merchantId ? -1 : 1));
  const flip = () =>
    sql(`update pos_accounts set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))
      where merchant_id = '${first!.merchantId}'`);
  await flip();
  world.deps.reception.forgetAll();
  const errors: unknown[] = [];
  await drawDue(world.deps.subscriptions, (error) => errors.push(error));
  expect(errors.length).toBeGreaterThan(0);
  expect((await firstOf(world, second!)).status).toBe("paid");
  await flip();
  world.clock.advance(LEASE_MS);
  await workOff(world.deps);
  expect((await firstOf(world, first!)).status).toBe("paid");
  await expectTrue(world, [theirs, ours]);
});

describe("a plan that renews itself", () => {
  const renewing = { intervalCount: 2, interval: "day", renews: true } as const;

  test("is extended once by two workers at once", async () => {
    const order = await createOrder(world, renewing);
    const other = workerOn(world);
    const merchant = await world.deps.reception.merchantOf(order.merchantId);
    const { subscriptions } = world.deps;
    await Promise.all(
      [subscriptions, other.subscriptions, subscriptions, other.subscriptions].map((deps) =>
        extendPlan(deps, merchant, order),
      ),
    );
    await other.close();
    const now = await orderNow(world, order);
    expect(now.planNumbers).toHaveLength(2);
    expect((await invoicesNow(world, order)).map(({ term }) => term)).toEqual([0, 1, 2, 3]);
  });

  test("is extended beside many others that reach their end in the same moment", async () => {
    const orders: Subscription[] = [];
    for (let i = 0; i < 60; i += 1) {
      const order = await createOrder(world, { ...renewing, intervalCount: 1 });
      await addCard(world, order, firstCard);
      orders.push(order);
    }
    await workOff(world.deps);
    for (const order of orders) {
      expect((await orderNow(world, order)).planNumbers).toHaveLength(2);
      const states = (await invoicesNow(world, order)).map(({ status }) => status);
      expect(states).toEqual(["paid", "waiting"]);
    }
    await looksIn([DAY_MS]);
    for (const order of orders) expect(await invoicesNow(world, order)).toHaveLength(3);
    await expectTrue(world, orders);
  });
});
