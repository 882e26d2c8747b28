import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Act,
  acts,
  authentications,
  decideAct,
  eciOf,
  hasProof,
  isAuthenticated,
  magicEnd,
  mdStatuses,
  moved,
  ownMdStatus,
  type Proof,
  proofProblem,
  type SessionFacts,
  sessionMoves,
  TRIES_MAX,
} from "./threeds.rules.ts";

const moves = Object.keys(sessionMoves) as (keyof typeof sessionMoves)[];
const fresh = { tries: 0, own: "1" as const, code: "147852" };
const act = (what: Act["do"], more: Partial<Act> = {}): Act => ({
  ...{ do: what, code: undefined, mdStatus: undefined, ...more },
});

describe("a session", () => {
  test("is used once, and never leaves its end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves)), (tried) => {
        let state: Parameters<typeof moved>[0] = "open";
        const seen: string[] = [];
        for (const move of tried) {
          const next = moved(state, move);
          if (next) seen.push(move);
          state = next ?? state;
        }
        expect([[], ["authenticate"], ["fail"], ["authenticate", "consume"]]).toContainEqual(seen);
      }),
    );
  });
  test("is for the merchant to use by mdStatus 1 to 4 alone", () => {
    expect(mdStatuses.filter(isAuthenticated)).toEqual(["1", "2", "3", "4"]);
  });
});

describe("the holder", () => {
  test("is authenticated by the right code, with blanks around it too", () => {
    const right = { kind: "end", ending: "approved", mdStatus: "1", returns: true };
    expect(decideAct(fresh, act("approve", { code: " 147852 " }))).toEqual(right);
    expect(decideAct(fresh, act("approve"))).toEqual(right);
    expect(decideAct({ ...fresh, own: "2" }, act("approve"))).toMatchObject({ mdStatus: "2" });
  });
  test("fails by the third wrong code and not before", () => {
    const wrong = act("approve", { code: "1", mdStatus: "1" });
    for (let tries = 0; tries < TRIES_MAX - 1; tries += 1) {
      expect(decideAct({ ...fresh, tries }, wrong)).toEqual({ kind: "again", tries: tries + 1 });
    }
    expect(decideAct({ ...fresh, tries: TRIES_MAX - 1 }, wrong)).toMatchObject({
      ...{ kind: "end", ending: "wrong_code", mdStatus: "0", returns: true },
    });
  });
  test("never is by anything but an approval", () => {
    const others = acts.filter((each) => each !== "approve" && each !== "close");
    for (const each of others) {
      const end = decideAct(fresh, act(each, { mdStatus: "1" }));
      expect(end).toMatchObject({ kind: "end", mdStatus: "0" });
    }
  });
  test("does not return when the page is left or the browser closed", () => {
    const returns = acts.filter((each) => {
      const end = decideAct(fresh, act(each));
      return end.kind === "end" && end.returns;
    });
    expect(returns).toEqual(["approve", "reject", "cancel", "expire"]);
  });
});

test("amounts of 9,000 and some kuruş end a session without its page", () => {
  for (const mdStatus of mdStatuses) {
    expect(magicEnd(900_000 + Number(mdStatus))).toMatchObject({ mdStatus, returns: true });
  }
  expect(magicEnd(900_010)).toMatchObject({ ending: "cancelled", mdStatus: "0" });
  expect(magicEnd(900_011)).toMatchObject({ ending: "left", returns: false });
  expect(magicEnd(900_012)).toMatchObject({ ending: "wrong_code", mdStatus: "0" });
  for (const kurus of [899_999, 900_013, 900_100, 0]) expect(magicEnd(kurus)).toBeUndefined();
});

test("the indicator follows the brand, and there is none without authentication", () => {
  const of = (brand: string) => mdStatuses.map((status) => eciOf(brand, status));
  expect(of("VISA")).toEqual(["", "05", "06", "06", "06", "", "", "", "", ""]);
  expect(of("TROY")).toEqual(of("VISA"));
  expect(of("MASTERCARD")).toEqual(["", "02", "01", "01", "01", "", "", "", "", ""]);
});

test("a cryptogram comes of a bank that knows the card", () => {
  const proven = authentications.map((card) => mdStatuses.filter((each) => hasProof(card, each)));
  expect(proven).toEqual([["1", "2", "4"], ["1", "2", "4"], []]);
  expect(authentications.map(ownMdStatus)).toEqual(["1", "2", "2"]);
});

describe("a provision may use a session", () => {
  const proof: Proof = { md: "m", xid: "x", eci: "05", cavv: "c" };
  const session: SessionFacts = {
    ...{ ...proof, model: "3d", state: "authenticated" },
    ...{ orderNo: "A", amountKurus: 100, currency: "TRY" },
  };
  const ask = { orderNo: "A", amountKurus: 100, currency: "TRY", proof };

  test("of its own order, amount, currency and data", () => {
    expect(proofProblem(session, ask)).toBeUndefined();
    const others = [
      { ...ask, orderNo: "B" },
      { ...ask, amountKurus: 101 },
      { ...ask, currency: "USD" },
      { ...ask, proof: { ...proof, xid: "y" } },
      { ...ask, proof: { ...proof, eci: "06" } },
      { ...ask, proof: { ...proof, cavv: "" } },
    ];
    for (const other of others) expect(proofProblem(session, other)).toBe("authentication_unknown");
    expect(proofProblem(undefined, ask)).toBe("authentication_unknown");
  });
  test("that is authenticated, and once", () => {
    const problems = (["open", "failed", "consumed"] as const).map((state) =>
      proofProblem({ ...session, state }, ask),
    );
    const unknown = "authentication_unknown";
    expect(problems).toEqual([unknown, unknown, "order_paid"]);
    expect(proofProblem({ ...session, model: "3d_pay" }, ask)).toBe(unknown);
  });
});
