import fc from "fast-check";
import { expect, test } from "vitest";
import { readSpan, spanOf, standsText } from "./clock-span.rules.ts";

const moved = (by: string, from: string) => {
  const start = new Date(from);
  const span = readSpan(by, start);
  return "ms" in span ? new Date(start.getTime() + span.ms).toISOString() : span.problem;
};
const NOON = "2026-03-04T09:00:00.000Z";

test.each([
  ["90seconds", "2026-03-04T09:01:30.000Z"],
  ["1 minute", "2026-03-04T09:01:00.000Z"],
  ["2min", "2026-03-04T09:02:00.000Z"],
  ["30 secs", "2026-03-04T09:00:30.000Z"],
  ["27300seconds", "2026-03-04T16:35:00.000Z"],
  ["1000000 seconds", "2026-03-15T22:46:40.000Z"],
  ["2HOURS", "2026-03-04T11:00:00.000Z"],
  [" 2days ", "2026-03-06T09:00:00.000Z"],
  ["1week", "2026-03-11T09:00:00.000Z"],
  ["1month", "2026-04-04T09:00:00.000Z"],
  ["1year", "2027-03-04T09:00:00.000Z"],
  ["PT2H", "2026-03-04T11:00:00.000Z"],
  ["P1M", "2026-04-04T09:00:00.000Z"],
])("%s from noon is %s", (by, to) => expect(moved(by, NOON)).toBe(to));

test.each([
  ["the last of January", "2026-01-31T09:00:00Z", "1month", "2026-02-28T09:00:00.000Z"],
  ["the same in a leap year", "2028-01-31T09:00:00Z", "1month", "2028-02-29T09:00:00.000Z"],
  ["a leap day", "2028-02-29T09:00:00Z", "1year", "2029-02-28T09:00:00.000Z"],
  ["a leap day, four years on", "2028-02-29T09:00:00Z", "4years", "2032-02-29T09:00:00.000Z"],
  ["the last of March", "2026-03-31T09:00:00Z", "1month", "2026-04-30T09:00:00.000Z"],
])("a month or year from %s ends in its month", (_what, from, by, to) => {
  expect(moved(by, from)).toBe(to);
});

test("months are counted in Istanbul: late on the 31st in UTC is the 1st there", () => {
  expect(moved("1month", "2026-01-31T22:00:00Z")).toBe("2026-02-28T22:00:00.000Z");
  expect(moved("1month", "2026-01-30T22:00:00Z")).toBe("2026-02-27T22:00:00.000Z");
});

test.each(["", "soon", "0days", "-1day", "1 fortnight", "PT0S", "-PT1H", "2m", "1e3days"])(
  '"%s" is no span forward, and the sentence tells what is one',
  (by) => {
    const sentence = moved(by, NOON);
    expect(sentence).toContain(`"${by}" is no span forward; say a whole number and`);
    for (const said of ["90seconds", "5min", "2hours", "1day", "3weeks", "1month", "1year"]) {
      expect(sentence).toContain(said);
      expect(moved(said, NOON)).not.toContain("no span");
    }
  },
);

test("ten years at once are the most", () => {
  expect(moved("10years", NOON)).toBe("2036-03-04T09:00:00.000Z");
  expect(moved("120 months", NOON)).toBe("2036-03-04T09:00:00.000Z");
  for (const by of [
    "11years",
    "121months",
    "P10YT1S",
    "9999weeks",
    "999999999years",
    "99999days",
  ]) {
    expect(moved(by, NOON)).toBe(`"${by}" is more than 10 years; move that far at most at once`);
  }
});

test("any text gives a span of at most ten years or a sentence, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^P?T?\d{0,6}[A-Za-z]*$/)), (by) => {
      const span = readSpan(by, new Date(NOON));
      if ("problem" in span) expect(span.problem).toContain(by);
      else {
        expect(Number.isInteger(span.ms) && span.ms > 0).toBe(true);
        expect(span.ms).toBeLessThanOrEqual(3_653 * 86_400_000);
      }
    }),
  );
});

test("what is left of a broken move is said as a span that can be given again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 315_360_000_000 }), (leftMs) => {
      const span = readSpan(spanOf(leftMs), new Date(NOON));
      expect("ms" in span && span.ms - leftMs).toBeLessThan(1_000);
      expect("ms" in span && span.ms >= leftMs).toBe(true);
    }),
  );
  expect(standsText(new Date(NOON), 86_400_001)).toBe(
    "The clock stands at 2026-03-04 12:00:00 in Istanbul; " +
      "move it by PT86401S to come to where it was to end.",
  );
  expect(standsText(new Date(NOON), 0)).toBe(
    "The clock stands at 2026-03-04 12:00:00 in Istanbul, where it was to end.",
  );
});
