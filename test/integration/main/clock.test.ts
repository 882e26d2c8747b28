import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LINES, type Told } from "../../../src/main/clock-lines.rules.ts";
import { INQUIRY_GAPS_MS } from "../../../src/payments/doubt.rules.ts";
import { aheadIn, attemptIn, clockAt, lostChargeIn } from "../../support/clock-moves.ts";
import { firmsOf } from "../../support/firms.ts";
import { addCard, createOrder, invoicesNow } from "../../support/orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const HOUR_MS = 3_600_000;
let world: TestWorld;
let clock: ReturnType<typeof clockAt>;
beforeAll(async () => {
  world = await createWorld();
  clock = clockAt(world.url);
});
afterAll(() => world.close());
beforeEach(() => world.bank.clearFaults());
afterEach(async () => void (await world.isSound()));

const ahead = (company?: string) => aheadIn(world, company);
const lostCharge = () => lostChargeIn(world);
const attemptOf = (orderId: string) => attemptIn(world, orderId);

/** When the bank was asked about an order, in milliseconds from its charge on. */
async function askedAfter(orderId: string): Promise<number[]> {
  const { requests } = await world.bank.admin("GET", `/requests?orderNo=${orderId}&limit=1000`);
  const all = requests as { op: string; atMs: number }[];
  return all.filter(({ op }) => op === "inquire").map(({ atMs }) => atMs - all[0]!.atMs);
}

/** The schedule of questions, in milliseconds from the charge on. */
const scheduled = INQUIRY_GAPS_MS.map((_, i) =>
  INQUIRY_GAPS_MS.slice(0, i + 1).reduce((all, gap) => all + gap, 0),
);

describe("what falls due in the span of one move", () => {
  test("is asked about at each of its own times, until its doubt ends", async () => {
    const orderId = await lostCharge();
    const { body } = await clock.advance({ by: "1day" });
    expect(body).toMatchObject({ moved: ["10001"], ms: DAY_MS, asked: 6, drawn: 0, refused: 0 });
    expect(await askedAfter(orderId)).toEqual(scheduled.slice(0, 6));
    const { status, settled_at, opened_at } = await attemptOf(orderId);
    expect(status).toBe("declined");
    expect(settled_at!.getTime() - opened_at.getTime()).toBe(scheduled[5]);
  });

  test("is asked about for a week where the bank does not say, and no longer", async () => {
    const orderId = await lostCharge();
    await world.bank.fault("refuse", { op: "inquire" }, {}, 1_000);
    const { body } = await clock.advance({ by: "1month" });
    expect(body).toMatchObject({ asked: scheduled.length + 28 });
    const asked = await askedAfter(orderId);
    const every6Hours = Array.from(
      { length: 28 },
      (_, i) => scheduled.at(-1)! + (i + 1) * 6 * HOUR_MS,
    );
    expect(asked).toEqual([...scheduled, ...every6Hours]);
    expect(await attemptOf(orderId)).toMatchObject({ status: "doubtful", due_at: null });
  });

  test("is drawn on its day and hour, term by term", async () => {
    const order = await createOrder(world, { intervalCount: 12 });
    await addCard(world, order);
    const { body } = await clock.advance({ by: "1year" });
    expect(body).toMatchObject({ drawn: 12, refused: 0 });
    const invoices = await invoicesNow(world, order);
    expect(invoices.map((each) => each.status)).toEqual(Array(12).fill("paid"));
    for (const { paidAt, drawnFrom } of invoices) expect(paidAt).toEqual(drawnFrom);
  });

  test("a refused draw is tried again after its wait, and counted", async () => {
    const order = await createOrder(world, { intervalCount: 1 });
    await addCard(world, order);
    await world.bank.fault("decline", { op: "sale" }, { code: "51" }, 2);
    const { body } = await clock.advance({ by: "1day" });
    expect(body).toMatchObject({ drawn: 1, refused: 2 });
    const [invoice] = await invoicesNow(world, order);
    expect(invoice).toMatchObject({ status: "paid", tries: 3 });
    expect(invoice!.paidAt!.getTime() - invoice!.drawnFrom.getTime()).toBe(4 * HOUR_MS);
  });
});

