import fc from "fast-check";
import { expect, test } from "vitest";
import {
  chargeAsk,
  chargeOf,
  NOON,
  sampleAgent,
  sampleMerchant,
  sampleRoute,
} from "../../test/support/sample.ts";
import type { Outcome } from "../acquirers/outcome.rules.ts";
import { feesGivenBack, type Leg } from "../ledger/postings.rules.ts";
import { after } from "../lib/clock.ts";
import { Refusal } from "../lib/refusal.ts";
import { otherWay } from "./other-way.rules.ts";
import { partsOf } from "./parts.rules.ts";
import {
  type Attempt,
  isCharge,
  isSettled,
  move,
  type Payment,
  type PaymentMove,
  type PaymentStatus,
  paymentMoves,
} from "./payment.rules.ts";
import { type FollowUp, planCapture, planRelease, planReopen, planReversal } from "./plan.rules.ts";
import { applyOutcome, type Settlement } from "./settle.rules.ts";

/** What a caller may ask of a payment, of any of its attempts, whether it makes sense or not. */
type Ask = Readonly<{
  what: "capture" | "release" | "reopen" | "reverse";
  /** Which earlier attempt is named, counted from the latest; -1 is the one that is live. */
  back: number;
  /** Of the payment's amount; above the whole too. */
  percent: bigint | undefined;
  waitHours: number;
  /** What the bank answers first; doubt is cleared up by the second answer. */
  answers: readonly [Outcome, Outcome];
}>;

const yes: Outcome = { kind: "approved", bankReference: "B", authorizationCode: "A" };
const sure = fc.oneof(
  { weight: 6, arbitrary: fc.constant(yes) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Outcome>(
      { kind: "declined", reason: "do_not_honour", bankCode: "5", bankMessage: "no" },
      { kind: "declined", reason: "batch_closed", bankCode: "9", bankMessage: "late" },
      { kind: "declined", reason: "not_settled_yet", bankCode: "9", bankMessage: "early" },
    ),
  },
);
const answers = fc.tuple(
  fc.oneof(sure, fc.constant({ kind: "doubtful", why: "lost" } as const)),
  sure,
);
const ask: fc.Arbitrary<Ask> = fc.record({
  what: fc.constantFrom("capture", "release", "reopen", "reopen", "reverse"),
  back: fc.constantFrom(-1, -1, -1, 0, 1, 2),
  percent: fc.oneof(fc.constantFrom(undefined, 1n, 50n, 100n), fc.bigInt({ min: 0n, max: 120n })),
  waitHours: fc.constantFrom(0, 0, 0, 5, 13, 30),
  answers,
});
const charge = fc.record({
  kind: fc.constantFrom("sale", "hold", "hold"),
  amountMinor: fc.bigInt({ min: 1n, max: 10_000n }),
  addCommission: fc.boolean(),
  agent: fc.constantFrom(undefined, sampleAgent),
  companyPpm: fc.option(fc.bigInt({ min: 0n, max: 1_000_000n }), { nil: undefined }),
  ratePpm: fc.bigInt({ min: 0n, max: 500_000n }),
  answers,
});

/** One payment as the world sees it: what is stored, what is booked, what was told. */
class Story {
  payment: Payment;
  attempts: Attempt[] = [];
  readonly legs: Leg[] = [];
  readonly told: string[] = [];
  now = NOON;
  constructor(payment: Payment) {
    this.payment = payment;
  }

  /** Settles by the bank's first answer, or by its second when the first leaves doubt. */
  settle(attempt: Attempt, [first, second]: Ask["answers"]): void {
    const settlement = this.take(attempt, first);
    if (!isSettled(settlement.attempt)) this.take(settlement.attempt, second);
  }

