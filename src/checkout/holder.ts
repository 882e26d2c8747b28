import type { Holder } from "../acquirers/index.ts";
import { refuse } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { askHolder, type Done, type PaymentsDeps } from "../payments/index.ts";
import { freeSession, refuseTry } from "./bank-charge.store.ts";
import { readToken, saveReturn } from "./checkout.store.ts";
import { giveBack } from "./give-back.ts";
import type { Token } from "./session.rules.ts";

/**
 * Keeps what the bank said of the holder of a try that its page charged. Money that was taken
 * against the contract goes back at once.
 */
export async function keepHolder(
  deps: PaymentsDeps,
  token: Token,
  { holder, done }: Readonly<{ holder: Holder; done: Done }>,
): Promise<Token> {
  const now = timeOf(await deps.merchantOf(token.merchantId), deps.clock());
  if (holder.kind === "authenticated") {
    const { kind: status, level, eci } = holder;
    return saveReturn(deps.db, { ...token, status, level, eci, returnedAt: now });
  }
  const tookNothing = done.attempt.status === "declined";
  // The first return that the bank surely made decides, as everywhere.
  const refused = { ...holder, from: ["challenged"], dueAt: tookNothing ? null : now } as const;
  if (await refuseTry(deps.db, token, refused, now)) {
    // Another card may be tried where this one took nothing.
    if (tookNothing) await freeSession(deps.db, token);
    else await giveBack(deps, token, done);
  }
  return (await readToken(deps.db.kysely, token.merchantId, { id: token.id })) ?? token;
}

const unvouched: Holder = {
  kind: "refused",
  reason: "authentication_failed",
  bankCode: "",
  bankMessage: "",
};

/**
 * The try with what is known of its holder. Where no return has said that, a payer may have kept it
 * back, so the bank is asked; where it does not say either, only a contract that takes half-secure
 * cards takes the payment. Refuses `payment_in_doubt` when the bank cannot be asked.
 */
export async function vouched(deps: PaymentsDeps, token: Token, done: Done): Promise<Token> {
  if (token.status !== "challenged" || done.attempt.status !== "approved") return token;
  const said = await askHolder(deps, done);
  const { reference, posId } = done.payment;
  if (said === "unknown") return refuse("payment_in_doubt", { reference });
  if (said !== "unsaid") return keepHolder(deps, token, { holder: said, done });
  const { pos } = await deps.merchantOf(token.merchantId);
  if (pos.find(({ id }) => id === posId)?.acceptsHalfSecure) return token;
  return keepHolder(deps, token, { holder: unvouched, done });
}
