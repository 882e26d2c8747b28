import fc from "fast-check";
import { expect, test } from "vitest";
import { after } from "../lib/clock.ts";
import { dueAt, limitsOf, nextStep } from "./draw.rules.ts";
import type { Invoice, OrderCard, Subscription } from "./subscription.rules.ts";

const MINUTE_MS = 60_000;
const NINE = new Date("2027-06-01T09:00:00+03:00");
const card = { card: 1n, position: 1 } as OrderCard;
const untried = {
  status: "waiting",
  drawnFrom: NINE,
  dueAt: NINE,
  tries: 0,
  refusedCards: [] as readonly bigint[],
  lastReason: null,
  attemptedAt: null,
  attemptedOn: null,
  attemptsToday: 0,
  attemptDays: 0,
  openPaymentId: null,
} as Invoice;

/** The moments at which a card that always says no is tried. */
function triesOf(ownRests: Readonly<{ minutes: number; rounds: number }>): Date[] {
  const order = { status: "active", dailyAttempts: 1, attemptDays: 1, ownRests } as Subscription;
  const limits = limitsOf(order, 120);
  const tries: Date[] = [];
  let invoice: Invoice = { ...untried, dueAt: dueAt(order, true, untried, limits, NINE) };
  while (invoice.status === "waiting" && tries.length < 50) {
    const now = invoice.dueAt!;
    const step = nextStep(order, [card], invoice, limits, "schedule", now);
    if (step.do === "write") invoice = step.invoice;
    if (step.do !== "draw") continue;
    tries.push(now);
    const refused = { attemptedAt: now, lastReason: "insufficient_funds", refusedCards: [1n] };
    invoice = { ...invoice, ...refused, dueAt: now } as Invoice;
  }
  expect(invoice).toMatchObject({ status: "failed", dueAt: null, attemptsToday: tries.length });
  return tries;
}

test("an order with rests of its own has as many rounds as it says, whatever the day", () => {
  const rests = fc.record({
    minutes: fc.integer({ min: 1, max: 1_440 }),
    rounds: fc.integer({ min: 1, max: 24 }),
  });
  fc.assert(
    fc.property(rests, ({ minutes, rounds }) => {
      const moments = Array.from({ length: rounds }, (_, round) =>
        after(NINE, round * minutes * MINUTE_MS),
      );
      expect(triesOf({ minutes, rounds })).toEqual(moments);
    }),
  );
});
