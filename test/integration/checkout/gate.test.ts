import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findTry, goToBank } from "../../../src/checkout/index.ts";
import { Secret } from "../../../src/lib/secret.ts";
import { restarted } from "../../faults/mortal.ts";
import { formsOf } from "../../support/forms.ts";
import { type Names, payerOf } from "../../support/payer.ts";
import { triesOf } from "../../support/tries.ts";
import { type Answer, createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
let tries: ReturnType<typeof triesOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
  tries = triesOf(world);
});
afterAll(() => world.close());

const GIVEN_OUT = "Bu sayfa daha önce açıldı";
const ASKED_AGAIN = "Güvenlik kodunu yeniden girin";
const namesOf = ({ body }: Answer): Names => ({
  session_id: String(body["session_id"]),
  token_id: String(body["token_id"]),
});
const gateOf = (url: string, names: Names) =>
  `${url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`;
const toBank = (text: string) => text.includes(`action="${world.bank.url}/akbank-est`);

describe("the way to the bank", () => {
  test("is a page of ours that nobody keeps, and any page may frame", async () => {
    const { body } = await payer.start();
    const page = await payer.get(String(body["post_url"]));
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none';.*frame-ancestors \*$/);
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    const scripts = page.text.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts).toHaveLength(1);
    expect(scripts[0]).toContain(`nonce="${nonce}"`);
    expect(policy).not.toMatch(/unsafe|data:/);
    const again = await payer.get(String(body["post_url"]));
    expect(again.headers.get("content-security-policy")).not.toContain(nonce);
  });
  test("speaks the payer's language, and so does the bank", async () => {
    for (const [headers, lang, words] of [
      [{ "accept-language": "en-GB" }, "en", "Taking you to your bank"],
      [{ "accept-language": "de" }, "tr", "Bankanıza yönlendiriliyorsunuz"],
    ] as const) {
      const { body } = await payer.start();
      const text = await (await fetch(String(body["post_url"]), { headers })).text();
      expect(text).toContain(`<html lang="${lang}">`);
      expect(text).toContain(`<h1>${words}</h1>`);
      expect(text).toContain(`name="lang" value="${lang}"`);
    }
    const { body } = await payer.start();
    const page = await payer.get(`${String(body["post_url"])}&lang=en`);
    expect(page.form?.fields).toMatchObject({ lang: "en" });
  });
  test("holds the card, so it is given out once, however fast it is asked for", async () => {
    const { body } = await payer.start();
    const many = Array.from({ length: 20 }, () => payer.get(String(body["post_url"])));
    const pages = await Promise.all(many);
    expect(pages.filter(({ text }) => toBank(text))).toHaveLength(1);
    for (const page of pages.filter(({ text }) => !toBank(text))) {
      expect(page.text).toContain(GIVEN_OUT);
      expect(page.text).not.toContain("4355084355084358");
    }
  });
  test("is gone for who was slower by a moment, with or without the code", async () => {
    const { checkout } = world.deps;
    const names = namesOf(await payer.start());
    const read = () => findTry(checkout, names.session_id, names.token_id);
    const [quick, slow, typing] = [await read(), await read(), await read()];
    expect(await goToBank(checkout, quick, { locale: "tr" })).toMatchObject({ kind: "form" });
    const tooLate = { kind: "given_out" };
    expect(await goToBank(checkout, slow, { locale: "tr" })).toEqual(tooLate);
    const cvv = new Secret("000");
    expect(await goToBank(checkout, typing, { locale: "tr", cvv })).toEqual(tooLate);
  });
  test("is not used up by a look at its address, by HEAD or by OPTIONS", async () => {
    const { body } = await payer.start();
    for (const method of ["HEAD", "OPTIONS"]) {
      expect((await fetch(String(body["post_url"]), { method })).status).toBe(404);
    }
    expect(await payer.toBank(String(body["post_url"]))).toMatch(/^\w{32}$/);
  });
  test("is found by the first of names that stand twice in the address", async () => {
    const started = await payer.start();
    const url = `${String(started.body["post_url"])}&session_id=js_x&token_id=x&lang=en&lang=tr`;
    const page = await payer.get(url);
    expect([page.status, page.form?.fields["lang"]]).toEqual([200, "en"]);
  });
  test.each<[string, (names: Names, other: Names) => Names]>([
    ["another session's token", (names, other) => ({ ...names, token_id: other.token_id })],
    ["a session that is not", (names) => ({ ...names, session_id: "js_EAAAAnothing" })],
    ["neither name", () => ({ session_id: "", token_id: "" })],
  ])("with %s leads to a page that says so", async (_what, change) => {
    const [names, other] = [namesOf(await payer.start()), namesOf(await payer.start())];
    const page = await payer.get(gateOf(world.url, change(names, other)));
    expect(page.status).toBe(404);
    expect(page.text).toContain("<h1>Ödeme oturumu bulunamadı</h1>");
    expect(page.text).not.toContain("para çekilmedi");
  });
  test("ends with the session's time", async () => {
    const names = namesOf(await payer.start());
    world.clock.advance(20 * 60_000);
    const page = await payer.get(gateOf(world.url, names));
    expect([page.status, toBank(page.text)]).toEqual([404, false]);
    expect(await tries.rowOf(names)).toMatchObject({ opened_at: null });
  });
});

