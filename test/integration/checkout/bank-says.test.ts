import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoMerchant } from "../../../src/main/demo.ts";
import { firmsOf } from "../../support/firms.ts";
import { formsOf } from "../../support/forms.ts";
import { payerOf } from "../../support/payer.ts";
import { triesOf } from "../../support/tries.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
let tries: ReturnType<typeof triesOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
  tries = triesOf(world);
});
afterAll(() => world.close());

const BACK = "http://127.0.0.1:9/shop/back";
const NOT_TAKEN = "3D doğrulaması başarısız veya tamamlanmadı; karttan para çekilmedi";
/** What the payer reads, and the bank's words beside it where it said any. */
const refusedPage = /<h1>Kart doğrulanmadı<\/h1>[\s\S]*Karttan para çekilmedi/;
const unprovenPage = /<h1>Bankanın yanıtı doğrulanamadı<\/h1>[\s\S]*Karttan para çekilmedi/;

/** Whatever the bank said was no yes: told to the payer and to the shop, and nobody is charged. */
async function expectRefused(asked: object, says: RegExp) {
  const started = await payer.start({ reference_no: "REF-1" });
  const { names, page, resolved } = await payer.goThrough(started, asked);
  expect(page.status).toBe(200);
  expect(page.text).toMatch(says);
  expect(page.form).toEqual({
    action: BACK,
    fields: {
      ...names,
      ...{ reference_no: "REF-1", code: "16" },
      ...{ message: NOT_TAKEN, paynet_error_message: NOT_TAKEN },
    },
  });
  const charged = await payer.charge(names);
  expect(charged.body).toMatchObject({ code: 16, is_succeed: false, message: NOT_TAKEN });
  expect(await tries.askedOf(names)).toEqual([]);
  return { names, page, resolved };
}

/** A yes that counts: the shop is told so, and one charge is asked of the bank. */
async function expectCharged(asked: object) {
  const started = await payer.start();
  const { names, page } = await payer.goThrough(started, asked);
  expect(page.text).toContain("Doğrulama tamamlandı. Ödemenizi mağaza tamamlayacak.");
  expect(page.form).toMatchObject({ action: BACK, fields: { ...names, code: "0" } });
  expect(page.form?.fields).not.toHaveProperty("paynet_error_message");
  expect(await tries.askedOf(names)).toEqual([]);
  const charged = await payer.charge(names);
  expect(charged.body).toMatchObject({ code: 0, is_succeed: true, is_tds: true });
  expect(await tries.askedOf(names)).toEqual(["sale"]);
  return names;
}

const noPart = /3D Secure’a katılmıyor/;
const notNow = /şu anda doğrulama yapamıyor/;
const whyOf: Readonly<Partial<Record<string, RegExp>>> = {
  ...{ 0: /Kod onaylanmadı/, 2: noPart, 3: noPart, 4: noPart },
  ...{ 5: notNow, 6: notNow, 7: notNow, 8: /kart numarasını tanımıyor/ },
};

describe("the bank's status", () => {
  test("1 lets the shop charge", async () => {
    const names = await expectCharged({ result: "mdStatus", mdStatus: "1" });
    expect(await tries.rowOf(names)).toMatchObject({ level: "full", eci: "05", proof: null });
  });
  test.each(["0", "2", "3", "4", "5", "6", "7", "8", "9"])("%s is a no", async (mdStatus) => {
    const { names, page } = await expectRefused({ result: "mdStatus", mdStatus }, refusedPage);
    // In our own words where the status has a meaning, else in the bank's.
    expect(page.text).toMatch(whyOf[mdStatus] ?? /Bankanın yanıtı: <q lang="">None 3D/);
    expect(await tries.rowOf(names)).toMatchObject({
      ...{ status: "refused", reason: "authentication_failed", bank_code: mdStatus },
    });
  });
});

describe("the holder's act", () => {
  test("approve, with the right code or the page's own, lets the shop charge", async () => {
    await expectCharged({ result: "approve" });
    await expectCharged({ result: "approve", otp: "a" });
  });
  test.each([["reject"], ["cancel"], ["timeout"]])("%s is a no", async (result) => {
    await expectRefused({ result }, refusedPage);
  });
  test("three wrong codes are a no, two are none yet", async () => {
    const started = await payer.start();
    const { session_id, token_id, post_url } = started.body as Record<string, string>;
    const names = { session_id: session_id!, token_id: token_id! };
    const sid = await payer.toBank(post_url!);
    const wrong = { result: "approve", otp: "x" };
    for (let i = 0; i < 2; i += 1) expect((await payer.resolve(sid, wrong)).posts).toEqual([]);
    const page = await payer.comeBack(await payer.resolve(sid, wrong));
    expect(page.text).toMatch(refusedPage);
    expect((await payer.charge(names)).body).toMatchObject({ code: 16 });
    expect(await tries.askedOf(names)).toEqual([]);
  });
  test.each([["leave"], ["close"]])(
    "%s brings nobody back, and nothing happens",
    async (result) => {
      const started = await payer.start();
      const { session_id, token_id, post_url } = started.body as Record<string, string>;
      const resolved = await payer.resolve(await payer.toBank(post_url!), { result });
      expect(resolved.posts).toEqual([]);
      const names = { session_id: session_id!, token_id: token_id! };
      expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
      expect(await tries.askedOf(names)).toEqual([]);
    },
  );
});

