import { randomUUID } from "node:crypto";
import { inTx } from "../db/transaction.ts";
import { type CardId, newId, type TokenId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { findAgent } from "../merchants/index.ts";
import { type Agent, type Merchant, routeCard, timeOf } from "../merchants/merchant.rules.ts";
import { checkReference } from "../payments/index.ts";
import type { PaymentDetails } from "../payments/payment.rules.ts";
import { planPayment } from "../payments/plan.rules.ts";
import { type Card, holdCard } from "../vault/index.ts";
import { insertToken, lockSession } from "./checkout.store.ts";
import type { CheckoutDeps } from "./deps.ts";
import { checkLinkOf } from "./link-session.ts";
import type { Found, FoundTry } from "./open-session.ts";
import { goesByBank, type Session, stillToPay, type Token } from "./session.rules.ts";

export type TryAsk = Readonly<{
  card: Card;
  /** 0 is a single payment. */
  instalments: number;
  /** What the payer chose; it counts only where nobody demands 3-D Secure. */
  wants3d: boolean;
  savesCard: boolean;
  /** What the payer said beside the card. */
  details?: PaymentDetails | undefined;
  /** A card that is stored already. */
  storedCardId?: CardId | undefined;
}>;

function plan(
  { merchant, session }: Found,
  ask: TryAsk,
  by: Readonly<{ now: Date; is3d: boolean; agent: Agent | undefined }>,
) {
  const { terms } = session;
  const id = newId("pay", by.now);
  const route = routeCard(merchant, ask.card.facts, ask.instalments, {
    currency: session.currency,
    among: terms.among,
  });
  return planPayment(
    merchant,
    route,
    {
      amountMinor: session.amountMinor,
      currency: session.currency,
      addCommission: terms.addCommission,
      instalments: ask.instalments,
      card: ask.card,
      agent: by.agent,
      companyMinor: terms.companyMinor === undefined ? undefined : BigInt(terms.companyMinor),
      reference: terms.reference ?? id.slice("pay_".length),
      sharesReference: terms.sharesReference ?? false,
      details: { ...terms.details, ...ask.details, is_tds: by.is3d },
    },
    { id, now: by.now },
  );
}

/** The agent of a session as it is now. Refuses `agent_blocked`. */
export async function agentIn(deps: CheckoutDeps, merchant: Merchant, session: Session) {
  if (!session.agentId) return undefined;
  const agent = await findAgent(deps.db, merchant.id, { id: session.agentId });
  return agent?.isBlocked ? refuse("agent_blocked", {}) : agent;
}

/**
 * Tries one card in a session: prices the payment, keeps the card sealed until the session ends and
 * its security code in memory, and says by its state whether the payer goes by the bank's page. No
 * money moves. Refusals: `session_not_found`; `session_used`, also after `TRIES_MAX` cards;
 * `session_mismatch` when the amount changes meanwhile; `agent_blocked`, those of `routeCard` and
 * of `checkReference`.
 */
export async function tryCard(deps: CheckoutDeps, found: Found, ask: TryAsk): Promise<FoundTry> {
  const { merchant, session } = found;
  const now = timeOf(merchant, deps.clock());
  stillToPay(session, now);
  await checkLinkOf(deps, session, { now });
  const { reference, sharesReference } = session.terms;
  if (reference && !sharesReference) await checkReference(deps.payments, merchant.id, reference);
  const is3d = goesByBank(merchant.maySellWithout3d, session.terms, ask.wants3d);
  const agent = await agentIn(deps, merchant, session);
  const payment = plan(found, ask, { now, is3d, agent });
  const id: TokenId = newId("tok", now);
  const cardId =
    ask.storedCardId ?? (await holdCard(deps, merchant.id, ask.card, now, session.expiresAt));
  const token: Token = {
    merchantId: merchant.id,
    id,
    sessionId: session.id,
    sessionVersion: session.version,
    guid: randomUUID().toUpperCase(),
    status: is3d ? "challenged" : "ready",
    cardId,
    payment,
    savesCard: ask.savesCard,
    openedAt: null,
    returnedAt: null,
    level: null,
    eci: null,
    proof: null,
    reason: null,
    bankCode: null,
    bankMessage: null,
    unclaimedAt: null,
    toldAt: null,
    createdAt: now,
  };
  await add(deps, found, token);
  if (ask.card.cvv) deps.cvvs.keep(id, ask.card.cvv);
  return { merchant, session, token };
}

/** Adds a try to its session, which may have been changed or charged since it was read. */
async function add(deps: CheckoutDeps, { session }: Found, token: Token): Promise<void> {
  await inTx(deps.db, async (tx) => {
    const current = await lockSession(tx, session);
    if (!current || current.chargedTokenId) return refuse("session_used", {});
    if (current.version !== session.version) return refuse("session_mismatch", {});
    if (!(await insertToken(tx, token))) refuse("session_used", {});
  });
}
