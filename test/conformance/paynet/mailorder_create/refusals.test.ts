import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { expectBadRequest } from "../../shape.ts";

let world: TestWorld;
let shut: TestWorld;
beforeAll(async () => {
  [world, shut] = await Promise.all([
    createWorld(),
    createWorld({ merchant: { mayCallInside: false } }),
  ]);
});
afterAll(() => Promise.all([world.close(), shut.close()]));

const tables = ["pay_links", "outgoing_messages", "checkout_sessions", "payments", "events"];
async function rowCounts(of: TestWorld) {
  const counts = tables.map(async (table) => {
    const found = sql<{ count: bigint }>`select count(*) from ${sql.table(table)}`;
    return [table, (await found.execute(of.db.kysely)).rows[0]?.count];
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** A refused request leaves no row behind. */
async function expectRefused(of: TestWorld, more: object, message: RegExp | string) {
  const before = await rowCounts(of);
  expectBadRequest(await linkPayersOf(of).create(more), message);
  expect(await rowCounts(of)).toEqual(before);
}

const tooMuch = "amount alanı geçerli ve sıfırdan büyük bir tutar olmalıdır (ör. 20,50)";
const hours = "expire_date alanı 1 - 8760 aralığında olmalıdır";
const address = (field: string) =>
  `${field} alanı http:// veya https:// ile başlayan bir adres olmalıdır`;
const inside = (field: string) =>
  `${field} alanı dışarıdan erişilebilen bir adres olmalıdır; iç ağ adresleri kabul edilmez`;

test.each<[object, RegExp | string]>([
  [{ amount: undefined }, "amount alanı zorunludur"],
  [{ amount: "" }, "amount alanı zorunludur"],
  [{ amount: null }, "amount alanı zorunludur"],
  [{ amount: 0 }, tooMuch],
  [{ amount: "0,00" }, tooMuch],
  [{ amount: "0.004" }, tooMuch],
  [{ amount: -1 }, tooMuch],
  [{ amount: "-12.50" }, tooMuch],
  [{ amount: "1,234.50" }, tooMuch],
  [{ amount: "12 TL" }, tooMuch],
  [{ amount: true }, tooMuch],
  [{ amount: "1e3" }, tooMuch],
  [{ amount: "NaN" }, tooMuch],
  [{ amount: "1000000000000" }, tooMuch],
  [{ amount: ["10"] }, /^amount alanı/],
  [{ amount: { tl: 10 } }, /^amount alanı/],
  [{ amount: "9".repeat(61) }, /^amount alanı en fazla 60 karakter/],
  [{ expire_date: 0 }, hours],
  [{ expire_date: 8_761 }, hours],
  [{ expire_date: -1 }, /^expire_date alanı/],
  [{ expire_date: 1.5 }, /^expire_date alanı/],
  [{ expire_date: "2026-03-05" }, /^expire_date alanı/],
  [{ expire_date: true }, /^expire_date alanı/],
  [{ send_mail: true }, "email alanı zorunludur"],
  [{ send_email: true }, "email alanı zorunludur"],
  [{ send_sms: true }, "phone alanı zorunludur"],
  [{ send_mail: true, email: "ece" }, "email alanı geçerli bir e-posta adresi olmalıdır"],
  [{ send_mail: true, email: "a@b.example,c@d.example" }, /^email alanı geçerli/],
  [{ send_mail: true, email: "a@b.example\r\nBcc: c@d.example" }, /^email alanı geçerli/],
  [{ send_confirmation_mail: true, email: "ece@" }, /^email alanı geçerli/],
  [{ send_sms: true, phone: "2121112233" }, /^phone alanı 5XXXXXXXXX/],
  [{ send_sms: true, phone: "532111223" }, /^phone alanı 5XXXXXXXXX/],
  [{ send_mail: "evet" }, /^send_mail alanı/],
  [{ multi_payment: 2 }, /^multi_payment alanı/],
  [{ pos_type: "POS" }, /^pos_type alanı/],
  [{ bank_id: "XXXX" }, /^bank_id alanı/],
  [{ bank_id: "0046" }, /^bank_id alanı/],
  [{ bank_id: "AXSSX" }, /^bank_id alanı en fazla 4/],
  [{ installments: "üç" }, /^installments alanı/],
  [{ installments: "3,,6" }, /^installments alanı/],
  [{ installments: "37" }, "installments alanı 0 - 36 aralığında olmalıdır"],
  [{ installments: [3, 6] }, /^installments alanı/],
  [{ currency: "USD" }, /^currency alanı/],
  [{ name_surname: "x".repeat(101) }, /^name_surname alanı en fazla 100/],
  [{ note: "x".repeat(501) }, /^note alanı en fazla 500/],
  [{ note: "a\u0000b" }, /^note alanı/],
  [{ reference_no: "x".repeat(51) }, /^reference_no alanı en fazla 50/],
  [{ referance_no: "x".repeat(51) }, /^referance_no alanı en fazla 50/],
  [{ succeed_url: "shop.example/ok" }, address("succeed_url")],
  [{ error_url: "javascript:alert(1)" }, address("error_url")],
  [{ confirmation_url: "ftp://shop.example" }, address("confirmation_url")],
  [{ confirmation_url: "https://a:b@shop.example" }, address("confirmation_url")],
  [
    { succeed_url: `https://shop.example/${"x".repeat(2_048)}` },
    /^succeed_url alanı en fazla 2048/,
  ],
])("%j makes no link", (more, message) => expectRefused(world, more, message));

test.each(["succeed_url", "error_url", "confirmation_url"])(
  "%s leads nowhere inside, unless the merchant may call there",
  async (field) => {
    for (const host of ["127.0.0.1:8080", "localhost", "10.0.0.7", "[::1]", "169.254.169.254"]) {
      await expectRefused(shut, { [field]: `http://${host}/x` }, inside(field));
    }
    const allowed = await linkPayersOf(world).create({ [field]: "http://127.0.0.1:8080/x" });
    expect(allowed.body).toMatchObject({ code: 0 });
  },
);