describe("a yes that comes back", () => {
  test.each([
    ["wrong_hash"],
    ["no_hash"],
    ["no_mdstatus"],
    ["mdstatus_doubled"],
    ["wrong_amount"],
    ["wrong_order_id"],
    ["wrong_currency"],
    ["other_store"],
  ])("with %s is not believed, and the try stays as it was", async (option) => {
    const asked = { result: "approve", options: [option] };
    const { names } = await expectRefused(asked, unprovenPage);
    expect(await tries.rowOf(names)).toMatchObject({ status: "challenged", returned_at: null });
  });
  test("as 01 is the bank's word, and no yes", async () => {
    await expectRefused({ result: "approve", options: ["mdstatus_01"] }, refusedPage);
  });
  test("after the bank's own no is too late", async () => {
    const started = await payer.start();
    const { session_id, token_id, post_url } = started.body as Record<string, string>;
    const names = { session_id: session_id!, token_id: token_id! };
    const asked = { result: "approve", options: ["reorder_callback"] };
    const { posts } = await payer.resolve(await payer.toBank(post_url!), asked);
    expect(posts).toHaveLength(2);
    for (const post of posts) expect((await payer.sendBack(post)).text).toMatch(refusedPage);
    expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
    expect(await tries.askedOf(names)).toEqual([]);
  });
  test.each([["duplicate_callback"], ["late_callback"], ["get_callback"], ["iso_8859_9"]])(
    "with %s is a yes all the same",
    async (option) => {
      await expectCharged({ result: "approve", options: [option] });
    },
  );
  test("before the bank's own no stays a yes", async () => {
    const started = await payer.start();
    const { session_id, token_id, post_url } = started.body as Record<string, string>;
    const names = { session_id: session_id!, token_id: token_id! };
    const asked = { result: "approve", options: ["reorder_callback"] };
    const { posts } = await payer.resolve(await payer.toBank(post_url!), asked);
    for (const post of posts.toReversed()) {
      expect((await payer.sendBack(post)).form?.fields).toMatchObject({ code: "0" });
    }
    expect((await payer.charge(names)).body).toMatchObject({ code: 0, is_succeed: true });
    expect(await tries.askedOf(names)).toEqual(["sale"]);
  });
});

describe("where only we took part in 3-D Secure", () => {
  const half = ["2", "3", "4"];
  /** The same contracts, which accept it. */
  async function accepting() {
    const { pos } = demoMerchant(world.bank.url);
    const accepts = { pos: pos.map((each) => ({ ...each, acceptsHalfSecure: true })) };
    const { secretKey } = await firmsOf(world).another("10041", accepts);
    const authorization = `Basic ${secretKey}`;
    const post: TestWorld["post"] = (route, body) => world.post(route, body, { authorization });
    return payerOf({ ...world, post });
  }
  test("a contract that accepts it charges, and one that does not never", async () => {
    const them = await accepting();
    for (const mdStatus of ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]) {
      const asked = { result: "mdStatus", mdStatus };
      const { names } = await them.goThrough(await them.start(), asked);
      const isYes = mdStatus === "1" || half.includes(mdStatus);
      const { body } = await them.charge(names);
      expect([mdStatus, body["is_succeed"], body["code"]]).toEqual([
        mdStatus,
        isYes,
        isYes ? 0 : 16,
      ]);
      expect(await tries.askedOf(names)).toEqual(isYes ? ["sale"] : []);
      const level = isYes ? (mdStatus === "1" ? "full" : "half") : null;
      expect(await tries.rowOf(names)).toMatchObject({ level });
    }
  });
  test("a card that takes no part is refused by default, and told so by the bank", async () => {
    const started = await payer.start({ pan: "4090700101174272" });
    const { names, page } = await payer.goThrough(started, { result: "approve" });
    expect(page.text).toMatch(refusedPage);
    expect((await payer.charge(names)).body).toMatchObject({ code: 16 });
    expect(await tries.askedOf(names)).toEqual([]);
  });
});

describe("a form's payer whose bank says", () => {
  const gateOf = (names: { session_id: string; token_id: string }) =>
    `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}&publishable_key=pbk_x`;
  const through = async (tag: object, asked: object) => {
    const names = await formsOf(world).enter(tag, { do_3ds: true });
    const sid = await payer.toBank(gateOf(names));
    return { names, page: await payer.comeBack(await payer.resolve(sid, asked)) };
  };
  test("yes is told to the page that frames ours, and to no other", async () => {
    const { names, page } = await through({}, { result: "approve" });
    const told = new URLSearchParams({ command: "form-post", ...names }).toString();
    expect(page.form).toBeUndefined();
    expect(page.text).toContain(`data-message="${told.replaceAll("&", "&amp;")}"`);
    expect(page.text).toContain('data-origin="https://shop.example"');
    const paid = await formsOf(world).charge(names);
    expect(paid.body).toMatchObject({ is_succeed: true, is_tds: true });
  });
  test("no reads why, and closes the frame", async () => {
    const { names, page } = await through({}, { result: "reject" });
    expect(page.text).toMatch(refusedPage);
    expect(page.text).toContain("command=close-iframe");
    expect(page.text).not.toContain("form-post");
    const refused = await formsOf(world).charge(names);
    expect(refused.body).toMatchObject({ code: 16, is_succeed: false });
  });
  test("yes goes to the tag's own address, where it names one", async () => {
    const { names, page } = await through({ return_url: BACK }, { result: "approve" });
    expect(page.form).toMatchObject({ action: BACK, fields: { ...names, code: "0" } });
  });
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