describe("a move", () => {
  test("carries the bank along, to the millisecond", async () => {
    const before = await ahead();
    expect(before.bank).toBe(before.merchant);
    await lostCharge();
    await clock.advance({ by: "PT1H0.5S" });
    const after = await ahead();
    expect(after.merchant - before.merchant).toBe(HOUR_MS + 500);
    expect(after.bank).toBe(after.merchant);
  });

  test("of one company leaves the others where they are, with what is due for them", async () => {
    const other = await firmsOf(world).another("10077");
    const before = await ahead();
    const theirs = await ahead("10077");
    const orderId = await lostCharge();
    const { body } = await clock.advance({ by: "2days", company: "10077" });
    expect(body).toMatchObject({ moved: ["10077"], ms: 2 * DAY_MS, asked: 0 });
    expect(await ahead()).toEqual({ bank: before.bank + 2 * DAY_MS, merchant: before.merchant });
    expect(await ahead("10077")).toMatchObject({ merchant: theirs.merchant + 2 * DAY_MS });
    expect(await askedAfter(orderId)).toEqual([]);
    expect(other.merchantId).not.toBe(world.merchant.merchantId);
    expect((await clock.advance({ by: "1day" })).body).toMatchObject({ moved: ["10001", "10077"] });
    expect(await attemptOf(orderId)).toMatchObject({ status: "declined" });
  });

  test.each([
    [{ by: "-1day" }, 400, "no span forward"],
    [{ by: "PT0S" }, 400, "no span forward"],
    [{ by: "11years" }, 400, "more than 10 years"],
    [{ by: "1day", company: "99999" }, 404, "No such sandbox merchant"],
    [{ span: "1day" }, 400, 'Send {"by": "1month"}'],
    [{ by: 5 }, 400, 'Send {"by": "1month"}'],
  ])("of %j is refused in a sentence, and moves nothing", async (ask, status, sentence) => {
    const before = await ahead();
    const answer = await clock.advance(ask);
    expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(sentence) } });
    const { status: alsoByLines } = await clock.send(ask, { accept: LINES });
    expect(alsoByLines).toBe(status);
    expect(await ahead()).toEqual(before);
  });

  test("needs the token of the data folder", async () => {
    const reply = await clock.send({ by: "1day" }, { authorization: "Bearer nothing" });
    expect(reply.status).toBe(401);
  });

  test("says line by line how far it has come, and what it came to", async () => {
    const orderId = await lostCharge();
    const before = await ahead();
    const lines = await clock.follow({ by: "1hour" });
    const told = lines.slice(0, -1) as Told[];
    expect(told[0]).toMatchObject({ done: 0, total: HOUR_MS, ran: 0 });
    expect(told.at(-1)).toMatchObject({ done: HOUR_MS, total: HOUR_MS, ran: 6 });
    const start = world.clock().getTime() + before.merchant;
    for (const [i, { done, now, ran }] of told.entries()) {
      expect(Date.parse(now)).toBe(start + done);
      if (i > 0) expect(done).toBeGreaterThanOrEqual(told[i - 1]!.done);
      if (i > 0) expect(ran).toBeGreaterThanOrEqual(told[i - 1]!.ran);
    }
    expect(new Set(told.map(({ done }) => done))).toEqual(
      new Set([0, ...scheduled.slice(0, 6), HOUR_MS]),
    );
    expect(lines.at(-1)).toEqual({
      ...{ moved: ["10001", "10077"], ms: HOUR_MS, asked: 6, drawn: 0, refused: 0 },
    });
    expect(await attemptOf(orderId)).toMatchObject({ status: "declined" });
  });
});
