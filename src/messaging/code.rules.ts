import { assert } from "../lib/assert.ts";
import type { MerchantId } from "../lib/id.ts";
import { checkPhone } from "./recipient.rules.ts";

/** Paynet's manual names no time; three minutes are what a text message and its reader need. */
export const CODE_LIFETIME_MS = 3 * 60 * 1000;
/** After so many wrong ones a code is void. With 32^4 codes that is one chance in 350 000. */
export const CODE_TRIES_MAX = 3;
/** How long what a code has proved may be used, such as for a card that first goes by its bank. */
export const PROOF_LIFETIME_MS = 30 * 60 * 1000;

/** As Paynet's: four letters and digits. Without 0 and O, 1 and I, which look alike. */
export const CODE_LENGTH = 4;
const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

export type CodePurpose = "card" | "receipt" | "subscription";
/** What a code is for, and the client's own name for this asking, which has one code at a time. */
export type CodeKey = Readonly<{ purpose: CodePurpose; session: string }>;
/** The session of a receipt's code is its phone, whatever is said here. */
export type CodeAsk = CodeKey & Readonly<{ phone: string }>;

/** An ask in the one spelling that is kept and hashed. Refuses `invalid_input` of `phone`. */
export function exactAsk({ purpose, session, phone }: CodeAsk): CodeAsk {
  const bare = checkPhone("phone", phone);
  return { purpose, session: purpose === "receipt" ? bare : session, phone: bare };
}

/** A code from chance: one byte for each character, all characters alike. */
export function codeOf(chance: Uint8Array): string {
  assert(chance.length === CODE_LENGTH, "a code is made of a byte for each character");
  return Array.from(chance, (byte) => alphabet[byte % alphabet.length]).join("");
}

/** A code as it was sent, of one that a person typed. */
export const spelledCode = (typed: string): string => typed.replaceAll(/\s/g, "").toUpperCase();

/** What is hashed: a code is right for one merchant, purpose, session and phone together. */
export const boundCode = (merchant: MerchantId, ask: CodeAsk, code: string): string =>
  JSON.stringify([merchant, ask.purpose, ask.session, ask.phone, spelledCode(code)]);

/** Whole seconds until a moment, at least one. */
export const secondsUntil = (moment: Date, now: Date): number =>
  Math.max(1, Math.ceil((moment.getTime() - now.getTime()) / 1000));
