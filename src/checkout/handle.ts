import { timingSafeEqual } from "node:crypto";
import {
  type AttemptId,
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
/** What is hashed before the two names, so that no text of one use is one of another. */
type Use = "" | "receipt:";

export type SessionName = Readonly<{ merchantId: MerchantId; id: SessionId }>;

const macOf = (ring: Keyring, use: Use, body: Buffer) =>
  keyedHash(ring.handles, use + body.toString("hex")).subarray(0, MAC_BYTES);

function textOf(ring: Keyring, use: Use, merchantId: MerchantId, id: string): string {
  const body = Buffer.concat([packId(bareId(merchantId)), packId(bareId(id))]);
  return Buffer.concat([body, macOf(ring, use, body)]).toString("base64url");
}

/** The characters of both names; `undefined` for any text that we did not give out for this use. */
function namesIn(ring: Keyring, use: Use, text: string) {
  const bytes = Buffer.from(text, "base64url");
  const isWhole = bytes.length === 2 * PACKED_BYTES + MAC_BYTES;
  if (!isWhole || bytes.toString("base64url") !== text) return undefined;
  const body = bytes.subarray(0, 2 * PACKED_BYTES);
  if (!timingSafeEqual(bytes.subarray(2 * PACKED_BYTES), macOf(ring, use, body))) return undefined;
  const merchant = unpackId(body.subarray(0, PACKED_BYTES));
  const id = unpackId(body.subarray(PACKED_BYTES));
  return merchant && id ? { merchantId: `mer_${merchant}` as const, id } : undefined;
}

/**
 * The text by which browsers and shops know a session. It leads to the merchant by itself, and
 * nobody makes one up: its last twelve bytes are a keyed hash of the others. Fit for an address.
 */
export const handleOf = (ring: Keyring, { merchantId, id }: SessionName): string =>
  PREFIX + textOf(ring, "", merchantId, id);

/** The session of a handle; `undefined` for any text that we did not give out. */
export function readHandle(ring: Keyring, handle: string): SessionName | undefined {
  if (!handle.startsWith(PREFIX)) return undefined;
  const names = namesIn(ring, "", handle.slice(PREFIX.length));
  return names && { merchantId: names.merchantId, id: `ses_${names.id}` };
}

export type ReceiptName = Readonly<{ merchantId: MerchantId; attemptId: AttemptId }>;

/** The same for the receipt of a charge. Who has it may read the receipt, and nothing else. */
export const receiptTokenOf = (ring: Keyring, { merchantId, attemptId }: ReceiptName): string =>
  textOf(ring, "receipt:", merchantId, attemptId);

/** The charge of a receipt's token; `undefined` for any text that we did not give out. */
export function readReceiptToken(ring: Keyring, token: string): ReceiptName | undefined {
  const names = namesIn(ring, "receipt:", token);
  return names && { merchantId: names.merchantId, attemptId: `att_${names.id}` };
}
