import { expect, test } from "vitest";
import { isPast, readExpiry, showExpiry, typeExpiry } from "./expiry.ts";

test.each([
  ["12/30", 12, 2030],
  ["12 / 30", 12, 2030],
  ["1/30", 1, 2030],
  ["0130", 1, 2030],
  ["12/2030", 12, 2030],
  ["122030", 12, 2030],
  ["2030-12", 12, 2030],
  ["03.27", 3, 2027],
])("%j is month %d of %d", (text, month, year) => {
  expect(readExpiry(text)).toEqual({ month, year });
});
test.each(["", "1", "12", "12/", "12/3", "13/30", "00/30", "12/1930", "abc", "12/30/1"])(
  "%j is no expiry",
  (text) => expect(readExpiry(text)).toBeUndefined(),
);
test("an expiry that is shown is read again", () => {
  const shown = showExpiry({ month: 3, year: 2031 });
  expect(shown).toBe("03 / 31");
  expect(readExpiry(shown)).toEqual({ month: 3, year: 2031 });
});

test.each([
  ["1", "1"],
  ["12", "12 / "],
  ["3", "03 / "],
  ["1/", "01 / "],
  ["12 / 3", "12 / 3"],
  ["12 / 30", "12 / 30"],
  ["1230", "12 / 30"],
  ["122030", "12 / 30"],
  ["2030-12", "12 / 30"],
  ["330", "03 / 30"],
  ["", ""],
])("%j typed becomes %j", (text, shown) => expect(typeExpiry(text, false)).toBe(shown));
test.each([
  ["12 /", "12"],
  ["12 / ", "12"],
  ["12 / 3", "12 / 3"],
  ["1", "1"],
])("%j after deleting becomes %j", (text, shown) => expect(typeExpiry(text, true)).toBe(shown));

test("a card is good until its month ends", () => {
  const today = { month: 3, year: 2026 };
  expect(isPast({ month: 3, year: 2026 }, today)).toBe(false);
  expect(isPast({ month: 2, year: 2026 }, today)).toBe(true);
  expect(isPast({ month: 12, year: 2025 }, today)).toBe(true);
  expect(isPast({ month: 1, year: 2027 }, today)).toBe(false);
});
