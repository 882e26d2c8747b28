import { createHmac, hash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasLuhnDigit } from "../../src/lib/luhn.ts";
import { Secret } from "../../src/lib/secret.ts";
import { boundCode, CODE_LENGTH } from "../../src/messaging/code.rules.ts";
import { sealProof } from "../../src/vault/index.ts";
import { fingerprintOf } from "../../src/vault/sealed-card.ts";
import { cardsOf } from "../support/cards.ts";
import { lastCode } from "../support/codes.ts";
import { asOwner } from "../support/database.ts";
import { firmsOf } from "../support/firms.ts";
import { formsOf } from "../support/forms.ts";
import { payerOf } from "../support/payer.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { CVC, MASK, PAN } from "./typed.ts";

const PHONE = "5321112233";

let world: TestWorld;
let code: string;
/** What banks' pages posted back as proofs. */
const proofs: string[] = [];
const sql = async (statement: string) => (await asOwner(world.database.ownerUrl, statement)).rows;

beforeAll(async () => {
  world = await createWorld();
  const [cards, payer, forms] = [cardsOf(world), payerOf(world), formsOf(world)];
  for (const user_unique_id of ["u-1", "u-2"]) {
    await cards.stored({ card_number: PAN, user_unique_id });
  }
  const { secretKey } = await firmsOf(world).another("10021");
  await cards.save({ card_number: PAN }, { authorization: `Basic ${secretKey}` });
  for (let i = 0; i < 2; i += 1) {
    await forms.enter({}, { pan: PAN, cvc: CVC });
    const { resolved } = await payer.goThrough(await payer.start({ pan: PAN, cvc: CVC }));
    proofs.push(resolved.fields["md"]!, resolved.fields["cavv"]!);
  }
  await world.pay({ pan: PAN }, { "idempotency-key": "once" });
  await world.post("v1/card/send_otp", { user_gsm: PHONE, otp_session_id: "s-1" });
  code = await lastCode(world, PHONE);
});
afterAll(() => world.close());

const hexOf = (rows: readonly Record<string, unknown>[], column: string): string[] =>
  rows.map((row) => (row[column] as Buffer).toString("hex"));

describe("equal secrets rest differently", () => {
  test.each([
    ["cards", "sealed", "sealed is not null"],
    ["checkout_tokens", "proof", "proof is not null"],
    ["pos_accounts", "sealed", "true"],
    ["vault_keys", "wrapped", "true"],
  ])("in %s.%s", async (table, column, which) => {
    const rows = await sql(`select ${column} from ${table} where ${which}`);
    const sealed = hexOf(rows, column);
    expect(sealed.length).toBeGreaterThan(1);
    expect(new Set(sealed).size).toBe(sealed.length);
    // Not even where they begin, where a nonce that is used twice would show.
    expect(new Set(sealed.map((each) => each.slice(0, 24))).size).toBe(sealed.length);
    const plain = [PAN, "Ece Tan", ...proofs].flatMap((text) => Buffer.from(text).toString("hex"));
    for (const each of sealed) for (const text of plain) expect(each).not.toContain(text);
  });
  test("a proof that comes twice is sealed twice", () => {
    const seal = (try_: string) => sealProof(world.deps.ring, new Secret(proofs[0]!), try_);
    expect(seal("tok_1").equals(seal("tok_1"))).toBe(false);
  });
  test("nobody sees that two merchants have the same customer", async () => {
    const rows = await sql(
      `select distinct merchant_id, encode(fingerprint, 'hex') as print from cards
        where sealed is not null`,
    );
    expect(rows).toHaveLength(2);
    expect(new Set(rows.map(({ print }) => print)).size).toBe(2);
  });
});

