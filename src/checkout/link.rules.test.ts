import fc from "fast-check";
import { expect, test } from "vitest";
import { NOON } from "../../test/support/sample.ts";
import { after } from "../lib/clock.ts";
import { Refusal } from "../lib/refusal.ts";
import {
  checkChangeable,
  checkPayable,
  expiryOf,
  HOURS_MAX,
  type Link,
  linkState,
  sessionTerms,
} from "./link.rules.ts";

const link = (more: Partial<Link> = {}): Link => ({
  merchantId: "mer_1",
  id: "8d1b2b0e-6a7f-4a55-9b0c-3f0f6d1c9a10",
  status: "waiting",
  reference: "INV-31",
  amountMinor: 24_990n,
  currency: "TRY",
  agentId: null,
  isMulti: false,
  terms: {
    addCommission: false,
    sendMail: false,
    sendSms: false,
    sendConfirmationMail: false,
    hours: 24,
    locale: "tr",
  },
  paidBy: null,
  left: null,
  expiresAt: after(NOON, 60_000),
  createdAt: NOON,
  ...more,
});

const refusalOf = (run: () => void) => {
  try {
    run();
  } catch (error) {
    return error instanceof Refusal ? { code: error.code, ...error.details } : error;
  }
  return undefined;
};

const statuses = fc.constantFrom<Link["status"]>("waiting", "paid", "passive");
const moments = fc.integer({ min: -1_000, max: 1_000 });

test("a link takes a payment exactly while it waits and has not expired", () => {
  fc.assert(
    fc.property(statuses, moments, (status, ms) => {
      const it = link({ status, expiresAt: NOON });
      const now = after(NOON, ms);
      const state = linkState(it, now);
      expect(state).toBe(status === "waiting" && ms >= 0 ? "expired" : status);
      const refusal = state === "waiting" ? undefined : { code: "link_closed", state };
      expect(refusalOf(() => checkPayable(it, now))).toEqual(refusal);
    }),
  );
});

test("a link that was closed and is opened after its time is expired all the same", () => {
  const late = after(NOON, 60_000);
  expect(linkState(link({ status: "passive" }), late)).toBe("passive");
  expect(linkState(link({ status: "waiting" }), late)).toBe("expired");
});

test("a paid link is never changed again, any other may be", () => {
  expect(refusalOf(() => checkChangeable(link({ status: "paid" })))).toEqual({
    code: "link_closed",
    state: "paid",
  });
  for (const status of ["waiting", "passive"] as const) checkChangeable(link({ status }));
});

test("hours are counted to the millisecond, up to a year", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: HOURS_MAX }), (hours) => {
      expect(expiryOf(NOON, hours).getTime() - NOON.getTime()).toBe(hours * 3_600_000);
    }),
  );
});

test("payers of a link go by 3-D Secure, under its reference, which many share if they may", () => {
  expect(sessionTerms(link())).toMatchObject({
    kind: "sale",
    needs3d: true,
    reference: "INV-31",
    sharesReference: false,
  });
  expect(sessionTerms(link({ isMulti: true }))).toMatchObject({ sharesReference: true });
});

test("a payment of a link keeps what its merchant said, and nothing that was not said", () => {
  const { terms } = link();
  const said = { userName: "kasa-3", note: "Mayıs", agentCode: "20001", agentName: "Bayi" };
  expect(sessionTerms(link({ terms: { ...terms, ...said } })).details).toEqual({
    link_id: "8d1b2b0e-6a7f-4a55-9b0c-3f0f6d1c9a10",
    user_id: "kasa-3",
    note: "Mayıs",
    agent_code: "20001",
    agent_name: "Bayi",
  });
  expect(Object.keys(sessionTerms(link()).details)).toEqual(["link_id"]);
});
