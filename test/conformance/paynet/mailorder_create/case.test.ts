import { afterAll, beforeAll, expect, test } from "vitest";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectError, expectLike } from "../../shape.ts";

let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  links = linkPayersOf(world);
});
afterAll(() => world.close());

const path = "v1/mailorder/create";
/** The link as it was made. */
const madeBy = async (body: object) => links.show((await world.post(path, body)).body["id"]);

test("a link answers its page and its id, and is written to the payer both ways", async () => {
  const { request, response } = example(import.meta.dirname);
  const made = await world.post(path, request);
  expectLike(made, response);
  const { url, id } = made.body;
  expect(url).toBe(`${world.url}/po/10001/${id}`);
  const [mail, sms] = await links.messages();
  expect(mail).toMatchObject({
    purpose: "link",
    channel: "email",
    recipient: "ece@shop.example",
    subject: "Örnek A.Ş.: 249,90 TL ödeme linki",
    status: "kept",
  });
  expect(mail?.body).toContain(`\n${url}\n`);
  expect(mail?.body).toContain("06.03.2026 12:00");
  expect(sms).toMatchObject({ purpose: "link", channel: "sms", recipient: "5321112233" });
  expect(sms?.body).toBe(`Örnek A.Ş.: 249,90 TL ödemeniz için ${url}`);
});

test("nothing is written to a payer unless that is asked for", async () => {
  const before = await links.messages();
  await links.create({ email: "ece@shop.example", phone: "5321112233" });
  expect(await links.messages()).toEqual(before);
});

test("an amount and nothing else is a link for a day and one payment", async () => {
  const made = await world.post(path, { amount: 120 });
  expect(made.body).toMatchObject({ code: 0, object_name: "mailorder_create" });
  expect(await links.show(made.body["id"])).toMatchObject({
    amount: 120,
    name_surname: "",
    reference_no: made.body["id"],
    expire_date: "2026-03-05T12:00:00.000",
    multi_payment: false,
    addcomission_to_amount: false,
    send_mail: false,
    send_sms: false,
    send_confirmation_mail: false,
    currency: "TRY",
    status: 0,
  });
});

test.each<[unknown, number]>([
  [120, 120],
  ["120", 120],
  [12.5, 12.5],
  ["12.50", 12.5],
  ["12,50", 12.5],
  ["1.234,56", 1234.56],
  [0.01, 0.01],
  ["0.005", 0.01],
  ["8.905", 8.91],
  [59.96999999999999, 59.97],
  [0.1 + 0.2, 0.3],
  [1234.5600000000002, 1234.56],
  ["999999999999.99", 999_999_999_999.99],
])("the amount %j is %f lira", async (amount, lira) => {
  expect(await madeBy({ amount })).toMatchObject({ amount: lira });
});

test.each([
  [{ referance_no: "OLD-1" }, { reference_no: "OLD-1" }],
  [{ reference_no: "NEW-1", referance_no: "OLD-2" }, { reference_no: "NEW-1" }],
  [{ send_email: "1", email: "ece@shop.example" }, { send_mail: true }],
  [{ send_confirmation_email: "true" }, { send_confirmation_mail: true }],
  [{ send_mail: false, send_email: true }, { send_mail: false }],
  [{ addcomission_to_amount: "1" }, { addcomission_to_amount: true }],
  [{ multi_payment: "true" }, { multi_payment: true }],
  [{ multi_payment: "" }, { multi_payment: false }],
  [{ expire_date: 12 }, { expire_date: "2026-03-05T00:00:00.000" }],
  [{ expire_date: "8760" }, { expire_date: "2027-03-04T12:00:00.000" }],
  [{ expire_date: null }, { expire_date: "2026-03-05T12:00:00.000" }],
  [
    { no_instalment: true, installments: "3,6" },
    { installments: "0", no_instalment: true },
  ],
  [{ installments: 6 }, { installments: "6", no_instalment: false }],
  [{ installments: "1, 3;3|6" }, { installments: "0,3,6" }],
  [{ bank_id: "bons" }, { bank_id: "BONS", bank_name: "Bonus" }],
  [{ currency: "TL" }, { currency: "TRY" }],
  [{ agent_id: "10001" }, { agent_id: "10001" }],
  [{ agent_id: "20002" }, { agent_id: "20002" }],
  [{ succeed_url: "HTTPS://Shop.Example" }, { succeed_url: "https://shop.example/" }],
  [{ name_surname: "Şükrü Ğüçlü-Ö'Neil 😀" }, { name_surname: "Şükrü Ğüçlü-Ö'Neil 😀" }],
  [
    { phone: "+90 532 111 22 33", send_sms: true },
    { phone: "5321112233", send_sms: true },
  ],
  [
    { ratio_code: "", bank_id: null, pos_type: "" },
    { ratio_code: "", bank_id: "" },
  ],
])("%j makes %j", async (more, shown) => {
  expect(await madeBy({ amount: "10", ...more })).toMatchObject(shown);
});

