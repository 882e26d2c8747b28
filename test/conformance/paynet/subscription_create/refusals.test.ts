import { afterAll, beforeAll, expect, test } from "vitest";
import { messagesOf } from "../../../support/codes.ts";
import { firmsOf } from "../../../support/firms.ts";
import { shopOrdersOf } from "../../../support/shop-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest, expectError } from "../../shape.ts";

let world: TestWorld;
let shop: ReturnType<typeof shopOrdersOf>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: false } });
  shop = shopOrdersOf(world);
});
afterAll(() => world.close());

const days = { datab: "2026-03-01", datbi: "2026-03-31", show_all_agent: true };
const count = async () => (await shop.call("list", days)).body["total"];

test.each([
  "name_surname",
  "amount",
  "interval",
  "interval_count",
  "begin_date",
  "reference_no",
  "end_user_email",
  "end_user_gsm",
  "end_user_desc",
])("without %s there is no order", async (member) => {
  for (const nothing of [undefined, null, ""]) {
    const refused = await shop.create({ [member]: nothing });
    expectBadRequest(refused, `${member} alanı zorunludur`);
  }
});

test.each<[object, RegExp | string]>([
  [{ amount: "0" }, /^amount alanı kuruş cinsinden/],
  [{ amount: "-1" }, /^amount alanı/],
  [{ amount: "99,00" }, /^amount alanı/],
  [{ amount: "99.00" }, /^amount alanı/],
  [{ amount: "123456789012345" }, /^amount alanı/],
  [{ interval: 4 }, "interval alanı 0 - 3 aralığında olmalıdır"],
  [{ interval: -1 }, /^interval alanı/],
  [{ interval: "month" }, /^interval alanı/],
  [{ interval_count: 0 }, "interval_count alanı 1 - 1200 aralığında olmalıdır"],
  [{ interval_count: 10_000 }, "interval_count alanı 1 - 1200 aralığında olmalıdır"],
  [{ interval_count: 1.5 }, /^interval_count alanı/],
  [{ interval: 3, interval_count: 175 }, "interval_count alanı 1 - 174 aralığında olmalıdır"],
  [{ period: 1201 }, "period alanı 0 - 1200 aralığında olmalıdır"],
  [{ period: 1200, interval: 3 }, "interval_count alanı 1 - 1 aralığında olmalıdır"],
  [{ attempt_day_count: 367 }, /^attempt_day_count alanı 0 - 366/],
  [{ daily_attempt_count: 25 }, /^daily_attempt_count alanı 0 - 24/],
  [{ begin_date: "2026-03-03" }, "begin_date alanı 2026-03-04 - 2199-12-31 aralığında olmalıdır"],
  [{ begin_date: "2026-03-03T23:59:59+03:00" }, /^begin_date alanı 2026-03-04 - /],
  [{ begin_date: "2026-03-04T00:00:00+05:00" }, /^begin_date alanı 2026-03-04 - /],
  [{ begin_date: "0001-01-01T00:00:00" }, /^begin_date alanı 2026-03-04 - /],
  [{ begin_date: "2200-01-01" }, /^begin_date alanı … - 2199-12-31/],
  [{ begin_date: "30.02.2027" }, /^begin_date alanı geçerli bir tarih olmalıdır/],
  [{ begin_date: "31.04.2027 09:00" }, /^begin_date alanı geçerli bir tarih/],
  [{ begin_date: "2027-04-01T24:00:00" }, /^begin_date alanı geçerli bir tarih/],
  [{ begin_date: "yarın" }, /^begin_date alanı geçerli bir tarih/],
  [{ begin_date: 1772604000 }, /^begin_date alanı geçerli bir tarih/],
  [{ end_user_email: "can" }, "end_user_email alanı geçerli bir e-posta adresi olmalıdır"],
  [{ end_user_email: "a@b.example, c@d.example" }, /^end_user_email alanı/],
  [{ end_user_gsm: "2121112233" }, /^end_user_gsm alanı 5XXXXXXXXX/],
  [{ end_user_gsm: "5571135571135575" }, "end_user_gsm alanında kart numarası bulunamaz"],
  [{ reference_no: "r".repeat(51) }, "reference_no alanı en fazla 50 karakter olabilir"],
  [{ reference_no: "4355084355084358" }, "reference_no alanında kart numarası bulunamaz"],
  [{ group_reference_no: "g".repeat(51) }, /^group_reference_no alanı en fazla 50/],
  [{ name_surname: "n".repeat(101) }, /^name_surname alanı en fazla 100/],
  [{ end_user_desc: "d".repeat(501) }, /^end_user_desc alanı en fazla 500/],
  [{ end_user_desc: "a\u0000b" }, /^end_user_desc alanının biçimi/],
  [{ currency: "USD" }, /^currency alanı/],
  [{ is_fixed_price: "maybe" }, /^is_fixed_price alanı/],
  [{ agent_amount: "9901" }, "agent_amount alanı 0 - 99,00 aralığında olmalıdır"],
  [{ company_amount: "9901" }, "company_amount alanı 0 - 99,00 aralığında olmalıdır"],
  [
    { agent_amount: "100", company_amount: "100" },
    "company_amount + agent_amount paylarının toplamı 99,00 olmalıdır",
  ],
  [{ agent_amount: "-1" }, /^agent_amount alanı/],
  [{ suceed_webhook: "shop.example" }, /^suceed_webhook alanı http/],
  [{ succeed_webhook: "ftp://shop.example" }, /^suceed_webhook alanı http/],
  [{ error_webhook: "http://127.0.0.1/x" }, /^error_webhook alanı dışarıdan/],
  [{ confirmation_webhook: "http://[::1]/" }, /^confirmation_webhook alanı dışarıdan/],
  [{ confirmation_redirect_url: "javascript:alert(1)" }, /^confirmation_redirect_url alanı/],
  [{ agent_logo: "data:image/png;base64,AA" }, /^agent_logo alanı/],
  [{ agent_logo: `https://shop.example/${"x".repeat(2_048)}` }, /^agent_logo alanı en fazla 2048/],
])("%j makes no order", async (more, message) => {
  const before = await count();
  expectBadRequest(await shop.create({ send_mail: true, ...more }), message);
  expect(await count()).toBe(before);
  expect(await messagesOf(world)).toEqual([]);
});

