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
import { emptySaleCard } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof recurringOf>;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = recurringOf(wire);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
const OK = { status: 200, ErrorCode: 0, Result: true, Body: null };

test("a marketplace is refused all of it, whatever it sends", async () => {
  const calls = [
    ["post", ""],
    ["put", ""],
    ["get", "/query"],
    ["del", "/unsubscribe"],
    ["del", "/delete"],
    ["put", "/resubscribe"],
    ["get", "/query/payment"],
    ["get", "/card"],
    ["post", "/card"],
    ["del", "/card"],
    ["get", "/customer/pool"],
    ["get", "/customer/pool/search"],
    ["get", "/item/pool"],
    ["get", "/item/pool/search"],
  ] as const;
  for (const [method, path] of calls) {
    expect(await wire[method](`${RECURRING}${path}`, {})).toMatchObject(failed(304));
  }
  await leaveMarketplace(world);
});

describe("a recurring payment", () => {
  test("that is paid at its creation is charged at once, and every period after", async () => {
    const code = recurringCode();
    const made = await shop.create({ SubscriptionMerchantCode: code });
    expect(made).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
    expect(made.Body).toEqual({
      SubscriptionId: expect.any(Number),
      FirstPaymentDateTime: expect.stringMatching(/^2026-03-04T12:00:/),
    });
    expect((await shop.query(code)).Body).toEqual({
      Id: made.Body.SubscriptionId,
      CurrencyId: 1,
      SubscriptionType: 1,
      SubscriptionCode: expect.stringMatching(/^[0-9a-f-]{36}$/),
      SubscriptionMerchantCode: code,
      Amount: 30,
      CallbackUrl: null,
      ...{ HasTrial: false, TrialDay: 0, RecurringPeriodType: 4 },
      ...{ FailAttempt: 3, FailAttemptPendingHour: 6 },
      Card: { CardCount: 1 },
      Customer: { ...recurringInput("").Customer, Phone: "5300000001" },
      Items: [{ Type: 1, Name: "Plan", Amount: 30 }],
      Jobs: [
        { RecurringDateTime: made.Body.FirstPaymentDateTime, IsComplete: true },
        { RecurringDateTime: expect.stringMatching(/^2026-04-04T12:00:/), IsComplete: false },
      ],
      InsertDateTime: expect.stringMatching(/^2026-03-04T12:00:/),
      IsActive: true,
    });
    expect(await shop.create({ SubscriptionMerchantCode: code })).toMatchObject(failed(322));
  });

  test("is none where that charge is refused, and its code is free", async () => {
    const code = recurringCode();
    const empty = await shop.cardCode(emptySaleCard.Number);
    const refused = await shop.create({ SubscriptionMerchantCode: code }, empty);
    expect(refused).toMatchObject(failed(1));
    expect(refused.Message).not.toBe("");
    expect(await shop.query(code)).toMatchObject(failed(323));
    expect(await shop.create({ SubscriptionMerchantCode: code })).toMatchObject({ ErrorCode: 0 });
    expect((await shop.query(code)).Body.Jobs).toHaveLength(2);
  });

  test("by count is charged as often, after a trial though paid at its creation", async () => {
    const code = recurringCode();
    const made = await shop.create({
      ...{ SubscriptionMerchantCode: code, SubscriptionType: 2, RecurringPeriodCount: 3 },
      ...{ HasTrial: true, TrialDay: 10, RecurringPeriodType: 3 },
    });
    expect(made.Body.FirstPaymentDateTime).toMatch(/^2026-03-14T12:00:/);
    expect(await shop.jobs(code)).toEqual([
      ["2026-03-14T12:00", false],
      ["2026-03-28T12:00", false],
      ["2026-04-11T12:00", false],
    ]);
  });

  test("is first charged one period and its trial later, or from a named day", async () => {
    const later = { PaymentAtCreation: false };
    const first = async (more: object) =>
      (await shop.create({ ...later, ...more })).Body.FirstPaymentDateTime.slice(0, 10);
    expect(await first({})).toBe("2026-04-04");
    expect(await first({ HasTrial: true, TrialDay: 10 })).toBe("2026-04-14");
    expect(await first({ FirstPaymentDate: "2026-03-20" })).toBe("2026-03-20");
    const past = await shop.create({ ...later, FirstPaymentDate: "2026-03-03" });
    expect(past).toMatchObject(failed(2));
  });

  test("stops, goes on and is deleted, each once", async () => {
    const code = recurringCode();
    await shop.create({ SubscriptionMerchantCode: code });
    expect(await shop.resume(code)).toMatchObject(failed(326));
    expect(await shop.stop(code)).toMatchObject(OK);
    expect(await shop.stop(code)).toMatchObject(failed(325));
    expect((await shop.query(code)).Body.IsActive).toBe(false);
    expect(await shop.resume(code)).toMatchObject(OK);
    expect((await shop.query(code)).Body.IsActive).toBe(true);
    expect(await shop.remove(code)).toMatchObject(OK);
    for (const act of [shop.query, shop.stop, shop.resume, shop.remove]) {
      expect(await act(code)).toMatchObject(failed(323));
    }
    expect(await shop.create({ SubscriptionMerchantCode: code })).toMatchObject({ ErrorCode: 0 });
  });

  test("is refused with the code of what is wrong with it", async () => {
    const card = await shop.cardCode();
    const { Customer, Items } = recurringInput("");
    const [item] = Items;
    const wrongs: readonly (readonly [object, number])[] = [
      [{ SubscriptionType: 3 }, 305],
      [{ SubscriptionType: undefined }, 305],
      [{ RecurringPeriodType: 9 }, 306],
      [{ HasTrial: true, TrialDay: 0 }, 307],
      [{ HasTrial: true, TrialDay: 367 }, 307],
      [{ FailAttempt: 6 }, 308],
      [{ FailAttempt: 1, FailAttemptPendingHour: 0 }, 309],
      [{ FailAttemptPendingHour: 25 }, 309],
      [{ Items: [] }, 310],
      [{ Items: [{ ...item, Type: 4 }] }, 311],
      [{ Items: [{ ...item, Name: "" }] }, 312],
      [{ Items: [{ ...item, Amount: "x" }] }, 313],
      [{ Items: [{ ...item, Amount: 29.99 }] }, 314],
      [{ Customer: { ...Customer, Name: "" } }, 315],
      [{ Customer: { ...Customer, Lastname: "" } }, 316],
      [{ Customer: { ...Customer, Phone: "1" } }, 317],
      [{ Customer: { ...Customer, Email: "e" } }, 318],
      [{ Customer: { ...Customer, Country: "" } }, 319],
      [{ Customer: { ...Customer, City: "" } }, 320],
      [{ Customer: { ...Customer, Address: "" } }, 321],
      [{ Amount: 0 }, 330],
      [{ SubscriptionType: 2 }, 352],
      [{ CurrencyId: 4 }, 8],
      [{ Card: undefined }, 327],
      [{ Card: { UniqueCode: "no-code" } }, 21],
      [{ CallbackUrl: "nowhere" }, 2],
    ];
    for (const [more, ErrorCode] of wrongs) {
      const { status, ErrorCode: told } = await shop.create(more, card);
      expect([more, status, told]).toEqual([more, 200, ErrorCode]);
    }
  });
});

test("each term falls a period after the one before, tried again after its hours", async () => {
  const HOUR_MS = 60 * 60_000;
  const code = recurringCode();
  const more = { SubscriptionMerchantCode: code, FailAttempt: 2, FailAttemptPendingHour: 7 };
  const daily = { ...more, RecurringPeriodType: 1, PaymentAtCreation: false };
  await shop.create(daily, await shop.cardCode(emptySaleCard.Number));
  const tries = async () => {
    const { rows } = await world.db.pool.query<{ hours: number }>(
      `select round(extract(epoch from t.opened_at - r.created_at) / 3600)::int as hours
        from invoice_tries t join invoices i on i.number = t.invoice
        join recurrings r on r.subscription_id = i.subscription_id
        where r.code = $1 and i.term = 0 order by t.no`,
      [code],
    );
    return rows.map(({ hours }) => hours);
  };
  for (let hours = 0; hours < 48; hours += 1) {
    await world.advance(HOUR_MS);
    await drawAll(world);
  }
  expect(await tries()).toEqual([24, 31, 38]);
  expect((await shop.jobs(code)).map(([, isComplete]) => isComplete)).toEqual([true, false, false]);
});
