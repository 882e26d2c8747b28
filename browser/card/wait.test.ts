import { expect, test } from "vitest";
import { waitWords } from "./wait.ts";

const words = { wait: "Again in {wait}.", may: "Ask again.", minute: "min", second: "sec" };

test.each([
  [180, "Again in 3 min."],
  [134, "Again in 2 min 14 sec."],
  [9, "Again in 9 sec."],
  [0, "Ask again."],
  [-3, "Ask again."],
])("%d seconds before it: %j", (seconds, said) => {
  expect(waitWords(seconds, words)).toBe(said);
});
