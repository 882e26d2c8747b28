import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import type { MerchantId } from "../../../src/lib/id.ts";
import { Refusal } from "../../../src/lib/refusal.ts";
import { demoMerchant } from "../../../src/main/demo.ts";
import { enroll, moveClocks } from "../../../src/merchants/index.ts";
import { type Merchant, timeOf } from "../../../src/merchants/merchant.rules.ts";
import {
  checkCode,
  findCode,
  giveCodeBack,
  sendCode,
  useCode,
  useCodeDirectly,
} from "../../../src/messaging/index.ts";
import { asOwner } from "../../support/database.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";
import { lastMessage, merchantOf, messagesOf } from "./queue.ts";

const PHONE = "5321112233";
const MINUTE_MS = 60_000;

let world: TestWorld;
let merchant: Merchant;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

let made = 0;
/** A session that no other test has. */
let card: { purpose: "card"; session: string; phone: string };
let other: { purpose: "card"; session: string; phone: string };
beforeEach(async () => {
  // Ids of one moment rise only while nobody of another moment draws one between them.
  world.clock.advance(1);
  merchant = await merchantOf(world);
  made += 1;
  card = { purpose: "card", session: `s-${made}`, phone: PHONE };
  other = { ...card, session: `s-${made}-other` };
});

const send = (ask: typeof card = card) => sendCode(world.deps, merchant, ask);
const check = (code: string, ask: typeof card = card) =>
  checkCode(world.deps, merchant, { ...ask, code });
const use = (key: { purpose: "card" | "receipt"; session: string } = card) =>
  inTx(world.db, (tx) => useCode(tx, merchant, key, timeOf(merchant, world.clock())));

/** The code in the last message. */
async function codeSent(): Promise<string> {
  const { body } = await lastMessage(world);
  const code = /kodunuz ([2-9A-Z]{4})\./.exec(body)?.[1];
  if (!code) throw new Error(`No code in: ${body}`);
  return code;
}
/** Another code than the right one: each call of it gives a different one. */
let wrongs = 0;
function wrong(right: string): string {
  wrongs += 1;
  const code = wrongs.toString(8).padStart(4, "2").replaceAll(/[01]/g, "9");
  return code === right ? wrong(right) : code;
}

/** How a promise ended: `done`, or the refusal's code and details. */
const endOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      return [error.code, error.details];
    },
  );
const wrongWith = (left: number) => ["code_wrong", { left }];
const expired = ["code_expired", {}];
const needed = ["code_needed", {}];

/** Moves the sandbox merchant's own clock. */
async function advance(ms: number): Promise<void> {
  await inTx(world.db, (tx) => moveClocks(tx, [merchant.id], ms));
  world.deps.reception.forgetAll();
  merchant = await merchantOf(world);
}

test("a code is sent, checked in small letters, and used once", async () => {
  const { expiresAt } = await send({ ...card, phone: "+90 532 111 22 33" });
  expect(expiresAt.getTime() - timeOf(merchant, world.clock()).getTime()).toBe(3 * MINUTE_MS);
  const sent = await lastMessage(world);
  expect(sent).toMatchObject({ channel: "sms", recipient: PHONE, purpose: "card_code" });
  expect(sent.body).toContain(merchant.name);
  const code = await codeSent();
  expect(await endOf(check(code.toLowerCase(), { ...card, phone: "05321112233" }))).toBe("done");
  expect(await use()).toEqual({ phone: PHONE });
  expect(await endOf(use())).toEqual(needed);
  expect(await endOf(check(code))).toEqual(expired);
});

test("in English the message is English", async () => {
  await sendCode(world.deps, merchant, card, "en");
  expect((await lastMessage(world)).body).toMatch(/Your code to save your card is \w{4}\./);
});

test("a phone that is none gets no code", async () => {
  const before = await messagesOf(world, 1);
  const refused = ["invalid_input", { field: "phone", problem: "not_a_phone" }];
  expect(await endOf(send({ ...card, phone: "2121112233" }))).toEqual(refused);
  expect(await messagesOf(world, 1)).toEqual(before);
});

