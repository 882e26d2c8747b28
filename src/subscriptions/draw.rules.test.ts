import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY_MS, istanbulDay, after as later } from "../lib/clock.ts";
import {
  cardlessUntil,
  type DrawnBy,
  dueAt,
  isRefusal,
  limitsOf,
  mayTryAt,
  minutesUntil,
  nextStep,
  retryAt,
} from "./draw.rules.ts";
import type { DrawReason, Invoice, OrderCard, Subscription } from "./subscription.rules.ts";

const HOUR_MS = 60 * 60_000;
const at = (text: string) => new Date(`${text}+03:00`);
const NINE = at("2027-06-01T09:00:00");

const order = (more: Partial<Subscription> = {}) =>
  ({ status: "active", dailyAttempts: 3, attemptDays: 3, ...more }) as Subscription;
const card = (number: number) => ({ card: BigInt(number), position: number }) as OrderCard;
const invoice = (more: Partial<Invoice> = {}): Invoice => ({
  merchantId: "mer_00000000000000000000",
  number: 1n,
  invoiceNo: "1",
  subscriptionId: "s",
  term: 0,
  version: 1,
  status: "waiting",
  drawnFrom: NINE,
  amountMinor: 100n,
  companyMinor: null,
  isTold: false,
  dueAt: NINE,
  tries: 0,
  refusedCards: [],
  lastReason: null,
  lastMessage: null,
  attemptedAt: null,
  attemptedOn: null,
  attemptsToday: 0,
  attemptDays: 0,
  openPaymentId: null,
  openCard: null,
  wantedStatus: null,
  wantedMinor: null,
  wantedCompanyMinor: null,
  paidById: null,
  paidAt: null,
  createdAt: NINE,
  ...more,
});
const limits = limitsOf(order(), 120);

/** A bank of this model: what it says of the try at this moment. */
type Says = (now: Date, card: bigint) => "yes" | DrawReason;
type Try = Readonly<{ at: Date; card: bigint; round: number; by: DrawnBy }>;

/** Lives through moments as the worker would, and tells what was tried and how it ended. */
function live(
  cards: readonly OrderCard[],
  moments: readonly Readonly<{ at: Date; by: DrawnBy }>[],
  says: Says,
  of = order(),
) {
  let now = invoice({ dueAt: dueAt(of, cards.length > 0, invoice(), limitsOf(of, 120), NINE) });
  const tries: Try[] = [];
  let round = 0;
  for (const moment of moments) {
    if (moment.by === "schedule" && !(now.dueAt && now.dueAt <= moment.at)) continue;
    const allowed = mayTryAt(now, limitsOf(of, 120));
    if (moment.by === "merchant" && (moment.at < NINE || (allowed && allowed > moment.at)))
      continue;
    round += 1;
    for (let steps = 0; ; steps += 1) {
      expect(steps).toBeLessThan(20);
      const step = nextStep(of, cards, now, limitsOf(of, 120), moment.by, moment.at);
      if (step.do === "write") now = step.invoice;
      if (step.do !== "draw") break;
      const said = says(moment.at, step.card.card);
      tries.push({ at: moment.at, card: step.card.card, round, by: moment.by });
      const tried = { ...now, tries: now.tries + 1, attemptedAt: moment.at, dueAt: null };
      now =
        said === "yes"
          ? { ...tried, status: "paid" }
          : {
              ...tried,
              status: "waiting",
              dueAt: moment.at,
              refusedCards: isRefusal(said)
                ? [...tried.refusedCards, step.card.card]
                : tried.refusedCards,
              lastReason: said,
            };
    }
  }
  return { invoice: now, tries };
}

/** A look of the worker every few minutes for some days. */
const looks = (count: number, everyMs: number) =>
  Array.from(
    { length: count },
    (_, i) => ({ at: later(NINE, i * everyMs), by: "schedule" }) as const,
  );
const hours = ({ tries }: ReturnType<typeof live>) =>
  tries.map((each) => (each.at.getTime() - NINE.getTime()) / HOUR_MS);