describe("who opens it again", () => {
  const OVER = "Burada yapılacak bir şey kalmadı";
  test("on the bank's page is told to go on there, and that nothing was taken", async () => {
    const started = await payer.start();
    await payer.toBank(String(started.body["post_url"]));
    const page = await payer.get(String(started.body["post_url"]));
    expect(page.text).toContain(GIVEN_OUT);
    expect(page.text).toContain("Karttan para çekilmedi");
  });
  test("after a no is told that nothing was taken", async () => {
    const started = await payer.start();
    await payer.goThrough(started, { result: "reject" });
    const page = await payer.get(String(started.body["post_url"]));
    expect(page.text).toContain("Karttan para çekilmedi");
  });
  test("after a yes is not told so, before the charge, after it and after all time", async () => {
    const started = await payer.start();
    const url = String(started.body["post_url"]);
    const { names } = await payer.goThrough(started);
    const texts = [(await payer.get(url)).text];
    await payer.charge(names);
    texts.push((await payer.get(url)).text);
    world.clock.advance(60 * 60_000);
    texts.push((await payer.get(url)).text);
    for (const text of texts) {
      expect(text).toContain(OVER);
      expect(text).not.toContain("para çekilmedi");
    }
  });
  test("of a try beside the one that was charged is not told so either", async () => {
    const forms = formsOf(world);
    const first = await forms.enter({}, { do_3ds: true });
    const { body } = await forms.createToken(first.session_id);
    await forms.charge({ ...first, token_id: String(body["token_id"]) });
    const page = await payer.get(gateOf(world.url, first));
    expect([page.text.includes(OVER), toBank(page.text)]).toEqual([true, false]);
  });
});

describe("a process that was started since the card was entered", () => {
  const born = async <T>(run: (url: string) => Promise<T>): Promise<T> => {
    const process = await restarted(world);
    try {
      return await run(await process.listen());
    } finally {
      await process.close();
    }
  };
  test("asks for the code again, and with it the payment is made", async () => {
    const names = namesOf(await payer.start());
    const sid = await born(async (url) => {
      const asked = await payer.get(gateOf(url, names));
      expect([asked.status, toBank(asked.text)]).toEqual([200, false]);
      expect(asked.text).toContain(ASKED_AGAIN);
      expect(asked.text).toContain("435508******4358");
      expect(asked.form?.action).toMatch(/^\/v1\/paynetjgate\/tds\b/);
      expect(asked.form?.fields).toEqual(names);
      for (const cvc of ["", "1", "12345", "abc", "1 2"]) {
        const action = `${url}/v1/paynetjgate/tds`;
        const wrong = await payer.submit({ action, fields: { ...names, cvc } });
        expect([wrong.text.includes(ASKED_AGAIN), toBank(wrong.text)]).toEqual([true, false]);
        expect(wrong.text).toContain("Güvenlik kodu 3 veya 4 rakam olmalıdır.");
      }
      expect(await tries.rowOf(names)).toMatchObject({ opened_at: null });
      return payer.toBank(gateOf(url, names), { cvc: "000" });
    });
    const page = await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
    expect(page.form?.fields).toMatchObject({ ...names, code: "0" });
    expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true });
    expect(await tries.askedOf(names)).toEqual(["sale"]);
  });
  test("takes the code as the bank will see it: a wrong one is the bank's to refuse", async () => {
    const names = namesOf(await payer.start());
    const sid = await born((url) => payer.toBank(gateOf(url, names), { cvc: "999" }));
    await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
    const { body } = await payer.charge(names);
    expect(body).toMatchObject({ code: 0, is_succeed: false, bank_error_id: "82" });
  });
  test("asks nobody who pays with a stored card", async () => {
    const save = { save_card: true, card_desc: "ana", user_unique_id: "u-1" };
    const { card_hash } = (await world.pay(save)).body;
    const none = { pan: "", month: "", year: "", cvc: "", card_holder: "" };
    const names = namesOf(await payer.start({ ...none, card_hash }));
    const sid = await born((url) => payer.toBank(gateOf(url, names)));
    await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
    expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true });
  });
  test("charges no card whose code is gone: the payer enters it again", async () => {
    const forms = formsOf(world);
    const names = await forms.enter();
    const process = await restarted(world);
    const gone = await process.post("v1/transaction/charge", names);
    expect(gone.body).toMatchObject({ code: 13, is_succeed: false });
    await process.close();
    expect(await tries.askedOf(names)).toEqual([]);
    // It was not used up by the try: the process that knows the code still charges it.
    expect((await forms.charge(names)).body).toMatchObject({ code: 0, is_succeed: true });
  });
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
