import { expect, test } from "vitest";
import { cutFor } from "./snapshot.ts";

test.each([
  ["2026-03-05T00:59:59+03:00", "2026-03-03T21:00:00Z"],
  ["2026-03-05T01:00:00+03:00", "2026-03-04T21:00:00Z"],
  ["2026-03-05T23:00:00+03:00", "2026-03-04T21:00:00Z"],
])("at %s the books are cut at %s: nothing before it can still arrive", (now, cut) => {
  expect(cutFor(new Date(now))).toEqual(new Date(cut));
});