  take(attempt: Attempt, outcome: Outcome): Settlement {
    const before = this.payment;
    const done = applyOutcome(before, attempt, outcome, this.now);
    if (outcome.kind === "doubtful") expectDoubt(before, attempt, done);
    else expect(isSettled(done.attempt)).toBe(true);
    if (outcome.kind === "declined" && !isCharge(attempt.kind)) {
      expect(done.payment).toEqual({ ...before, version: before.version + 1 });
    }
    expectMove(before.status, done.payment.status);
    this.payment = done.payment;
    this.attempts = [...this.attempts.filter((each) => each.id !== attempt.id), done.attempt];
    this.legs.push(...done.legs);
    this.told.push(...done.events.map((event) => event.id));
    expectFees(done);
    expectSound(this);
    return done;
  }
}

function expectDoubt(before: Payment, attempt: Attempt, done: Settlement): void {
  expect(done).toMatchObject({ isMoved: false, legs: [], events: [] });
  expect(done.payment).toBe(before);
  expect(done.attempt).toMatchObject({ id: attempt.id, status: "doubtful" });
  expect(done.attempt.dueAt).not.toBeNull();
}

function expectMove(from: PaymentStatus, to: PaymentStatus): void {
  if (from === to) return;
  const table: { from: readonly string[]; to: string }[] = Object.values(paymentMoves);
  expect(table.some((row) => row.from.includes(from) && row.to === to)).toBe(true);
  expect(["declined", "voided"]).not.toContain(from);
}

/** What an attempt says of fees is what is booked for it. */
function expectFees({ attempt, legs }: Settlement): void {
  if (legs.length === 0) return;
  const { commissionMinor, taxMinor } = feesGivenBack(legs);
  const sign = attempt.kind === "sale" || attempt.kind === "capture" ? -1n : 1n;
  expect(commissionMinor).toBe(sign * attempt.commissionMinor);
  expect(taxMinor).toBe(sign * attempt.commissionTaxMinor);
}

function balanceOf(legs: readonly Leg[], isOurs: (account: string) => boolean): bigint {
  const sign = (account: string, by: bigint) => (isOurs(account) ? by : 0n);
  return legs.reduce(
    (sum, leg) => sum + sign(leg.debit, leg.amountMinor) - sign(leg.credit, leg.amountMinor),
    0n,
  );
}

/** What holds after every step, whatever was asked and answered. */
function expectSound({ payment, attempts, legs, told }: Story): void {
  const { amountMinor, capturedMinor, refundedMinor } = payment;
  expect(refundedMinor >= 0n && refundedMinor <= capturedMinor).toBe(true);
  expect(capturedMinor <= amountMinor).toBe(true);
  expect(payment.status === "captured").toBe(capturedMinor > 0n);
  expect(payment.status === "captured").toBe(payment.capturedAt !== null);
  expect(["held", "captured"].includes(payment.status)).toBe(payment.liveAttemptId !== null);
  expect(balanceOf(legs, (account) => account.startsWith("bank."))).toBe(
    capturedMinor - refundedMinor,
  );
  expect(balanceOf(legs, () => true)).toBe(0n);
  expect(legs.every((leg) => leg.amountMinor > 0n)).toBe(true);
  for (const earned of ["platform:commission", "state:commission_tax"]) {
    expect(balanceOf(legs, (account) => account === earned)).toBeLessThanOrEqual(0n);
  }
  expect(new Set(told).size).toBe(told.length);
  const refunds = attempts.filter((each) => each.kind === "refund" && each.status === "approved");
  expect(refunds.reduce((sum, each) => sum + each.amountMinor, 0n)).toBe(refundedMinor);
}

function planned(story: Story, { what, back, percent }: Ask, more: FollowUp): Attempt {
  const { payment, attempts } = story;
  const live = attempts.find((each) => back < 0 && each.id === payment.liveAttemptId);
  const original = live ?? attempts[Math.max(0, attempts.length - 1 - Math.max(0, back))]!;
  const part = percent === undefined ? undefined : (payment.amountMinor * percent) / 100n;
  // No wire lets an amount of nothing in.
  const amountMinor = part === 0n ? 1n : part;
  if (what === "capture") return planCapture(payment, original, amountMinor, more);
  if (what === "release") return planRelease(payment, original, more);
  if (what === "reopen") return planReopen(payment, original, more);
  return planReversal(payment, original, amountMinor, more);
}

