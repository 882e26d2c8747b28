import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardsOf } from "../../support/cards.ts";
import { lastCode, otherCode } from "../../support/codes.ts";
import { firmsOf } from "../../support/firms.ts";
import { type Answer, createWorld, type TestWorld } from "../../support/world.ts";

const PHONE = "5321112233";
const NEEDED = "Kart saklamak için önce SMS ile gönderilen kod doğrulanmalıdır";
const MINUTE_MS = 60_000;

let strict: TestWorld;
let easy: TestWorld;
beforeAll(async () => {
  strict = await createWorld({ merchant: { needsCardCode: true } });
  easy = await createWorld();
});
afterAll(async () => {
  await strict.close();
  await easy.close();
});

let made = 0;
/** A session with a code that was just sent, and a customer of its own. */
async function asked(world: TestWorld) {
  made += 1;
  const otp_session_id = `s-${made}`;
  const user_gsm = `53211${String(made).padStart(5, "0")}`;
  await world.post("v1/card/send_otp", { user_gsm, otp_session_id });
  const otp_code = await lastCode(world, user_gsm);
  const all = { user_gsm, otp_session_id, otp_code };
  const save = (more: object = {}): Promise<Answer> =>
    cardsOf(world).save({ user_unique_id: `u-${made}`, ...all, ...more });
  const check = (more: object = {}) => world.post("v1/card/check_otp", { ...all, ...more });
  return { ...all, save, check };
}
const cardsIn = async (world: TestWorld): Promise<number> =>
  (await world.db.kysely.selectFrom("cards").select("id").execute()).length;

async function refused(world: TestWorld, save: () => Promise<Answer>, message: string | RegExp) {
  const before = await cardsIn(world);
  const answer = await save();
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ code: 1, object_name: "card_save" });
  expect(answer.body["message"]).toMatch(message);
  expect(await cardsIn(world)).toBe(before);
}

