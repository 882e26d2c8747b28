import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, goodCard, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";
import { rowCounts } from "./rows.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const good = { amount: "10,00", reference_no: "BAD", domain: "shop.example", ...goodCard };
const json = JSON.stringify(good);
const fields = Object.entries(good).map(([name, value]) => [name, String(value)]);
const form = new URLSearchParams(fields).toString();
const xml = (inner: string) => `<payment>${inner}</payment>`;
const members = fields.map(([name, value]) => `<${name}>${value}</${name}>`).join("");
const unreadable = "İstek gövdesi okunamadı; tek bir JSON nesnesi, XML belgesi veya form gönderin";
const doubled = "amount alanı birden fazla gönderilmiş";
const J = "application/json";
const F = "application/x-www-form-urlencoded";
const X = "application/xml";
const laughs =
  '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>';

test.each([
  ["JSON that is cut short", J, json.slice(0, -5), unreadable],
  ["JSON with a trailing comma", J, json.replace("}", ",}"), unreadable],
  ["JSON in single quotes", J, json.replaceAll('"', "'"), unreadable],
  ["two JSON bodies", J, json + json, unreadable],
  ["NaN as a number", J, json.replace('"10,00"', "NaN"), unreadable],
  ["Infinity as a number", J, json.replace('"10,00"', "Infinity"), unreadable],
  ["a JSON array", J, `[${json}]`, unreadable],
  ["a JSON number", J, "42", unreadable],
  ["a JSON text", J, '"amount=10,00"', unreadable],
  ["a JSON true", J, "true", unreadable],
  ["a JSON null", J, "null", unreadable],
  ["brackets without end", J, "[".repeat(30_000), unreadable],
  ["deep JSON that is no object", J, "[".repeat(9_000) + "]".repeat(9_000), unreadable],
  ["bytes of nowhere", J, "\u0000\u0001\u0002", unreadable],
  ["a form as JSON", J, form, unreadable],
  ["a doubled member", J, json.replace("{", '{"amount":"99,00",'), doubled],
  ["a member doubled by an escape", J, json.replace("{", '{"\\u0061mount":"99,00",'), doubled],
  ["a doubled member of no name", J, '{"4355084355084358":1,"4355084355084358":2}', unreadable],
  ["a doubled field of a form", F, `${form}&amount=99%2C00`, doubled],
  ["a field doubled by its escape", F, `${form}&%61mount=99%2C00`, doubled],
  ["a form that is JSON", F, json, "amount alanı zorunludur"],
  ["a doubled element", X, xml(`${members}<amount>99,00</amount>`), doubled],
  ["XML that is not closed", X, `<payment>${members}`, unreadable],
  ["XML that is closed wrongly", X, `<payment>${members}</paymen>`, unreadable],
  ["two XML roots", X, xml(members) + xml(members), unreadable],
  ["XML with text alone", X, "<payment>10,00</payment>", unreadable],
  ["JSON as XML", X, json, unreadable],
  ["a DOCTYPE", X, `<!DOCTYPE payment>${xml(members)}`, unreadable],
  ["entities that multiply", X, `${laughs}${xml("<amount>&c;</amount>")}`, unreadable],
  [
    "an entity that names a file",
    X,
    `<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>${xml("<amount>&f;</amount>")}`,
    unreadable,
  ],
  ["XML five hundred deep", X, "<a>".repeat(500) + "</a>".repeat(500), unreadable],
  ["an element in the place of a text", X, xml(members.replace("10,00", "<b>1</b>")), /^amount/],
  ["an object in the place of a text", J, json.replace('"10,00"', '{"tl":"10,00"}'), /^amount/],
  ["an array in the place of a text", J, json.replace('"10,00"', '["10,00"]'), /^amount/],
  ["a boolean in the place of an amount", J, json.replace('"10,00"', "true"), /^amount/],
])("%s is refused in words, and nothing is left behind", async (_what, type, body, message) => {
  const before = await rowCounts(world);
  const answer = await world.post("v2/transaction/payment", body, { "content-type": type });
  expectBadRequest(answer, message);
  expect(await rowCounts(world)).toEqual(before);
});

test.each([
  ["JSON", J, JSON.stringify({ ...good, description: "x".repeat(1_000_000) })],
  ["a form", F, `${form}&description=${"x".repeat(1_000_000)}`],
  ["XML", X, xml(`${members}<description>${"x".repeat(1_000_000)}</description>`)],
])("a megabyte of %s is too large, and the server goes on", async (_what, type, body) => {
  const answer = await world.post("v2/transaction/payment", body, { "content-type": type });
  expectBadRequest(answer, "İstek gövdesi çok büyük; en fazla 64 KB olabilir");
  expect((await world.pay()).body).toMatchObject({ is_succeed: true });
});

test("members that reach for a prototype change nothing", async () => {
  const body = json.replace("{", '{"__proto__":{"amount":"1"},"constructor":{"prototype":{}},');
  const without = body.replace(/"amount":"10,00",/, "");
  expectBadRequest(await world.post("v2/transaction/payment", without), "amount alanı zorunludur");
  const inForm = "__proto__=1&constructor=2&hasOwnProperty=3&toString=4";
  const answer = await world.post("v2/transaction/payment", inForm, { "content-type": F });
  expectBadRequest(answer, "amount alanı zorunludur");
  const inXml = xml("<__proto__><amount>1</amount></__proto__>");
  const refused = await world.post("v2/transaction/payment", inXml, { "content-type": X });
  expectBadRequest(refused);
  expect(Object.hasOwn(Object.prototype, "amount")).toBe(false);
});

test.each([
  ["v2/transaction/payment", "amount"],
  ["v2/transaction/payment", "reference_no"],
  ["v2/transaction/payment", "domain"],
  ["v2/transaction/payment", "pan"],
  ["v2/transaction/payment", "month"],
  ["v2/transaction/payment", "year"],
  ["v2/transaction/payment", "cvc"],
  ["v2/transaction/payment", "card_holder"],
])("%s without %s says so", async (path, name) => {
  for (const empty of [undefined, null, ""]) {
    const answer = await world.post(path, { ...good, [name]: empty });
    expectBadRequest(answer, `${name} alanı zorunludur`);
  }
});

test.each([
  ["capture"],
  ["check"],
  ["detail"],
  ["reversed_request"],
  ["preauth_reversal"],
  ["capture_reversal"],
])("%s without an id says so", async (service) => {
  const answer = await world.post(`v1/transaction/${service}`, { amount: "100" });
  expectBadRequest(answer, "xact_id alanı zorunludur");
});
