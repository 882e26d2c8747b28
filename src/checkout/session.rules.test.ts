import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NOON, openCharge } from "../../test/support/sample.ts";
import { after, DAY_MS } from "../lib/clock.ts";
import type { SessionId, TokenId } from "../lib/id.ts";
import { Refusal } from "../lib/refusal.ts";
import { Secret } from "../lib/secret.ts";
import {
  awayUntil,
  goesByBank,
  isBankCharged,
  lookAgainAt,
  mayCharge,
  mayTell,
  requestKeyOf,
  SESSION_MS,
  type Session,
  stillOpen,
  stillToPay,
  type Terms,
  type Token,
  type TokenStatus,
  termsBeside,
  tokenIdOf,
  UNCLAIMED,
  unclaimedFrom,
} from "./session.rules.ts";

const OWN: TokenId = "tok_1";
const terms: Terms = { kind: "sale", addCommission: false, needs3d: true, details: {} };
const sessionId: SessionId = "ses_1";
const sessionWith = (more: Partial<Session>): Session => ({
  ...{ merchantId: "mer_1", id: sessionId, kind: "server", linkId: null, agentId: null },
  ...{ amountMinor: 100n, currency: "TRY", version: 1, terms, chargedTokenId: null },
  ...{ createdAt: NOON, expiresAt: after(NOON, SESSION_MS), ...more },
});
const tokenWith = (more: Partial<Token>): Token => ({
  ...{ merchantId: "mer_1", id: OWN, sessionId, sessionVersion: 1, guid: "G", status: "ready" },
  ...{ cardId: null, payment: openCharge().payment, savesCard: false, openedAt: null },
  ...{ returnedAt: null, level: null, eci: null, proof: null, reason: null, bankCode: null },
  ...{ bankMessage: null, unclaimedAt: null, toldAt: null, createdAt: NOON, ...more },
});
const outcome = (run: () => void): string => {
  try {
    run();
    return "may";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

describe("a try that the bank's page charges", () => {
  test("is known by either of its marks", () => {
    expect(isBankCharged(tokenWith({}))).toBe(false);
    expect(isBankCharged(tokenWith({ unclaimedAt: NOON }))).toBe(true);
    expect(isBankCharged(tokenWith({ toldAt: NOON }))).toBe(true);
  });
  test.each<[TokenStatus, string | null, string]>([
    ["challenged", null, "may"],
    ["authenticated", null, "may"],
    ["refused", "authentication_failed", "not_authenticated"],
    ["refused", UNCLAIMED, "session_not_found"],
  ])("%s for %s is told: %s", (status, reason, told) => {
    expect(outcome(() => mayTell(tokenWith({ status, reason })))).toBe(told);
  });
  test("is looked at again ever later, in bounds, and never at once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * DAY_MS }), (ageMs) => {
        const now = after(NOON, ageMs);
        const waitMs = lookAgainAt(tokenWith({}), now).getTime() - now.getTime();
        expect(waitMs).toBeGreaterThanOrEqual(60_000);
        expect(waitMs).toBeLessThanOrEqual(6 * 60 * 60_000);
      }),
    );
  });
  test("is asked about when its payer cannot be at the bank, and is its shop's until then", () => {
    const session = sessionWith({});
    const graceMs = unclaimedFrom(session).getTime() - session.expiresAt.getTime();
    expect(graceMs).toBe(60_000);
    expect(awayUntil(session).getTime()).toBeGreaterThan(unclaimedFrom(session).getTime());
  });
});