test("the code rests nowhere but in the message: what is kept of it needs the key", async () => {
  await send();
  const code = await codeSent();
  const { rows } = await asOwner(
    world.database.ownerUrl,
    `select *, encode(code_hash, 'hex') as hex,
      encode(sha256(convert_to('${code}', 'UTF8')), 'hex') as plain
      from one_time_codes where session = '${card.session}'`,
  );
  expect(rows).toHaveLength(1);
  const [{ hex, plain, ...row }] = rows as [Record<string, unknown>];
  expect(hex).toMatch(/^[0-9a-f]{64}$/);
  expect(hex).not.toBe(plain);
  for (const value of Object.values(row)) expect(value).not.toBe(code);
});

test("a code is good for three minutes of the merchant's clock, and no longer", async () => {
  await send();
  const code = await codeSent();
  await advance(3 * MINUTE_MS - 1);
  expect(await endOf(check(code))).toBe("done");
  await send(other);
  const late = await codeSent();
  await advance(3 * MINUTE_MS);
  expect(await endOf(check(late, other))).toEqual(expired);
  expect(await endOf(use(other))).toEqual(needed);
});

test("a new code has to wait for the old one, and ends it", async () => {
  await send();
  const first = await codeSent();
  expect(await endOf(send())).toEqual(["code_too_early", { wait: 180 }]);
  await advance(60_500);
  expect(await endOf(send())).toEqual(["code_too_early", { wait: 120 }]);
  await advance(119_500);
  await send();
  const second = await codeSent();
  expect(await endOf(check(first))).toEqual(wrongWith(2));
  expect(await endOf(check(second))).toBe("done");
});

test("of fifty who ask at once one is sent a code", async () => {
  const before = (await messagesOf(world)).length;
  const ends = await Promise.all(Array.from({ length: 50 }, () => endOf(send())));
  expect(ends.filter((end) => end === "done")).toHaveLength(1);
  expect((await messagesOf(world)).length - before).toBe(1);
  expect(await endOf(check(await codeSent()))).toBe("done");
});

test("after three wrong tries the right code is wrong too, until a new one is sent", async () => {
  await send();
  const code = await codeSent();
  for (const left of [2, 1, 0, 0]) expect(await endOf(check(wrong(code)))).toEqual(wrongWith(left));
  expect(await endOf(check(code))).toEqual(wrongWith(0));
  expect(await endOf(use())).toEqual(needed);
  await advance(3 * MINUTE_MS);
  await send();
  expect(await endOf(check(await codeSent()))).toBe("done");
});

test("a hundred guesses at once are three tries", async () => {
  await send();
  const code = await codeSent();
  const guesses = Array.from({ length: 100 }, () => endOf(check(wrong(code))));
  const ends = (await Promise.all(guesses)) as [string, { left: number }][];
  const lefts = ends.map(([, { left }]) => left).sort((a, b) => b - a);
  expect(lefts.slice(0, 3)).toEqual([2, 1, 0]);
  expect(new Set(lefts.slice(3))).toEqual(new Set([0]));
  expect(await endOf(check(code))).toEqual(wrongWith(0));
});

test("the right code for another phone is a wrong try like any", async () => {
  await send();
  const code = await codeSent();
  const elsewhere = { ...card, phone: "5059998877" };
  expect(await endOf(check(code, elsewhere))).toEqual(wrongWith(2));
  expect(await endOf(check(wrong(code)))).toEqual(wrongWith(1));
  expect(await endOf(check(code))).toBe("done");
});

test("a code is good for its session, purpose and merchant alone", async () => {
  await send();
  const code = await codeSent();
  expect(await endOf(check(code, other))).toEqual(expired);
  expect(await endOf(useCodeDirectly(world.deps, merchant, { phone: PHONE, code }))).toEqual(
    expired,
  );
  const ask = { ...demoMerchant(world.bank.url), companyCode: `2000${made}`, name: "Öteki" };
  const enrolled = await enroll(world.deps, ask);
  const stranger = await world.deps.reception.merchantOf(enrolled?.merchantId as MerchantId);
  const theirs = () => endOf(checkCode(world.deps, stranger, { ...card, code }));
  expect(await theirs()).toEqual(expired);
  // The stranger's own session of the same name has a code of its own.
  await sendCode(world.deps, stranger, card);
  expect(await theirs()).toEqual(wrongWith(2));
  expect(await endOf(check(code))).toBe("done");
  const now = timeOf(stranger, world.clock());
  const stolen = inTx(world.db, (tx) => useCode(tx, stranger, card, now));
  expect(await endOf(stolen)).toEqual(needed);
  expect(await use()).toEqual({ phone: PHONE });
});

