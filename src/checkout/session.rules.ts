import { after } from "../lib/clock.ts";
import type { AgentId, CardId, MerchantId, PosId, SessionId, TokenId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import type { Attempt, Payment, PaymentDetails } from "../payments/payment.rules.ts";
import { type Card, numberHider } from "../vault/card.rules.ts";

/** How long a payer has from the start to the charge. The wire's documents name no time. */
export const SESSION_MS = 20 * 60_000;
/**
 * Cards that may be tried in one session: a shop needs a few, who tests stolen cards needs many.
 */
export const TRIES_MAX = 20;

/** Where a card that is to be stored belongs; the payment decides whether it is. */
export type SaveAsk = Readonly<{
  ownerId?: string | undefined;
  customer?: string | undefined;
  /** An owner of the product's own naming. */
  house?: string | undefined;
  description: string;
}>;

/** What a merchant asked for beside the amount. Kept as JSON, so amounts are texts here. */
export type Terms = Readonly<{
  kind: "sale" | "hold";
  addCommission: boolean;
  /** Whether the payer may not choose to go without 3-D Secure. */
  needs3d: boolean;
  /** The only numbers of instalments that are offered; absent: all there are. 0 is a single one. */
  instalments?: readonly number[] | undefined;
  /** The only programme whose cards are taken. */
  bankId?: string | undefined;
  /** The only contracts that may take it. */
  among?: readonly PosId[] | undefined;
  companyMinor?: string | undefined;
  reference?: string | undefined;
  /** Set for a link that may be paid many times under one reference. */
  sharesReference?: boolean | undefined;
  /** Set for a link that counts what it sells. */
  takesStock?: boolean | undefined;
  /** Where the payer's browser is posted back to. */
  returnUrl?: string | undefined;
  /** The same where the payment is not made, for shops that want it elsewhere. */
  failUrl?: string | undefined;
  /** The shop's own origin, which may hear from pages in frames. */
  origin?: string | undefined;
  showsErrors?: boolean | undefined;
  /** Whose a card would be, and whether it is stored when the payer says nothing else. */
  save?: SaveAsk | undefined;
  savesCard?: boolean | undefined;
  /** What proved the payer's phone by a code, where that was asked for. */
  codeSession?: string | undefined;
  details: PaymentDetails;
}>;

/**
 * In a `card` session a payer enters a card for an order; nothing is sold in it. A `market` session
 * is a marketplace's sale: its server started it, and we complete it when the payer is back.
 */
export type SessionKind = "server" | "form" | "link" | "card" | "market";
export type Session = Readonly<{
  merchantId: MerchantId;
  id: SessionId;
  kind: SessionKind;
  linkId: string | null;
  agentId: AgentId | null;
  /** What the merchant asks for; a commission may come on top. */
  amountMinor: bigint;
  currency: Currency;
  version: number;
  terms: Terms;
  chargedTokenId: TokenId | null;
  expiresAt: Date;
  createdAt: Date;
}>;

/**
 * `ready` needs no bank's page; `challenged` waits for the cardholder; `authenticated` may be
 * charged; `refused` never is.
 */
export type TokenStatus = "ready" | "challenged" | "authenticated" | "refused";
export type Token = Readonly<{
  merchantId: MerchantId;
  id: TokenId;
  sessionId: SessionId;
  /** The version of the session's terms under which the payment was priced. */
  sessionVersion: number;
  /** Upper case, as the wires show it; nobody can guess it. */
  guid: string;
  status: TokenStatus;
  cardId: CardId | null;
  /** The payment as it will be charged. */
  payment: Payment;
  savesCard: boolean;
  openedAt: Date | null;
  returnedAt: Date | null;
  level: "full" | "half" | null;
  eci: string | null;
  proof: Buffer | null;
  reason: string | null;
  bankCode: string | null;
  bankMessage: string | null;
  /** Where the bank's page charges: when the charge is given back, unless it is told before. */
  unclaimedAt: Date | null;
  /** There too: when the charge was first told to whoever asked for it, or was done with. */
  toldAt: Date | null;
  createdAt: Date;
}>;
/** A session with the one of its tries in question. */
export type Try = Readonly<{ session: Session; token: Token }>;

/**
 * Terms fit to be kept beside the card that comes with them: of notes that hold its number only the
 * mask stays. Refuses `invalid_input` where it stands in a reference, an address or an owner's
 * name.
 */
export function termsBeside(card: Pick<Card, "pan" | "mask">, terms: Terms): Terms {
  const hide = numberHider(card);
  const named = {
    reference_no: terms.reference,
    return_url: terms.returnUrl,
    fail_url: terms.failUrl,
    user_unique_id: terms.save?.customer,
  };
  for (const [field, text] of Object.entries(named)) {
    if (text && hide(text) !== text) refuse("invalid_input", { field, problem: "card_number" });
  }
  const details = Object.entries(terms.details).map(([name, value]) => [
    name,
    typeof value === "string" ? hide(value) : value,
  ]);
  return {
    ...terms,
    save: terms.save && { ...terms.save, description: hide(terms.save.description) },
    details: Object.fromEntries(details),
  };
}

/** Refuses `session_not_found` once the time is over, whatever was reached in it. */
export function stillOpen(session: Session, now: Date): void {
  if (now >= session.expiresAt) refuse("session_not_found", {});
}

/**
 * The same, and `session_used` once one of its tries is charged: then there is nothing to change.
 */
export function stillToPay(session: Session, now: Date): void {
  stillOpen(session, now);
  if (session.chargedTokenId !== null) refuse("session_used", {});
}

/**
 * Whether a try may be charged that has no charge yet: a session that was given to it proves none,
 * since the process may have ended right after. Refuses `session_used` where another try has the
 * session, `session_not_found` after its time, `session_mismatch` once the amount was changed, and
 * `not_authenticated` where the bank has not said yes.
 */
export function mayCharge({ session, token }: Try, now: Date): void {
  const isOthers = session.chargedTokenId !== null && session.chargedTokenId !== token.id;
  if (isOthers) refuse("session_used", {});
  stillOpen(session, now);
  if (session.version !== token.sessionVersion) refuse("session_mismatch", {});
  if (token.status !== "ready" && token.status !== "authenticated") refuse("not_authenticated", {});
}

/** How long after its session's end nobody has to ask for a charge that the bank's page made. */
const CLAIM_GRACE_MS = 60_000;
/** Longer than a bank keeps its page open: a payer may come to it when the session ends. */
const BANK_PAGE_MS = 10 * 60_000;
export const unclaimedFrom = ({ expiresAt }: Pick<Session, "expiresAt">): Date =>
  after(expiresAt, CLAIM_GRACE_MS);
export const awayUntil = ({ expiresAt }: Pick<Session, "expiresAt">): Date =>
  after(expiresAt, BANK_PAGE_MS);

/** Waits between two looks at a charge that is to go back: a quarter of its age, in bounds. */
const LOOK_SHARE = 4;
const LOOK_MIN_MS = 60_000;
const LOOK_MAX_MS = 6 * 60 * 60_000;
export function lookAgainAt({ createdAt }: Pick<Token, "createdAt">, now: Date): Date {
  const share = (now.getTime() - createdAt.getTime()) / LOOK_SHARE;
  return after(now, Math.min(Math.max(share, LOOK_MIN_MS), LOOK_MAX_MS));
}

/** The reason of a try that was charged by the bank's page and that nobody asked for in time. */
export const UNCLAIMED = "unclaimed";

/**
 * Whether the bank's page charges this try by itself. It is marked so before the page's form is
 * given out, and stays so whatever its contract becomes.
 */
export const isBankCharged = ({
  unclaimedAt,
  toldAt,
}: Pick<Token, "unclaimedAt" | "toldAt">): boolean => unclaimedAt !== null || toldAt !== null;

/**
 * Refuses a try whose charge by the bank's page goes back: `session_not_found` where nobody asked
 * for it in time, `not_authenticated` where the bank did not vouch for its holder.
 */
export function mayTell({ status, reason }: Pick<Token, "status" | "reason">): void {
  if (status !== "refused") return;
  refuse(reason === UNCLAIMED ? "session_not_found" : "not_authenticated", {});
}

/** Whether a try goes by the bank's page: a payer may choose only where nobody demands it. */
export const goesByBank = (
  maySellWithout3d: boolean,
  terms: Pick<Terms, "needs3d">,
  wants3d: boolean,
): boolean => !maySellWithout3d || terms.needs3d || wants3d;

/** What the key of a try's charge begins with; the try's id follows. */
export const KEY_PREFIX = "checkout:";
/** The key under which the charge of a try is its own receipt. */
export const requestKeyOf = (id: TokenId): string => `${KEY_PREFIX}${id}`;
export const receiptOfTry = ({ id, guid }: Pick<Token, "id" | "guid">) => ({
  requestKey: requestKeyOf(id),
  askHash: guid,
});
/** The try that an attempt charges, if it charges one. */
export const tokenIdOf = (attempt: Pick<Attempt, "requestKey">): TokenId | undefined =>
  attempt.requestKey?.startsWith(KEY_PREFIX)
    ? (attempt.requestKey.slice(KEY_PREFIX.length) as TokenId)
    : undefined;
