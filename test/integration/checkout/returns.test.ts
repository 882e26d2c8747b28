import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ver3Hash } from "../../../src/acquirers/nestpay/hash.rules.ts";
import { comeBack, findTry } from "../../../src/checkout/index.ts";
import { demoMerchant } from "../../../src/main/demo.ts";
import { firmsOf } from "../../support/firms.ts";
import { formsOf } from "../../support/forms.ts";
import { type Names, payerOf } from "../../support/payer.ts";
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

type Fields = Record<string, string>;
const UNPROVEN = "Bankanın yanıtı doğrulanamadı";
const post = (action: string, fields: Fields) => payer.submit({ action, fields });

/** On the bank's page, which has said yes and not sent the payer back. */
async function answered(more: object = {}) {
  const started = await payer.start(more);
  const { session_id, token_id, post_url } = started.body as Record<string, string>;
  const sid = await payer.toBank(post_url!);
  const resolved = await payer.resolve(sid, { result: "approve" });
  const names = { session_id: session_id!, token_id: token_id! };
  return { names, resolved, address: resolved.action!, yes: resolved.fields as Fields };
}
type Answered = Awaited<ReturnType<typeof answered>>;
/** Where the bank would send another payer back to. */
const addressOf = ({ session_id, token_id }: Names, { address, names }: Answered): string =>
  address.replace(names.session_id, session_id).replace(names.token_id, token_id);

/** Signs a return as the bank of the default contract would. */
function signed(fields: Fields): Fields {
  const { HASH: _, ...rest } = fields;
  const [pos] = demoMerchant(world.bank.url).pos;
  return { ...rest, HASH: ver3Hash(rest, pos!.storeKey) };
}

/** Not believed, and no harm done: the bank's true return still counts. */
async function expectForged(change: (yes: Fields) => Fields) {
  const { names, resolved, address, yes } = await answered();
  const page = await post(address, change(yes));
  expect([page.status, page.text.includes(UNPROVEN)]).toEqual([200, true]);
  expect(page.form?.fields).toMatchObject({ ...names, code: "16" });
  expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
  expect(await tries.askedOf(names)).toEqual([]);
  const back = await payer.comeBack(resolved);
  expect(back.form?.fields).toMatchObject({ code: "0" });
  expect((await payer.charge(names)).body).toMatchObject({ code: 0, is_succeed: true });
  expect(await tries.askedOf(names)).toEqual(["sale"]);
}

