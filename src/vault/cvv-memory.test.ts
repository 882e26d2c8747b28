import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeClock } from "../lib/clock.ts";
import { Secret } from "../lib/secret.ts";
import { createCvvMemory } from "./cvv-memory.ts";

const TTL_MS = 600_000;
const START = "2026-03-04T12:00:00+03:00";

function remembering(max = 100) {
  const clock = fakeClock(START);
  return { clock, memory: createCvvMemory({ clock, ttlMs: TTL_MS, max }) };
}
const cvv = new Secret("731");

test("a code is looked at any number of times and taken once", () => {
  const { memory } = remembering();
  memory.keep("tok_1", cvv);
  expect(memory.peek("tok_1")?.open()).toBe("731");
  expect(memory.peek("tok_1")?.open()).toBe("731");
  expect(memory.take("tok_1")?.open()).toBe("731");
  expect(memory.take("tok_1")).toBeUndefined();
  expect(memory.peek("tok_1")).toBeUndefined();
  expect(memory.peek("tok_2")).toBeUndefined();
});

test("a code is gone when its time has passed, and a new one begins its own time", () => {
  const { clock, memory } = remembering();
  memory.keep("tok_1", cvv);
  clock.advance(TTL_MS - 1);
  expect(memory.peek("tok_1")).toBe(cvv);
  memory.keep("tok_1", new Secret("732"));
  clock.advance(1);
  expect(memory.peek("tok_1")?.open()).toBe("732");
  clock.advance(TTL_MS - 1);
  expect(memory.take("tok_1")).toBeUndefined();
});

test("the oldest codes give way, and no more than the bound are ever there", () => {
  const keys = fc.array(fc.constantFrom(..."abcdefgh"), { maxLength: 60 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 6 }), (asked, max) => {
      const { memory } = remembering(max);
      for (const key of asked) memory.keep(key, cvv);
      const newest = [...new Set(asked.toReversed())];
      const there = newest.filter((key) => memory.peek(key));
      expect(there).toEqual(newest.slice(0, max));
    }),
  );
});

test("nothing that prints the memory or a code shows it", () => {
  const { memory } = remembering();
  memory.keep("tok_1", cvv);
  const printed = [inspect(memory, { depth: 9, showHidden: true }), JSON.stringify(memory)];
  printed.push(`${memory.peek("tok_1")}`, inspect(memory.peek("tok_1"), { showHidden: true }));
  for (const text of printed) expect(text).not.toContain("731");
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a code that nobody asks for again is forgotten by itself", () => {
  const { clock, memory } = remembering();
  memory.keep("tok_1", cvv);
  expect(vi.getTimerCount()).toBe(1);
  clock.advance(TTL_MS / 2);
  memory.keep("tok_2", cvv);
  expect(vi.getTimerCount()).toBe(1);
  clock.advance(TTL_MS / 2);
  vi.advanceTimersByTime(TTL_MS);
  expect(vi.getTimerCount()).toBe(1); // The second one is still there.
  clock.advance(TTL_MS / 2);
  vi.advanceTimersByTime(TTL_MS);
  expect(vi.getTimerCount()).toBe(0);
});
