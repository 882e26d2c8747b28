import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const day = { datab: "2026-03-04", datbi: "2026-03-04" };

test("a list answers its page and every member of a row, a dealer's part included", async () => {
  await world.pay({
    reference_no: "ORD-2405",
    amount: "320,00",
    agent_id: "20001",
    company_amount: "80,00",
    agent_reference_no: "D-17",
    description: "Yaz kaydı",
    user_id: "kasa-3",
  });
  const { request, response } = example(import.meta.dirname);
  expectLike(await world.post("v1/transaction/list", request), response);
});

test("filters leave out what they do not name", async () => {
  for (const filter of [{ agent_id: "20002" }, { bank_id: "ZRTB" }, { user_id: "kasa-4" }]) {
    const found = await world.post("v1/transaction/list", { ...day, ...filter });
    expect(found.body).toMatchObject({ total: 0, total_count: 0, Data: [], has_more: false });
  }
  const other = { datab: "2026-03-05", datbi: "2026-03-06" };
  expect((await world.post("v1/transaction/list", other)).body).toMatchObject({ total: 0 });
});

test("each kind of operation carries its letters", async () => {
  const post = (service: string, xact_id: unknown) => {
    world.clock.advance(1_000);
    return world.post(`v1/transaction/${service}`, { xact_id });
  };
  const pay = (more: object = {}) => {
    world.clock.advance(1_000);
    return world.pay(more);
  };
  const hold = (await pay({ transaction_type: 3 })).body["xact_id"];
  const captured = (await post("capture", hold)).body["xact_id"];
  await post("capture_reversal", captured);
  await post("preauth_reversal", hold);
  const sale = (await pay()).body["xact_id"];
  await post("reversed_request", sale);
  const refunded = (await pay()).body["xact_id"];
  await world.advance(24 * 60 * 60 * 1000);
  await post("reversed_request", refunded);
  const both = { datab: "04.03.2026", datbi: "05.03.2026", limit: 7 };
  const found = await world.post("v1/transaction/list", both);
  const rows = found.body["Data"] as { xact_type: string; xacttype_desc: string }[];
  expect(rows.map((row) => [row.xact_type, row.xacttype_desc])).toEqual([
    ["CD", "İade"],
    ["S", "Satış"],
    ["R", "İptal"],
    ["S", "Satış"],
    ["RP", "Provizyon İptal"],
    ["RC", "Finansallaştırma İptal"],
    ["CR", "Finansallaştırma"],
  ]);
  expect(found.body).toMatchObject({ total: 9, total_count: 7, has_more: true });
  await world.isSound();
});
