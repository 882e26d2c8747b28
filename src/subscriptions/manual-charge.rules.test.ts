import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after } from "../lib/clock.ts";
import { limitsOf, mayTryAt } from "./draw.rules.ts";
import { isDrawable, type ManualView, manualStep } from "./manual-charge.rules.ts";
import type { Invoice, OrderCard } from "./subscription.rules.ts";

const NINE = new Date("2027-06-01T09:00:00+03:00");
const MINUTE_MS = 60_000;
const SPAN_MS = 3 * 24 * 60 * MINUTE_MS;
const moments = fc.integer({ min: 0, max: SPAN_MS }).map((ms) => after(NINE, ms));

const start: Invoice = {
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
  dueAt: null,
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
};
const card = { card: 1n, position: 1 } as OrderCard;
const invoices = fc
  .record({
    status: fc.constantFrom<Invoice["status"]>("waiting", "failed", "paid", "cancelled", "deleted"),
    refusedCards: fc.constantFrom<readonly bigint[]>([], [], [7n]),
    attemptedAt: fc.option(moments),
    attemptedOn: fc.option(fc.constantFrom("2027-06-01", "2027-06-02")),
    attemptsToday: fc.nat(4),
    openPaymentId: fc.option(fc.constant("pay_00000000000000000001" as const), { freq: 2 }),
    lastReason: fc.constantFrom("no_card", "insufficient_funds", "bank_unreachable", null),
  })
  .map((more): Invoice => ({ ...start, ...more }));
const views: fc.Arbitrary<ManualView> = fc.record({
  order: fc.constantFrom<ManualView["order"]>(
    { status: "active" },
    { status: "active" },
    { status: "stopped" },
    { status: "deleted" },
  ),
  cards: fc.constantFrom<readonly OrderCard[]>([card], [card], []),
  isAgentBlocked: fc.boolean(),
  invoice: invoices,
  limits: fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 300 }))
    .map(([dailyAttempts, gap]) => limitsOf({ dailyAttempts, attemptDays: 3 }, gap)),
  isNamed: fc.boolean(),
  hasMetAnother: fc.boolean(),
});
const view = (more: Partial<ManualView> = {}): ManualView => ({
  order: { status: "active" },
  cards: [card],
  isAgentBlocked: false,
  invoice: start,
  limits: limitsOf({ dailyAttempts: 3, attemptDays: 3 }, 120),
  isNamed: false,
  hasMetAnother: false,
  ...more,
});

describe("a manual charge", () => {
  test("draws only what nobody draws, of an order that draws, after every rest", () => {
    fc.assert(
      fc.property(views, moments, (seen, now) => {
        if (manualStep(seen, now).do !== "draw") return;
        const { order, cards, invoice, limits, isAgentBlocked, isNamed } = seen;
        expect(order.status).toBe("active");
        expect(isAgentBlocked).toBe(false);
        expect(cards).not.toEqual([]);
        expect(invoice.openPaymentId).toBeNull();
        expect(["waiting", ...(isNamed ? ["failed"] : [])]).toContain(invoice.status);
        const allowed = mayTryAt(invoice, limits);
        const { refusedCards, lastReason } = invoice;
        const isRoundUnderWay = refusedCards.length > 0 && lastReason !== "bank_unreachable";
        expect(isRoundUnderWay || !allowed || allowed <= now).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("waits for the bank, and for nothing else, while a try is with it", () => {
    fc.assert(
      fc.property(views, moments, (seen, now) => {
        const { status, openPaymentId } = seen.invoice;
        const waits = status !== "paid" && openPaymentId !== null;
        expect(manualStep(seen, now).do === "await_bank").toBe(waits);
      }),
    );
  });

  test("says a whole number of minutes, never less than the rest and never a minute more", () => {
    fc.assert(
      fc.property(views, moments, (seen, now) => {
        const step = manualStep(seen, now);
        if (step.do !== "answer" || step.end.kind !== "resting") return;
        const { minutes } = step.end;
        const left = mayTryAt(seen.invoice, seen.limits)!.getTime() - now.getTime();
        expect(left).toBeGreaterThan(0);
        expect(minutes * MINUTE_MS).toBeGreaterThanOrEqual(left);
        expect((minutes - 1) * MINUTE_MS).toBeLessThan(left);
      }),
      { numRuns: 2_000 },
    );
  });

  test("tells the end of a try that it has waited for, and not that the invoice rests", () => {
    const refused: Invoice = {
      ...start,
      attemptedAt: NINE,
      lastReason: "insufficient_funds",
      lastMessage: "Limit yetersiz",
    };
    const rests = { do: "answer", end: { kind: "resting", minutes: 120 } };
    expect(manualStep(view({ invoice: refused }), NINE)).toEqual(rests);
    expect(manualStep(view({ invoice: refused, hasMetAnother: true }), NINE)).toEqual({
      do: "answer",
      end: { kind: "declined", reason: "insufficient_funds", bankMessage: "Limit yetersiz" },
    });
  });

  test("goes on with a round that somebody else has left, without a rest", () => {
    const left: Invoice = { ...start, attemptedAt: NINE, refusedCards: [7n] };
    expect(manualStep(view({ invoice: left }), NINE)).toEqual({ do: "draw" });
    const lost: Invoice = { ...left, lastReason: "bank_unreachable" };
    expect(manualStep(view({ invoice: lost }), NINE)).toMatchObject({ end: { minutes: 120 } });
  });

  test.each([
    ["stopped", { order: { status: "stopped" } }, "subscription_stopped"],
    ["without a card", { cards: [] }, "payer_card_not_found"],
    ["of a blocked dealer", { isAgentBlocked: true }, "agent_blocked"],
    ["cancelled", { invoice: { ...start, status: "cancelled" } }, "invoice_state_fixed"],
    ["failed, and not named", { invoice: { ...start, status: "failed" } }, "invoice_state_fixed"],
  ] as const)("of what is %s draws nothing and says why", (_, more, code) => {
    const step = manualStep(view(more), NINE);
    expect(step).toMatchObject({ do: "answer", end: { kind: "refused", refusal: { code } } });
  });

  test("is about invoices whose hour has come, and those that are at the bank", () => {
    const before = after(NINE, -1);
    expect(isDrawable(start, NINE)).toBe(true);
    expect(isDrawable(start, before)).toBe(false);
    const open = { ...start, openPaymentId: "pay_1" } as const;
    expect(isDrawable(open, before)).toBe(true);
    for (const status of ["failed", "paid", "cancelled", "deleted"] as const) {
      expect(isDrawable({ ...start, status }, NINE)).toBe(false);
    }
  });
});
