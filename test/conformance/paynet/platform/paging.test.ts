import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";

const SALES = 25;
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
  for (let i = 1; i <= SALES; i += 1) {
    world.clock.advance(1_000);
    await world.pay({ reference_no: `R${i}`, amount: "2,00" });
  }
  world.clock.advance(1_000);
  await world.pay({ reference_no: "DECLINED", amount: "7.001,51" });
});
afterAll(() => world.close());

const day = { datab: "2026-03-04", datbi: "2026-03-04" };
const list = async (more: object = {}) => {
  const found = await world.post("v1/transaction/list", { ...day, ...more });
  const rows = found.body["Data"] as { reference_no: string }[];
  return { ...found.body, references: rows.map((row) => row.reference_no) };
};
/** References from the newest to the oldest: row 1 is R25. */
const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `R${SALES + 1 - from - i}`);

test.each([
  ["the newest ten by default", {}, rows(1, 10), true],
  [
    "zeros as if nothing was said",
    { limit: 0, starting_after: 0, ending_before: 0 },
    rows(1, 10),
    true,
  ],
  ["a page of its own length", { limit: 3 }, rows(1, 3), true],
  ["rows after an index", { limit: 15, starting_after: 10 }, rows(11, 25), false],
  ["rows after an index, more to come", { limit: 5, starting_after: 15 }, rows(16, 20), true],
  ["the last row", { starting_after: 24 }, rows(25, 25), false],
  ["nothing beyond the end", { starting_after: 25 }, [], false],
  ["nothing far beyond the end", { starting_after: 99_999_999 }, [], false],
  ["rows before an index", { limit: 5, ending_before: 20 }, rows(16, 20), true],
  ["fewer rows before a small index", { limit: 15, ending_before: 4 }, rows(1, 4), true],
  ["nothing before an index beyond the end", { limit: 5, ending_before: 90 }, [], false],
  [
    "the start where both are named",
    { limit: 5, starting_after: 5, ending_before: 20 },
    rows(6, 10),
    true,
  ],
  ["texts as numbers", { limit: "2", starting_after: "1" }, rows(2, 3), true],
])("a list gives %s", async (_what, paging, references, has_more) => {
  const found = await list(paging);
  expect(found).toMatchObject({ references, has_more, total: SALES, total_amount: SALES * 2 });
  expect(found).toMatchObject({ total_count: references.length });
});

test("the answer repeats the paging it was asked for, the limit capped at a thousand", async () => {
  expect(await list({ limit: 5_000, starting_after: 20 })).toMatchObject({
    limit: 1_000,
    starting_after: 20,
    ending_before: 0,
    total_count: 5,
  });
  expect(await list()).toMatchObject({ limit: 10, starting_after: 0, ending_before: 0 });
});

test.each([
  ["limit", -1],
  ["limit", "ten"],
  ["limit", 1.5],
  ["starting_after", "xk_EAAAA"],
  ["starting_after", -5],
  ["ending_before", 1e9],
])("%s %j is refused by its name", async (name, value) => {
  const answer = await world.post("v1/transaction/list", { ...day, [name]: value });
  expectBadRequest(answer, new RegExp(`^${name} `));
});

test("declined payments are shown only where they are asked for", async () => {
  expect((await list({ limit: 1_000 })).references).not.toContain("DECLINED");
  const all = await list({ limit: 1_000, show_unsucceed: "true" });
  expect(all).toMatchObject({ total: SALES + 1, total_amount: SALES * 2 });
  expect(all.references[0]).toBe("DECLINED");
});

test("a span that ends before it begins holds nothing", async () => {
  const found = await list({ datab: "2026-03-05", datbi: "2026-03-03" });
  expect(found).toMatchObject({ total: 0, total_amount: 0, references: [], has_more: false });
});

test("a span needs both its days", async () => {
  for (const [name, body] of [
    ["datab", { datbi: "2026-03-04" }],
    ["datbi", { datab: "2026-03-04" }],
  ] as const) {
    for (const service of ["list", "reversal_list"]) {
      const answer = await world.post(`v1/transaction/${service}`, body);
      expectBadRequest(answer, `${name} alanı zorunludur`);
    }
  }
});
