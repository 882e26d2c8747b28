import type { Means } from "../acquirers/index.ts";
import { unlessGone } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { chargePlanned, type Done, readDone } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { mayHoldNumber } from "../vault/card.rules.ts";
import { forgetHeld, openCard } from "../vault/index.ts";
import { tellCharge } from "./bank-charge.ts";
import { proofOf } from "./bank-page.ts";
import { claim, dropProof, isCharged } from "./checkout.store.ts";
import type { CheckoutDeps } from "./deps.ts";
import { checkLinkOf } from "./link-session.ts";
import type { FoundTry } from "./open-session.ts";
import { type Saved, saveAfter } from "./save-card.ts";
import { isBankCharged, mayCharge, receiptOfTry } from "./session.rules.ts";
import { openingOf } from "./stock.ts";
import { agentIn } from "./try-card.ts";

export type FinishAsk = Readonly<{
  /** What the shop asks for at the end, where its wire lets it. */
  kind?: "sale" | "hold" | undefined;
  reference?: string | undefined;
  clientIp: string;
}>;

export type Finished = Readonly<{
  done: Done;
  /** Whether this try was charged by an earlier call. */
  isRepeat: boolean;
  saved?: Saved | undefined;
}>;

/**
 * What the bank is given: the proof of an authenticated try, or the card with the code that this
 * process remembers. Nothing where both are gone.
 */
async function meansOf(deps: CheckoutDeps, found: FoundTry): Promise<Means | undefined> {
  const { merchant, token } = found;
  const proof = proofOf(deps, token);
  if (proof) return { proof };
  if (token.status !== "ready" || !token.cardId) return undefined;
  const kept = await openCard(deps, merchant.id, token.cardId);
  if (!kept) return undefined;
  const cvv = deps.cvvs.peek(token.id);
  // A card that is stored may be charged without its code, one that was typed was typed with it.
  return cvv || kept.isStored ? { card: { ...kept.card, cvv } } : undefined;
}

/**
 * The reference of a link is what keeps it from being paid twice, so nobody gives it another.
 * Refuses `invalid_input` for one that holds the card's number, of which the mask alone may be
 * left.
 */
function referenceOf({ session, token }: FoundTry, ask: FinishAsk): string {
  if (session.linkId || ask.reference === undefined) return token.payment.reference;
  const isNumber = mayHoldNumber(token.payment.cardMask)(ask.reference);
  return isNumber ? refuse("invalid_input", numberAsReference) : ask.reference;
}
const numberAsReference = { field: "reference_no", problem: "card_number" } as const;

/**
 * Charges a try: the one step of a session that moves money. The session is given to the try first,
 * in a durable write; then the payment that was planned with it is opened, and its id and its
 * receipt are the try's. So whatever ends between any two steps, the next call goes on where this
 * one stopped, and finds the payment where there is one. What the bank's page has charged is told,
 * as by `tellCharge`. Refusals: those of `mayCharge`,
 * `link_closed`, `agent_blocked`, `reference_taken`, `payment_in_doubt`, `temporarily_unavailable`,
 * and `session_not_found` when a process that ended took the security code with it.
 */
export async function finish(
  deps: CheckoutDeps,
  found: FoundTry,
  ask: FinishAsk,
): Promise<Finished> {
  const { merchant, session, token } = found;
  if (isBankCharged(token)) {
    const asked = { kind: ask.kind, reference: referenceOf(found, ask) };
    const told = await tellCharge(deps, found, asked);
    return { ...told, saved: await save(deps, found, told.done) };
  }
  const receipt = receiptOfTry(token);
  const reference = referenceOf(found, ask);
  // What was begun is found again at any time; what was not has to be allowed now.
  const isBegun = await readDone(deps.db, merchant.id, { requestKey: receipt.requestKey });
  if (!isBegun) {
    const now = timeOf(merchant, deps.clock());
    mayCharge(found, now);
    await checkLinkOf(deps, session, { now, paymentId: token.payment.id });
    await agentIn(deps, merchant, session);
  }
  const means = await meansOf(deps, found);
  // A call at the same time may have charged this try, and have left nothing to charge with.
  if (!means && !isBegun && !(await isCharged(deps.db, token))) {
    return refuse("session_not_found", {});
  }
  if (!(await claim(deps.db, found))) return refuse("session_used", {});
  const { done, isRepeat } = await chargePlanned(deps.payments, {
    merchant,
    payment: { ...token.payment, reference },
    // Whoever asks how: where a card is entered nothing is sold.
    kind: (session.kind === "card" ? undefined : ask.kind) ?? session.terms.kind,
    means,
    clientIp: ask.clientIp,
    receipt,
    openCharge: openingOf(deps, session),
  });
  deps.cvvs.take(token.id);
  // A proof charges once; one that stays here is dropped by whoever asks next.
  if (isSettled(done.attempt)) await unlessGone(() => dropProof(deps.db, token));
  const saved = await save(deps, found, done);
  return { done, isRepeat, saved };
}

/**
 * Stores the card where that was asked for; a try that went by the bank's page kept it for this.
 */
async function save(
  deps: CheckoutDeps,
  { merchant, session, token }: FoundTry,
  done: Done,
): Promise<Saved | undefined> {
  const { save: wish } = session.terms;
  const { cardId } = token;
  if (!wish || !token.savesCard || !cardId) return undefined;
  const kept = await unlessGone(() => openCard(deps, merchant.id, cardId));
  if (!kept) return { kind: "not_saved", why: undefined };
  const saved = await saveAfter(deps, merchant, wish, { card: kept.card, done });
  // A link's end is a page that is loaded again: a card that was deleted since is not stored anew.
  if (saved.kind === "saved" && session.linkId) {
    await unlessGone(() => forgetHeld(deps, merchant.id, cardId, timeOf(merchant, deps.clock())));
  }
  return saved;
}