describe("a try may be charged", () => {
  const statuses: readonly TokenStatus[] = ["ready", "challenged", "authenticated", "refused"];
  const states = fc.record({
    status: fc.constantFrom(...statuses),
    chargedTokenId: fc.constantFrom<TokenId | null>(null, OWN, "tok_2"),
    version: fc.integer({ min: 1, max: 3 }),
    sessionVersion: fc.integer({ min: 1, max: 3 }),
    late: fc.constantFrom(-SESSION_MS, -1, 0, 1, SESSION_MS),
  });
  type State = typeof states extends fc.Arbitrary<infer Value> ? Value : never;
  const verdict = ({ status, chargedTokenId, version, sessionVersion, late }: State) => {
    const session = sessionWith({ chargedTokenId, version });
    const token = tokenWith({ status, sessionVersion });
    return outcome(() => mayCharge({ session, token }, after(session.expiresAt, late)));
  };

  test("in every state by the same order of questions, and by no other", () => {
    const seen = new Set<string>();
    const property = fc.property(states, (state) => {
      const said = verdict(state);
      seen.add(said);
      const { chargedTokenId, version, sessionVersion, status, late } = state;
      if (chargedTokenId !== null && chargedTokenId !== OWN) expect(said).toBe("session_used");
      else if (late >= 0) expect(said).toBe("session_not_found");
      else if (version !== sessionVersion) expect(said).toBe("session_mismatch");
      else if (status === "ready" || status === "authenticated") expect(said).toBe("may");
      else expect(said).toBe("not_authenticated");
    });
    fc.assert(property, { numRuns: 2_000 });
    expect([...seen].sort()).toEqual([
      ...["may", "not_authenticated", "session_mismatch", "session_not_found", "session_used"],
    ]);
  });
  test("but never one that its bank refused, or has not spoken of", () => {
    const property = fc.property(states, (state) => {
      fc.pre(state.status === "challenged" || state.status === "refused");
      expect(verdict(state)).not.toBe("may");
    });
    fc.assert(property);
  });
});

test("a session is open to its last millisecond, and to pay until it is charged", () => {
  const session = sessionWith({});
  const at = (late: number) => after(session.expiresAt, late);
  for (const late of [-SESSION_MS, -1]) {
    expect(outcome(() => stillOpen(session, at(late)))).toBe("may");
    expect(outcome(() => stillToPay(session, at(late)))).toBe("may");
  }
  for (const late of [0, 1]) {
    expect(outcome(() => stillOpen(session, at(late)))).toBe("session_not_found");
    expect(outcome(() => stillToPay(session, at(late)))).toBe("session_not_found");
  }
  const charged = sessionWith({ chargedTokenId: OWN });
  expect(outcome(() => stillOpen(charged, at(-1)))).toBe("may");
  expect(outcome(() => stillToPay(charged, at(-1)))).toBe("session_used");
});

test("a payer goes without the bank's page only where merchant, shop and payer all let him", () => {
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (may, needs3d, wants) => {
      expect(goesByBank(may, { needs3d }, wants)).toBe(!(may && !needs3d && !wants));
    }),
  );
});

test("the key of a try's charge leads back to the try, and no other key does", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const id: TokenId = `tok_${text}`;
      expect(tokenIdOf({ requestKey: requestKeyOf(id) })).toBe(id);
      expect(tokenIdOf({ requestKey: `paynet:${requestKeyOf(id)}` })).toBeUndefined();
    }),
  );
  expect(tokenIdOf({ requestKey: null })).toBeUndefined();
});

describe("terms beside a card", () => {
  const card = { pan: new Secret("4355084355084358"), mask: "435508******4358" };
  const written = "kart 4355-0843 5508.4358 cvc 731";
  test("keep its mask in the place of its number, and all else as it was", () => {
    const save = { customer: "u-1", description: written };
    const details = { note: written, user_id: "kasa-3", is_tds: true };
    expect(termsBeside(card, { ...terms, save, details })).toEqual({
      ...terms,
      save: { customer: "u-1", description: card.mask },
      details: { note: card.mask, user_id: "kasa-3", is_tds: true },
    });
    expect(termsBeside(card, terms)).toEqual(terms);
  });
  test.each<[string, Partial<Terms>]>([
    ["reference_no", { reference: written }],
    ["return_url", { returnUrl: "https://shop.example/?no=4355084355084358" }],
    ["user_unique_id", { save: { customer: "4355084355084358", description: "" } }],
  ])("hold no number in %s, by which something is found or called", (field, more) => {
    const run = () => termsBeside(card, { ...terms, ...more });
    expect(run).toThrow(expect.objectContaining({ code: "invalid_input" }));
    expect(run).toThrow(expect.objectContaining({ details: expect.objectContaining({ field }) }));
  });
});
