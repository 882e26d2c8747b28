import fc from "fast-check";
import { expect, test } from "vitest";
import { drawnAtCard, houseOwnerOf, upcoming } from "./card-entry.rules.ts";
import { termAt } from "./plan.rules.ts";
import type { Invoice, InvoiceStatus, Subscription } from "./subscription.rules.ts";

const NINE = new Date("2027-06-01T09:00:00+03:00");
const order = (more: Partial<Subscription> = {}) =>
  ({
    ...{ id: "6f0c", status: "active", groupReference: null, agentId: null, drawsAtCard: true },
    ...{ beginAt: NINE, interval: "month", intervalCount: 6, period: 1, planNumbers: [100n] },
    ...{ isFixedPrice: true, renews: false, ...more },
  }) as Subscription;
const invoice = (term: number, more: Partial<Invoice> = {}) =>
  ({
    ...{ term, number: BigInt(term), status: "waiting", openPaymentId: null, lastReason: null },
    ...{ drawnFrom: termAt(order(), term), amountMinor: 100n, ...more },
  }) as Invoice;

test("cards of two orders have two owners, those of one group one", () => {
  const name = fc.string({ minLength: 1, maxLength: 50 });
  const some = fc.record({
    id: fc.uuid(),
    groupReference: fc.option(name),
    agentId: fc.option(fc.constantFrom("agt_1", "agt_2")),
  });
  const sameHouse = (a: Subscription, b: Subscription) =>
    a.groupReference === null
      ? a.id === b.id && b.groupReference === null
      : a.groupReference === b.groupReference && a.agentId === b.agentId;
  fc.assert(
    fc.property(some, some, fc.boolean(), (one, two, isTwin) => {
      const [a, b] = [one, isTwin ? { ...one, id: two.id } : two].map((more) =>
        order(more as Partial<Subscription>),
      ) as [Subscription, Subscription];
      expect(houseOwnerOf(a) === houseOwnerOf(b)).toBe(sameHouse(a, b));
    }),
  );
});

test("at a card the first term alone is drawn, and only where nothing could be before", () => {
  const statuses = ["waiting", "paid", "failed", "cancelled"] as const satisfies InvoiceStatus[];
  const reason = fc.constantFrom(null, "no_card", "insufficient_funds");
  fc.assert(
    fc.property(
      ...[fc.constantFrom(...statuses), reason, fc.boolean(), fc.boolean(), fc.boolean()],
      (status, lastReason, isOpen, hadCard, drawsAtCard) => {
        const openPaymentId = isOpen ? "pay_1" : null;
        const first = invoice(0, { status, lastReason, openPaymentId } as Partial<Invoice>);
        const found = drawnAtCard(order({ drawsAtCard }), [first, invoice(1)], hadCard);
        const lacked = status === "failed" && lastReason === "no_card";
        const isDrawn = (status === "waiting" || lacked) && !isOpen && !hadCard && drawsAtCard;
        expect(found).toBe(isDrawn ? first : undefined);
      },
    ),
  );
  for (const status of ["stopped", "deleted"] as const) {
    expect(drawnAtCard(order({ status }), [invoice(0)], false)).toBeUndefined();
  }
  expect(drawnAtCard(order(), [invoice(1)], false)).toBeUndefined();
});

test("what waits is to come, also of a day that has passed; what has ended is not", () => {
  const now = termAt(order(), 2);
  const invoices = [
    invoice(0, { status: "paid" }),
    invoice(1),
    invoice(2, { status: "cancelled" }),
    ...[3, 4, 5].map((term) => invoice(term)),
  ];
  expect(upcoming(order(), invoices, now).map(({ term }) => term)).toEqual([1, 3, 4, 5]);
});

test("where amounts vary a term without an invoice is to come as long as its day is", () => {
  const varies = order({ isFixedPrice: false });
  const now = termAt(varies, 3);
  const rows = upcoming(varies, [invoice(1), invoice(4, { status: "paid" })], now);
  expect(rows.map(({ term, invoice: its }) => [term, its !== undefined])).toEqual([
    [1, true],
    [3, false],
    [5, false],
  ]);
});
