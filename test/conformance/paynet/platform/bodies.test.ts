import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, goodCard, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Members = Readonly<Record<string, string | number>>;
const form = (members: Members) =>
  new URLSearchParams(Object.entries(members).map(([k, v]) => [k, String(v)])).toString();
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const xml = (members: Members) =>
  `<?xml version="1.0" encoding="utf-8"?><payment>${Object.entries(members)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join("")}</payment>`;
const wires = [
  ["application/json; charset=UTF-8", (members: Members) => JSON.stringify(members)],
  ["application/x-www-form-urlencoded; charset=UTF-8", form],
  ["application/xml; charset=UTF-8", xml],
] as const;

const payment = (reference_no: string): Members => ({
  amount: "1.150,75",
  reference_no,
  domain: "shop.example",
  ...goodCard,
  card_holder: "Şükrü Iğdır & Oğlu <İç>",
  description: "çÇ ğĞ ıI iİ öÖ şŞ üÜ",
  instalment: 3,
});
const checkOf = async (reference_no: string) => {
  const found = await world.post("v1/transaction/check", { reference_no });
  return (found.body["Data"] as Record<string, unknown>[])[0];
};

test.each(wires)("the same payment as %s answers the same", async (type, write) => {
  const reference = world.reference();
  const paid = await world.post("v2/transaction/payment", write(payment(reference)), {
    "content-type": type,
  });
  expect(paid.body).toMatchObject({
    is_succeed: true,
    amount: 1150.75,
    instalment: 3,
    card_holder: "Şükrü Iğdır & Oğlu <İç>",
    reference_no: reference,
  });
  expect(await checkOf(reference)).toMatchObject({ note: "çÇ ğĞ ıI iİ öÖ şŞ üÜ" });
});

test.each([
  ["application/json", '{"reference_no":"B-1"}'],
  ["APPLICATION/JSON;CHARSET=utf-8", '{"reference_no":"B-1"}'],
  ["text/json", '{"reference_no":"B-1"}'],
  ["application/json", '\uFEFF{"reference_no":"B-1"}'],
  ["application/x-www-form-urlencoded", "reference_no=B-1"],
  ["application/xml", "<check><reference_no>B-1</reference_no></check>"],
  ["text/xml", "\uFEFF<check><reference_no>B-1</reference_no></check>"],
  ["text/xml", "<!-- ours --><a><reference_no><![CDATA[B-1]]></reference_no></a>"],
  ["application/xml", '<?xml version="1.0"?><?go on?><a><reference_no> B-1\n</reference_no></a>'],
])("%s with %s is read", async (type, body) => {
  const answer = await world.post("v1/transaction/check", body, { "content-type": type });
  expect(answer.body).toMatchObject({ code: 12, Data: [] });
});

test("a body without a content type is read as JSON", async () => {
  const reply = await fetch(`${world.url}/v1/transaction/check`, {
    method: "POST",
    headers: { authorization: `Basic ${world.merchant.secretKey}` },
    body: new TextEncoder().encode('{"reference_no":"B-2"}'),
  });
  expect(await reply.json()).toMatchObject({ code: 12 });
});

test.each([
  ["text/plain"],
  ["multipart/form-data; boundary=x"],
  ["json"],
  ["application/json; charset=klingon"],
])("the content type %s is told to be none of this wire's", async (type) => {
  const answer = await world.post("v1/transaction/check", "{}", { "content-type": type });
  expectBadRequest(answer, /application\/json, application\/xml/);
});

test("letters in another charset are read where the header names it, else refused", async () => {
  const reference = world.reference();
  // "Işık Ağaç" in windows-1254.
  const holder = Buffer.from([0x49, 0xfe, 0xfd, 0x6b, 0x20, 0x41, 0xf0, 0x61, 0xe7]);
  const text = JSON.stringify({ ...payment(reference), card_holder: "@", description: "-" });
  const [before, after] = text.split("@");
  const body = Buffer.concat([Buffer.from(before!), holder, Buffer.from(after!)]);
  const send = async (type: string) => {
    const reply = await fetch(`${world.url}/v2/transaction/payment`, {
      method: "POST",
      headers: { authorization: `Basic ${world.merchant.secretKey}`, "content-type": type },
      body,
    });
    return (await reply.json()) as Record<string, unknown>;
  };
  expect(await send("application/json")).toMatchObject({
    code: 400,
    message: "card_holder alanının biçimi geçersiz",
  });
  const paid = await send("application/json; charset=windows-1254");
  expect(paid).toMatchObject({ is_succeed: true, card_holder: "Işık Ağaç" });
});

