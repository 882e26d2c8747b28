import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
beforeAll(async () => {
  world = await createWorld();
  forms = formsOf(world);
});
afterAll(() => world.close());

const openedWith = async (more: object) => {
  const session_id = await forms.open(more);
  return { session_id, offers: await forms.offers(session_id) };
};

test("a form opens a session: twenty minutes, the firm's title, and nothing drawn", async () => {
  const token = world.merchant.publishableKey;
  const { request, response } = example(import.meta.dirname, { token });
  expectLike(await forms.asBrowser("auth?type=CF", request), response);
  expect(await world.bank.orders()).toEqual([]);
});

test.each([
  [1998.9999999999998, 19.99],
  [1999.0000000000002, 19.99],
  ["1998.9999999999998", 19.99],
  [1999, 19.99],
  ["1999", 19.99],
  [1999.49, 19.99],
  [1999.5, 20],
  // 1.005 and 8.9 lira as a browser multiplies them.
  [1.005 * 100, 1],
  [8.9 * 100, 8.9],
  [1.1 * 100, 1.1],
  [0.07 * 100, 0.07],
  [1, 0.01],
  [4_503_599_627_370.5, 45_035_996_273.71],
])("%j hundredths are %d lira", async (amount, lira) => {
  const { offers } = await openedWith({ amount });
  expect(offers[0]).toMatchObject({ instalment: 0, total_amount: lira });
});

test("3-D Secure is required unless the tag and the firm both leave it to the payer", async () => {
  const firm = await firmsOf(world).another("10005", { maySellWithout3d: false });
  const strict = { authorization: `Basic ${firm.publishableKey}` };
  const required = async (more: object, headers = {}) =>
    (await forms.asBrowser("auth", { amount: 100, ...more }, headers)).body["tds_required"];
  expect(await required({})).toBe(true);
  expect(await required({ tds_required: "true" })).toBe(true);
  expect(await required({ tds_required: "false" })).toBe(false);
  expect(await required({ tds_required: "false" }, strict)).toBe(true);
});

test("a tag may bound the instalments, and one instalment is a single payment", async () => {
  const counts = async (more: object) =>
    (await openedWith(more)).offers.map(({ instalment }) => instalment);
  expect(await counts({ installments: "1,3,6" })).toEqual([0, 3, 6]);
  expect(await counts({ installments: "3;6" })).toEqual([3, 6]);
  expect(await counts({ installments: "99" })).toEqual([0]);
  expect(await counts({ no_instalment: true, installments: "3" })).toEqual([0]);
  expect(await counts({})).toHaveLength(12);
});

test("every member of the ready form's tag is taken too", async () => {
  const opened = await forms.auth({
    ...{ name: "Sepet", description: "Kışlık", reference_no: "TAG-9", platform_id: "OPENCART" },
    ...{ payment_source: "web", no_instalment: "0", card_type: "cc", image: "https://x/y.png" },
  });
  expect(opened.body).toMatchObject({ code: 0, object_name: "paynetj_auth" });
});

test("an agent's publishable key opens its own sessions, whoever the tag names", async () => {
  const key = await firmsOf(world).agentKey("20001", "publishable");
  const opened = await forms.asBrowser("auth", { amount: 100, agent_id: "20002" }, key);
  const session_id = String(opened.body["session_id"]);
  const token = await forms.asBrowser("create_token", { session_id, ...card }, key);
  expect(token.body["code"], JSON.stringify(token.body)).toBe(0);
});
const card = {
  ...{ pan: "4355084355084358", month: 12, year: 2030, cvc: "000", card_holder: "Ece Tan" },
};

test("the answer is English where that is asked for", async () => {
  const opened = await forms.asBrowser("auth", { amount: 100 }, { "accept-language": "en-US" });
  expect(opened.body).toMatchObject({ code: 0, message: "Success" });
});
