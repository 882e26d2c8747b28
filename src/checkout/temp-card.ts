import { timingSafeEqual } from "node:crypto";
import { after } from "../lib/clock.ts";
import type { CardId, MerchantId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Keyring, keyedHash } from "../lib/seal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type Card, forgetHeld, holdCard, openCard } from "../vault/index.ts";
import type { CheckoutDeps } from "./deps.ts";

/** The longest time between a browser's leave to enter a card and the payment by it. */
export const TEMP_MINUTES_MAX = 30;
const MINUTE_MS = 60_000;

/** Nothing of it is stored: whoever brings it back brings all of it, under a keyed hash. */
type Contents = Readonly<{ merchantId: MerchantId; until: number; cardId?: CardId }>;
type Use = "temp-token" | "temp-card";

const MAC_BYTES = 32;
const macOf = (ring: Keyring, use: Use, body: Buffer): Buffer =>
  keyedHash(ring.handles, `${use}:${body.toString("hex")}`);

function closed(ring: Keyring, use: Use, contents: Contents): string {
  const body = Buffer.from(JSON.stringify(contents));
  return Buffer.concat([macOf(ring, use, body), body]).toString("base64url");
}

/** What was given out for this use; `undefined` for any other text. */
function opened(ring: Keyring, use: Use, text: string): Contents | undefined {
  const bytes = Buffer.from(text, "base64url");
  const body = bytes.subarray(MAC_BYTES);
  const mac = bytes.subarray(0, MAC_BYTES);
  const isOurs = mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(ring, use, body));
  return isOurs ? (JSON.parse(body.toString("utf8")) as Contents) : undefined;
}

/** What is given out, and until when it is good by the merchant's clock. */
export type Leave = Readonly<{ text: string; until: Date }>;

/** Lets a browser enter cards for a merchant for so many minutes. */
export function giveTempToken(
  deps: Pick<CheckoutDeps, "ring" | "clock">,
  merchant: Merchant,
  minutes: number,
): Leave {
  const until = after(timeOf(merchant, deps.clock()), minutes * MINUTE_MS);
  const contents = { merchantId: merchant.id, until: until.getTime() };
  return { text: closed(deps.ring, "temp-token", contents), until };
}

export type Entry = Readonly<{ merchant: Merchant; until: Date }>;

/**
 * Whose cards a browser may enter. Refuses `key_unknown` for any text that was not given out or is
 * over, and `merchant_blocked`.
 */
export async function readTempToken(deps: CheckoutDeps, text: string): Promise<Entry> {
  const contents = opened(deps.ring, "temp-token", text) ?? refuse("key_unknown", {});
  const merchant = await deps.merchantOf(contents.merchantId);
  if (merchant.isBlocked) return refuse("merchant_blocked", {});
  const until = new Date(contents.until);
  return timeOf(merchant, deps.clock()) < until ? { merchant, until } : refuse("key_unknown", {});
}

/**
 * Keeps a card that a browser entered, sealed until its token's time is over, and gives out what
 * names it. Its security code stays in this process.
 */
export async function keepTempCard(
  deps: CheckoutDeps,
  { merchant, until }: Entry,
  card: Card,
): Promise<Leave> {
  const now = timeOf(merchant, deps.clock());
  const cardId = await holdCard(deps, merchant.id, card, now, until);
  if (card.cvv) deps.cvvs.keep(cardId, card.cvv);
  const contents = { merchantId: merchant.id, until: until.getTime(), cardId };
  return { text: closed(deps.ring, "temp-card", contents), until };
}

/**
 * The card of such a name, with its code where this process knows it. Two who ask at once both get
 * it: which of them pays by it, whoever stores their payments says. Refuses `session_not_found`
 * for one of another merchant, and for one that was used up or is over.
 */
export async function openTempCard(
  deps: CheckoutDeps,
  merchant: Merchant,
  text: string,
): Promise<Readonly<{ id: CardId; card: Card }>> {
  const gone = () => refuse("session_not_found", {});
  const { merchantId, until, cardId } = opened(deps.ring, "temp-card", text) ?? gone();
  const now = timeOf(merchant, deps.clock());
  if (merchantId !== merchant.id || !cardId || now.getTime() >= until) return gone();
  const kept = (await openCard(deps, merchant.id, cardId)) ?? gone();
  return { id: cardId, card: { ...kept.card, cvv: deps.cvvs.peek(cardId) } };
}

/** Forgets such a card: its name leads nowhere any more. */
export async function forgetTempCard(
  deps: CheckoutDeps,
  merchant: Merchant,
  id: CardId,
): Promise<void> {
  deps.cvvs.take(id);
  await forgetHeld(deps, merchant.id, id, timeOf(merchant, deps.clock()));
}
