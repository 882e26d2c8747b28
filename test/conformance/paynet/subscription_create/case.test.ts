import { afterAll, beforeAll, expect, test } from "vitest";
import { messagesOf } from "../../../support/codes.ts";
import { firmsOf } from "../../../support/firms.ts";
import { shopOrdersOf } from "../../../support/shop-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectLike } from "../../shape.ts";

let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
beforeAll(async () => {
  world = await createWorld();
  shop = shopOrdersOf(world);
});
afterAll(() => world.close());

/** The order as it was made. */
const madeBy = async (more: object) => shop.detail(await shop.made(more));

test("an order answers its page, its id and its plan, and is written to the payer", async () => {
  const { request, response } = example(import.meta.dirname);
  const made = await shop.call("create", request);
  expectLike(made, response);
  const { url, subscription_id } = made.body;
  expect(url).toBe(`${world.url}/sub/10001/${subscription_id}`);
  const [mail, sms] = await messagesOf(world);
  expect(mail).toMatchObject({
    purpose: "subscription",
    channel: "email",
    recipient: "can@payer.example",
    subject: "Örnek A.Ş.: düzenli ödeme talimatı",
    status: "kept",
  });
  expect(mail?.body).toContain(`\n${url}`);
  expect(mail?.body).toContain("Sıklık: 2 ayda bir, iptal edilene kadar");
  expect(sms).toMatchObject({ purpose: "subscription", channel: "sms", recipient: "5321112233" });
  expect(sms?.body).toContain(`Örnek A.Ş.: Aidat, 99,00 TL, 2 ayda bir`);
  expect(sms?.body.endsWith(String(url))).toBe(true);
});

test("nothing is written to a payer unless that is asked for", async () => {
  const before = await messagesOf(world);
  await shop.made();
  expect(await messagesOf(world)).toEqual(before);
});

test("what is not said is a fixed price, three tries on three days, and no letters", async () => {
  expect(await madeBy({ reference_no: "PLAIN" })).toMatchObject({
    reference_no: "PLAIN",
    group_reference_no: "",
    agent_id: "10001",
    amount: 99,
    agent_amount: 0,
    company_amount: 99,
    currency: "TRY",
    addcomission_to_amount: false,
    period: 0,
    user_name: "",
    agent_note: "",
    confirmation_webhook: "",
    suceed_webhook: "",
    error_webhook: "",
    confirmation_redirect_url: "",
    agent_logo: "",
    send_mail: false,
    send_sms: false,
    is_fixed_price: true,
    auto_renew: false,
    attempt_day_count: 3,
    daily_attempt_count: 3,
    is_charge_on_card_confirmation: false,
    otp_control: false,
    status: 0,
    status_desc: "Waiting",
  });
});

test.each([
  [{ amount: 9900 }, { amount: 99 }],
  [{ amount: "1" }, { amount: 0.01 }],
  [{ amount: "99999999999999" }, { amount: 999_999_999_999.99 }],
  [{ interval: "0" }, { interval: 0 }],
  [{ period: 0 }, { period: 0 }],
  [{ period: "" }, { period: 0 }],
  [{ period: "3" }, { period: 3 }],
  [{ currency: "TRY" }, { currency: "TRY" }],
  [{ currency: null }, { currency: "TRY" }],
  [{ add_comission_to_amount: "1" }, { addcomission_to_amount: true }],
  [
    { addcomission_to_amount: false, add_comission_to_amount: true },
    { addcomission_to_amount: false },
  ],
  [{ succeed_webhook: "https://shop.example/ok" }, { suceed_webhook: "https://shop.example/ok" }],
  [{ agent_logo: "HTTPS://Shop.Example" }, { agent_logo: "https://shop.example/" }],
  [{ end_user_gsm: "+90 532 111 22 33" }, { end_user_gsm: "5321112233" }],
  [{ end_user_email: " Can@Payer.Example " }, { end_user_email: "Can@payer.example" }],
  [{ agent_id: "10001" }, { agent_id: "10001", company_amount: 99 }],
  [{ agent_id: "20001" }, { agent_id: "20001", agent_amount: 0, company_amount: 99 }],
  [
    { agent_id: "20001", agent_amount: "4900" },
    { agent_amount: 49, company_amount: 50 },
  ],
  [
    { agent_id: "20001", company_amount: "0" },
    { agent_amount: 99, company_amount: 0 },
  ],
  [
    { agent_id: "20001", agent_amount: 0, company_amount: "0" },
    { agent_amount: 0, company_amount: 99 },
  ],
  [{ is_fixed_price: "false" }, { is_fixed_price: false }],
  [{ is_fixed_price: "" }, { is_fixed_price: true }],
  [{ attempt_day_count: 366, daily_attempt_count: 24 }, { attempt_day_count: 366 }],
  [{ name_surname: "Şükrü Ğüçlü-Ö'Neil 😀" }, { name_surname: "Şükrü Ğüçlü-Ö'Neil 😀" }],
  [{ end_user_desc: "<b>Aidat</b> & ~" }, { end_user_desc: "<b>Aidat</b> & ~" }],
  [{ agent_note: "kart 4355 0843 5508 4358 ile" }, { agent_note: "kart 435508******4358 ile" }],
])("%j makes %j", async (more, shown) => {
  expect(await madeBy(more)).toMatchObject(shown);
});

