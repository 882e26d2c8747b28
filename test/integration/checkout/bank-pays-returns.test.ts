import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectSound, liveCharges } from "../../faults/hands.ts";
import { bankPaysIn, MINUTE_MS } from "../../support/bank-pays.ts";
import { formsOf } from "../../support/forms.ts";
import { runJobs } from "../../support/jobs.ts";
import type { Names, Resolved } from "../../support/payer.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const ALWAYS = 1_000;
let world: TestWorld;
let bank: ReturnType<typeof bankPaysIn>;
beforeAll(async () => {
  world = await createWorld();
  bank = bankPaysIn(world);
  await bank.change({ threeDModel: "3d_pay" });
});
beforeEach(() => world.bank.clearFaults());
afterAll(() => world.close());

type Fields = Record<string, string>;
type Post = Resolved["posts"][number];
const paid = { code: 0, is_succeed: true };
const chargesOf = async (names: Names) => {
  const { payment_id } = await bank.tries.rowOf(names);
  const rows = await world.db.kysely
    .selectFrom("payment_attempts")
    .select(["kind", "status"])
    .where("payment_id", "=", payment_id)
    .execute();
  return rows.map(({ kind, status }) => `${kind} ${status}`);
};

describe("a return that the bank made", () => {
  test("counts once, though twenty come at once and more after the charge was told", async () => {
    const { names, resolved } = await bank.ended();
    const pages = await Promise.all(
      Array.from({ length: 20 }, () => bank.payer.comeBack(resolved)),
    );
    expect(new Set(pages.map((page) => page.form?.fields["code"]))).toEqual(new Set(["0"]));
    const first = await bank.payer.charge(names);
    expect(first.body).toMatchObject(paid);
    expect((await bank.payer.comeBack(resolved)).form?.fields).toMatchObject({ code: "0" });
    expect((await bank.payer.charge(names)).body).toEqual({ ...first.body, code: 100 });
    expect(await chargesOf(names)).toEqual(["sale approved"]);
  });
  test("as a no and as a yes leaves no money that is not told of", async () => {
    const bothWays = async (turn: (posts: readonly Post[]) => readonly Post[]) => {
      const asked = { result: "approve", options: ["reorder_callback"] };
      const { names, resolved } = await bank.ended(asked);
      expect(resolved.posts).toHaveLength(2);
      for (const post of turn(resolved.posts)) await bank.payer.sendBack(post);
      const { body } = await bank.payer.charge(names);
      return [body["is_succeed"], body["code"], await bank.standing(names)];
    };
    // What the bank signed first of the holder counts; what it took against that is back.
    expect(await bothWays((posts) => posts)).toEqual([false, 16, 0]);
    expect(await bothWays((posts) => posts.toReversed())).toEqual([true, 0, 1]);
  });
  test.each(["duplicate_callback", "late_callback", "get_callback", "iso_8859_9"])(
    "with %s is believed",
    async (option) => {
      const { names, page } = await bank.through({ result: "approve", options: [option] });
      expect(page.form?.fields).toMatchObject({ code: "0" });
      expect((await bank.payer.charge(names)).body).toMatchObject(paid);
    },
  );
  test("after the session's time is settled too, and the money goes back", async () => {
    const { names, resolved } = await bank.ended();
    world.clock.advance(40 * MINUTE_MS);
    const page = await bank.payer.comeBack(resolved);
    expect(page.form?.fields).toMatchObject({ code: "0" });
    expect(await chargesOf(names)).toEqual(["sale approved"]);
    await bank.giveBack();
    expect(await bank.standing(names)).toBe(0);
    const late = await bank.payer.comeBack(resolved);
    expect(late.text).toContain("<h1>Ödeme geri veriliyor</h1>");
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 13 });
  });
  test("whose provision is in doubt waits for the bank's own word", async () => {
    const { names, resolved } = await bank.ended();
    await world.bank.fault("system_error", { op: "inquire" }, {}, ALWAYS);
    const torn = bank.signed({ ...resolved.fields, TransId: "" });
    const page = await bank.sendBack(resolved, torn);
    expect(page.text).toContain("<h1>Ödemenin sonucu bekleniyor</h1>");
    expect(page.form?.fields).toMatchObject({ ...names, code: "10" });
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 10, is_succeed: false });
    await world.bank.clearFaults();
    expect((await bank.payer.charge(names)).body).toMatchObject(paid);
  });
  test("as a no is not believed while the bank cannot be asked", async () => {
    const { names, resolved } = await bank.ended({ result: "reject" });
    await world.bank.fault("system_error", { op: "inquire" }, {}, ALWAYS);
    await bank.payer.comeBack(resolved);
    expect((await chargesOf(names))[0]).toBe("sale doubtful");
    await world.bank.clearFaults();
    await bank.pass(15_000);
    for (let i = 0; i < 8; i += 1) await bank.pass(5 * MINUTE_MS);
    expect(await chargesOf(names)).toEqual(["sale declined"]);
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 16 });
  });
});

