import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Deps } from "../../../src/main/deps.ts";
import { type ManualRow, manualCharge } from "../../../src/subscriptions/index.ts";
import type { Subscription } from "../../../src/subscriptions/subscription.rules.ts";
import {
  Beside,
  expectTrue,
  firstCard,
  secondCard,
  triesOf,
  workerOn,
  workOff,
} from "../../faults/draws.ts";
import { orderCardsOf } from "../../support/order-cards.ts";
import { emptyCard, lostCard, orderInvoicesOf } from "../../support/order-invoices.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

/** As many by one process as by another. */
const TEN = 10;
/** Long enough for the others to come while the bank is at it. */
const SLOW_BANK_MS = 200;

/** Keeps a try from the bank until the others who charge by hand were all seen to wait for it. */
class Meeting {
  #byHand = 0;
  #missing = 0;
  #all = Promise.withResolvers<void>();

  /** Of so many charges by hand, each makes the next try or waits for it. */
  of(byHand: number): void {
    this.#byHand = byHand;
  }

  wrap<T extends Pick<Deps, "payments" | "subscriptions">>(process: T): T {
    const pause = async (ms: number) => {
      if (this.#missing === 0) return process.payments.pause(ms);
      this.#missing -= 1;
      if (this.#missing === 0) this.#all.resolve();
      await this.#all.promise;
    };
    const openDraw: Deps["subscriptions"]["openDraw"] = async (draw) => {
      const isOpen = await process.subscriptions.openDraw(draw);
      if (!isOpen || this.#byHand === 0) return isOpen;
      this.#missing = this.#byHand - (draw.newTry.isManual ? 1 : 0);
      this.#byHand = 0;
      this.#all = Promise.withResolvers();
      await this.#all.promise;
      return isOpen;
    };
    const payments = { ...process.payments, pause };
    return {
      ...process,
      payments,
      subscriptions: { ...process.subscriptions, payments, openDraw },
    };
  }
}

const beside = new Beside();
const meeting = new Meeting();
let world: TestWorld;
let other: ReturnType<typeof workerOn>;
let of: ReturnType<typeof orderInvoicesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => meeting.wrap(beside.wrap(deps)) });
  other = meeting.wrap(workerOn(world));
  of = orderInvoicesOf(world);
  cards = orderCardsOf(world);
});
afterAll(async () => {
  await other.close();
  await world.close();
});
beforeEach(async () => {
  await world.bank.clearFaults();
  await world.advance(DAY_MS);
});

const times = <T>(count: number, one: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, one));
const slowly = () => world.bank.fault("delay", { op: "sale" }, { ms: SLOW_BANK_MS }, 100);

/** The same in a process of its own. */
async function manualThere({ id }: Subscription): Promise<ManualRow[]> {
  const merchant = await world.deps.reception.merchantOf(world.merchant.merchantId);
  return manualCharge(other.subscriptions, { merchant }, { id, clientIp: "203.0.113.9" });
}

/** Twenty charges by hand in two processes, and the schedule of both beside them. */
async function allAtOnce(order: Subscription) {
  await slowly();
  meeting.of(2 * TEN);
  const [answers, there] = await Promise.all([
    times(TEN, () => of.manual(order)),
    times(TEN, () => manualThere(order)),
    workOff(world.deps),
    workOff(other),
  ]);
  const rows = answers.flatMap(({ body }) => body["data"] as { code: number; message: string }[]);
  return { rows, ends: there.flat().map(({ end }) => end) };
}

describe("twenty manual charges at once, beside the schedule", () => {
  test("take the money once, and each is told that it was taken", async () => {
    const { order } = await cards.orderWith(1, { intervalCount: 1 });
    const { rows, ends } = await allAtOnce(order);
    expect(new Set(rows.map(({ code }) => code))).toEqual(new Set([0]));
    expect(new Set(ends.map(({ kind }) => kind))).toEqual(new Set(["paid"]));
    expect(await of.takenFor(order)).toEqual([9_900]);
    expect(await triesOf(world, order)).toMatchObject([{ isPaid: true }]);
    await expectTrue(world, [order]);
  });

  test("take it once from the second card where the first says no", async () => {
    const { order } = await cards.orderWith([emptyCard, firstCard], { intervalCount: 1 });
    const { rows, ends } = await allAtOnce(order);
    expect(rows.filter(({ code }) => code !== 0)).toEqual([]);
    expect(ends.filter(({ kind }) => kind !== "paid")).toEqual([]);
    expect(await of.takenFor(order)).toEqual([9_900]);
    expect(await triesOf(world, order)).toMatchObject([{ isPaid: false }, { isPaid: true }]);
    await expectTrue(world, [order]);
  });

  test("try each card once where all say no, and tell the end of the one round", async () => {
    const { order } = await cards.orderWith([emptyCard, lostCard], { intervalCount: 1 });
    const { rows, ends } = await allAtOnce(order);
    const tried = await triesOf(world, order);
    expect(tried.map(({ reason }) => reason)).toEqual(["insufficient_funds", "lost_card"]);
    const { lastMessage, attemptsToday } = await of.firstOf(order);
    expect(attemptsToday).toBe(1);
    expect(rows).toHaveLength(TEN);
    expect(new Set(rows.map(({ message }) => message))).toEqual(new Set([lastMessage]));
    const declined = { kind: "declined", reason: "lost_card", bankMessage: lastMessage };
    expect(ends).toEqual(Array.from({ length: TEN }, () => declined));
    await expectTrue(world, [order]);
  });
});