describe("an invoice that is refused", () => {
  const no: Says = () => "insufficient_funds";
  test("is tried three times a day, two hours apart, on three days, and has failed then", () => {
    const lived = live([card(1)], looks(24 * 6 * 6, 10 * 60_000), no);
    expect(hours(lived)).toEqual([0, 2, 4, 24, 26, 28, 48, 50, 52]);
    expect(lived.invoice).toMatchObject({ status: "failed", dueAt: null, attemptDays: 3 });
  });
  test("late in the evening is tried again on the next day at its own time", () => {
    const late = at("2027-06-01T23:30:00");
    const refused = invoice({
      drawnFrom: late,
      attemptedAt: late,
      attemptedOn: "2027-06-01",
      attemptsToday: 1,
      attemptDays: 1,
    });
    expect(retryAt(refused, limits)).toEqual(later(late, DAY_MS));
  });
  test("is tried with each card in its order, all in one round", () => {
    const { tries } = live([card(1), card(2), card(3)], looks(13, 10 * 60_000), no);
    expect(tries.map((each) => each.card)).toEqual([1n, 2n, 3n, 1n, 2n, 3n]);
  });
  test("is tried no further once a card says yes", () => {
    const { tries, invoice: end } = live(
      [card(1), card(2), card(3)],
      looks(1_000, 10 * 60_000),
      (_now, which) => (which === 2n ? "yes" : "lost_card"),
    );
    expect(tries.map((each) => each.card)).toEqual([1n, 2n]);
    expect(end.status).toBe("paid");
  });
});

test("a bank that cannot be reached uses up no try, and no other card is asked for", () => {
  const downUntil = later(NINE, 3 * DAY_MS);
  const lived = live([card(1), card(2)], looks(24 * 6 * 5, 10 * 60_000), (now) =>
    now < downUntil ? "bank_unreachable" : "yes",
  );
  expect(lived.tries.every((each) => each.card === 1n)).toBe(true);
  expect(lived.invoice).toMatchObject({ status: "paid", attemptDays: 0 });
  const gaps = lived.tries
    .slice(1)
    .map((each, i) => each.at.getTime() - lived.tries[i]!.at.getTime());
  expect(new Set(gaps)).toEqual(new Set([2 * HOUR_MS]));
});

test("the card that said no is not asked again while the next one's bank cannot be reached", () => {
  const downUntil = later(NINE, DAY_MS);
  const lived = live([card(1), card(2)], looks(24 * 6 * 2, 10 * 60_000), (now, which) => {
    if (which === 1n) return "insufficient_funds";
    return now < downUntil ? "bank_unreachable" : "lost_card";
  });
  const days = lived.tries.filter(({ at: when }) => when <= downUntil);
  expect(days.map((each) => each.card)).toEqual([1n, ...Array.from({ length: 13 }, () => 2n)]);
  // The round that rested so long is one, and the next one begins with the first card.
  const next = lived.tries[days.length];
  expect(next).toMatchObject({ at: later(downUntil, 2 * HOUR_MS), card: 1n });
});

const ordered = (status: string) => order({ status } as Partial<Subscription>);

describe("nothing is drawn", () => {
  const anHourOn = later(NINE, HOUR_MS);
  const step = (of: Partial<Invoice>, by: DrawnBy = "schedule", status = "active") =>
    nextStep(ordered(status), [card(1)], invoice(of), limits, by, anHourOn);
  test.each<[string, Partial<Invoice>]>([
    ["while the bank owes an answer", { openPaymentId: "pay_1", dueAt: null }],
    ["of a paid invoice", { status: "paid" }],
    ["of a cancelled invoice", { status: "cancelled" }],
    ["before it is due", { dueAt: later(anHourOn, 1) }],
    ["that nobody waits for", { dueAt: null }],
  ])("%s", (_what, of) => {
    expect(step(of).do).not.toBe("draw");
  });
  test.each(["stopped", "deleted"])(
    "of an order that is %s, and it is not looked at again",
    (how) => {
      expect(step({}, "schedule", how)).toMatchObject({ do: "write", invoice: { dueAt: null } });
      expect(step({}, "merchant", how).do).not.toBe("draw");
    },
  );
  test("by itself of an invoice that has failed; its merchant may have it tried", () => {
    const failed = { status: "failed", dueAt: null } as const;
    expect([step(failed).do, step(failed, "merchant").do]).toEqual(["nothing", "draw"]);
  });
});

