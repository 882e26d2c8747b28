import type { Challenge } from "../acquirers/index.ts";
import { inTx } from "../db/transaction.ts";
import type { NewEvent } from "../events/event.rules.ts";
import { emit } from "../events/index.ts";
import { bareId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import { refuse } from "../lib/refusal.ts";
import type { Secret } from "../lib/secret.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { forgetHeld, type OpenedCard, openCard, openProof, sealProof } from "../vault/index.ts";
import { beginCharge, type Charged, comeBackCharged } from "./bank-charge.ts";
import { orderOf, type Posted, posOf, returnUrlOf } from "./bank-order.ts";
import { markOpened, readToken, saveFirstReturn, saveReturn } from "./checkout.store.ts";
import type { CheckoutDeps } from "./deps.ts";
import { asksCode } from "./link.rules.ts";
import type { FoundTry } from "./open-session.ts";
import { isBankCharged, stillOpen, type Token, unclaimedFrom } from "./session.rules.ts";

/**
 * The payer's way to the bank. The form holds the card, so it is given out once. `needs_cvv`: the
 * security code was known to a process that has ended since; the payer is asked for it again.
 */
export type WayToBank =
  | Readonly<{ kind: "form"; form: Challenge }>
  | Readonly<{ kind: "needs_cvv"; cardMask: string }>
  | Readonly<{ kind: "given_out" }>
  /** A stored card that was deleted since it was chosen; nothing was taken. */
  | Readonly<{ kind: "card_gone" }>
  /** The bank has said no, and nothing was taken. */
  | Readonly<{ kind: "refused" }>
  /**
   * The payer is back from the bank, the session is paid, or the bank's page takes the money and
   * was opened before: the shop knows how it ended.
   */
  | Readonly<{ kind: "over" }>;

function isOver({ session, token }: FoundTry): boolean {
  if (isBankCharged(token) || token.status === "authenticated") return true;
  const { chargedTokenId } = session;
  // Given to this try, the session may wait for it to go to a page that charges.
  const isBegun = chargedTokenId === token.id && token.status === "challenged";
  return chargedTokenId !== null && !isBegun;
}

/** Whether a request at the same time was quicker, and took the card and its code along. */
const wasOpened = async (deps: CheckoutDeps, { merchantId, id }: Token): Promise<boolean> =>
  Boolean((await readToken(deps.db.kysely, merchantId, { id }))?.openedAt);

/** Whether a card goes to the bank without its code: the shop's server says so, or its page may. */
const mayGoBare = ({ merchant, session }: FoundTry, { isStored }: OpenedCard): boolean =>
  isStored && !(session.linkId !== null && asksCode(merchant));

/**
 * Sends a payer to the bank's page. A process that ends after the form was marked as given out and
 * before it was sent leaves a try that cannot be finished: the payer starts again, and no money has
 * moved. Where the page charges by itself, the charge is opened before. Refuses `session_not_found`
 * after its time, and as `beginCharge`.
 */
export async function goToBank(
  deps: CheckoutDeps,
  found: FoundTry,
  more: Readonly<{ locale: Locale; cvv?: Secret | undefined }>,
): Promise<WayToBank> {
  const { merchant, session, token } = found;
  const now = timeOf(merchant, deps.clock());
  if (isOver(found)) return { kind: "over" };
  if (token.status === "refused") return { kind: "refused" };
  stillOpen(session, now);
  if (token.status !== "challenged" || token.openedAt) return { kind: "given_out" };
  const model = posOf(found).threeDModel;
  const isCharge = model === "3d_pay";
  // Of a page that takes money nobody may be told that it has taken none.
  const tooLate = { kind: isCharge ? "over" : "given_out" } as const;
  const kept = token.cardId && (await openCard(deps, merchant.id, token.cardId));
  const cvv = more.cvv ?? deps.cvvs.peek(token.id);
  const isWhole = kept && (cvv || mayGoBare(found, kept));
  if (!isWhole && (await wasOpened(deps, token))) return tooLate;
  // What was typed rests until the session ends; what is stored, its owner may delete.
  if (!token.cardId || !kept) return { kind: "card_gone" };
  const { card, isStored } = kept;
  if (!isWhole) return { kind: "needs_cvv", cardMask: card.mask };
  if (isCharge && !(await beginCharge(deps, found, now))) return refuse("session_mismatch", {});
  const unclaimedAt = isCharge ? unclaimedFrom(session) : null;
  if (!(await markOpened(deps.db, token, now, unclaimedAt))) return tooLate;
  deps.cvvs.take(token.id);
  if (!isStored && !token.savesCard) {
    await forgetHeld(deps, merchant.id, token.cardId, now);
  }
  const form = deps.findAcquirer(posOf(found)).challenge({
    ...orderOf(found, model),
    card: { ...card, cvv },
    returnUrl: returnUrlOf(deps, found, more.locale),
    locale: more.locale,
    nonce: token.guid,
  });
  return { kind: "form", form };
}

/** What a return made of a try. `unproven` leaves it as it was. */
export type CameBack =
  /** In doubt, or given back, is what pages have charged by themselves. */
  Charged | Readonly<{ kind: "unproven"; bankMessage: string }>;

const answerOf = (token: Token): CameBack => ({
  kind: token.status === "authenticated" ? "authenticated" : "refused",
  token,
});

/**
 * Reads what a payer's browser posted back from the bank's page. The first return that the bank
 * surely made decides, in one durable write before anybody is told; later ones, and the same one
 * again, get that answer. What the bank need not have made changes nothing. No money moves, but
 * where the bank's page has moved it: then as `comeBackCharged`.
 * Refuses `session_not_found` after the session's time.
 */
export async function comeBack(
  deps: CheckoutDeps,
  found: FoundTry,
  posted: Posted,
): Promise<CameBack> {
  const { merchant, session, token } = found;
  if (isBankCharged(token)) return comeBackCharged(deps, found, posted);
  if (token.status === "authenticated" || token.status === "refused") return answerOf(token);
  const now = timeOf(merchant, deps.clock());
  stillOpen(session, now);
  const unproven = (why: string, bankMessage: string): CameBack => {
    deps.onUnproven({ merchantId: merchant.id, tokenId: token.id, why });
    return { kind: "unproven", bankMessage };
  };
  if (token.status === "ready" || !token.openedAt) return unproven("nobody was sent there", "");
  const order = { ...orderOf(found, "3d"), returnUrl: returnUrlOf(deps, found, posted.lang) };
  const returned = deps.findAcquirer(posOf(found)).resume(order, posted.bytes);
  if (returned.kind === "unproven") return unproven(returned.why, returned.bankMessage);
  if (returned.kind === "charged") return unproven("nobody was to be charged there", "");
  const read: Token =
    returned.kind === "authenticated"
      ? {
          ...token,
          status: "authenticated",
          returnedAt: now,
          level: returned.level,
          eci: returned.eci,
          proof: sealProof(deps.ring, returned.proof, token.id),
        }
      : {
          ...token,
          status: "refused",
          returnedAt: now,
          reason: returned.reason,
          bankCode: returned.bankCode,
          bankMessage: returned.bankMessage,
        };
  const isEnd = read.status === "refused" && session.kind === "market";
  if (isEnd) await endTurnedAway(deps, read, now);
  return answerOf(await saveReturn(deps.db, read));
}

/**
 * Keeps that the bank turned the payer of a marketplace's sale away, who has no second try: the
 * payment has failed, which is news, told once.
 */
function endTurnedAway({ db }: CheckoutDeps, token: Token, now: Date): Promise<void> {
  const { merchantId, payment } = token;
  return inTx(db, async (tx) => {
    if (!(await saveFirstReturn(tx, token))) return;
    const event: NewEvent = {
      merchantId,
      id: `evt_${bareId(payment.id)}_turned_away`,
      type: "payment.turned_away",
      subjectId: payment.id,
      payload: { payment_id: payment.id, token_id: token.id, decline_reason: token.reason },
    };
    await emit(tx, [{ ...event, createdAt: now }]);
  });
}

/** The proof with which an authenticated try is charged. */
export const proofOf = (deps: CheckoutDeps, token: Token): Secret | undefined =>
  token.proof ? openProof(deps.ring, token.proof, token.id) : undefined;