test("a reference is taken once, and free again after a deletion", async () => {
  const id = await shop.made({ reference_no: "ONCE" });
  const again = await shop.create({ reference_no: "ONCE", send_sms: true });
  expect(again).toMatchObject({
    status: 200,
    body: {
      object_name: "subscription_create",
      code: 5,
      message: "ONCE referans numarası başka bir düzenli ödemede kullanılıyor",
    },
  });
  expect(await messagesOf(world)).toEqual([]);
  await shop.setStatus(id, 6);
  expect((await shop.create({ reference_no: "ONCE" })).body).toMatchObject({ code: 0 });
});

test("of many who ask for one reference at once one is served", async () => {
  const asked = { reference_no: "AT-ONCE", send_sms: true };
  const answers = await Promise.all(Array.from({ length: 20 }, () => shop.create(asked)));
  const codes = answers.map(({ body }) => body["code"]);
  expect(codes.toSorted()).toEqual([0, ...Array.from({ length: 19 }, () => 5)]);
  expect(await messagesOf(world)).toHaveLength(1);
  const rows = (await shop.call("list", { ...days, limit: 1_000 })).body["data"] as object[];
  const ones = rows.filter((row) => (row as { reference_no: string }).reference_no === "AT-ONCE");
  expect(ones).toHaveLength(1);
});

test("two merchants may have one reference", async () => {
  const firms = firmsOf(world);
  const other = { authorization: `Basic ${(await firms.another("10009")).secretKey}` };
  await shop.made({ reference_no: "SHARED" });
  expect((await shop.create({ reference_no: "SHARED" }, other)).body).toMatchObject({ code: 0 });
});

test("an agent that is unknown or blocked makes no order", async () => {
  expect((await shop.create({ agent_id: "29999" })).body).toMatchObject({
    object_name: "subscription_create",
    code: 4,
  });
  await firmsOf(world).whileBlocked("20001", async () => {
    const refused = await shop.create({ agent_id: "20001" });
    expectError(refused, 403, "authorization_error", 3, "Bayi bloke edilmiş");
  });
});

test("a publishable key makes no order", async () => {
  const { publishableKey } = world.merchant;
  const refused = await shop.create({}, { authorization: `Basic ${publishableKey}` });
  expectError(refused, 401, "authorization_error", 7);
});
