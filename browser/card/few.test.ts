import { expect, test } from "vitest";
import { firstRows, isMany, restOf } from "./few.ts";

test.each([
  [0, -1, []],
  [2, 1, [0, 1]],
  [4, 3, [0, 1, 2, 3]],
  [12, 0, [0, 1, 2, 3]],
  [12, 3, [0, 1, 2, 3]],
  [12, 4, [0, 1, 2, 4]],
  [12, 11, [0, 1, 2, 11]],
])("of %d rows with %d chosen %j come first", (count, chosen, expected) => {
  expect(firstRows(count, chosen)).toEqual(expected);
});
test("what does not come first is the rest, whichever is chosen", () => {
  expect([0, 4, 5, 12].map(isMany)).toEqual([false, false, true, true]);
  expect([0, 4, 5, 12].map(restOf)).toEqual([0, 0, 1, 8]);
});
