import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Way = Readonly<Record<string, number | string>>;
type Row = Readonly<{ bank_id: string; bank_name: string; card_type: string; ratio: Way[] }>;
const get = (more: object, headers: Record<string, string> = {}) =>
  world.post("v1/ratio/Get", more, headers);
const rowsOf = async (more: object): Promise<Row[]> => (await get(more)).body["data"] as Row[];

test("a card's table has one row, and one entry for each number of instalments", async () => {
  const { request, response } = example(import.meta.dirname);
  const answer = await get(request);
  const [row] = answer.body["data"] as Row[];
  expect(row?.ratio.map((way) => way["instalment"])).toEqual([
    ...[0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  ]);
  const [first] = response["data"] as Row[];
  const data = [{ ...row, ratio: row?.ratio.slice(0, first?.ratio.length) }];
  expectLike({ ...answer, body: { ...answer.body, data } }, response);
});

test("without a card there is a row for each programme, and one for all other banks", async () => {
  const rows = await rowsOf({ amount: "10000" });
  expect(rows.map((row) => row.bank_id).sort()).toEqual([
    ...["AXSS", "BONS", "FINS", "MAXM", "PARF", "WRLD", "ZDGR", "ZRTB"],
  ]);
  const others = rows.find((row) => row.bank_id === "ZDGR");
  expect(others).toMatchObject({ bank_name: "Diğer Banka", card_type: "cc" });
  expect(others?.ratio).toMatchObject([{ instalment: 0, total_amount: 100, ratio: 0.02 }]);
});

test("without an amount the rates are there and the amounts are zero", async () => {
  const [row] = await rowsOf({ bin: "435508" });
  expect(row?.ratio[2]).toMatchObject({
    ...{ ratio: 0.035, instalment: 3, instalment_amount: 0, total_net_amount: 0 },
    ...{ total_amount: 0, commision: 0, commision_tax: 0, desc: "3 Taksit" },
  });
});

test("commission inside leaves the amount, commission on top leaves the net", async () => {
  const [inside] = await rowsOf({ bin: "435508", amount: 81_375 });
  expect(inside?.ratio[0]).toMatchObject({
    ...{ total_amount: 813.75, commision: 16.28, commision_tax: 3.26, total_net_amount: 794.21 },
  });
  for (const name of ["addcomission_to_amount", "addcommission_to_amount"]) {
    const [onTop] = await rowsOf({ bin: "435508", amount: "81375", [name]: "true" });
    expect(onTop?.ratio[0]).toMatchObject({ total_net_amount: 813.75, total_amount: 833.76 });
  }
  const [sic] = await rowsOf({ bin: "435508", amount: 81_375, addcomisson_to_amount: 1 });
  expect(sic?.ratio[0]).toMatchObject({ total_amount: 833.76 });
});

test("in every row the parts make the whole, to the kuruş", async () => {
  for (const amount of [1, 99, 12_345, 99_999_999]) {
    for (const addcomission_to_amount of [true, false]) {
      const rows = await rowsOf({ amount, addcomission_to_amount });
      for (const way of rows.flatMap((row) => row.ratio)) {
        const kurus = (name: string) => Math.round(Number(way[name]) * 100);
        const parts = kurus("total_net_amount") + kurus("commision") + kurus("commision_tax");
        expect(parts).toBe(kurus("total_amount"));
        expect(kurus(addcomission_to_amount ? "total_net_amount" : "total_amount")).toBe(amount);
        const count = Number(way["instalment"]) || 1;
        const each = kurus("instalment_amount") * count;
        expect(Math.abs(each - kurus("total_amount"))).toBeLessThanOrEqual(count / 2);
      }
    }
  }
});

test("the kind of card has its own rates: a debit card pays at once", async () => {
  const rows = await rowsOf({ card_type: "dc" });
  expect(new Set(rows.map((row) => row.card_type))).toEqual(new Set(["dc"]));
  expect(new Set(rows.map((row) => row.ratio.length))).toEqual(new Set([1]));
  expect((await rowsOf({ bin: "435508", card_type: "bc" }))[0]?.card_type).toBe("cc");
});

test("a table's key is taken by the form of the same amount", async () => {
  const forms = formsOf(world);
  const [row] = await rowsOf({ bin: "435508", amount: 25_000 });
  const session_id = await forms.open({ amount: 25_000 });
  const { body } = await forms.createToken(session_id, row?.ratio[2]);
  const paid = await forms.charge({ session_id, token_id: String(body["token_id"]) });
  expect(paid.body).toMatchObject({ is_succeed: true, instalment: 3, amount: 250 });
});

test("unknown tables, cards, kinds, POSes and agents are said to be so", async () => {
  for (const [more, code] of [
    [{ ratio_code: "AB12CD34" }, 23],
    [{ bin: "999999" }, 14],
    [{ pos_type: 4 }, 20],
    [{ agent_id: "99999" }, 4],
  ] as const) {
    const { status, body } = await get(more);
    expect([status, body["code"], body["object_name"]]).toEqual([200, code, "ratio_get"]);
    expect(body["message"]).not.toBe("");
  }
  expectBadRequest(await get({ card_type: "xx" }), "card_type alanının biçimi geçersiz");
  expectBadRequest(await get({ amount: "10,00" }), /^amount alanı kuruş/);
  expectBadRequest(await get({ amount: 0 }), /^amount alanı kuruş/);
  expectBadRequest(await get({ addcomission_to_amount: "x" }), /^addcomission_to_amount/);
});

test("whether 3-D Secure is required is the firm's setting", async () => {
  const firm = await firmsOf(world).another("10009", { maySellWithout3d: false });
  const { body } = await get({ bin: "435508" }, { authorization: `Basic ${firm.secretKey}` });
  expect(body).toMatchObject({ tds_required: true, data: [{ tds_required: true }] });
});