test("a right code stays right for a client that asks again, and costs no try", async () => {
  await send();
  const code = await codeSent();
  for (let i = 0; i < 5; i += 1) expect(await endOf(check(code))).toBe("done");
  expect(await endOf(check(wrong(code)))).toEqual(wrongWith(2));
  expect(await use()).toEqual({ phone: PHONE });
});

test("a code that nobody checked cannot be used, nor one checked long ago", async () => {
  await send();
  expect(await endOf(use())).toEqual(needed);
  expect(await endOf(check(await codeSent()))).toBe("done");
  await advance(30 * MINUTE_MS - 1);
  const undone = inTx(world.db, async (tx) => {
    await useCode(tx, merchant, card, timeOf(merchant, world.clock()));
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  await send(other);
  expect(await endOf(check(await codeSent(), other))).toBe("done");
  expect(await endOf(use())).toBe("done");
  await advance(30 * MINUTE_MS);
  expect(await endOf(use(other))).toEqual(needed);
});

test("of twenty that use a code at once one does", async () => {
  await send();
  expect(await endOf(check(await codeSent()))).toBe("done");
  const ends = await Promise.all(Array.from({ length: 20 }, () => endOf(use())));
  expect(ends.filter((end) => end === "done")).toHaveLength(1);
  expect(ends.filter((end) => end !== "done")).toEqual(Array(19).fill(needed));
});

test("a receipt's code is checked and used at once, by its phone, and once", async () => {
  const phone = "0505 111 22 33";
  await sendCode(world.deps, merchant, { purpose: "receipt", session: phone, phone });
  const sent = await lastMessage(world);
  expect(sent).toMatchObject({ purpose: "receipt_code", recipient: "5051112233" });
  const code = await codeSent();
  const direct = (typed: string, as = "5051112233") =>
    endOf(useCodeDirectly(world.deps, merchant, { phone: as, code: typed }));
  expect(await direct(wrong(code))).toEqual(wrongWith(2));
  expect(await direct(code, "5059998877")).toEqual(expired);
  const ends = await Promise.all(Array.from({ length: 20 }, () => direct(code.toLowerCase())));
  expect(ends.filter((end) => end === "done")).toHaveLength(1);
  expect(ends.filter((end) => end !== "done")).toEqual(Array(19).fill(expired));
  const early = sendCode(world.deps, merchant, { purpose: "receipt", session: "x", phone });
  expect(await endOf(early)).toEqual(["code_too_early", { wait: 180 }]);
});

test("what a session has proved is known before it is used, and no longer", async () => {
  const known = () => findCode(world.deps, merchant, card);
  const now = timeOf(merchant, world.clock());
  expect(await known()).toBeUndefined();
  const { expiresAt } = await send();
  const unproven = { provenPhone: undefined, provenUntil: undefined, expiresAt };
  expect(await known()).toEqual({ ...unproven, left: 3 });
  const code = await codeSent();
  expect(await endOf(check(wrong(code)))).toEqual(wrongWith(2));
  expect(await known()).toEqual({ ...unproven, left: 2 });
  expect(await endOf(check(code))).toBe("done");
  const provenUntil = new Date(now.getTime() + 30 * MINUTE_MS);
  expect(await known()).toEqual({ provenPhone: PHONE, provenUntil, expiresAt, left: 2 });
  await use();
  expect(await known()).toEqual({ ...unproven, left: 0 });
});

test("a receipt's code that came to nothing is good again, and is given back once", async () => {
  const phone = "5061112233";
  await sendCode(world.deps, merchant, { purpose: "receipt", session: phone, phone });
  const code = await codeSent();
  const direct = () => useCodeDirectly(world.deps, merchant, { phone, code });
  const first = await direct();
  expect(await endOf(direct())).toEqual(expired);
  await giveCodeBack(world.deps, merchant, first);
  await advance(1);
  await direct();
  await giveCodeBack(world.deps, merchant, first);
  expect(await endOf(direct())).toEqual(expired);
});
