import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { receiptTokenOf } from "../../../src/checkout/handle.ts";
import { keyringOf } from "../../../src/lib/seal.ts";
import { messagesOf } from "../../support/codes.ts";
import { endUsersOf } from "../../support/end-users.ts";
import { firmsOf } from "../../support/firms.ts";
import { type Page, payerOf } from "../../support/payer.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let users: ReturnType<typeof endUsersOf>;
beforeAll(async () => {
  world = await createWorld();
  users = endUsersOf(world);
});
beforeEach(() => world.bank.clearFaults());
afterAll(() => world.close());

/** What was written to an end user beside the code. */
async function postsTo(user: Readonly<{ end_user_phone: string; end_user_mail: string }>) {
  const recipients = [user.end_user_phone.slice(1), user.end_user_mail];
  return (await messagesOf(world)).filter(
    ({ purpose, recipient }) => purpose === "receipt" && recipients.includes(recipient),
  );
}
const addressIn = (body: string): string => /http:\/\/\S+\/receipt\/[\w-]+/.exec(body)?.[0] ?? "";

/** A payment with a receipt, the mail of which is nobody else's. */
async function pay(more: object = {}) {
  const asked = await users.asked();
  const user = { ...asked, end_user_mail: `${asked.end_user_phone}@shop.example` };
  const paid = await world.pay({ ...user, ...more });
  return { user, paid };
}
const addressOf = async (user: Parameters<typeof postsTo>[0]): Promise<string> =>
  addressIn((await postsTo(user)).at(-1)?.body ?? "");

const open = (url: string): Promise<Page> => payerOf(world).get(url);
/** Names and values of a page, in their order. */
const factsIn = ({ text }: Page): [string, string][] =>
  [...text.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => [
    name!,
    value!.replaceAll("\u00a0", " "),
  ]);

test("an approved payment writes its receipt's address to phone and mail, once", async () => {
  const { user, paid } = await pay();
  expect(paid.body).toMatchObject({ is_succeed: true, amount: 104.38 });
  const posts = await postsTo(user);
  expect(posts.map(({ channel, recipient }) => [channel, recipient])).toEqual([
    ["sms", user.end_user_phone.slice(1)],
    ["email", user.end_user_mail],
  ]);
  const [sms, mail] = posts;
  expect(sms?.body).toMatch(/^Örnek A\.Ş\.: 104,38 TL ödemenizin makbuzu http:/);
  expect(mail?.subject).toBe("Örnek A.Ş.: 104,38 TL ödemeniz alındı");
  expect(mail?.body).toContain("Sayın Ece Tan,");
  expect(addressIn(sms?.body ?? "")).toBe(addressIn(mail?.body ?? ""));
  expect(addressIn(sms?.body ?? "").startsWith(`${world.url}/receipt/`)).toBe(true);
});

test("the receipt says who was paid, by whom, how much, and how", async () => {
  const { user, paid } = await pay({ agent_id: "20001" });
  const page = await open(await addressOf(user));
  expect(page.status).toBe(200);
  expect(page.text).toContain('<html lang="tr">');
  expect(page.text).toContain("<h1>Ödeme makbuzu</h1>");
  expect(factsIn(page)).toEqual([
    ["Adına düzenlendi", "Ece Tan"],
    ["Kimlik / vergi no", "100******46"],
    ["Satıcı", "Örnek A.Ş."],
    ["Bayi", "Birinci Bayi"],
    ["Tarih", "4 Mart 2026 12:00"],
    ["Tutar", "100,00 TL"],
    ["Hizmet bedeli", "4,38 TL"],
    ["Toplam", "104,38 TL"],
    ["Taksit", "3 × 34,79 TL"],
    ["Kart", "435508******4358"],
    ["Onay kodu", paid.body["authorization_code"]],
    ["Sipariş no", paid.body["order_id"]],
    ["Referans", paid.body["reference_no"]],
  ]);
});