describe("a return that the bank need not have made", () => {
  const other = (text = "") => (text.startsWith("A") ? "B" : "A") + text.slice(1);
  test.each<[string, (yes: Fields) => Fields]>([
    ["without a hash", ({ HASH: _, ...rest }) => rest],
    ["with another hash", (yes) => ({ ...yes, HASH: other(yes["HASH"]) })],
    ["that says no", (yes) => ({ ...yes, Response: "Declined", ProcReturnCode: "51" })],
    ["of another amount, though signed", (yes) => bank.signed({ ...yes, amount: "1.00" })],
    ["of the other model, though signed", (yes) => bank.signed({ ...yes, storetype: "3d" })],
    ["with nothing in it", () => ({})],
  ])("%s changes nothing and has the bank asked", async (_, change) => {
    const { names, resolved } = await bank.ended();
    world.clock.advance(5_000);
    const page = await bank.sendBack(resolved, change(resolved.fields));
    expect(page.form?.fields).toMatchObject({ code: "0" });
    expect(await bank.tries.askedOf(names)).toEqual(["inquire"]);
    expect((await bank.payer.charge(names)).body).toMatchObject(paid);
    expect(await bank.standing(names)).toBe(1);
  });
  test("says yes before the payer has paid: nobody is told so", async () => {
    const { names, resolved } = await bank.ended();
    const begun = await bank.toPage();
    const { session_id, token_id } = begun.names;
    const url = `${world.url}/v1/paynetjgate/return/${session_id}/${token_id}`;
    world.clock.advance(5_000);
    for (let i = 0; i < 12; i += 1) {
      const page = await bank.payer.submit({
        action: `${url}/tr`,
        fields: resolved.fields as Fields,
      });
      expect(page.form?.fields).toMatchObject({ code: "10" });
      expect((await bank.payer.charge(begun.names)).body).toMatchObject({ code: 10 });
      await bank.pass(MINUTE_MS);
    }
    // Asked for twelve minutes, the bank knew of nothing; the payer pays all the same.
    expect(await chargesOf(begun.names)).toEqual(["sale doubtful"]);
    await bank.payer.comeBack(resolved);
    expect((await bank.payer.charge(names)).body).toMatchObject(paid);
  });
});

