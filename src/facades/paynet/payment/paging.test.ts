import fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf } from "./transaction.wire.ts";

test.each([
  [{}, 0, 10],
  [{ limit: 0 }, 0, 10],
  [{ limit: 5_000 }, 0, 1_000],
  [{ limit: 15, starting_after: 15 }, 15, 15],
  [{ limit: 15, ending_before: 90 }, 75, 15],
  [{ limit: 15, ending_before: 4 }, 0, 4],
  [{ limit: 15, ending_before: 15 }, 0, 15],
  [{ limit: 5, starting_after: 3, ending_before: 90 }, 3, 5],
  [{ starting_after: 0, ending_before: 0 }, 0, 10],
])("%j are the rows from %i on, %i of them", (body, offset, limit) => {
  expect(pageOf(body)).toMatchObject({ offset, limit });
});

const indexes = fc.nat(10_000);
test("pages after an index walk over every row once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(300), (limit, total) => {
      const seen: number[] = [];
      for (let at = 0; at < total; at += limit) {
        const page = pageOf({ limit, starting_after: at });
        for (let row = page.offset; row < Math.min(page.offset + page.limit, total); row += 1) {
          seen.push(row);
        }
      }
      expect(seen).toEqual(Array.from({ length: total }, (_, row) => row));
    }),
  );
});

test("rows before an index end where rows after it begin", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), indexes, (limit, index) => {
      fc.pre(index > 0);
      const before = pageOf({ limit, ending_before: index });
      expect(before.offset + before.limit).toBe(index);
      expect(pageOf({ limit, starting_after: index }).offset).toBe(index);
    }),
  );
});

test("what was asked for is shown again, the limit as it was used", () => {
  const { shown } = pageOf({ limit: 2_000, starting_after: 1, ending_before: 2 });
  expect(shown).toEqual({ limit: 1_000, starting_after: 1, ending_before: 2 });
});
