import { minorOfDecimal } from "../../lib/money.ts";
import type { Pos, Returned, ReturnOrder } from "../index.ts";
import { readPosted, turkishBytesOf } from "../posted.rules.ts";
import { orderFields } from "./challenge.ts";
import { outcomeIn } from "./charged.ts";
import { sameHash, ver3Digest, ver3Plaintext } from "./hash.rules.ts";
import { holderOf } from "./holder.ts";
import { sealProof } from "./proof.ts";
import { bankWords } from "./response.ts";

type PostedFields = ReadonlyMap<string, string>;

/**
 * Fields that banks of this dialect return without hashing them: Ziraat its `NATIONALIDNO`, and
 * `countdown` by report. Each row is tried in turn. A row cannot weaken what is proven: the fields
 * it leaves out are gone from what is read afterwards, and none of them is one that we read.
 */
const leftOutByBanks: readonly (readonly string[])[] = [
  [],
  ["nationalidno"],
  ["countdown"],
  ["nationalidno", "countdown"],
];
const neverHashed = ["hash", "encoding"];

const without = (fields: PostedFields, names: readonly string[]): PostedFields =>
  new Map([...fields].filter(([name]) => !names.includes(name.toLowerCase())));

/**
 * Whether the hash fits the fields in one reading. Banks hash the UTF-8 bytes of a text whatever
 * charset they post it in; whether each of them does is not written anywhere, so the bytes of the
 * Turkish code page are tried as well. All readings agree on ASCII, which is all that we rely on.
 */
function fits(fields: PostedFields, hash: string, storeKey: string): boolean {
  const plaintext = ver3Plaintext(Object.fromEntries(fields), storeKey);
  if (sameHash(hash, ver3Digest(plaintext))) return true;
  const bytes = turkishBytesOf(plaintext);
  return bytes !== undefined && sameHash(hash, ver3Digest(bytes));
}

/** The fields that the bank's hash vouches for, and no others. */
function provenFields(readings: readonly PostedFields[], storeKey: string) {
  for (const fields of readings) {
    const present = new Set([...fields.keys()].map((name) => name.toLowerCase()));
    for (const names of leftOutByBanks.filter((row) => row.every((name) => present.has(name)))) {
      const hashed = without(fields, [...neverHashed, ...names]);
      if (fits(hashed, fields.get("HASH") ?? "", storeKey)) return hashed;
    }
  }
  return undefined;
}

/** Plain decimals as banks write them: `150.75`, `150.7`, `150`. */
const isPlainAmount = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,2})?$/;

/**
 * The first field that is not as we posted it. The hash covers values in the order of their names
 * but not the names themselves, so whoever holds a signed return, or our own signed form, may
 * rename fields as long as their order stays. With all of these in their places nothing can be
 * moved into another's: between `lang` and `oid`, where `mdStatus` stands, the bank posts only
 * masked numbers, names and words.
 */
function strangeField(fields: PostedFields, pos: Pos, order: ReturnOrder): string | undefined {
  const { amount: _, ...exact } = orderFields(pos, order);
  const strange = Object.entries(exact).find(([name, value]) => fields.get(name) !== value);
  if (strange) return strange[0];
  const amount = fields.get("amount") ?? "";
  const minor = isPlainAmount.test(amount) ? minorOfDecimal(amount) : undefined;
  if (minor !== order.amount.minor) return "amount";
  return ["tr", "en"].includes(fields.get("lang") ?? "") ? undefined : "lang";
}

const isToken = (text: string): boolean => /^[\x20-\x7e]{1,400}$/.test(text);

/** An authenticated return with what a provision needs; a full one without its `cavv` is none. */
function withProof(fields: PostedFields, level: "full" | "half"): Returned | undefined {
  const of = (name: string) => fields.get(name) ?? "";
  const proof = { md: of("md"), xid: of("xid"), eci: of("eci"), cavv: of("cavv") };
  const mayLack = level === "half";
  const isEci = /^\d{1,2}$/.test(proof.eci) || (mayLack && proof.eci === "");
  const isCavv = isToken(proof.cavv) || (mayLack && proof.cavv === "");
  if (!isToken(proof.md) || !isToken(proof.xid) || !isEci || !isCavv) return undefined;
  return { kind: "authenticated", level, eci: proof.eci, proof: sealProof(proof) };
}

const unproven = (why: string, bankMessage = ""): Returned => ({
  kind: "unproven",
  why,
  bankMessage,
});

/** What a post says, whoever made it up; nothing where it names another order. */
function wordsOf(fields: PostedFields, { orderId }: ReturnOrder): string {
  const isOurs = (fields.get("oid") ?? orderId) === orderId;
  return isOurs ? bankWords(fields.get("mdErrorMsg") || fields.get("ErrMsg") || "") : "";
}

/**
 * Reads a return of either model. In this order: can it be read, does its hash fit, is it about
 * what we asked, and only then what it says. A post without a hash, as banks send some failures,
 * proves nothing; its words are kept for the payer.
 */
export function readReturn(pos: Pos, order: ReturnOrder, bytes: Uint8Array): Returned {
  const posted = readPosted(bytes);
  if (posted.kind === "unreadable") return unproven(posted.why);
  const [first] = posted.readings;
  const words = wordsOf(first, order);
  if (!first.get("HASH")) return unproven("the return carries no hash", words);
  const storeKey = pos.storeKey.open();
  // Under an empty key anybody can sign.
  if (!storeKey) return unproven("the contract has no store key", words);
  const fields = provenFields(posted.readings, storeKey);
  if (!fields) return unproven("the hash of the return does not fit", words);
  const strange = strangeField(fields, pos, order);
  if (strange) return unproven(`the return has another ${strange}`, words);
  const mdStatus = fields.get("mdStatus");
  if (mdStatus === undefined) return unproven("the return has no mdStatus", words);
  const of = (name: string) => fields.get(name) ?? "";
  const holder = holderOf(pos, { mdStatus, eci: of("eci"), bankMessage: wordsOf(fields, order) });
  if (order.model === "3d_pay") {
    return { kind: "charged", outcome: outcomeIn(fields, holder), holder };
  }
  if (holder.kind === "refused") return holder;
  return (
    withProof(fields, holder.level) ?? {
      kind: "refused",
      reason: "authentication_failed",
      bankCode: mdStatus,
      bankMessage: wordsOf(fields, order),
    }
  );
}
