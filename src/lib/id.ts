import { randomBytes } from "node:crypto";
import { assert } from "./assert.ts";

/** One text form in database, logs and API; the prefix is the type. */
export type Id<Prefix extends string> = `${Prefix}_${string}`;
export type MerchantId = Id<"mer">;
export type AgentId = Id<"agt">;
export type PaymentId = Id<"pay">;
export type AttemptId = Id<"att">;
export type PosId = Id<"pos">;
export type CardId = Id<"crd">;
export type OwnerId = Id<"own">;
export type SessionId = Id<"ses">;
export type TokenId = Id<"tok">;
export type MessageId = Id<"msg">;

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const CHANCE_CHARACTERS = 10;

function base32(value: bigint, length: number): string {
  let text = "";
  let rest = value;
  for (let i = 0; i < length; i += 1) {
    text = alphabet[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}

let pool = Buffer.alloc(0);
let used = 0;

/** Chance is drawn from the system in blocks: one call for each id costs more than the id. */
function drawn(): Uint8Array {
  if (used + CHANCE_CHARACTERS > pool.length) {
    pool = randomBytes(4096);
    used = 0;
  }
  used += CHANCE_CHARACTERS;
  return pool.subarray(used - CHANCE_CHARACTERS, used).map((byte) => byte & 31);
}

/** The next higher value in place; false when there is none. */
function raise(digits: Uint8Array): boolean {
  for (let i = digits.length - 1; i >= 0; i -= 1) {
    if (digits[i]! < 31) {
      digits[i]! += 1;
      return true;
    }
    digits[i] = 0;
  }
  return false;
}

type Made = { ms: number; time: string; digits: Uint8Array };
let last: Made = { ms: -1, time: "", digits: new Uint8Array(CHANCE_CHARACTERS) };

/**
 * Sorts by birth: 10 characters of time, then 10 of chance (50 bits). Ids that one process makes in
 * one millisecond after the other rise too, so that lists show them in their order. The 20
 * characters after the prefix are `[0-9A-Z]`, which is what every bank takes as an order id.
 */
export function newId<Prefix extends string>(prefix: Prefix, now: Date): Id<Prefix> {
  const ms = now.getTime();
  if (ms !== last.ms || !raise(last.digits)) {
    last = { ms, time: base32(BigInt(ms), TIME_CHARACTERS), digits: drawn() };
  }
  let id: Id<Prefix> = `${prefix}_${last.time}`;
  for (const digit of last.digits) id += alphabet[digit];
  return id;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A GUID as somebody sent it, in lower case; `undefined` for any other text. */
export function readGuid(text: string): string | undefined {
  const guid = text.trim().toLowerCase();
  return GUID.test(guid) ? guid : undefined;
}

/** The smallest id that could have been born at `at`: the edge of a range. Ids begin in 1970. */
export const idEdge = <Prefix extends string>(prefix: Prefix, at: Date): Id<Prefix> =>
  `${prefix}_${base32(BigInt(Math.max(0, at.getTime())), TIME_CHARACTERS)}`;

/** The part of an id that is not its type. */
export function bareId(id: string): string {
  const bare = id.slice(id.indexOf("_") + 1);
  assert(/^[0-9A-Z]{20}$/.test(bare), "an id has twenty characters after its prefix");
  return bare;
}

const PACKED_HEX = 26;
/** How many bytes hold the twenty characters of an id. */
export const PACKED_BYTES = PACKED_HEX / 2;

/** The twenty characters as thirteen bytes, for opaque texts on a wire. */
export function packId(bare: string): Buffer {
  const bytes = Buffer.alloc(PACKED_BYTES);
  let at = PACKED_BYTES;
  let bits = 0;
  let count = 0;
  for (let i = bare.length - 1; i >= 0; i -= 1) {
    bits |= alphabet.indexOf(bare[i]!) << count;
    count += 5;
    if (count < 8) continue;
    at -= 1;
    bytes[at] = bits;
    bits >>= 8;
    count -= 8;
  }
  bytes[at - 1] = bits;
  return bytes;
}

/** The twenty characters of thirteen bytes; `undefined` for bytes that hold no id. */
export function unpackId(bytes: Buffer): string | undefined {
  if (bytes.length !== PACKED_BYTES) return undefined;
  const bits = BigInt(`0x${bytes.toString("hex")}`);
  return bits >> 100n === 0n ? base32(bits, TIME_CHARACTERS + CHANCE_CHARACTERS) : undefined;
}
