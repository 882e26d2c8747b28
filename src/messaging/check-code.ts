import { inTx, type Tx } from "../db/transaction.ts";
import { after, istanbulDay, istanbulDayOf } from "../lib/clock.ts";
import { refuse } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/index.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import {
  CODE_TRIES_MAX,
  type CodeAsk,
  type CodeKey,
  dayOver,
  exactAsk,
  PROOF_LIFETIME_MS,
} from "./code.rules.ts";
import { passProof, readCode, takeProof, tryCode, unuseCode } from "./codes.store.ts";
import type { MessagingDeps } from "./deps.ts";
import { hashOfCode } from "./send-code.ts";

type TypedCode = CodeAsk & Readonly<{ code: string }>;

/**
 * Commits each try by itself: what a later refusal undoes must not give tries back. Answers the
 * moment at which a right code was tried.
 */
async function tryOnce(
  deps: MessagingDeps,
  merchant: Merchant,
  typed: TypedCode,
  isUse: boolean,
): Promise<Date> {
  const ask = exactAsk(typed);
  const now = timeOf(merchant, deps.clock());
  const hash = hashOfCode(deps.ring, merchant.id, ask, typed.code);
  const tried = await inTx(deps.db, (tx) => tryCode(tx, merchant.id, ask, { hash, isUse }, now));
  if (tried?.isRight) return now;
  const known = await readCode(deps.db.kysely, merchant.id, ask);
  const isOver = known && dayOver(ask.purpose, known.counted, istanbulDay(now)).takes;
  if (isOver) return refuse("day_limit_reached", { until: istanbulDayOf(now).until });
  if (tried) return refuse("code_wrong", { left: tried.left });
  const isVoid = known && !known.isUsed && known.tries >= CODE_TRIES_MAX && known.expiresAt > now;
  return isVoid ? refuse("code_wrong", { left: 0 }) : refuse("code_expired", {});
}

/**
 * Checks a code that somebody typed. Once right it stays so, so that a client that lost our answer
 * may ask again. Refuses `code_wrong` with the tries that are left, also when the code is right and
 * the phone is another, `code_expired` when there is no code that could be right, and
 * `day_limit_reached` after too many wrong ones on this day.
 */
export async function checkCode(
  deps: MessagingDeps,
  merchant: Merchant,
  typed: TypedCode,
): Promise<void> {
  await tryOnce(deps, merchant, typed, false);
}

/** What is known of a session's last code. */
export type KnownCode = Readonly<{
  /** The phone that it has proved, as long as `useCode` would take it, and until when it would. */
  provenPhone: string | undefined;
  provenUntil: Date | undefined;
  /** Until when it is good, and no other one is sent. */
  expiresAt: Date;
  /** How often it may still be typed; 0 once it was used or has expired. */
  left: number;
  /** Until when neither this one is taken nor another one sent, where this day's are used up. */
  dayOverUntil: Date | undefined;
}>;

/** `undefined` when no code was ever sent to this session. */
export async function findCode(
  { db, clock }: Pick<MessagingDeps, "db" | "clock">,
  merchant: Merchant,
  key: CodeKey,
): Promise<KnownCode | undefined> {
  const known = await readCode(db.kysely, merchant.id, key);
  if (!known) return undefined;
  const { verifiedAt, isUsed, phone, expiresAt, tries } = known;
  const now = timeOf(merchant, clock());
  const until = verifiedAt && !isUsed ? after(verifiedAt, PROOF_LIFETIME_MS) : undefined;
  const isProof = until !== undefined && until > now;
  const left = isUsed || expiresAt <= now ? 0 : CODE_TRIES_MAX - tries;
  const over = dayOver(key.purpose, known.counted, istanbulDay(now));
  const isOver = over.takes || (over.sends && left === 0);
  return {
    provenPhone: isProof ? phone : undefined,
    provenUntil: isProof ? until : undefined,
    expiresAt,
    left,
    dayOverUntil: isOver ? istanbulDayOf(now).until : undefined,
  };
}

/**
 * Hands what a session's code has proved on to another session, which nobody but the one who typed
 * the code knows: a code that is sent to the first one later takes nothing from it. False where
 * nothing was proved that could still be used.
 */
export const handProofOn = (
  { db, clock }: Pick<MessagingDeps, "db" | "clock">,
  merchant: Merchant,
  key: CodeKey,
  session: string,
): Promise<boolean> =>
  inTx(db, (tx) => passProof(tx, merchant.id, key, session, timeOf(merchant, clock())));

/**
 * Uses a checked code, once, in the transaction of what it allows, and gives the phone that it
 * proved. `now` is the merchant's time. Refuses `code_needed` when none was checked within the last
 * half hour, and when it was used before.
 */
export async function useCode(
  tx: Tx,
  merchant: Merchant,
  key: CodeKey,
  now: Date,
): Promise<{ phone: string }> {
  const phone = await takeProof(tx, merchant.id, key, now);
  return phone === undefined ? refuse("code_needed", {}) : { phone };
}

/** A receipt's code that was used, as `giveCodeBack` takes it. */
export type UsedCode = Readonly<{ phone: string; usedAt: Date }>;
const receiptKey = (phone: string): CodeKey => ({ purpose: "receipt", session: phone });

/**
 * Checks and uses at once the code of a receipt, which is sent with the payment. It is used in a
 * commit of its own, before the payment. Refuses as `checkCode` does; a used code has expired.
 */
export async function useCodeDirectly(
  deps: MessagingDeps,
  merchant: Merchant,
  { phone, code }: Readonly<{ phone: string; code: string }>,
): Promise<UsedCode> {
  const exact = exactAsk({ ...receiptKey(phone), phone });
  const usedAt = await tryOnce(deps, merchant, { ...exact, code }, true);
  return { phone: exact.phone, usedAt };
}

/**
 * Takes a use back, for a payment that came to nothing: the same code is good again until its time
 * is over. A process that ends before it does so leaves the code used, and its payer asks for
 * another one.
 */
export const giveCodeBack = (
  { db }: Pick<MessagingDeps, "db">,
  merchant: Merchant,
  { phone, usedAt }: UsedCode,
): Promise<void> => inTx(db, (tx) => unuseCode(tx, merchant.id, receiptKey(phone), usedAt));
