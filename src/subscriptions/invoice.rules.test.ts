import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after } from "../lib/clock.ts";
import { Refusal } from "../lib/refusal.ts";
import { limitsOf, mayTryAt } from "./draw.rules.ts";
import {
  type AskedStatus,
  invoiceMoves,
  madeInto,
  madeIntoIfMay,
  priced,
} from "./invoice.rules.ts";
import type { Invoice, InvoiceStatus } from "./subscription.rules.ts";

const NINE = new Date("2027-06-01T09:00:00+03:00");
const DAYS_MS = 5 * 24 * 60 * 60_000;
const asked = ["waiting", "failed", "cancelled", "deleted"] as const;
const statuses = [...asked, "paid"] as const satisfies readonly InvoiceStatus[];

const moments = fc.integer({ min: 0, max: DAYS_MS }).map((ms) => after(NINE, ms));
/** What of an invoice a merchant's hand meets; the rest is there to stay as it is. */
const invoices: fc.Arbitrary<Invoice> = fc
  .record({
    status: fc.constantFrom(...statuses),
    tries: fc.nat(50),
    refusedCards: fc.array(fc.bigInt({ min: 1n, max: 9n }), { maxLength: 3 }),
    attemptedAt: fc.option(moments),
    attemptedOn: fc.option(fc.constantFrom("2027-06-01", "2027-06-02", "2027-06-05")),
    attemptsToday: fc.nat(4),
    attemptDays: fc.nat(4),
    amountMinor: fc.bigInt({ min: 1n, max: 10_000n }),
    lastReason: fc.constantFrom("no_card", "insufficient_funds", null),
  })
  .map((more) => ({
    merchantId: "mer_00000000000000000000",
    number: 1n,
    invoiceNo: "1",
    subscriptionId: "s",
    term: 0,
    version: 1,
    drawnFrom: NINE,
    companyMinor: null,
    isTold: false,
    dueAt: null,
    lastMessage: null,
    openPaymentId: null,
    openCard: null,
    wantedStatus: null,
    wantedMinor: null,
    wantedCompanyMinor: null,
    paidById: null,
    paidAt: null,
    createdAt: NINE,
    ...more,
  }));
const states = fc.constantFrom(...asked);

/** What came of a hand's move: the invoice, the same one, or why not. */
function outcome(invoice: Invoice, to: AskedStatus): Invoice | Refusal {
  try {
    return madeInto(invoice, to) ?? invoice;
  } catch (error) {
    return error as Refusal;
  }
}

describe("an invoice that a merchant changes by hand", () => {
  test.each([
    ["waiting", ["failed", "cancelled", "deleted"]],
    ["failed", ["waiting", "cancelled", "deleted"]],
    ["cancelled", ["waiting", "failed", "deleted"]],
    ["paid", []],
    ["deleted", []],
  ] as const)("can become of %s one of %j", (from, to) => {
    expect(invoiceMoves[from]).toEqual(to);
  });

  test("never leaves paid or deleted, whatever is done to it", () => {
    fc.assert(
      fc.property(invoices, fc.array(states, { maxLength: 8 }), (start, moves) => {
        let invoice = start;
        for (const to of moves) {
          const next = outcome(invoice, to);
          const isFinal = invoice.status === "paid" || invoice.status === "deleted";
          if (next instanceof Refusal) {
            expect(isFinal).toBe(true);
            expect(next.details).toEqual({ status: invoice.status });
          } else {
            if (isFinal) expect(next).toBe(invoice);
            invoice = next;
          }
        }
        expect(invoice.status === "paid").toBe(start.status === "paid");
      }),
    );
  });

  test("keeps its rest and the tries of its day: no card is tried sooner because of it", () => {
    const limits = fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 1440 }));
    fc.assert(
      fc.property(invoices, fc.array(states, { maxLength: 4 }), limits, (start, moves, drawn) => {
        const [dailyAttempts, gap] = drawn;
        const within = limitsOf({ dailyAttempts, attemptDays: 3 }, gap);
        let invoice = start;
        for (const to of moves) {
          const next = outcome(invoice, to);
          if (!(next instanceof Refusal)) invoice = next;
        }
        expect(mayTryAt(invoice, within)).toEqual(mayTryAt(start, within));
        const { status, refusedCards, attemptDays, ...kept } = start;
        expect(invoice).toMatchObject(kept);
      }),
    );
  });

  test("has all its days with tries before it when it waits again, and no round half done", () => {
    fc.assert(
      fc.property(invoices, (invoice) => {
        fc.pre(invoice.status === "failed" || invoice.status === "cancelled");
        expect(madeInto(invoice, "waiting")).toMatchObject({
          status: "waiting",
          attemptDays: 0,
          refusedCards: [],
        });
      }),
    );
  });

  test("among many is changed exactly where alone it would be", () => {
    fc.assert(
      fc.property(invoices, states, (invoice, to) => {
        const alone = outcome(invoice, to);
        const changes = !(alone instanceof Refusal) && alone !== invoice;
        expect(madeIntoIfMay(invoice, to)).toEqual(changes ? alone : undefined);
      }),
    );
  });

  test("gets another amount while it is still to be drawn, and only then", () => {
    fc.assert(
      fc.property(invoices, fc.bigInt({ min: 1n, max: 10_000n }), (invoice, amountMinor) => {
        const amount = { amountMinor, companyMinor: 0n };
        if (invoice.status === "waiting" || invoice.status === "failed") {
          expect(priced(invoice, amount)).toEqual({ ...invoice, ...amount });
        } else {
          expect(() => priced(invoice, amount)).toThrow(Refusal);
        }
      }),
    );
  });
});
