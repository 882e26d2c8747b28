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

/** How many codes of a session are sent on a day in Istanbul, and how many wrong ones taken. */
export type DayLimit = Readonly<{ codes: number; wrong: number }>;
const NO_LIMIT: DayLimit = { codes: 2 ** 31 - 1, wrong: 2 ** 31 - 1 };
/**
 * The page of a regular payment order is open to whoever has its address, so nobody shall pay for
 * text messages, or guess, without end. Other codes are asked for by merchants' own servers.
 */
export const dayLimits: Readonly<Record<CodePurpose, DayLimit>> = {
  card: NO_LIMIT,
  receipt: NO_LIMIT,
  subscription: { codes: 10, wrong: 15 },
};

/** What was counted of a session on the day of its last code or wrong guess. */
export type DayCount = Readonly<{ day: string | null; codes: number; wrong: number }>;

/** Whether no code can be sent any more on a day, and whether none can be typed. */
export function dayOver(purpose: CodePurpose, count: DayCount, today: string) {
  const limit = dayLimits[purpose];
  const isToday = count.day === today;
  const isWrong = isToday && count.wrong >= limit.wrong;
  return { sends: isWrong || (isToday && count.codes >= limit.codes), takes: isWrong };
}

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
