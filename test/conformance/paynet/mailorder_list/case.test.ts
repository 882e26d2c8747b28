import { afterAll, beforeAll, expect, test } from "vitest";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  links = linkPayersOf(world);
});
afterAll(() => world.close());

type Row = Readonly<{ id: string; reference_no: string; status: number; amount: number }>;
const list = async (more: object = {}) => {
  const span = { datab: "2026-03-04", datbi: "2026-03-05" };
  const { body } = await world.post("v1/mailorder/list", { ...span, ...more });
  return { body, names: (body["Data"] as Row[]).map((row) => row.reference_no) };
};

test("a list answers its page and every member of a row, with the hours of a link", async () => {
  await links.create({
    amount: "249,90",
    agent_id: "20001",
    reference_no: "INV-31",
    expire_date: 72,
    multi_payment: true,
    no_instalment: true,
    bank_id: "BONS",
  });
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post("v1/mailorder/list", request), response);
});

test("links are listed newest first, page by page, with the sum of all", async () => {
  for (let i = 1; i <= 5; i += 1) {
    world.clock.advance(1_000);
    await links.create({ reference_no: `P-${i}`, amount: i });
  }
  const first = await list({ limit: 2 });
  expect(first.names).toEqual(["P-5", "P-4"]);
  expect(first.body).toMatchObject({
    total: 6,
    total_count: 2,
    total_amount: 264.9,
    has_more: true,
    object_name: "mailorder_list",
  });
  expect((await list({ limit: 2, starting_after: 2 })).names).toEqual(["P-3", "P-2"]);
  expect((await list({ limit: 2, ending_before: 2 })).names).toEqual(["P-5", "P-4"]);
  const last = await list({ limit: 10, starting_after: 4 });
  expect(last.names).toEqual(["P-1", "INV-31"]);
  expect(last.body).toMatchObject({ has_more: false });
});

test("filters leave out what they do not name", async () => {
  expect((await list({ agent_id: "20001" })).names).toEqual(["INV-31"]);
  expect((await list({ agent_id: "20002" })).body).toMatchObject({ total: 0, Data: [] });
  expect((await list({ reference_no: "P-3" })).names).toEqual(["P-3"]);
  const later = { datab: "05.03.2026", datbi: "06.03.2026" };
  expect((await list(later)).body).toMatchObject({ total: 0, total_amount: 0, has_more: false });
});

test("each state is found by its number, and time moves links between them", async () => {
  const id = (name: string) =>
    world.post("v1/mailorder/detail", { reference_no: name }).then(({ body }) => body["id"]);
  await links.pay(await id("P-1"));
  await links.setStatus(await id("P-2"), 3);
  expect((await list({ status: 1 })).names).toEqual(["P-1"]);
  expect((await list({ status: 3 })).names).toEqual(["P-2"]);
  expect((await list({ status: 2 })).names).toEqual([]);
  expect((await list({ status: 0 })).names).toEqual(["P-5", "P-4", "P-3", "INV-31"]);
  await world.advance(DAY_MS);
  expect((await list({ status: 2 })).names).toEqual(["P-5", "P-4", "P-3"]);
  expect((await list({ status: 0 })).names).toEqual(["INV-31"]);
  const rows = (await list()).body["Data"] as Row[];
  expect(rows.map((row) => row.status)).toEqual([2, 2, 2, 3, 1, 0]);
});

test.each([
  [{ datab: undefined }, "datab alanı zorunludur"],
  [{ datbi: "31.02.2026" }, /^datbi alanı geçerli bir tarih/],
  [{ status: 4 }, "status alanı 0 - 3 aralığında olmalıdır"],
  [{ status: "açık" }, /^status alanı/],
  [{ limit: -1 }, /^limit alanı/],
])("%j lists nothing", async (more, message) => {
  const span = { datab: "2026-03-04", datbi: "2026-03-05" };
  expectBadRequest(await world.post("v1/mailorder/list", { ...span, ...more }), message);
});
