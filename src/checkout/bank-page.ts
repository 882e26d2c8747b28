import type { Challenge } from "../acquirers/index.ts";
import { bareId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import { money } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import type { Secret } from "../lib/secret.ts";
import { type MerchantPos, timeOf } from "../merchants/merchant.rules.ts";
import { forgetHeld, openCard, openProof, sealProof } from "../vault/index.ts";
import { markOpened, saveReturn } from "./checkout.store.ts";
import type { CheckoutDeps } from "./deps.ts";
import { handleOf } from "./handle.ts";
import type { FoundTry } from "./open-session.ts";
import { stillOpen, type Token } from "./session.rules.ts";

/** Where the bank's page posts a payer back to; the facade of pages listens there. */
export const RETURN_PATH = "/v1/paynetjgate/return";

function posOf({ merchant, token }: FoundTry): MerchantPos {
  const pos = merchant.pos.find((each) => each.id === token.payment.posId);
  if (!pos) throw new Error(`POS ${token.payment.posId} of try ${token.id} is gone`);
  return pos;
}

const orderOf = ({ session, token }: FoundTry) =>
  ({
    operation: session.terms.kind,
    orderId: bareId(token.payment.id),
    amount: money(token.payment.amountMinor, token.payment.currency),
    instalments: token.payment.instalments,
  }) as const;

/** Ends with the language of the payer, who shall read the end of the way in it too. */
function returnUrlOf(deps: CheckoutDeps, found: FoundTry, lang: string | undefined): string {
  const { merchant, session, token } = found;
  const handle = handleOf(deps.ring, { merchantId: merchant.id, id: session.id });
  const names = [handle, token.guid, ...(lang === undefined ? [] : [lang])];
  return `${deps.publicUrl()}${RETURN_PATH}/${names.join("/")}`;
}

/**
 * The payer's way to the bank. The form holds the card, so it is given out once. `needs_cvv`: the
 * security code was known to a process that has ended since; the payer is asked for it again.
 */
export type WayToBank =
  | Readonly<{ kind: "form"; form: Challenge }>
  | Readonly<{ kind: "needs_cvv"; cardMask: string }>
  | Readonly<{ kind: "given_out" }>
  /** The payer is back from the bank, or the session is paid: the shop knows how it ended. */
  | Readonly<{ kind: "over" }>;

/**
 * Sends a payer to the bank's page. A process that ends after the form was marked as given out and
 * before it was sent leaves a try that cannot be finished: the payer starts again, and no money has
 * moved. Refuses `session_not_found` after its time.
 */
export async function goToBank(
  deps: CheckoutDeps,
  found: FoundTry,
  more: Readonly<{ locale: Locale; cvv?: Secret | undefined }>,
): Promise<WayToBank> {
  const { merchant, session, token } = found;
  const now = timeOf(merchant, deps.clock());
  if (session.chargedTokenId || token.status === "authenticated") return { kind: "over" };
  stillOpen(session, now);
  if (token.status !== "challenged" || token.openedAt) return { kind: "given_out" };
  const kept = token.cardId && (await openCard(deps, merchant.id, token.cardId));
  if (!token.cardId || !kept) return refuse("session_not_found", {});
  const cvv = more.cvv ?? deps.cvvs.peek(token.id);
  const { card, isStored } = kept;
  if (!cvv && !isStored) return { kind: "needs_cvv", cardMask: card.mask };
  if (!(await markOpened(deps.db, token, now))) return { kind: "given_out" };
  deps.cvvs.take(token.id);
  if (!isStored && !token.savesCard) {
    await forgetHeld(deps, merchant.id, token.cardId, now);
  }
  const form = deps.findAcquirer(posOf(found)).challenge({
    ...orderOf(found),
    card: { ...card, cvv },
    returnUrl: returnUrlOf(deps, found, more.locale),
    locale: more.locale,
    nonce: token.guid,
  });
  return { kind: "form", form };
}

/** What a return made of a try. `unproven` leaves it as it was. */
export type CameBack =
  | Readonly<{ kind: "authenticated"; token: Token }>
  | Readonly<{ kind: "refused"; token: Token }>
  | Readonly<{ kind: "unproven"; bankMessage: string }>;

/** What a browser brings, and the language in the address that it brings it to. */
export type Posted = Readonly<{ bytes: Uint8Array; lang: string | undefined }>;

const answerOf = (token: Token): CameBack => ({
  kind: token.status === "authenticated" ? "authenticated" : "refused",
  token,
});

/**
 * Reads what a payer's browser posted back from the bank's page. The first return that the bank
 * surely made decides, in one durable write before anybody is told; later ones, and the same one
 * again, get that answer. What the bank need not have made changes nothing. No money moves.
 * Refuses `session_not_found` after the session's time.
 */
export async function comeBack(
  deps: CheckoutDeps,
  found: FoundTry,
  posted: Posted,
): Promise<CameBack> {
  const { merchant, session, token } = found;
  if (token.status === "authenticated" || token.status === "refused") return answerOf(token);
  const now = timeOf(merchant, deps.clock());
  stillOpen(session, now);
  const unproven = (why: string, bankMessage: string): CameBack => {
    deps.onUnproven({ merchantId: merchant.id, tokenId: token.id, why });
    return { kind: "unproven", bankMessage };
  };
  if (token.status === "ready" || !token.openedAt) return unproven("nobody was sent there", "");
  const order = { ...orderOf(found), returnUrl: returnUrlOf(deps, found, posted.lang) };
  const returned = deps.findAcquirer(posOf(found)).resume(order, posted.bytes);
  if (returned.kind === "unproven") return unproven(returned.why, returned.bankMessage);
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
  return answerOf(await saveReturn(deps.db, read));
}

/** The proof with which an authenticated try is charged. */
export const proofOf = (deps: CheckoutDeps, token: Token): Secret | undefined =>
  token.proof ? openProof(deps.ring, token.proof, token.id) : undefined;
