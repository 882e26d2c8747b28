import { expect, test } from "vitest";
import { fillIn } from "./texts.ts";

test("names are filled in, and unknown ones stay", () => {
  expect(fillIn("{count} × {amount} ({x})", { count: 3, amount: "83,30 TL" })).toBe(
    "3 × 83,30 TL ({x})",
  );
});
test("what is filled in is not read again", () => {
  expect(fillIn("{total}", { total: "{pay} $&" })).toBe("{pay} $&");
});