describe("a merchant whose cards need a code", () => {
  test("stores none without one, and does not ask the bank", async () => {
    await refused(strict, () => cardsOf(strict).save({ cvv: "000" }), NEEDED);
    expect(await strict.bank.orders()).toEqual([]);
  });

  test("stores a card whose code was checked before, by its session alone", async () => {
    const { save, check } = await asked(strict);
    expect((await check()).body).toMatchObject({ code: 0 });
    const bySession = { otp_code: undefined, user_gsm: undefined };
    expect((await save(bySession)).body).toMatchObject({ code: 0, object_name: "card_save" });
  });

  test("stores a card whose code comes along and was never checked", async () => {
    const { save, otp_code, user_gsm } = await asked(strict);
    const saved = await save({ otp_code: otp_code.toLowerCase(), user_gsm: `0${user_gsm}` });
    expect(saved.body).toMatchObject({ code: 0 });
  });

  test("takes a code for one card", async () => {
    const { save } = await asked(strict);
    expect((await save()).body).toMatchObject({ code: 0 });
    const again = () => save({ card_number: "4355084355084358" });
    await refused(strict, again, "Kodun süresi doldu; yeni bir kod isteyin");
    const bySession = { otp_code: undefined, user_gsm: undefined };
    await refused(strict, () => save(bySession), NEEDED);
  });

  test("takes it for one card of twenty that come at once", async () => {
    const { save } = await asked(strict);
    const before = await cardsIn(strict);
    const customers = Array.from({ length: 20 }, (_, i) => ({ user_unique_id: `twenty-${i}` }));
    const answers = await Promise.all(customers.map((each) => save(each)));
    expect(answers.filter(({ body }) => body["code"] === 0)).toHaveLength(1);
    expect(answers.filter(({ body }) => body["code"] === 1)).toHaveLength(19);
    expect(await cardsIn(strict)).toBe(before + 1);
  });

  test.each([
    ["no session", { otp_session_id: undefined }, NEEDED],
    ["a session without a code", { otp_session_id: "nobody's" }, NEEDED],
    ["no code", { otp_code: undefined }, NEEDED],
    ["no phone", { user_gsm: undefined }, NEEDED],
    ["another phone", { user_gsm: "5339998877" }, /^Kod hatalı; 2 deneme hakkı kaldı/],
  ])("stores none with %s", async (_what, more, message) => {
    const { save } = await asked(strict);
    await refused(strict, () => save(more), message);
    expect((await save()).body).toMatchObject({ code: 0 });
  });

  test("stores none with a code that was proved for another phone", async () => {
    const { save, check } = await asked(strict);
    await check();
    const other = { user_gsm: "5339998877" };
    await refused(strict, () => save({ ...other, otp_code: undefined }), NEEDED);
    await refused(strict, () => save(other), /^Kod hatalı/);
  });

  test("voids a session after three wrong codes", async () => {
    const { save, otp_code } = await asked(strict);
    const wrong = { otp_code: otherCode(otp_code) };
    for (const message of [/2 deneme/, /1 deneme/, /^Kod hatalı; yeni bir kod isteyin/]) {
      await refused(strict, () => save(wrong), message);
    }
    await refused(strict, save, /^Kod hatalı; yeni bir kod isteyin/);
  });

  test("takes a checked code for half an hour, an unchecked one for three minutes", async () => {
    const late = await asked(strict);
    strict.clock.advance(3 * MINUTE_MS);
    await refused(strict, late.save, /^Kodun süresi doldu/);
    const proved = await asked(strict);
    await proved.check();
    strict.clock.advance(29 * MINUTE_MS);
    expect((await proved.save()).body).toMatchObject({ code: 0 });
    const over = await asked(strict);
    await over.check();
    strict.clock.advance(30 * MINUTE_MS);
    await refused(strict, over.save, /^Kodun süresi doldu/);
  });

  test("keeps the code for the next card when the bank refuses this one", async () => {
    const { save } = await asked(strict);
    await refused(strict, () => save({ cvv: "999" }), /^Kart banka tarafından doğrulanmadı/);
    expect((await save({ cvv: "000" })).body).toMatchObject({ code: 0 });
  });

  test("stores none beside a payment, which is paid all the same", async () => {
    const wish = { save_card: true, card_desc: "ana", user_unique_id: "u-beside" };
    const before = await cardsIn(strict);
    const { body } = await strict.pay(wish);
    expect(body).toMatchObject({ is_succeed: true, is_save_card_succeed: false, card_hash: "" });
    expect(body["save_card_result_message"]).toBe(NEEDED);
    expect(await cardsIn(strict)).toBe(before);
  });
});

test("another firm's code stores nothing here", async () => {
  const { save, check, otp_session_id, user_gsm } = await asked(strict);
  await check();
  const other = await firmsOf(strict).another("10002", { needsCardCode: true });
  const key = { authorization: `Basic ${other.secretKey}` };
  const theirs = await cardsOf(strict).save({ otp_session_id, user_gsm }, key);
  expect(theirs.body).toMatchObject({ code: 1, message: NEEDED });
  expect((await save()).body).toMatchObject({ code: 0 });
});

describe("a merchant whose cards need no code", () => {
  test("still looks at one that was sent: a wrong one stores nothing", async () => {
    const { save, otp_code } = await asked(easy);
    await refused(easy, () => save({ otp_code: otherCode(otp_code) }), /^Kod hatalı; 2 deneme/);
    expect((await save()).body).toMatchObject({ code: 0 });
    await refused(easy, save, /^Kodun süresi doldu/);
  });

  test.each([
    ["a session in which no code was ever sent", { otp_code: "0000", otp_session_id: "filled" }],
    ["a code without a session", { otp_code: "0000" }],
    ["a session alone", { otp_session_id: "filled" }],
    ["a phone alone", { user_gsm: PHONE }],
  ])("stores a card with %s, as some clients send by habit", async (_what, more) => {
    const saved = await cardsOf(easy).save({ user_gsm: PHONE, ...more });
    expect(saved.body).toMatchObject({ code: 0 });
  });
});
