import { describe, expect, test } from "vitest";
import {
  canHit,
  commits,
  type FaultFacts,
  type FaultRule,
  faultActions,
  magicFault,
  magicReturn,
  pickRule,
  rulesAt,
} from "./faults.rules.ts";

const facts: FaultFacts = {
  ...{ prefix: "/isbank", op: "sale", merchantNo: "1", orderNo: "A", amountKurus: 100 },
};
const rule = (more: Partial<FaultRule>): FaultRule => ({
  ...{ id: 1, match: {}, action: "delay", params: {}, timesLeft: null, seen: 0, hits: 0, ...more },
});
const never = () => 0.99;
const pick = (...rules: FaultRule[]) => pickRule(rules, facts, never).fired?.id;

describe("a rule", () => {
  test("fires on every trait it names and on none it misses", () => {
    const match = { prefix: "/isbank", op: "sale", orderNo: "A", merchantNo: "1" } as const;
    expect(pick(rule({ match }))).toBe(1);
    expect(pick(rule({ match: { ...match, orderNo: "B" } }))).toBeUndefined();
    expect(pick(rule({ match: { op: "void" } }))).toBeUndefined();
    expect(pick(rule({ match: { amountFrom: 100, amountTo: 100 } }))).toBe(1);
    expect(pick(rule({ match: { amountFrom: 101 } }))).toBeUndefined();
    expect(pick(rule({ match: { amountTo: 99 } }))).toBeUndefined();
  });
  test("that has run out lets the next one fire", () => {
    expect(pick(rule({ timesLeft: 0 }), rule({ id: 2, timesLeft: 1 }))).toBe(2);
  });
  test("that waits for its nth request counts each that fits", () => {
    const waiting = rule({ match: { nth: 3 }, seen: 1 });
    expect(pickRule([waiting], facts, never)).toEqual({ fired: undefined, counted: [waiting] });
    expect(pick({ ...waiting, seen: 2 })).toBe(1);
    expect(pick({ ...waiting, seen: 3 })).toBeUndefined();
  });
  test("with a probability fires when it is drawn", () => {
    const half = rule({ match: { probability: 0.5 } });
    expect(pickRule([half], facts, () => 0.49).fired?.id).toBe(1);
    expect(pickRule([half], facts, () => 0.5).fired).toBeUndefined();
  });
  test("before another has the first word", () => {
    expect(pick(rule({ id: 7 }), rule({ id: 8 }))).toBe(7);
  });
});

describe("magic amounts", () => {
  test("name a fault for charges and refunds, not for captures and voids", () => {
    expect(magicFault("sale", 800_001, 0)?.action).toBe("reset_after_commit");
    expect(magicFault("refund", 899_902, 0)?.action).toBe("reset_before_commit");
    expect(magicFault("capture", 800_001, 800_001)).toBeUndefined();
    expect(magicFault("void", 0, 800_001)).toBeUndefined();
    expect(magicFault("sale", 800_000, 0)).toBeUndefined();
    expect(magicFault("sale", 799_901, 0)).toBeUndefined();
  });
  test("with .25 lose the answer of the void too", () => {
    expect(magicFault("void", 0, 812_325)?.action).toBe("reset_after_commit");
  });
});

describe("on the 3-D page", () => {
  const idsAt = (place: "api" | "gate" | "return", ...rules: FaultRule[]) =>
    rulesAt(rules, place).map(({ id }) => id);
  const back = rule({ id: 1, action: "wrong_hash" });
  const silent = rule({ id: 2, action: "frictionless" });
  const gate = rule({ id: 3, action: "html_502", match: { op: "3d" } });
  const api = rule({ id: 4, action: "html_502" });

  test("a rule waits in its own place only, so that no other counts it", () => {
    const all = [back, silent, gate, api];
    expect(idsAt("return", ...all)).toEqual([1]);
    expect(idsAt("gate", ...all)).toEqual([2, 3]);
    expect(idsAt("api", ...all)).toEqual([4]);
  });
  test("what could never hit is known", () => {
    expect(canHit("wrong_hash", undefined)).toBe(true);
    expect(canHit("wrong_hash", "3d")).toBe(true);
    expect(canHit("wrong_hash", "sale")).toBe(false);
    expect(canHit("not_found_for", "3d")).toBe(false);
    expect(canHit("html_502", "3d")).toBe(true);
  });
  test("amounts from 8,000 name what goes wrong on the way back", () => {
    const kurus = [6, 12, 13, 14, 15, 16, 1];
    expect(kurus.map((each) => magicReturn(800_000 + each)?.action)).toEqual([
      "wrong_hash",
      "duplicate_callback",
      undefined,
      "no_callback",
      "wrong_amount",
      "wrong_order_id",
      undefined,
    ]);
    expect(magicReturn(700_006)).toBeUndefined();
    expect(magicFault("sale", 800_006, 0)).toBeUndefined();
  });
});

test("which side of the commit each fault is on", () => {
  const executed = faultActions
    .filter((action) => canHit(action, "sale"))
    .filter((action) => commits({ action, params: {}, ruleId: null }));
  expect(executed).toEqual([
    "reset_after_commit",
    "half_reply",
    "delay",
    "slow_drip",
    "wrong_charset",
    "html_502",
    "http_500",
    "empty_body",
    "invalid_xml",
    "not_found_for",
    "stale_inquiry",
  ]);
  expect(commits({ action: "html_502", params: { commit: false }, ruleId: null })).toBe(false);
  expect(commits({ action: "system_error", params: { commit: true }, ruleId: null })).toBe(true);
});
