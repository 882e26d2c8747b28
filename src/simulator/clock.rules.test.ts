import fc from "fast-check";
import { expect, test } from "vitest";
import { type ClockState, frozen, movedTo, realTime, running, virtualMs } from "./clock.rules.ts";

type Turn = { do: "move" | "freeze" | "run"; by: number; realMs: number };
const anyTurns = fc.array(
  fc.record({
    do: fc.constantFrom("move" as const, "freeze" as const, "run" as const),
    by: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    realMs: fc.nat(10_000),
  }),
);

function turned(state: ClockState, atMs: number, { do: what, by }: Turn): ClockState {
  if (what === "run") return running(state, atMs, 1 + Math.abs(by % 60));
  const to = virtualMs(state, atMs) + by;
  return (what === "move" ? movedTo(state, atMs, to) : frozen(state, atMs, to)) ?? state;
}

test("whatever is done to the clock, it never goes back", () => {
  fc.assert(
    fc.property(anyTurns, (turns) => {
      let state = realTime;
      let realMs = 1_790_000_000_000;
      let last = virtualMs(state, realMs);
      for (const turn of turns) {
        realMs += turn.realMs;
        state = turned(state, realMs, turn);
        const now = virtualMs(state, realMs);
        // A rate makes the offset a large number, whose last digit a float may round.
        expect(now).toBeGreaterThanOrEqual(last - 1);
        last = Math.max(last, now);
      }
    }),
  );
});

test("a frozen clock stands, and goes on from where it stood", () => {
  const stopped = frozen(realTime, 1_000, 5_000);
  expect(stopped && virtualMs(stopped, 99_000)).toBe(5_000);
  const again = running(stopped!, 99_000, 1);
  expect(virtualMs(again, 100_000)).toBe(6_000);
});

test("a rate makes time run faster from now on", () => {
  const fast = running(realTime, 1_000, 60);
  expect(virtualMs(fast, 2_000)).toBe(61_000);
});

test("moving back is refused", () => {
  expect(movedTo(realTime, 1_000, 999)).toBeUndefined();
  expect(frozen(realTime, 1_000, 999)).toBeUndefined();
});