test("numeric character references in XML are the letters they name", async () => {
  const reference = world.reference();
  const members = { ...payment(reference), card_holder: "@" };
  const body = xml(members).replace("@", "I&#351;&#x131;k");
  const paid = await world.post("v2/transaction/payment", body, {
    "content-type": "application/xml",
  });
  expect(paid.body).toMatchObject({ is_succeed: true, card_holder: "Işık" });
});

const xmlBody = "<check><reference_no>B-3</reference_no></check>";
test.each([
  ["application/xml", "application/xml", true],
  ["text/xml", "text/html, application/xml;q=0.9", true],
  ["application/xml", "application/json", false],
  ["application/xml", "*/*", false],
])("XML sent as %s and accepted as %s: XML comes back is %s", async (type, accept, isXml) => {
  const headers = { "content-type": type, accept };
  const answer = await world.post("v1/transaction/check", xmlBody, headers);
  const wanted = isXml ? "application/xml; charset=utf-8" : "application/json; charset=utf-8";
  expect(answer.headers.get("content-type")).toBe(wanted);
});

test("JSON and forms are answered in JSON even where XML is accepted", async () => {
  const headers = { accept: "application/xml" };
  const answer = await world.post("v1/transaction/check", { reference_no: "B-3" }, headers);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
});

test("an XML answer holds the members under one root, texts escaped, errors included", async () => {
  const headers = { "content-type": "application/xml", accept: "application/xml" };
  const body = xml({ ...payment(world.reference()), instalment: 0 });
  const paid = (await world.post("v2/transaction/payment", body, headers)).body["text"] as string;
  expect(paid).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><response><id>xk_/);
  expect(paid).toContain("<is_succeed>true</is_succeed>");
  expect(paid).toContain("<card_holder>Şükrü Iğdır &amp; Oğlu &lt;İç&gt;</card_holder>");
  expect(paid).toMatch(/<code>0<\/code><message>Başarılı İşlem<\/message><\/response>$/);
  const wrong = await world.post("v2/transaction/payment", "<a></a>", headers);
  expect(wrong.status).toBe(400);
  expect(wrong.body["text"]).toBe(
    '<?xml version="1.0" encoding="utf-8"?><response><type>invalid_request_error</type>' +
      "<message>amount alanı zorunludur</message><code>400</code>" +
      "<result_code>11</result_code></response>",
  );
});

test("null, empty text and a missing member are equal", async () => {
  for (const empty of [null, "", undefined]) {
    const more = { agent_id: empty, instalment: empty, transaction_type: empty, card_hash: empty };
    const paid = await world.pay({ ...more, company_amount: empty, description: empty });
    expect(paid.body).toMatchObject({ is_succeed: true, instalment: 0, transaction_type: 1 });
    expectBadRequest(await world.pay({ amount: empty }), "amount alanı zorunludur");
  }
  const none = { "content-type": "application/json" };
  for (const body of ["", " ", "{}"]) {
    const answer = await world.post("v1/transaction/check", body, none);
    expectBadRequest(answer, "xact_id alanı zorunludur");
  }
});

test.each([
  [true, true],
  ["true", true],
  ["TRUE", true],
  ["1", true],
  [1, true],
  [false, false],
  ["false", false],
  ["0", false],
  [0, false],
])("%j is the boolean %s", async (add_commission, isAdded) => {
  const paid = await world.pay({ add_commission, amount: "10,00" });
  expect(paid.body["amount"]).toBe(isAdded ? 10.25 : 10);
});

test("numbers come as JSON numbers or as texts", async () => {
  const texts = { month: "12", year: "2030", instalment: "3", pos_type: "5", cvc: "000" };
  const numbers = { month: 12, year: 2030, instalment: 3, pos_type: 5, cvc: "000" };
  for (const more of [texts, numbers, { ...numbers, instalment: "3.0", month: 12.0 }]) {
    const paid = await world.pay({ ...more, transaction_type: "1", amount: 20.5 });
    expect(paid.body).toMatchObject({ is_succeed: true, instalment: 3, amount: 20.5 });
  }
});

test("members that the wire does not know are ignored, however odd their names", async () => {
  const odd = '"__proto__":{"amount":"1"},"constructor":{"x":1},"toString":"y","deep":[[{}]]';
  const body = JSON.stringify(payment(world.reference())).replace("{", `{${odd},`);
  const paid = await world.post("v2/transaction/payment", body);
  expect(paid.body).toMatchObject({ is_succeed: true, amount: 1150.75 });
});