describe("a return is not believed", () => {
  const other = (text = "") => (text.startsWith("A") ? "B" : "A") + text.slice(1);
  test.each<[string, (yes: Fields) => Fields]>([
    ["without anything in it", () => ({})],
    ["without a hash", ({ HASH: _, ...rest }) => rest],
    ["with an empty hash", (yes) => ({ ...yes, HASH: "" })],
    ["with another hash", (yes) => ({ ...yes, HASH: other(yes["HASH"]) })],
    [
      "that was a no and says yes",
      (yes) => ({ ...yes, HASH: signed({ ...yes, mdStatus: "0", cavv: "", eci: "" })["HASH"]! }),
    ],
    ["with another amount", (yes) => ({ ...yes, amount: "1.00" })],
    ["with another order", (yes) => ({ ...yes, oid: `${yes["oid"]}X` })],
    ["with another currency", (yes) => ({ ...yes, currency: "840" })],
    ["with another status", (yes) => ({ ...yes, mdStatus: "2" })],
    ["without a status", ({ mdStatus: _, ...rest }) => rest],
    ["with 01 as its status", (yes) => ({ ...yes, mdStatus: "01" })],
    ["with a field more", (yes) => ({ ...yes, note: "x" })],
    ["with a second status by another case", (yes) => ({ ...yes, MDSTATUS: "1" })],
    ["with another proof", (yes) => ({ ...yes, cavv: other(yes["cavv"]) })],
    ["signed for another amount", (yes) => signed({ ...yes, amount: "1.00" })],
    ["signed for no amount", (yes) => signed({ ...yes, amount: "0.00" })],
    ["signed for another order", (yes) => signed({ ...yes, oid: `${yes["oid"]}X` })],
    ["signed for another currency", (yes) => signed({ ...yes, currency: "840" })],
    ["signed for another store", (yes) => signed({ ...yes, clientid: "990000002" })],
    ["signed for another address", (yes) => signed({ ...yes, okUrl: "https://evil.example/" })],
    ["signed for other instalments", (yes) => signed({ ...yes, taksit: "3" })],
    ["signed without a status", ({ mdStatus: _, ...rest }) => signed(rest)],
  ])("%s", async (_what, change) => {
    await expectForged(change);
  });
  test("of another session, however true it is", async () => {
    const stranger = await answered();
    await expectForged(() => stranger.yes);
  });
  test("with its status twice, in whatever order", async () => {
    const { names, address: action, yes } = await answered();
    const body = new URLSearchParams(yes).toString();
    for (const twice of [`${body}&mdStatus=1`, `mdStatus=0&${body}`]) {
      const page = await payer.sendBack({ action, method: "POST", body: twice });
      expect(page.text).toContain(UNPROVEN);
    }
    expect((await payer.charge(names)).body).toMatchObject({ code: 16 });
  });
  test("before its page was opened, though it be signed", async () => {
    const sample = await answered();
    const started = await payer.start();
    const { session_id, token_id, post_url } = started.body as Record<string, string>;
    const names = { session_id: session_id!, token_id: token_id! };
    const address = addressOf(names, sample);
    const oid = await tries.orderOf(names);
    const early = signed({ ...sample.yes, oid, okUrl: address, failUrl: address });
    expect((await post(address, early)).text).toContain(UNPROVEN);
    expect((await payer.charge(names)).body).toMatchObject({ code: 16 });
    // The payer's way is as open as before, and afterwards the same post would count.
    await payer.toBank(post_url!);
    expect((await post(address, early)).form?.fields).toMatchObject({ code: "0" });
  });
  test("for a card that goes by no bank's page", async () => {
    const forms = formsOf(world);
    const names = await forms.enter();
    const sample = await answered();
    const address = addressOf(names, sample);
    const oid = await tries.orderOf(names);
    const forged = signed({ ...sample.yes, oid, okUrl: address, failUrl: address });
    const page = await post(address, forged);
    expect(page.text).toContain(UNPROVEN);
    const paid = await forms.charge(names);
    expect(paid.body).toMatchObject({ is_succeed: true, is_tds: false });
  });
});

