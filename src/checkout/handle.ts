import { timingSafeEqual } from "node:crypto";
import {
  bareId,
  type MerchantId,
  PACKED_BYTES,
  packId,
  type SessionId,
  unpackId,
} from "../lib/id.ts";
import { type Keyring, keyedHash } from "../lib/seal.ts";

const PREFIX = "js_EAAAA";
const MAC_BYTES = 12;

export type SessionName = Readonly<{ merchantId: MerchantId; id: SessionId }>;

const macOf = (ring: Keyring, body: Buffer) =>
  keyedHash(ring.handles, body.toString("hex")).subarray(0, MAC_BYTES);

/**
 * The text by which browsers and shops know a session. It leads to the merchant by itself, and
 * nobody makes one up: its last twelve bytes are a keyed hash of the others. Fit for an address.
 */
export function handleOf(ring: Keyring, { merchantId, id }: SessionName): string {
  const body = Buffer.concat([packId(bareId(merchantId)), packId(bareId(id))]);
  return PREFIX + Buffer.concat([body, macOf(ring, body)]).toString("base64url");
}

/** The session of a handle; `undefined` for any text that we did not give out. */
export function readHandle(ring: Keyring, handle: string): SessionName | undefined {
  if (!handle.startsWith(PREFIX)) return undefined;
  const text = handle.slice(PREFIX.length);
  const bytes = Buffer.from(text, "base64url");
  const isWhole = bytes.length === 2 * PACKED_BYTES + MAC_BYTES;
  if (!isWhole || bytes.toString("base64url") !== text) return undefined;
  const body = bytes.subarray(0, 2 * PACKED_BYTES);
  if (!timingSafeEqual(bytes.subarray(2 * PACKED_BYTES), macOf(ring, body))) return undefined;
  const merchant = unpackId(body.subarray(0, PACKED_BYTES));
  const session = unpackId(body.subarray(PACKED_BYTES));
  return merchant && session ? { merchantId: `mer_${merchant}`, id: `ses_${session}` } : undefined;
}
