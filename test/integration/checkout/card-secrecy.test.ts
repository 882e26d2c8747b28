import { afterAll, beforeAll, expect, test } from "vitest";
import { cardsOf, type Stored, typedCard } from "../../support/cards.ts";
import { lastCode, messagesOf } from "../../support/codes.ts";
import { asOwner } from "../../support/database.ts";
import { endUsersOf } from "../../support/end-users.ts";
import { leaksIn, leaksInDatabase } from "../../support/leaks.ts";
import { payerOf } from "../../support/payer.ts";
import { type Answer, createWorld, type TestWorld } from "../../support/world.ts";

const PAN = typedCard.card_number;
const CVV = "731";
const PHONE = "5321112233";
const IDENTITY = "10000000146";
const grouped = PAN.match(/.{4}/g)!.join(" ");

let world: TestWorld;
let named: Stored;
/** Codes that were sent to phones. */
const codes: string[] = [];
/** What callers were told, with the headers. */
const told: string[] = [];

function hear(answer: Answer): Answer {
  told.push(JSON.stringify([answer.status, [...answer.headers], answer.body]));
  return answer;
}
const post = async (route: string, body: object, headers = {}) =>
  hear(await world.post(route, body, headers));
const save = async (more: object = {}) =>
  hear(await cardsOf(world).save({ user_unique_id: "u-1", ...more }));

async function cardsAndCodes(): Promise<void> {
  const otp = { user_gsm: PHONE, otp_session_id: "s-1" };
  await post("v1/card/send_otp", otp);
  const otp_code = await lastCode(world, PHONE);
  codes.push(otp_code);
  await post("v1/card/check_otp", { ...otp, otp_code: "2222" });
  await post("v1/card/check_otp", { ...otp, otp_code });
  const { body } = await save({ ...otp, otp_code, cvv: CVV });
  named = { card_owner_id: String(body["card_owner_id"]), card_hash: String(body["card_hash"]) };
  await save({ cvv: "999" });
  await world.bank.fault("reset_after_commit", { op: "preauth" });
  await save({ cvv: CVV });
  await post("v1/card/list", { card_owner_id: named.card_owner_id });
}

/** The number in every place of these services where it does not belong. */
async function numbersInWrongFields(): Promise<void> {
  const fields = ["card_desc", "card_holder", "user_unique_id", "card_owner_id", "otp_session_id"];
  for (const field of [...fields, "otp_code", "user_gsm", "expire_month", "cvv"]) {
    for (const text of [PAN, grouped]) await save({ [field]: text });
  }
  await save({ card_number: "Ece Tan", card_holder: PAN });
  for (const card_desc of [PAN, grouped, `kart ${PAN} cvv ${CVV}`]) {
    await post("v1/card/desc_update", { ...named, card_desc });
  }
  await post("v1/card/delete", { card_owner_id: PAN, card_hash: PAN });
  await post("v1/card/list", { card_owner_id: PAN });
  await post("v1/card/send_otp", { user_gsm: PAN, otp_session_id: PAN });
  await post("v2/agent/create_end_user_receipt_otp", { phoneNumber: PAN });
}

async function paymentsByHash(): Promise<void> {
  const card = { pan: "", month: "", year: "", card_holder: "", cvc: CVV, ...named };
  hear(await world.pay(card));
  const payer = payerOf(world);
  const { names } = await payer.goThrough(hear(await payer.start(card)));
  hear(await payer.charge(names));
  const asked = await endUsersOf(world).asked();
  codes.push(asked.otp_code);
  hear(await world.pay({ ...card, ...asked, end_user_tckn: IDENTITY }));
  hear(await world.pay({ ...card, ...asked }));
}

beforeAll(async () => {
  world = await createWorld({ merchant: { needsCardCode: false } });
  await cardsAndCodes();
  await numbersInWrongFields();
  await paymentsByHash();
  await world.advance(60_000);
});
afterAll(() => world.close());

/** Codes are four characters: they count where no other letter or digit touches them. */
const codeIn = (text: string) => codes.some((code) => new RegExp(`\\b${code}\\b`).test(text));

test("the run did what it says", async () => {
  expect(named.card_hash).toMatch(/^[\w-]{43}$/);
  expect(codes).toHaveLength(2);
  expect(told.filter((answer) => answer.includes('"is_succeed":true')).length).toBe(3);
  expect(world.lines.length).toBeGreaterThan(40);
  await world.isSound();
});

test("no number and no security code rests in the database", async () => {
  const { leaks, values } = await leaksInDatabase(world.database.ownerUrl, []);
  expect(leaks).toEqual([]);
  expect(values).toBeGreaterThan(300);
});

test("a code rests in the message that a sandbox keeps, and nowhere else", async () => {
  const texts = (await messagesOf(world)).filter(({ body }) => codeIn(body));
  expect(texts).toHaveLength(codes.length);
  for (const table of ["one_time_codes", "payments", "payment_attempts", "events", "cards"]) {
    const { rows } = await asOwner(
      world.database.ownerUrl,
      `select t::text as row from ${table} t`,
    );
    expect(rows.filter(({ row }) => codeIn(String(row)))).toEqual([]);
  }
});

test("of an identity number the mask alone rests", async () => {
  const { leaks } = await leaksInDatabase(world.database.ownerUrl, [IDENTITY]);
  expect(leaks).toEqual([]);
  const { rows } = await asOwner(
    world.database.ownerUrl,
    `select details ->> 'end_user_number' as number from payments
      where details ->> 'end_user_number' is not null`,
  );
  expect(rows).toEqual([{ number: "100******46" }]);
});

test("neither number, code nor hash is logged at any level, or measured", async () => {
  const log = world.lines.join("");
  expect(leaksIn("log", log, [named.card_hash, IDENTITY])).toEqual([]);
  expect(codeIn(log)).toBe(false);
  expect(log).not.toContain(PHONE);
  const told = await (await fetch(new URL("/metrics", world.url))).text();
  // Digits behind a point are of a measured time; now and then they look like a card's.
  const metrics = told.replaceAll(/\.\d+(?:e[+-]?\d+)?$/gm, "");
  expect(leaksIn("metrics", metrics, [named.card_hash])).toEqual([]);
});

test("no answer shows a number, a security code or a code from a text message", () => {
  const answers = told.join("\n");
  expect(leaksIn("answers", answers, [IDENTITY])).toEqual([]);
  expect(codeIn(answers)).toBe(false);
});
