import { timingSafeEqual } from "node:crypto";
import { bareId, type CardId, type MerchantId, PACKED_BYTES, packId, unpackId } from "../lib/id.ts";
import { type Keyring, keyedHash } from "../lib/seal.ts";

/** How long a code is given out, and how much longer it is taken: a payment may be under way. */
const PERIOD_MS = 24 * 60 * 60_000;
const GRACE_MS = 15 * 60_000;
const MAC_BYTES = 12;

const periodOf = (ms: number): number => Math.floor(ms / PERIOD_MS);

const macOf = (ring: Keyring, merchant: MerchantId, bare: string, period: number): Buffer =>
  keyedHash(ring.handles, `card-code:${merchant}/${bare}/${period}`).subarray(0, MAC_BYTES);

/**
 * The code by which a stored card is charged for about a day, after which it has another one: who
 * keeps codes has nothing. Nobody makes one up: its last bytes are a keyed hash.
 */
export function codeOfCard(ring: Keyring, merchant: MerchantId, id: CardId, now: Date): string {
  const bare = bareId(id);
  const mac = macOf(ring, merchant, bare, periodOf(now.getTime()));
  return Buffer.concat([packId(bare), mac]).toString("base64url");
}

/** The card of a code that holds now; `undefined` for one that does not any more, or never did. */
export function readCardCode(
  ring: Keyring,
  merchant: MerchantId,
  code: string,
  now: Date,
): CardId | undefined {
  const bytes = Buffer.from(code, "base64url");
  const isWhole = bytes.length === PACKED_BYTES + MAC_BYTES;
  if (!isWhole || bytes.toString("base64url") !== code) return undefined;
  const bare = unpackId(bytes.subarray(0, PACKED_BYTES));
  if (!bare) return undefined;
  const mac = bytes.subarray(PACKED_BYTES);
  const ms = now.getTime();
  const isGood = [ms, ms - GRACE_MS].some((at) =>
    timingSafeEqual(mac, macOf(ring, merchant, bare, periodOf(at))),
  );
  return isGood ? `crd_${bare}` : undefined;
}