/** Every column of every table, as one hex text: whatever a thief may compare with. */
async function dumpOf(): Promise<string> {
  const tables = await sql("select tablename as name from pg_tables where schemaname = 'public'");
  const dump: string[] = [];
  for (const { name } of tables) {
    for (const row of await sql(`select * from "${name}"`))
      dump.push(...Object.values(row).map(hexed));
  }
  return dump.join("\n");
}
/** Bytes as they are; a text as its letters, and as the bytes that it may be base64 of. */
const hexed = (value: unknown): string => {
  if (Buffer.isBuffer(value)) return value.toString("hex");
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return [text, Buffer.from(text, "base64").toString("hex")].join("\n");
};

/** Pieces of the length of a digest's first bytes that stand in a dump: one look for each try. */
const START_HEX = 16;
function startsIn(dump: string): ReadonlySet<string> {
  const starts = new Set<string>();
  for (const [word] of dump.matchAll(/[0-9a-f]{32,}/g)) {
    for (let at = 0; at + START_HEX <= word.length; at += 2)
      starts.add(word.slice(at, at + START_HEX));
  }
  return starts;
}

type Digest = (text: string) => string;
const hashes: readonly Digest[] = [
  ...["sha256", "sha1", "md5"].map(
    (name): Digest =>
      (text) =>
        hash(name, text, "hex"),
  ),
  (text) => createHmac("sha256", "").update(text).digest("hex"),
];

/** Which of the texts can be told from a dump, by hashes that need no key. */
function toldBy(dump: ReadonlySet<string>, texts: Iterable<string>): string[] {
  const found: string[] = [];
  for (const text of texts) {
    if (hashes.some((digest) => dump.has(digest(text).slice(0, START_HEX)))) found.push(text);
  }
  return found;
}

/** Every number that a mask may stand for: a million middles, one in ten of which checks. */
function* numbersOf(mask: string): Generator<string> {
  for (let middle = 0; middle < 1_000_000; middle += 1) {
    const pan = mask.slice(0, 6) + String(middle).padStart(6, "0") + mask.slice(-4);
    if (hasLuhnDigit(pan)) yield pan;
  }
}

describe("who has a dump and not the root key", () => {
  let dump: ReadonlySet<string>;
  beforeAll(async () => {
    dump = startsIn(await dumpOf());
  });

  test("finds no number by trying all that fit a mask", () => {
    expect(MASK).toBe("435508******4358");
    const numbers = [...numbersOf(MASK)];
    expect(numbers).toHaveLength(100_000);
    expect(numbers).toContain(PAN);
    const { merchantId } = world.merchant;
    expect(toldBy(dump, numbers)).toEqual([]);
    // As it is hashed, but for the key.
    expect(
      toldBy(
        dump,
        numbers.map((pan) => `${merchantId}/${pan}`),
      ),
    ).toEqual([]);
  });

  test("finds no code of a text message by trying all there are", () => {
    const alphabet = [..."23456789ABCDEFGHJKLMNPQRSTUVWXYZ"];
    const codes = Array.from({ length: CODE_LENGTH - 1 }).reduce<string[]>(
      (all) => all.flatMap((start) => alphabet.map((letter) => start + letter)),
      // The first letter is known here: a thief would try thirty-one others in vain.
      [code[0]!],
    );
    expect(codes).toContain(code);
    const ask = { purpose: "card", session: "s-1", phone: PHONE } as const;
    expect(toldBy(dump, codes)).toEqual([]);
    const bound = codes.map((each) => boundCode(world.merchant.merchantId, ask, each));
    expect(toldBy(dump, bound)).toEqual([]);
  });

  test("would find them if a hash had no key", async () => {
    const plain = hash("sha256", PAN, "hex");
    const planted = startsIn(`${await dumpOf()}\n${plain}`);
    expect(toldBy(planted, numbersOf(MASK))).toEqual([PAN]);
    const keyed = fingerprintOf(world.deps.ring, world.merchant.merchantId, new Secret(PAN));
    expect(dump.has(keyed.toString("hex").slice(0, START_HEX))).toBe(true);
  });
});