describe("a payer who sends the form of the bank's page again", () => {
  /** The payer's browser still has the page that leads to the bank. */
  async function twice(first: object, more: object = {}) {
    const started = await bank.payer.start(more);
    const { session_id, token_id, post_url } = started.body as Names & { post_url: string };
    const gate = await bank.payer.get(post_url);
    const enter = async (asked: object) => {
      const shown = await bank.payer.submit(gate.form!);
      const sid = /\/acs\/([\w-]+)/.exec(shown.url + shown.text)?.[1] ?? "";
      const resolved = await bank.payer.resolve(sid, asked);
      const page = resolved.posts.length > 0 && (await bank.payer.comeBack(resolved));
      return page || undefined;
    };
    const names: Names = { session_id, token_id };
    await enter(first);
    return { names, again: () => enter({ result: "approve" }) };
  }
  test.each([
    ["nobody was vouched for", { result: "reject" }],
    ["the issuer said no", { result: "approve", issuerCode: "51" }],
  ])("after %s gets back what the bank took then", async (_, first) => {
    const { names, again } = await twice(first);
    const order = await bank.tries.orderOf(names);
    expect((await again())?.text).toContain("<h1>Ödeme geri veriliyor</h1>");
    expect(await liveCharges(world, order)).toBe(0);
    expect((await bank.payer.charge(names)).body).toMatchObject({ is_succeed: false });
    await runJobs(world);
    await expectSound(world);
  });
  test("and whose money cannot go back at once gets it back by the queue", async () => {
    const { names, again } = await twice({ result: "reject" });
    const order = await bank.tries.orderOf(names);
    await world.bank.fault("system_error", { op: "void" }, {}, 1);
    await again();
    expect(await liveCharges(world, order)).toBe(1);
    await runJobs(world);
    expect(await liveCharges(world, order)).toBe(0);
  });
  test("when nobody waits any more gets back what the bank took then", async () => {
    const { names, again } = await twice({ result: "leave" });
    for (let i = 0; i < 12; i += 1) await bank.pass(5 * MINUTE_MS);
    expect(await chargesOf(names)).toEqual(["sale declined"]);
    expect((await again())?.text).toContain("<h1>Ödeme geri veriliyor</h1>");
    expect(await bank.standing(names)).toBe(0);
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 17 });
  });
});

describe("a form's payer", () => {
  const forms = () => formsOf(world);
  const gateOf = (names: Names) =>
    `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}&publishable_key=pbk_x`;
  const through = async (names: Names, asked: object) => {
    const sid = await bank.payer.toBank(gateOf(names));
    return bank.payer.comeBack(await bank.payer.resolve(sid, asked));
  };
  test("is charged under the reference that the shop gives at the end", async () => {
    const names = await forms().enter({}, { do_3ds: true });
    await through(names, { result: "approve" });
    const reference_no = world.reference();
    const { body } = await forms().charge(names, { reference_no });
    expect(body).toMatchObject({ ...paid, reference_no });
    const found = await world.post("v1/transaction/check", { reference_no });
    expect(found.body["Data"]).toHaveLength(1);
    expect((await world.pay({ reference_no })).body).toMatchObject({ code: 5 });
  });
  test("is not charged under one that is taken, and gets the money back", async () => {
    const reference_no = world.reference();
    await world.pay({ reference_no });
    const names = await forms().enter({}, { do_3ds: true });
    await through(names, { result: "approve" });
    expect((await forms().charge(names, { reference_no })).body).toMatchObject({ code: 5 });
    await bank.pass(21 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(0);
  });
  test("who was not vouched for may try another card in the same session", async () => {
    const session_id = await forms().open();
    const token = async () => {
      const { body } = await forms().createToken(session_id, { do_3ds: true });
      return { session_id, token_id: String(body["token_id"]) };
    };
    const first = await token();
    expect((await through(first, { result: "reject" })).text).toContain("Kart doğrulanmadı");
    const second = await token();
    await through(second, { result: "approve" });
    expect((await forms().charge(second)).body).toMatchObject(paid);
    expect((await forms().charge(first)).body).toMatchObject({ code: 16 });
  });
  test("who is at the bank's page tries no other card meanwhile", async () => {
    const session_id = await forms().open();
    const [{ body: one }, { body: two }] = [
      await forms().createToken(session_id, { do_3ds: true }),
      await forms().createToken(session_id, { do_3ds: true }),
    ];
    const [first, second] = [one, two].map((body) => ({
      session_id,
      token_id: String(body["token_id"]),
    }));
    await bank.payer.toBank(gateOf(first!));
    const page = await bank.payer.get(gateOf(second!));
    expect(page.form).toBeUndefined();
    expect((await forms().createToken(session_id)).body).toMatchObject({ result_code: 17 });
  });
});

test("after all of this the books balance and the bank agrees", async () => {
  for (let i = 0; i < 12; i += 1) await bank.pass(10 * MINUTE_MS);
  await runJobs(world);
  await expectSound(world);
});
