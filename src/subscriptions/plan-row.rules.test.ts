import fc from "fast-check";
import { expect, test } from "vitest";
import { after, DAY_MS } from "../lib/clock.ts";
import { termAt } from "./plan.rules.ts";
import { type PlanRow, planRows, roundsMissing } from "./plan-row.rules.ts";
import { type Invoice, type Subscription, termsOf } from "./subscription.rules.ts";

const beginAt = new Date("2027-01-31T09:00:00+03:00");
/** What of an order its plan is made of. */
const orderOf = (more: Partial<Subscription>) =>
  ({
    status: "active",
    beginAt,
    interval: "month",
    intervalCount: 3,
    period: 1,
    planNumbers: [501n],
    isFixedPrice: true,
    renews: false,
    ...more,
  }) as Subscription;
const invoiceOf = (term: number, more: Partial<Invoice> = {}) =>
  ({
    number: 9_000n + BigInt(term),
    term,
    status: "waiting",
    drawnFrom: termAt(orderOf({}), term),
    amountMinor: 9_900n,
    ...more,
  }) as Invoice;

const orders = fc
  .record({
    interval: fc.constantFrom("day", "week", "month", "year"),
    intervalCount: fc.integer({ min: 1, max: 20 }),
    period: fc.integer({ min: 1, max: 3 }),
    rounds: fc.integer({ min: 1, max: 3 }),
    isFixedPrice: fc.boolean(),
    renews: fc.boolean(),
    status: fc.constantFrom("active", "stopped", "deleted"),
  })
  .map(({ rounds, ...order }) =>
    orderOf({
      ...order,
      planNumbers: Array.from({ length: rounds }, (_, i) => BigInt(i) * 1_000n),
    }),
  );

test("every term has one row, in its order and with a number of its own", () => {
  fc.assert(
    fc.property(orders, fc.uniqueArray(fc.nat(60)), (order, terms) => {
      const rows = planRows(
        order,
        terms.map((term) => invoiceOf(term)),
      );
      expect(rows.map(({ term }) => term)).toEqual(
        Array.from({ length: termsOf(order) }, (_, term) => term),
      );
      expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length);
      for (const { term, invoice } of rows)
        expect(invoice !== undefined).toBe(terms.includes(term));
    }),
  );
});

const shown = ({ number, amountMinor, status, invoice }: PlanRow) => [
  number,
  invoice?.number ?? 0n,
  amountMinor,
  status,
];

test("a row shows what of its invoice is drawn, on the invoice's own day", () => {
  const late = new Date("2027-03-02T10:00:00+03:00");
  const invoices = [
    invoiceOf(0, { status: "paid", amountMinor: 100n }),
    invoiceOf(1, { drawnFrom: late }),
    invoiceOf(2, { status: "deleted" }),
  ];
  const rows = planRows(orderOf({}), invoices);
  expect(rows.map(shown)).toEqual([
    [501n, 9_000n, 100n, "paid"],
    [502n, 9_001n, 9_900n, "waiting"],
    [503n, 9_002n, 9_900n, "deleted"],
  ]);
  expect(rows[1]?.at).toEqual(late);
});

test.each([
  ["active", true, "cancelled"],
  ["active", false, "waiting"],
  ["stopped", false, "waiting"],
  ["deleted", true, "deleted"],
  ["deleted", false, "deleted"],
] as const)("of a %s order, with a fixed price %s, a term without one is %s", (...row) => {
  const [status, isFixedPrice, is] = row;
  const [first] = planRows(orderOf({ status, isFixedPrice }), []);
  expect(first).toMatchObject({ status: is, amountMinor: 0n, invoice: undefined, at: beginAt });
});

test("a plan that renews itself gets the fewest rounds after which a term lies ahead", () => {
  fc.assert(
    fc.property(orders, fc.nat(2_000), (order, days) => {
      const now = after(beginAt, days * DAY_MS);
      const rounds = roundsMissing(order, now);
      const lastAfter = (more: number) =>
        termAt(order, termsOf(order) + more * order.intervalCount - 1);
      if (!order.renews) expect(rounds).toBe(0);
      else expect(lastAfter(rounds) > now).toBe(true);
      if (rounds > 0) expect(lastAfter(rounds - 1) <= now).toBe(true);
    }),
  );
});
