import { randomBytes } from "node:crypto";
import { inTx } from "../db/transaction.ts";
import { after, istanbulDay, istanbulDayOf } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import { refuse } from "../lib/refusal.ts";
import { type Keyring, keyedHash } from "../lib/seal.ts";
import type { Merchant } from "../merchants/index.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import {
  boundCode,
  CODE_LENGTH,
  CODE_LIFETIME_MS,
  type CodeAsk,
  codeOf,
  dayOver,
  exactAsk,
  secondsUntil,
} from "./code.rules.ts";
import { openCode, readCode } from "./codes.store.ts";
import type { MessagingDeps } from "./deps.ts";
import { codeText } from "./texts.ts";
import { write } from "./write.ts";

export const hashOfCode = (ring: Keyring, merchant: MerchantId, ask: CodeAsk, code: string) =>
  keyedHash(ring.codes, boundCode(merchant, ask, code));

/**
 * Sends a code to a phone and says until when it is good. The code itself is in the message alone;
 * a hash of it is kept. Refuses `code_too_early` while the session's last code is good, used or
 * not, `day_limit_reached` where no more is sent on this day, and `invalid_input` of `phone`.
 */
export async function sendCode(
  deps: MessagingDeps,
  merchant: Merchant,
  ask: CodeAsk,
  locale: Locale = "tr",
): Promise<{ expiresAt: Date }> {
  const exact = exactAsk(ask);
  const { purpose, phone } = exact;
  const now = timeOf(merchant, deps.clock());
  const expiresAt = after(now, CODE_LIFETIME_MS);
  const code = codeOf(randomBytes(CODE_LENGTH));
  const hash = hashOfCode(deps.ring, merchant.id, exact, code);
  const isSent = await inTx(deps.db, async (tx) => {
    const opened = { ...exact, hash, sentAt: now, expiresAt };
    if (!(await openCode(tx, merchant.id, opened))) return false;
    const body = codeText(locale, purpose, merchant.name, code);
    const message = { channel: "sms", recipient: phone, subject: "", body } as const;
    await write(tx, merchant, { ...message, purpose: `${purpose}_code` }, now);
    return true;
  });
  if (isSent) return { expiresAt };
  const good = await readCode(deps.db.kysely, merchant.id, exact);
  const { until } = istanbulDayOf(now);
  if (good && dayOver(purpose, good.counted, istanbulDay(now)).sends) {
    return refuse("day_limit_reached", { until });
  }
  return refuse("code_too_early", { wait: secondsUntil(good?.expiresAt ?? expiresAt, now) });
}
