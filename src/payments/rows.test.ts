import fc from "fast-check";
import { expect, test } from "vitest";
import { NOON, openCharge } from "../../test/support/sample.ts";
import type { Attempt } from "./payment.rules.ts";
import { attemptRow, paymentRow } from "./rows.ts";

const moment = fc.option(fc.date({ noInvalidDate: true }));
const said = fc.option(fc.string());
/** Whatever may be unknown of an attempt. */
const unknowns = fc.record({
  originalReference: said,
  bankReference: said,
  bankCode: said,
  bankMessage: said,
  doubt: said,
  requestKey: said,
  notifyUrl: said,
  settledAt: moment,
  dueAt: moment,
  firstNotFoundAt: moment,
  flaggedAt: moment,
});

test("a row leaves out what is null and nothing else, and writes moments as JSON does", () => {
  fc.assert(
    fc.property(unknowns, (of) => {
      const attempt: Attempt = { ...openCharge().attempt, ...of };
      const row = JSON.parse(JSON.stringify(attemptRow(attempt)));
      const columns = Object.keys(attempt).map((name) =>
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      );
      const known = Object.values(attempt).map((value) =>
        typeof value === "bigint" ? `${value}` : JSON.parse(JSON.stringify(value)),
      );
      const expected = columns.map((column, i) => [column, known[i]]);
      expect(row).toEqual(Object.fromEntries(expected.filter(([, value]) => value !== null)));
    }),
  );
});

test("the row of a payment says also what is null: a planned one is read from it again", () => {
  const { payment } = openCharge();
  const row = paymentRow({ ...payment, capturedAt: null, agentId: null, createdAt: NOON });
  expect(row).toMatchObject({ captured_at: null, agent_id: null, created_at: NOON.toISOString() });
});