function follow(story: Story, asked: Ask, number: number): void {
  story.now = after(story.now, asked.waitHours * 3_600_000);
  const birth = (extra: number): FollowUp => ({
    id: `att_${String(number * 2 + extra + 10).padStart(20, "0")}`,
    xact: BigInt(number * 2 + extra),
    now: story.now,
  });
  const before = story.payment;
  let attempt: Attempt;
  try {
    attempt = planned(story, asked, birth(0));
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return;
  }
  expect(["declined", "voided"]).not.toContain(before.status);
  story.settle(attempt, asked.answers);
  const other = otherWay(story.payment, story.attempts.at(-1)!, birth(1));
  if (other) story.settle(other, asked.answers);
}

test("whatever is asked and answered, the payment, its books and its news stay sound", () => {
  let [captures, refunds, voids, reopens] = [0, 0, 0, 0];
  fc.assert(
    fc.property(
      charge,
      fc.array(ask, { minLength: 3, maxLength: 14, size: "max" }),
      (first, asks) => {
        const { companyPpm, ratePpm } = first;
        const companyMinor =
          companyPpm === undefined ? undefined : (first.amountMinor * companyPpm) / 1_000_000n;
        const { payment, attempt } = chargeOf(
          sampleMerchant,
          { ...sampleRoute, ratePpm },
          chargeAsk({ ...first, companyMinor }),
          { id: `pay_${"0".repeat(19)}1`, xact: 1n, now: NOON },
        );
        const story = new Story(payment);
        story.settle(attempt, first.answers);
        for (const [i, each] of asks.entries()) follow(story, each, i);
        const done = (kind: string) =>
          story.attempts.filter((each) => each.kind === kind && each.status === "approved").length;
        captures += done("capture");
        refunds += done("refund");
        voids += done("void") + done("release");
        reopens += done("reopen");
      },
    ),
    { numRuns: 2_500 },
  );
  // Not a walk past closed doors: every kind of operation has succeeded many times.
  const succeeded = { captures, refunds, voids, reopens };
  for (const count of Object.values(succeeded)) expect(count).toBeGreaterThan(50);
});

test("the table of moves is the whole of what moves", () => {
  const states: PaymentStatus[] = ["pending", "held", "captured", "declined", "voided"];
  const moves = Object.keys(paymentMoves) as PaymentMove[];
  for (const state of states) {
    for (const event of moves) {
      const allowed: readonly string[] = paymentMoves[event].from;
      if (allowed.includes(state)) expect(move(state, event)).toBe(paymentMoves[event].to);
      else expect(() => move(state, event)).toThrow(Refusal);
    }
  }
  const from: readonly string[] = moves.flatMap((event) => paymentMoves[event].from);
  expect(from).not.toContain("declined");
  expect(from).not.toContain("voided");
});

test("an outcome applied twice meets a closed door", () => {
  const birth = { id: `pay_${"0".repeat(19)}1`, xact: 1n, now: NOON } as const;
  const { payment, attempt } = chargeOf(sampleMerchant, sampleRoute, chargeAsk(), birth);
  const done = applyOutcome(payment, attempt, yes, NOON);
  expect(() => applyOutcome(done.payment, done.attempt, yes, NOON)).toThrow(Refusal);
});

test("the parts of a partial capture are by its rate, those of the whole the payment's own", () => {
  const birth = { id: `pay_${"0".repeat(19)}1`, xact: 1n, now: NOON } as const;
  const ask = chargeAsk({ kind: "hold", addCommission: true });
  const { payment } = chargeOf(sampleMerchant, sampleRoute, ask, birth);
  expect(partsOf(payment, payment.amountMinor)).toMatchObject({
    commissionMinor: payment.commissionMinor,
    taxMinor: payment.commissionTaxMinor,
  });
  expect(partsOf(payment, 5_000n)).toMatchObject({ commissionMinor: 100n, taxMinor: 20n });
});