test("it speaks English to who asks for it, and links to its other language", async () => {
  const { user } = await pay();
  const page = await open(`${await addressOf(user)}?lang=en`);
  expect(page.text).toContain('<html lang="en">');
  expect(page.text).toContain("<h1>Payment receipt</h1>");
  expect(page.text).toContain('href="?lang=tr"');
  const facts = Object.fromEntries(factsIn(page));
  expect(facts).toMatchObject({ Total: "TRY 104.38", Date: "4 March 2026 at 12:00" });
  expect(facts).toMatchObject({ Instalments: "3 × TRY 34.79", Seller: "Örnek A.Ş." });
});

test("a merchant that asks in English has English written to its end users", async () => {
  const asked = await users.asked();
  const user = { ...asked, end_user_mail: "english@shop.example" };
  await world.pay(user, { "accept-language": "en" });
  expect((await postsTo(user)).map(({ body }) => body)).toEqual([
    expect.stringMatching(/^Örnek A\.Ş\.: receipt of your payment of TRY 104\.38 http:/),
    expect.stringMatching(/^Dear Ece Tan,/),
  ]);
});

test("a receipt is kept by no browser, told to no other page, framed nowhere", async () => {
  const { user } = await pay();
  const { headers } = await open(await addressOf(user));
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("x-frame-options")).toBe("DENY");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
});

test("what an end user is called is shown as text", async () => {
  const { user } = await pay({ end_user_name: '<img src=x onerror="alert(1)">', user_id: "x" });
  const { text } = await open(await addressOf(user));
  expect(text).not.toContain("<img");
  expect(text).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt; Tan");
});

test.each([
  ["declined", { cvc: "999" }],
  ["without an end user", { otp_code: undefined }],
])("a payment that is %s writes nothing", async (_what, more) => {
  const { user } = await pay(more);
  expect(await postsTo(user)).toEqual([]);
});

test("a payment in doubt writes its receipt when the bank says yes", async () => {
  await world.bank.fault("reset_after_commit", { op: "sale" });
  const { user, paid } = await pay();
  expect(paid.body).toMatchObject({ code: 10 });
  expect(await postsTo(user)).toEqual([]);
  await world.advance(10_000);
  expect(await postsTo(user)).toHaveLength(2);
  expect((await open(await addressOf(user))).status).toBe(200);
  await world.isSound();
});

test("with 3-D Secure the charge writes it, and asked for again it writes none", async () => {
  const user = { ...(await users.asked()), end_user_mail: "three-d@shop.example" };
  const payer = payerOf(world);
  const { names } = await payer.goThrough(await payer.start(user));
  expect(await postsTo(user)).toEqual([]);
  expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true, is_tds: true });
  expect((await payer.charge(names)).body).toMatchObject({ code: 100 });
  expect(await postsTo(user)).toHaveLength(2);
});

describe("a receipt of a hold", () => {
  test("is written by the capture, for what was drawn", async () => {
    const { user, paid } = await pay({ transaction_type: 3 });
    expect(paid.body).toMatchObject({ is_succeed: true, transaction_type: 3 });
    expect(await postsTo(user)).toEqual([]);
    const half = { xact_id: paid.body["xact_id"], amount: "5219" };
    const captured = await world.post("v1/transaction/capture", half);
    expect(captured.body).toMatchObject({ is_succeed: true, amount: 52.19 });
    expect(await postsTo(user)).toHaveLength(2);
    const facts = Object.fromEntries(factsIn(await open(await addressOf(user))));
    expect(facts).toMatchObject({ Toplam: "52,19 TL", Taksit: "3 × 17,40 TL" });
  });
});