describe("a true return", () => {
  test("counts once, though it be posted before and after the charge", async () => {
    const { names, resolved } = await answered();
    const pages = [await payer.comeBack(resolved), await payer.comeBack(resolved)];
    const first = await payer.charge(names);
    pages.push(await payer.comeBack(resolved));
    for (const page of pages) expect(page.form).toEqual(pages[0]?.form);
    expect((await payer.charge(names)).body).toEqual({ ...first.body, code: 100 });
    expect(await tries.askedOf(names)).toEqual(["sale"]);
  });
  test("counts, and not the other that was read at the same moment", async () => {
    const { checkout } = world.deps;
    const { names, address, yes } = await answered();
    const lang = new URL(address).pathname.split("/").at(-1);
    const posted = (fields: Fields) => ({
      bytes: Buffer.from(new URLSearchParams(fields).toString()),
      lang,
    });
    const no = signed({ ...yes, mdStatus: "0", cavv: "", eci: "" });
    const read = () => findTry(checkout, names.session_id, names.token_id);
    const [quick, slow] = [await read(), await read()];
    expect((await comeBack(checkout, quick, posted(yes))).kind).toBe("authenticated");
    expect((await comeBack(checkout, slow, posted(no))).kind).toBe("authenticated");
    expect(await tries.rowOf(names)).toMatchObject({ status: "authenticated", level: "full" });
  });
  test("counts once, though twenty come at once, a no among them", async () => {
    const { names, resolved, address, yes } = await answered();
    const no = signed({ ...yes, mdStatus: "0", cavv: "", eci: "" });
    const many = Array.from({ length: 20 }, (_, i) =>
      i % 4 === 3 ? post(address, no) : payer.comeBack(resolved),
    );
    const pages = await Promise.all(many);
    const told = new Set(pages.map((page) => page.form?.fields["code"]));
    expect([...told]).toHaveLength(1);
    const isYes = told.has("0");
    const { body } = await payer.charge(names);
    expect([body["is_succeed"], body["code"]]).toEqual(isYes ? [true, 0] : [false, 16]);
    expect(await tries.askedOf(names)).toEqual(isYes ? ["sale"] : []);
  });
  test("comes by GET too, and a look at its address by HEAD is none", async () => {
    const { names, address, yes } = await answered();
    const whole = `${address}?${new URLSearchParams(yes)}`;
    expect((await fetch(whole, { method: "HEAD" })).status).toBe(404);
    expect(await tries.rowOf(names)).toMatchObject({ status: "challenged" });
    expect((await payer.get(whole)).form?.fields).toMatchObject({ ...names, code: "0" });
    expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true });
  });
  test("after a no of the bank's changes nothing", async () => {
    const { names, resolved, address, yes } = await answered();
    const no = signed({ ...yes, mdStatus: "0", cavv: "", eci: "" });
    for (const page of [await post(address, no), await payer.comeBack(resolved)]) {
      expect(page.text).toContain("Kart doğrulanmadı");
      expect(page.form?.fields).toMatchObject({ code: "16" });
    }
    expect((await payer.charge(names)).body).toMatchObject({ code: 16 });
    expect(await tries.askedOf(names)).toEqual([]);
  });
  test("after the session's time is too late, and the shop hears code 13", async () => {
    const { names, resolved } = await answered();
    world.clock.advance(20 * 60_000);
    const page = await payer.comeBack(resolved);
    expect(page.text).toContain("Bankanızdan dönüş çok geç geldi. Karttan para çekilmedi");
    expect(page.form?.fields).toMatchObject({ ...names, code: "13" });
    expect((await payer.charge(names)).body).toMatchObject({ code: 13, is_succeed: false });
    expect(await tries.askedOf(names)).toEqual([]);
  });
  test("may be told again after that time, and the charge that was made too", async () => {
    const { names, resolved } = await answered();
    await payer.comeBack(resolved);
    const first = await payer.charge(names);
    world.clock.advance(20 * 60_000);
    expect((await payer.comeBack(resolved)).form?.fields).toMatchObject({ code: "0" });
    expect((await payer.charge(names)).body).toEqual({ ...first.body, code: 100 });
  });
});

test.each<[string, (names: Names, other: Names) => Names]>([
  ["another session's token", (names, other) => ({ ...names, token_id: other.token_id })],
  ["no session", (names) => ({ ...names, session_id: "js_EAAAAnothing" })],
  ["no token", (names) => ({ ...names, token_id: "%00" })],
])("an address with %s is a page that says so", async (_what, change) => {
  const [one, other] = [await answered(), await answered()];
  const page = await post(addressOf(change(one.names, other.names), one), one.yes);
  expect(page.status).toBe(404);
  expect(page.text).toContain("<h1>Ödeme oturumu bulunamadı</h1>");
  // What became of the money is not known of a session that is not.
  expect(page.text).not.toContain("para çekilmedi");
});

test("more than any bank posts is a page too, and no charge", async () => {
  const { names, address, yes } = await answered();
  const page = await post(address, { ...yes, x: "x".repeat(40_000) });
  expect(page.text).toContain(UNPROVEN);
  const huge = await post(address, { ...yes, x: "x".repeat(70_000) });
  expect(huge.status).toBe(413);
  expect(huge.text).toContain("<h1>Bir sorun oluştu</h1>");
  expect((await payer.charge(names)).body).toMatchObject({ code: 16 });
});

test("a firm that is blocked meanwhile takes no return and no charge", async () => {
  const { names, resolved } = await answered();
  const firms = firmsOf(world);
  const page = await firms.whileBlocked(undefined, () => payer.comeBack(resolved));
  expect(page.status).toBe(403);
  expect(page.text).toContain("<h1>Bu satıcı şu anda ödeme alamıyor</h1>");
  expect(await tries.rowOf(names)).toMatchObject({ status: "challenged" });
  expect(await tries.askedOf(names)).toEqual([]);
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
