import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawAll } from "../../../support/orders.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import {
  leaveMarketplace,
  RECURRING,
  recurringCode,
  recurringInput,
  recurringOf,
} from "../../../support/recurring.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof recurringOf>;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = recurringOf(wire);
  await leaveMarketplace(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
const OK = { status: 200, ErrorCode: 0, Result: true, Body: null };

describe("an edit", () => {
  const edit = (SubscriptionMerchantCode: string, more: object) => {
    const { Card: _card, Customer: _customer, ...input } = recurringInput("");
    return wire.put(RECURRING, { ...input, SubscriptionMerchantCode, ...more });
  };
  const priced = { Amount: 45, Items: [{ Type: 3, Name: "Plan+", Amount: 45 }] };
  /** What each charge that waits takes. */
  const waiting = async (code: string) => {
    const { rows } = await world.db.pool.query<{ minor: string }>(
      `select i.amount_minor::text as minor from invoices i
        join recurrings r on r.subscription_id = i.subscription_id
        where r.code = $1 and i.status = 'waiting' order by i.term`,
      [code],
    );
    return rows.map(({ minor }) => Number(minor));
  };

  test("of the amount leaves the next charge as it is, unless it shall have it too", async () => {
    const code = recurringCode();
    const byCount = { SubscriptionType: 2, RecurringPeriodCount: 3, PaymentAtCreation: false };
    await shop.create({ SubscriptionMerchantCode: code, ...byCount });
    expect(await edit(code, { ...byCount, ...priced, FailAttempt: 1 })).toMatchObject(OK);
    expect(await waiting(code)).toEqual([3000, 4500, 4500]);
    expect((await shop.query(code)).Body).toMatchObject({
      ...{ Amount: 45, FailAttempt: 1, FailAttemptPendingHour: 6, Items: priced.Items },
      Jobs: [{}, {}, {}],
    });
    const all = { ...byCount, ...priced, ApplyForPendingJob: true };
    expect(await edit(code, all)).toMatchObject(OK);
    expect(await waiting(code)).toEqual([4500, 4500, 4500]);
  });

  test("of the currency begins a new plan, which is charged in it", async () => {
    const code = recurringCode();
    const dollars = { CurrencyId: 2, RecurringPeriodType: 1 };
    await shop.create({ SubscriptionMerchantCode: code, RecurringPeriodType: 1 });
    expect(await edit(code, dollars)).toMatchObject(OK);
    expect((await shop.query(code)).Body).toMatchObject({ ...dollars, Amount: 30 });
    await world.advance(DAY_MS);
    await drawAll(world);
    const { rows } = await world.db.pool.query<{ currency: string; status: string }>(
      `select p.currency, p.status from payments p join invoice_tries t on t.payment_id = p.id
        join invoices i on i.number = t.invoice join subscriptions s on s.id = i.subscription_id
        join recurrings r on r.guid = s.group_reference where r.code = $1 order by p.id`,
      [code],
    );
    expect(rows.map(({ currency }) => currency)).toEqual(["TRY", "USD"]);
    expect(rows.every(({ status }) => status === "captured")).toBe(true);
  });

  test("of the period or the trial closes the charge that waits and opens a new one", async () => {
    const code = recurringCode();
    const { SubscriptionId: Id } = (await shop.create({ SubscriptionMerchantCode: code })).Body;
    const weekly = { RecurringPeriodType: 2, HasTrial: true, TrialDay: 3 };
    expect(await edit(code, weekly)).toMatchObject(OK);
    const { Body } = await shop.query(code);
    expect(Body).toMatchObject({ Id, ...weekly, IsActive: true, Card: { CardCount: 1 } });
    expect(Body.Jobs.map(({ IsComplete }) => IsComplete)).toEqual([true, false]);
    const [first, next] = Body.Jobs.map((job) =>
      Date.parse(`${job.RecurringDateTime.slice(0, 10)}T00:00:00Z`),
    );
    expect(next! - first!).toBe(10 * DAY_MS);
    await world.advance(10 * DAY_MS);
    await drawAll(world);
    const done = (await shop.jobs(code)).map(([, isComplete]) => isComplete);
    expect(done).toEqual([true, true, false]);
    await shop.stop(code);
    expect(await edit(code, {})).toMatchObject(failed(325));
    expect(await edit(code, { ...weekly, ...priced })).toMatchObject(OK);
    expect(await edit(recurringCode(), {})).toMatchObject(failed(323));
  });
});

describe("a pool", () => {
  const get = async (path: string, input: object = {}) =>
    (await wire.get<unknown>(`${RECURRING}${path}`, input)).Body;
  const { Customer } = recurringInput("");

  test("has each customer once, from the first payment that named them", async () => {
    const Name = "Özge";
    const code = recurringCode();
    const asked = { SubscriptionMerchantCode: code, Customer: { ...Customer, Name } };
    await shop.create(asked);
    await shop.create({ Customer: { ...Customer, Name } });
    const Id = (await shop.query(code)).Body.Id;
    const shown = {
      ...{ ...Customer, Name, Id, Phone: "5300000001" },
      InsertDateTime: expect.stringMatching(/^2026-03-/),
    };
    const pool = "/customer/pool";
    expect(await get(pool, { name: "zge" })).toEqual({
      TotalRecord: 1,
      Data: [shown],
    });
    expect(await get(`${pool}/search`, { customername: "zge tan" })).toEqual([shown]);
    expect(await get(pool, { phone: "999" })).toEqual({ TotalRecord: 0, Data: [] });
    expect(await get(pool, { dateto: "2026-03-03" })).toMatchObject({ TotalRecord: 0 });
    const again = recurringCode();
    const pooled = { SubscriptionCustomerPoolId: Id };
    await shop.create({ SubscriptionMerchantCode: again, Customer: pooled });
    expect((await shop.query(again)).Body).toMatchObject({ Customer: { Name, City: "Izmir" } });
    const nobody = { SubscriptionCustomerPoolId: 1 };
    expect(await shop.create({ Customer: nobody })).toMatchObject(failed(315));
    const newest = { start: 0, length: 1, sortvalue: "desc", sortcolumn: "Id" };
    expect(await get(pool, newest)).toEqual({ TotalRecord: 2, Data: [shown] });
  });

  test("has each item once", async () => {
    const Items = [
      { Type: 2, Name: "Koli", Amount: 20 },
      { Type: 3, Name: "Bakim", Amount: 10 },
    ];
    await shop.create({ Items });
    await shop.create({ Items });
    const [box, care] = Items.map((item) => ({
      ...item,
      Id: expect.any(Number),
      InsertDateTime: expect.stringMatching(/^2026-03-/),
    }));
    const pool = "/item/pool";
    expect(await get(pool, { itemname: "koli" })).toEqual({ TotalRecord: 1, Data: [box] });
    expect(await get(pool, { amount: 10, itemtype: 3 })).toEqual({ TotalRecord: 1, Data: [care] });
    const found = (await get(`${pool}/search`, { itemname: "bak" })) as [{ Id: number }];
    expect(found).toEqual([care]);
    const code = recurringCode();
    const Pooled = [{ SubscriptionItemPoolId: found[0].Id }, { ...Items[0], Amount: 20 }];
    await shop.create({ SubscriptionMerchantCode: code, Items: Pooled });
    expect((await shop.query(code)).Body).toMatchObject({ Items: [Items[1], Items[0]] });
    const nothing = [{ SubscriptionItemPoolId: 1, Amount: 30 }];
    expect(await shop.create({ Items: nothing })).toMatchObject(failed(312));
  });
});

test("two that are made at once under one code are one, and charged once", async () => {
  const code = recurringCode();
  const cards = [await shop.cardCode(), await shop.cardCode(), await shop.cardCode()];
  const made = await Promise.all(
    cards.map((card) => shop.create({ SubscriptionMerchantCode: code }, card)),
  );
  expect(made.map(({ ErrorCode }) => ErrorCode).sort()).toEqual([0, 322, 322]);
  const { rows } = await world.db.pool.query(
    `select i.status, i.tries from recurrings r join invoices i on i.subscription_id =
      r.subscription_id where r.code = $1 order by i.term`,
    [code],
  );
  expect(rows).toEqual([
    { status: "paid", tries: 1 },
    { status: "waiting", tries: 0 },
  ]);
});