describe("what became of the money since", () => {
  const undo = (paid: Answer, more: object = {}) =>
    world.post("v1/transaction/reversed_request", { xact_id: paid.body["xact_id"], ...more });

  test("is a cancel of the same day", async () => {
    const { user, paid } = await pay();
    expect((await undo(paid)).body).toMatchObject({ code: 0 });
    const page = await open(await addressOf(user));
    expect(page.text).toContain("Bu ödeme iptal edildi; tutarın tamamı geri verildi.");
    expect(page.text).not.toContain("ödemenizi aldı");
    expect(await postsTo(user)).toHaveLength(2);
  });

  test("is a refund of a part, and then of all", async () => {
    const { user, paid } = await pay();
    await world.advance(DAY_MS);
    expect((await undo(paid, { amount: "1000" })).body).toMatchObject({ code: 0 });
    const part = await open(await addressOf(user));
    expect(part.text).toContain("Bu ödemenin bir bölümü iade edildi.");
    expect(Object.fromEntries(factsIn(part))).toMatchObject({ "İade edilen": "10,00 TL" });
    expect((await undo(paid)).body).toMatchObject({ code: 0 });
    const whole = await open(await addressOf(user));
    expect(whole.text).toContain("tutarın tamamı geri verildi");
    expect(Object.fromEntries(factsIn(whole))).toMatchObject({ "İade edilen": "104,38 TL" });
  });
});

describe("a receipt's address", () => {
  test("that nobody was given leads nowhere", async () => {
    const { user, paid } = await pay();
    const address = await addressOf(user);
    const token = address.slice(address.lastIndexOf("/") + 1);
    const attemptId = `att_${String(paid.body["order_id"])}` as const;
    const { merchantId } = world.merchant;
    const otherRing = keyringOf(Buffer.alloc(32, 9).toString("base64"));
    const session = String((await payerOf(world).start()).body["session_id"]);
    const made = [
      token.slice(0, -1),
      `${token}A`,
      token.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      token.replace(/^./, (first) => (first === "A" ? "B" : "A")),
      receiptTokenOf(otherRing, { merchantId, attemptId }),
      session.slice("js_EAAAA".length),
      session,
      "x",
      "%00",
      String(paid.body["order_id"]),
    ];
    for (const each of made) {
      const page = await open(`${world.url}/receipt/${each}`);
      expect([each, page.status]).toEqual([each, 404]);
      expect(page.text).not.toContain("Ece");
    }
    expect((await open(address)).status).toBe(200);
  });

  test("of a payment without an end user, or of a hold, leads nowhere", async () => {
    const { merchantId } = world.merchant;
    for (const paid of [await world.pay(), (await pay({ transaction_type: 3 })).paid]) {
      const attemptId = `att_${String(paid.body["order_id"])}` as const;
      const token = receiptTokenOf(world.deps.ring, { merchantId, attemptId });
      expect((await open(`${world.url}/receipt/${token}`)).status).toBe(404);
    }
  });

  test("stays good while its merchant is blocked", async () => {
    const { user } = await pay();
    const address = await addressOf(user);
    const page = await firmsOf(world).whileBlocked(undefined, () => open(address));
    expect(page.status).toBe(200);
  });

  test("is only read: nothing can be posted to it", async () => {
    const { user } = await pay();
    const reply = await fetch(await addressOf(user), { method: "POST", body: "x" });
    expect(reply.status).toBe(404);
  });
});

test("a mail that cannot be written to any more does not undo the payment", async () => {
  await world.bank.fault("reset_after_commit", { op: "sale" });
  const { user, paid } = await pay();
  await sql`update payments set details = details || '{"end_user_mail": "nobody"}'
    where id = ${`pay_${String(paid.body["order_id"])}`}`.execute(world.db.kysely);
  await world.advance(10_000);
  const { body } = await world.post("v1/transaction/check", { xact_id: paid.body["xact_id"] });
  expect(body["Data"]).toMatchObject([{ is_succeed: true }]);
  expect((await postsTo(user)).map(({ channel }) => channel)).toEqual(["sms"]);
  await world.isSound();
});