test("an invoice without a card waits for one through its days, and fails then", () => {
  const until = cardlessUntil(invoice(), limits)!;
  expect(until).toEqual(later(NINE, 3 * DAY_MS));
  const one = (now: Date) => nextStep(order(), [], invoice(), limits, "schedule", now);
  expect(one(NINE)).toMatchObject({ do: "write", ends: "later", invoice: { dueAt: until } });
  expect(one(until)).toMatchObject({ ends: "failed", invoice: { lastReason: "no_card" } });
  const putBack = invoice({ lastReason: "no_card" });
  expect(nextStep(order(), [], putBack, limits, "schedule", until)).toMatchObject({
    ends: "later",
    invoice: { dueAt: null, status: "waiting" },
  });
});

const spans = fc.array(fc.integer({ min: 1, max: 30 * HOUR_MS }), { minLength: 1, maxLength: 60 });
const reasons = fc.constantFrom<"yes" | DrawReason>(
  "yes",
  "insufficient_funds",
  "do_not_honour",
  "lost_card",
  "bank_unreachable",
  "system_error",
);

const lives = fc.record({
  gaps: spans,
  answers: fc.array(reasons, { minLength: 40, maxLength: 40 }),
  byHand: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
  daily: fc.integer({ min: 1, max: 4 }),
  days: fc.integer({ min: 1, max: 4 }),
});
type Life = typeof lives extends fc.Arbitrary<infer T> ? T : never;

/** A life of two cards, with what the bank said of each try. */
function lived({ gaps, answers, byHand, daily, days }: Life) {
  let now = NINE;
  const moments = gaps.map((gap, i) => {
    now = later(now, gap);
    return { at: now, by: byHand[i] ? ("merchant" as const) : ("schedule" as const) };
  });
  const said: ("yes" | DrawReason)[] = [];
  const says: Says = () => {
    said.push(answers[said.length % answers.length]!);
    return said.at(-1)!;
  };
  const of = order({ dailyAttempts: daily, attemptDays: days });
  const { tries, invoice: end } = live([card(1), card(2)], moments, says, of);
  const rounds = [...Map.groupBy(tries, (each) => each.round).values()];
  const isCounted = (round: Try[]) => {
    const last = said[tries.indexOf(round.at(-1)!)]!;
    return last !== "bank_unreachable" && last !== "system_error";
  };
  return { said, end, rounds, counted: rounds.filter(isCounted) };
}
const daysOf = (rounds: Try[][]) => Map.groupBy(rounds, (round) => istanbulDay(round[0]!.at));

describe("whatever the clock, the bank and the merchant do", () => {
  test("one yes ends it, and nothing else is a payment", () => {
    const property = fc.property(lives, (life) => {
      const { said, end } = lived(life);
      expect(said.slice(0, -1)).not.toContain("yes");
      expect(end.status === "paid").toBe(said.at(-1) === "yes");
    });
    fc.assert(property, { numRuns: 300 });
  });
  test("cards are asked in their order, each again where it was not reached", () => {
    const property = fc.property(lives, (life) => {
      const { rounds, said } = lived(life);
      let next = 1n;
      for (const [i, each] of rounds.flat().entries()) {
        expect(each.card).toBe(next);
        if (isRefusal(said[i] as DrawReason)) next = next === 1n ? 2n : 1n;
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
  test("rounds rest two hours", () => {
    const property = fc.property(lives, (life) => {
      const { rounds } = lived(life);
      for (const [i, round] of rounds.entries()) {
        const before = rounds[i - 1]?.[0]?.at;
        if (before) expect(+round[0]!.at - +before).toBeGreaterThanOrEqual(2 * HOUR_MS);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
  test("no day sees more rounds than it may, and no more days than there are", () => {
    const property = fc.property(lives, (life) => {
      for (const ofDay of daysOf(lived(life).counted).values()) {
        expect(ofDay.length).toBeLessThanOrEqual(life.daily);
      }
      const answers = life.answers.filter((said) => said === "yes" || isRefusal(said));
      const alone = lived({ ...life, byHand: [], answers: [...answers, "lost_card"] }).counted;
      // A worker that was away makes up for one round of the last day on the day after it.
      expect(daysOf(alone).size).toBeLessThanOrEqual(life.days + 1);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

test("minutes that have begun are told whole", () => {
  const told = [2 * HOUR_MS, 59 * 60_000 + 1, 1, 0, -5];
  expect(told.map((ms) => minutesUntil(later(NINE, ms), NINE))).toEqual([120, 60, 1, 0, 0]);
});
