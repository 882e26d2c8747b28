import { expect, test } from "vitest";
import { handSteps, sortedBy } from "./hand.rules.ts";

const open = { state: "queued", failure: "" } as const;
const paid = { state: "paid", failure: "" } as const;
const notMade = { state: "failed", failure: "not_made" } as const;
const cameBack = { state: "failed", failure: "came_back" } as const;
const all = [open, paid, notMade, cameBack];

test.each([
  ["paid", open, paid, [notMade, cameBack]],
  ["unpaid", open, notMade, [paid, cameBack]],
  ["returned", paid, cameBack, [open, notMade]],
] as const)("%s is said of one state, changes nothing twice, and fits no other", (kind, ...of) => {
  const [ready, same, others] = of;
  expect(sortedBy(kind, all)).toEqual({ ready: [ready], same: [same], others });
});

test("nothing leaves what failed", () => {
  expect(Object.values(handSteps).map(({ from }) => from)).not.toContain("failed");
});