test("members that only single shops send are not read", async () => {
  const foreign = {
    amount: (249.9).toFixed(2),
    buyer_name: "Ece",
    buyer_email: "not-an-address",
    description: "Sepet",
    return_url: "not-a-url",
    success_url: "javascript:alert(1)",
    fail_url: "",
  };
  const shown = await madeBy(foreign);
  expect(shown).toMatchObject({ amount: 249.9, name_surname: "", succeed_url: "", note: "" });
  expect(Object.keys(shown)).not.toContain("buyer_name");
});

test("XML and forms make links too, and XML is answered in XML to who accepts it", async () => {
  const form = await world.post(path, "amount=12%2C50&name_surname=Ece+Tan&multi_payment=1", {
    "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
  });
  expect(await links.show(form.body["id"])).toMatchObject({ amount: 12.5, multi_payment: true });
  const xml = "<mailorder><amount>12.50</amount><name_surname>Ece Tan</name_surname></mailorder>";
  const answer = await world.post(path, xml, {
    "content-type": "application/xml; charset=UTF-8",
    accept: "application/xml",
  });
  const text = String(answer.body["text"]);
  expect(text).toMatch(/^<\?xml[^>]*\?><response><url>http:[^<]+<\/url><id>[0-9a-f-]{36}<\/id>/);
  expect(text).toContain("<object_name>mailorder_create</object_name><code>0</code>");
});

test("without a link, codes say why", async () => {
  for (const [more, code] of [
    [{ agent_id: "29999" }, 4],
    [{ pos_type: 7 }, 20],
    [{ ratio_code: "AB12CD34" }, 23],
  ] as const) {
    const refused = await links.create(more);
    expect(refused).toMatchObject({ status: 200, body: { code, object_name: "mailorder_create" } });
  }
});

test("a request with a key makes one link, however often and at once it is sent", async () => {
  const key = { "idempotency-key": "cart-17" };
  const asked = { send_sms: true, phone: "5321112233" };
  const before = (await links.messages()).length;
  const sent = await Promise.all(Array.from({ length: 6 }, () => links.create(asked, key)));
  const later = await links.create(asked, key);
  expect(new Set([...sent, later].map(({ body }) => body["id"])).size).toBe(1);
  expect(await links.messages()).toHaveLength(before + 1);
  const other = await links.create({ ...asked, amount: "101" }, key);
  expect(other).toMatchObject({ status: 400, body: { result_code: 5 } });
  const without = await links.create(asked);
  expect(without.body["id"]).not.toBe(later.body["id"]);
  await links.pay(later.body["id"]);
  expect((await links.create(asked, key)).body).toEqual(later.body);
});

test("a publishable key makes no link by POST", async () => {
  const { publishableKey } = world.merchant;
  const refused = await links.create({}, { authorization: `Basic ${publishableKey}` });
  expectError(refused, 401, "authorization_error", 7, "API anahtarınız yanlış");
});
