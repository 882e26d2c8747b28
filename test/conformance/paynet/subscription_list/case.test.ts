import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { shopOrdersOf } from "../../../support/shop-orders.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
const day = { datab: "2026-03-04", datbi: "04.03.2026" };

type Row = Readonly<{ reference_no: string; status: number; agent_id: string }>;
async function list(more: object = {}, headers: Record<string, string> = {}) {
  const { body } = await shop.call("list", { ...day, ...more }, headers);
  const rows = body["data"] as Row[];
  expect(body["Data"]).toEqual(rows);
  return { body, names: rows.map((row) => row.reference_no) };
}

beforeAll(async () => {
  world = await createWorld();
  shop = shopOrdersOf(world);
  const { request } = example(`${import.meta.dirname}/../subscription_create`);
  await shop.call("create", request);
  for (const [name, more] of [
    ["L-1", { group_reference_no: "GRP-2", interval_count: 1 }],
    ["L-2", { group_reference_no: "GRP-2" }],
    ["L-3", { agent_id: "20002" }],
    ["L-4", {}],
  ] as const) {
    world.clock.advance(1_000);
    await shop.made({ reference_no: name, ...more });
  }
});
afterAll(() => world.close());

test("a list answers its page, under both names, and every member of a row", async () => {
  const { request, response } = example(import.meta.dirname);
  expectLike(await shop.call("list", request), response);
});

test("a main firm sees its own, one agent's or everybody's, newest first", async () => {
  expect((await list()).names).toEqual(["L-4", "L-2", "L-1"]);
  expect((await list({ show_all_agent: "0" })).names).toEqual(["L-4", "L-2", "L-1"]);
  expect((await list({ agent_id: "10001" })).names).toEqual(["L-4", "L-2", "L-1"]);
  expect((await list({ agent_id: "20002" })).names).toEqual(["L-3"]);
  expect((await list({ agent_id: "20002", show_all_agent: true })).names).toEqual(["L-3"]);
  const { body, names } = await list({ show_all_agent: true });
  expect(names).toEqual(["L-4", "L-3", "L-2", "L-1", "ABO-77"]);
  expect(body).toMatchObject({ total: 5, total_count: 5, total_amount: 495, has_more: false });
});

test("an agent's key sees its own, whatever it asks for", async () => {
  const key = await firmsOf(world).agentKey("20002");
  for (const more of [{}, { show_all_agent: true }, { agent_id: "20001" }]) {
    expect((await list(more, key)).names).toEqual(["L-3"]);
  }
});

test("a group is listed by its name", async () => {
  expect((await list({ group_reference_no: "GRP-2" })).names).toEqual(["L-2", "L-1"]);
  expect((await list({ group_reference_no: "GRP-1" })).names).toEqual([]);
  expect((await list({ group_reference_no: "grp-2" })).names).toEqual([]);
});

test("pages walk over all that match, and say whether there is more", async () => {
  const page = (more: object) => list({ show_all_agent: true, limit: 2, ...more });
  const first = await page({});
  expect(first.names).toEqual(["L-4", "L-3"]);
  expect(first.body).toMatchObject({ total: 5, total_count: 2, limit: 2, has_more: true });
  expect((await page({ starting_after: 2 })).names).toEqual(["L-2", "L-1"]);
  const last = await page({ starting_after: 4 });
  expect(last.names).toEqual(["ABO-77"]);
  expect(last.body["has_more"]).toBe(false);
  expect((await page({ ending_before: 2 })).names).toEqual(["L-4", "L-3"]);
  expect((await page({ starting_after: 5 })).names).toEqual([]);
});

test("rows say how their orders stand", async () => {
  const id = (await shop.call("subscription_detail", { reference_no: "L-1" })).body;
  await shop.setStatus(id["subscription_id"], 5);
  const rows = (await list({ group_reference_no: "GRP-2" })).body["data"] as Row[];
  expect(rows.map(({ reference_no, status }) => [reference_no, status])).toEqual([
    ["L-2", 0],
    ["L-1", 5],
  ]);
  await shop.setStatus(id["subscription_id"], 6);
  expect((await list({ group_reference_no: "GRP-2" })).body["data"]).toMatchObject([
    { status: 0 },
    { status: 6, status_desc: "Deleted" },
  ]);
});

test("days are those on which orders were made, both included", async () => {
  world.clock.advance(DAY_MS);
  await shop.made({ reference_no: "NEXT", begin_date: "2027-01-01" });
  expect((await list({ datbi: "2026-03-05", limit: 1 })).names).toEqual(["NEXT"]);
  expect((await list({ datab: "05.03.2026", datbi: "2026-03-05" })).names).toEqual(["NEXT"]);
  expect((await list({ datab: "2026-03-06", datbi: "2026-12-31" })).body).toMatchObject({
    total: 0,
    total_amount: 0,
    data: [],
    code: 0,
  });
});

test.each([
  [{ datab: undefined }, "datab alanı zorunludur"],
  [{ datbi: "" }, "datbi alanı zorunludur"],
  [{ datab: "31.02.2026" }, /^datab alanı geçerli bir tarih/],
  [{ show_all_agent: "hepsi" }, /^show_all_agent alanı/],
  [{ group_reference_no: "g".repeat(51) }, /^group_reference_no alanı en fazla 50/],
  [{ limit: -1 }, /^limit alanı/],
])("%j lists nothing", async (more, message) => {
  expectBadRequest(await shop.call("list", { ...day, ...more }), message);
});

test("an agent that is unknown is code 4, beside an empty list", async () => {
  const { body } = await shop.call("list", { ...day, agent_id: "29999" });
  expect(body).toMatchObject({ object_name: "subscription_list", code: 4, data: [] });
});
