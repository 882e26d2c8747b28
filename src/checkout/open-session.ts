import { inTx } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import { newId, readGuid, type SessionId, type TokenId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import { type Agent, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { Card } from "../vault/index.ts";
import { insertSession, lockSession, readSession, readToken, saveTerms } from "./checkout.store.ts";
import type { CheckoutDeps } from "./deps.ts";
import { readHandle } from "./handle.ts";
import {
  SESSION_MS,
  type Session,
  type SessionKind,
  stillToPay,
  type Terms,
  type Try,
  termsBeside,
} from "./session.rules.ts";

export type SessionAsk = Readonly<{
  kind: SessionKind;
  linkId?: string | undefined;
  agent?: Agent | undefined;
  amountMinor: bigint;
  currency: Currency;
  terms: Terms;
  /** The card that came with the terms, where it did. */
  card?: Card | undefined;
}>;

/**
 * Opens a session for one payer with one amount. It lasts `SESSION_MS`. Refuses as `termsBeside`.
 */
export async function openSession(
  deps: CheckoutDeps,
  merchant: Merchant,
  ask: SessionAsk,
): Promise<Session> {
  const now = timeOf(merchant, deps.clock());
  const session: Session = {
    merchantId: merchant.id,
    id: newId("ses", now),
    kind: ask.kind,
    linkId: ask.linkId ?? null,
    agentId: ask.agent?.id ?? null,
    amountMinor: ask.amountMinor,
    currency: ask.currency,
    version: 1,
    terms: ask.card ? termsBeside(ask.card, ask.terms) : ask.terms,
    chargedTokenId: null,
    expiresAt: after(now, SESSION_MS),
    createdAt: now,
  };
  await insertSession(deps.db.kysely, session);
  return session;
}

/** A session with its merchant, who is found by the handle itself. */
export type Found = Readonly<{ merchant: Merchant; session: Session }>;
export type FoundTry = Try & Readonly<{ merchant: Merchant }>;

/**
 * The session of a handle that a shop or a browser gave. Refuses `session_not_found` for any other
 * text, and `merchant_blocked`. Whether it is over is for each verb to say.
 */
export async function findSession(deps: CheckoutDeps, handle: string): Promise<Found> {
  const name = readHandle(deps.ring, handle.trim()) ?? refuse("session_not_found", {});
  const merchant = await deps.merchantOf(name.merchantId);
  if (merchant.isBlocked) return refuse("merchant_blocked", {});
  const session = await readSession(deps.db, name);
  return { merchant, session: session ?? refuse("session_not_found", {}) };
}

/** A try of a session. Refuses `session_mismatch` for a token of another session. */
export async function tryIn(deps: CheckoutDeps, found: Found, guid: string): Promise<FoundTry> {
  const name = readGuid(guid)?.toUpperCase();
  const token = name && (await readToken(deps.db.kysely, found.merchant.id, { guid: name }));
  if (!token || token.sessionId !== found.session.id) return refuse("session_mismatch", {});
  return { ...found, token };
}

/** A try by the ids under which a later room keeps it; `undefined` when its session was dropped. */
export async function readTry(
  { db }: Pick<CheckoutDeps, "db">,
  merchant: Merchant,
  { sessionId, tokenId }: Readonly<{ sessionId: SessionId; tokenId: TokenId }>,
): Promise<FoundTry | undefined> {
  const session = await readSession(db, { merchantId: merchant.id, id: sessionId });
  const token = await readToken(db.kysely, merchant.id, { id: tokenId });
  return session && token && { merchant, session, token };
}

/** A try by both of its names. Refuses as `findSession` and `tryIn`. */
export const findTry = async (deps: CheckoutDeps, handle: string, guid: string) =>
  tryIn(deps, await findSession(deps, handle), guid);

/**
 * Changes what is to be paid, as long as nothing is charged, and gives the session as it then is.
 * Changes that come together are made one after the other. Tries that were priced before cannot be
 * charged any more. Only a form's terms are a browser's to change: those of other sessions were set
 * by the shop's server, and their handles pass through the payer's hands too. Refuses
 * `session_not_found` for these and after its time, `session_used` once charged.
 */
export async function changeTerms(
  deps: CheckoutDeps,
  found: Found,
  change: (
    session: Session,
  ) => Readonly<{ amountMinor?: bigint | undefined; terms?: Partial<Terms> }>,
): Promise<Session> {
  if (found.session.kind !== "form") refuse("session_not_found", {});
  return inTx(deps.db, async (tx) => {
    const session = (await lockSession(tx, found.session)) ?? refuse("session_not_found", {});
    stillToPay(session, timeOf(found.merchant, deps.clock()));
    const { amountMinor = session.amountMinor, terms } = change(session);
    const version = session.version + 1;
    const changed = { ...session, version, amountMinor, terms: { ...session.terms, ...terms } };
    await saveTerms(tx, changed);
    return changed;
  });
}