test("a charge by hand waits for the schedule's try, and tells how that ended", async () => {
  const { order } = await cards.orderWith([emptyCard], { intervalCount: 1 });
  let answer: ReturnType<typeof of.manual> | undefined;
  meeting.of(1);
  beside.at("after beginning", async () => {
    answer = of.manual(order);
  });
  await workOff(world.deps);
  const { lastMessage, tries } = await of.firstOf(order);
  expect(tries).toBe(1);
  expect((await answer)?.body).toMatchObject({ data: [{ code: 1, message: lastMessage }] });
});

test("while the bank does not say nothing is drawn, then what it says is the answer", async () => {
  const { order } = await cards.orderWith([firstCard, secondCard], { intervalCount: 1 });
  const inDoubt = [10, expect.stringMatching(/sonucu belirsiz/)];
  await world.bank.fault("reset_after_commit", { op: "sale" });
  expect(await of.manualRows(order)).toEqual([inDoubt]);
  await world.bank.fault("http_500", { op: "inquire" }, {}, 1);
  expect((await of.manual(order)).body).toMatchObject({ code: 1, data: [{ code: 10 }] });
  expect(await triesOf(world, order)).toHaveLength(1);
  expect(await of.manualRows(order)).toEqual([[0, "Başarılı İşlem"]]);
  expect(await of.takenFor(order)).toEqual([9_900]);
  await expectTrue(world, [order]);
});

/** An invoice that has failed a day ago, and its order with a good card by now. */
async function failedOrder(pans: readonly string[]) {
  const once = { intervalCount: 2, dailyAttempts: 1, attemptDays: 1 };
  const { order } = await cards.orderWith(pans, once);
  await workOff(world.deps);
  expect(await of.firstOf(order)).toMatchObject({ status: "failed" });
  await world.advance(DAY_MS);
  return { order, named: { invoice_no: (await of.firstOf(order)).invoiceNo } };
}

describe("in the moment before the bank is called", () => {
  test.each([
    ["stopped", 5, 201],
    ["deleted", 6, 201],
  ])("an order that is %s is not drawn from", async (_, status, code) => {
    const { order } = await cards.orderWith(1, { intervalCount: 1 });
    beside.at("before beginning", () => cards.setStatus(order, status as 5 | 6));
    expect(await of.manualCodes(order)).toEqual([code]);
    expect(await of.takenFor(order)).toEqual([]);
    await expectTrue(world, [order]);
  });

  test("a stop is minded also by a charge of what had failed", async () => {
    const { order, named } = await failedOrder([emptyCard]);
    beside.at("before beginning", () => cards.setStatus(order, 5));
    expect(await of.manualCodes(order, named)).toEqual([201]);
    expect(await triesOf(world, order)).toHaveLength(1);
  });

  test("a card that is taken off is not drawn from, the next one is", async () => {
    const { order, cards: numbers } = await cards.orderWith(2, { intervalCount: 1 });
    beside.at("before beginning", () =>
      of.call("card_info_delete", { card_id: numbers[0], subscription_id: order.id }),
    );
    expect(await of.manualCodes(order)).toEqual([0]);
    const [tried] = await triesOf(world, order);
    expect([Number(tried?.card), tried?.isPaid]).toEqual([numbers[1], true]);
    await expectTrue(world, [order]);
  });

  test("an invoice that is cancelled is not drawn: code 6", async () => {
    const { order } = await cards.orderWith(1, { intervalCount: 1 });
    const invoice = await of.firstOf(order);
    beside.at("before beginning", () => of.setStatus(invoice, 5));
    expect(await of.manualRows(order)).toEqual([[6, "Fatura değiştirilemez: iptal edilmiş"]]);
    expect(await of.takenFor(order)).toEqual([]);
  });

  test("another amount is what is drawn", async () => {
    const { order } = await cards.orderWith(1, { intervalCount: 1 });
    const invoice = await of.firstOf(order);
    beside.at("before beginning", () => of.setAmount(invoice, "4200"));
    expect(await of.manualCodes(order)).toEqual([0]);
    expect(await of.takenFor(order)).toEqual([4_200]);
    await expectTrue(world, [order]);
  });
});

test("while its try is at the bank an invoice is neither cancelled nor repriced", async () => {
  const { order } = await cards.orderWith(1, { intervalCount: 1 });
  const invoice = await of.firstOf(order);
  const busy = { code: 1, message: expect.stringMatching(/^Fatura şu anda bankada/) };
  beside.at("before the bank", async () => {
    for (const status of [0, 4, 5, 6]) {
      expect((await of.setStatus(invoice, status)).body).toMatchObject(busy);
    }
    expect((await of.setAmount(invoice, 100)).body).toMatchObject(busy);
    // What is asked of all holds of this one only should its try come to nothing.
    const all = { subscription_id: order.id, status: 5 };
    expect((await of.call("invoices_status_update_all", all)).body).toMatchObject({ code: 0 });
  });
  expect(await of.manualCodes(order)).toEqual([0]);
  expect((await of.firstOf(order)).status).toBe("paid");
  expect(beside.left).toBe(0);
  expect(await of.takenFor(order)).toEqual([9_900]);
});
