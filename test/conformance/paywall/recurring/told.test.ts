import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { runDue } from "../../../../src/jobs/due.ts";
import { newCallbackKey } from "../../../../src/marketplace/index.ts";
import { INQUIRY_GAPS_MS } from "../../../../src/payments/doubt.rules.ts";
import { runJobs } from "../../../support/jobs.ts";
import { drawAll } from "../../../support/orders.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import {
  leaveMarketplace,
  RECURRING,
  recurringCode,
  recurringOf,
} from "../../../support/recurring.ts";
import { emptySaleCard, saleCard } from "../../../support/sales.ts";
import { openShop, type Shop } from "../../../support/shop.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof recurringOf>;
let server: Shop;
beforeAll(async () => {
  [server, world] = await Promise.all([
    openShop(),
    createWorld({ merchant: { mayCallInside: true } }),
  ]);
  wire = paywallOf(world);
  shop = recurringOf(wire);
  await leaveMarketplace(world);
});
afterAll(async () => {
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(() => server.forget());

const fail = (error: unknown) => {
  throw error;
};
const HOUR_MS = 60 * 60_000;
const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
const OK = { status: 200, ErrorCode: 0, Result: true, Body: null };

type Told = Readonly<{ PaymentId: number | null; SubscriptionId: number; Hash: string | null }>;
/** Numbers of one bank's cards, none of them the example's. */
const otherPans = (count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    withCheckDigit(`5528790000001${String(i).padStart(2, "0")}`),
  );
function withCheckDigit(digits: string): string {
  const sum = [...digits].toReversed().reduce((all, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** Draws what is due and delivers the calls that it causes. */
async function told(): Promise<Told[]> {
  await drawAll(world);
  await runJobs(world);
  return server.heard.map(({ body }) => body as Told);
}

describe("the address of a recurring payment", () => {
  test("hears of each charge as documented, signed once there is a key", async () => {
    const code = recurringCode();
    const hears = { SubscriptionMerchantCode: code, CallbackUrl: `${server.url}/hook` };
    const made = await shop.create({ ...hears, RecurringPeriodType: 1 });
    const [first] = await told();
    const { SubscriptionCode } = (await shop.query(code)).Body;
    const expected = {
      SubscriptionId: made.Body.SubscriptionId,
      SubscriptionType: 1,
      SubscriptionCode,
      SubscriptionMerchantCode: code,
      Amount: 30,
      ...{ Success: true, FailReason: null, PaymentId: expect.any(Number) },
      ...{ Attempt: 1, AttemptFinished: true },
      ...{ Hash: null, HashFormat: 1, HashKeyType: 2 },
    };
    expect(first).toEqual(expected);
    const { merchantId } = world.merchant;
    const key = await inTx(world.db, (tx) =>
      newCallbackKey({ tx, ring: world.deps.ring }, merchantId, "system", world.clock()),
    );
    await world.advance(DAY_MS);
    const parts = [key, made.Body.SubscriptionId, code, "30.00"].join("###");
    const Hash = createHash("sha256").update(parts).digest("hex");
    expect((await told()).slice(1)).toEqual([{ ...expected, Hash }]);
    await shop.remove(code);
  });

  test("hears of each round that came to nothing, and when none will follow", async () => {
    const code = recurringCode();
    await shop.create(
      {
        ...{ SubscriptionMerchantCode: code, CallbackUrl: `${server.url}/hook` },
        ...{ PaymentAtCreation: false, RecurringPeriodType: 1 },
        ...{ FailAttempt: 1, FailAttemptPendingHour: 2 },
      },
      await shop.cardCode(emptySaleCard.Number),
    );
    await world.advance(DAY_MS);
    expect(await told()).toMatchObject([
      {
        Success: false,
        FailReason: expect.stringMatching(/\S/),
        Attempt: 1,
        AttemptFinished: false,
      },
    ]);
    await world.advance(2 * HOUR_MS);
    const [, second] = await told();
    expect(second).toMatchObject({ Success: false, Attempt: 2, AttemptFinished: true });
    await shop.remove(code);
  });

  test("hears of a first charge that was refused, though nothing was made", async () => {
    const CallbackUrl = `${server.url}/hook`;
    await shop.create({ CallbackUrl }, await shop.cardCode(emptySaleCard.Number));
    const [refused] = await told();
    const isLast = { Success: false, AttemptFinished: true };
    expect(refused).toMatchObject({ ...isLast, PaymentId: expect.any(Number) });
  });

  test("hears once of a first charge of which the bank said no only later", async () => {
    const CallbackUrl = `${server.url}/hook`;
    const card = await shop.cardCode(emptySaleCard.Number);
    await world.bank.fault("reset_after_commit", { op: "sale" });
    expect(await shop.create({ CallbackUrl }, card)).toMatchObject(failed(92));
    // No answer to any question of the first half hour.
    const questions = INQUIRY_GAPS_MS.length - 1;
    await world.bank.fault("reset_before_commit", { op: "inquire" }, {}, questions);
    for (const gap of INQUIRY_GAPS_MS) {
      await world.advance(gap);
      for (const kind of ["asked", "drawn"] as const) await runDue(world.deps, kind, fail);
    }
    await runJobs(world);
    const isLast = { Success: false, Attempt: 1, AttemptFinished: true };
    expect(server.heard.map(({ body }) => body)).toMatchObject([
      { ...isLast, FailReason: expect.stringMatching(/\S/), PaymentId: expect.any(Number) },
    ]);
  });
});

test("a charge is shown with its operations, to the recurring payment whose it is", async () => {
  const code = recurringCode();
  const CallbackUrl = `${server.url}/hook`;
  const made = await shop.create({ SubscriptionMerchantCode: code, CallbackUrl });
  const [{ PaymentId: paymentid }] = (await told()) as [Told];
  const { SubscriptionId: subscriptionid } = made.Body;
  const charge = (input: object) => wire.get(`${RECURRING}/query/payment`, input);
  expect((await charge({ subscriptionid, paymentid })).Body).toEqual({
    SubscriptionId: subscriptionid,
    ...{ SubscriptionStatusType: 1, PaymentSuccess: true, SubscriptionMerchantCode: code },
    Payment: {
      Id: paymentid,
      CardOwnerName: expect.stringMatching(/\S/),
      CardNumber: "552879******0008",
      ...{ CurrencyId: 1, InstallmentId: 1, Amount: 30 },
      Activities: [
        {
          PaymentActivityId: paymentid,
          ...{ PaymentStatusId: 4, PaymentStatus: "Başarılı" },
          ...{ PaymentActivityTypeId: 3, PaymentActivityType: "Satış" },
        },
      ],
    },
  });
  const other = (await shop.create()).Body.SubscriptionId;
  expect(await charge({ subscriptionid: other, paymentid })).toMatchObject(failed(-1));
  expect(await charge({ subscriptionid, paymentid: 1 })).toMatchObject(failed(-1));
  expect(await charge({ subscriptionid: 1, paymentid })).toMatchObject(failed(323));
});

describe("the cards of a recurring payment", () => {
  type Card = Readonly<{ Id: number; CardNumber: string }>;
  const CARD = `${RECURRING}/card`;
  const list = (subscriptionid: number) => wire.get<Card[]>(CARD, { subscriptionid });

  test("are tried in their order, and the last one stays", async () => {
    const empty = await shop.cardCode(emptySaleCard.Number);
    const code = recurringCode();
    const later = { SubscriptionMerchantCode: code, PaymentAtCreation: false };
    const { SubscriptionId } = (await shop.create({ ...later, RecurringPeriodType: 1 }, empty))
      .Body;
    const UniqueCode = await shop.cardCode();
    expect(await wire.post(CARD, { SubscriptionId, UniqueCode })).toMatchObject(OK);
    expect(await wire.post(CARD, { SubscriptionId, UniqueCode })).toMatchObject(OK);
    const { Body } = await list(SubscriptionId);
    expect(Body).toEqual([
      expect.objectContaining({ Priority: 1, CardNumber: "510005******6661" }),
      {
        ...{ Id: expect.any(Number), Priority: 2, CardNumber: "552879******0008" },
        ...{ ExpiryMonth: 12, ExpiryYear: 2030, Type: "Credit", Kind: "Bireysel Kart" },
        ...{ Bank: expect.anything(), Brand: "Master Card", Family: expect.anything() },
      },
    ]);
    await world.advance(DAY_MS);
    await drawAll(world);
    expect((await shop.jobs(code)).map(([, isComplete]) => isComplete)).toEqual([true, false]);
    expect(await wire.del(CARD, { Id: Body[0]!.Id })).toMatchObject(OK);
    expect(await wire.del(CARD, { Id: Body[0]!.Id })).toMatchObject(failed(327));
    expect(await wire.del(CARD, { Id: Body[1]!.Id })).toMatchObject(failed(349));
    expect((await shop.query(code)).Body.Card).toEqual({ CardCount: 1 });
    await shop.remove(code);
  });

  test("outlive the stored card that they were copied from", async () => {
    const code = recurringCode();
    const card = await shop.cardCode();
    await shop.create({ SubscriptionMerchantCode: code, RecurringPeriodType: 1 }, card);
    await world.db.pool.query(
      `update cards c set deleted_at = now(), sealed = null, key_id = null from card_owners o
        where o.id = c.owner_id and o.customer like 'vezne/wall/%'`,
    );
    await world.advance(DAY_MS);
    await drawAll(world);
    const done = (await shop.jobs(code)).map(([, isComplete]) => isComplete);
    expect(done).toEqual([true, true, false]);
    await shop.remove(code);
  });

  test("are refused without a card, beyond ten, and with one that has expired", async () => {
    const { SubscriptionId } = (await shop.create()).Body;
    const add = async (UniqueCode: string) =>
      (await wire.post(CARD, { SubscriptionId, UniqueCode })).ErrorCode;
    expect(await add("")).toBe(327);
    expect(await add("none")).toBe(21);
    const codes: number[] = [];
    for (const pan of otherPans(10)) codes.push(await add(await shop.cardCode(pan)));
    expect(codes).toEqual([...codes.slice(1).map(() => 0), 350]);
    const Card = { HolderName: "Ece Tan", Number: saleCard.Number, Month: 4, Year: 2026 };
    await wire.post("paywall/card", { RelationalId1: "expires", Card });
    await world.advance(60 * DAY_MS);
    const cards = await wire.get<{ UniqueCode: string }[]>("paywall/card", {
      relationalid1: "expires",
    });
    expect(await add(cards.Body[0]!.UniqueCode)).toBe(328);
  });
});