test.each([
  ["2026-06-01T09:00:00.9405776+03:00", "2026-06-01T09:00:00.940"],
  ["2026-06-01T06:00:00Z", "2026-06-01T09:00:00.000"],
  ["2026-06-01T09:00:00", "2026-06-01T09:00:00.000"],
  ["2026-06-01 09:00:00", "2026-06-01T09:00:00.000"],
  ["01.06.2026 09:00:00", "2026-06-01T09:00:00.000"],
  ["01.06.2026 09:00", "2026-06-01T09:00:00.000"],
  ["01.06.2026", "2026-06-01T00:00:00.000"],
  ["2026-06-01", "2026-06-01T00:00:00.000"],
  // Today, though the hour has passed: it is due at once.
  ["2026-03-04", "2026-03-04T00:00:00.000"],
])("%j begins at %s", async (begin_date, shown) => {
  expect(await madeBy({ begin_date })).toMatchObject({ begin_date: shown });
});

test("a plan keeps the day of its begin where a month has it", async () => {
  const id = await shop.made({ begin_date: "31.01.2027 10:00", interval_count: 4 });
  expect((await shop.planOf(id)).map(({ val_date }) => val_date.slice(0, 10))).toEqual([
    "2027-01-31",
    "2027-02-28",
    "2027-03-31",
    "2027-04-30",
  ]);
});

test("numbers of invoices and of rows of plans are each given once, and rise", async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => shop.made()));
  const plans = await Promise.all(ids.map(shop.planOf));
  for (const name of ["plan_id", "invoice_id"] as const) {
    const numbers = plans.map((plan) => plan.map((row) => row[name]));
    expect(new Set(numbers.flat()).size).toBe(48);
    for (const each of numbers) expect(each).toEqual(each.toSorted((a, b) => a - b));
  }
});

test("without a fixed price the plan waits for its invoices, and names no amounts", async () => {
  const { body } = await shop.create({ is_fixed_price: false, interval_count: 2, send_sms: 1 });
  const row = { invoice_id: 0, amount: 0, xact_id: 0, status: 0, status_desc: "Waiting" };
  expect(body["plan"]).toMatchObject([row, row]);
  const sms = (await messagesOf(world)).at(-1);
  expect(sms?.body).toContain("Aidat, değişken tutar, her ay, toplam 2 kez");
});

test("who asks in English has the payer written to in English", async () => {
  const made = await shop.create({ send_mail: true }, { "accept-language": "en" });
  expect(made.body).toMatchObject({ code: 0, message: "Success" });
  const mail = (await messagesOf(world)).at(-1);
  expect(mail?.subject).toBe("Örnek A.Ş.: regular payment");
});

test("an agent's key makes orders of its own, whoever it names", async () => {
  const key = await firmsOf(world).agentKey("20001");
  const made = await shop.create({ agent_id: "20002" }, key);
  expect(await shop.detail(made.body["subscription_id"])).toMatchObject({ agent_id: "20001" });
});

test("XML and forms make orders too", async () => {
  const members = Object.entries(shop.whole()).map(([name, value]) => [name, String(value)]);
  const form = await world.post("v1/subscription/create", new URLSearchParams(members).toString(), {
    "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
  });
  expect(await shop.detail(form.body["subscription_id"])).toMatchObject({ amount: 99 });
  const xml = Object.entries(shop.whole()).map(([name, value]) => `<${name}>${value}</${name}>`);
  const answer = await world.post("v1/subscription/create", `<a>${xml.join("")}</a>`, {
    "content-type": "application/xml",
    accept: "application/xml",
  });
  const text = String(answer.body["text"]);
  expect(text).toMatch(/<subscription_id>[0-9a-f-]{36}<\/subscription_id>/);
  expect(text.match(/<plan_id>/g)).toHaveLength(12);
});
