import { inTx, within } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { checkCode, findCode, useCode } from "../messaging/index.ts";
import { type OwnerAsk, ownerFor, type StoredCard, storeCard } from "../vault/index.ts";
import type { CheckoutDeps } from "./deps.ts";
import { type CheckAsk, verifyCard } from "./verify-card.ts";

/** What a client says of the code that its customer read from a text message. */
export type SentCode = Readonly<{
  session?: string | undefined;
  code?: string | undefined;
  phone?: string | undefined;
}>;

export type KeepAsk = CheckAsk & Readonly<{ owner: OwnerAsk; description: string; sent: SentCode }>;

/** Whose the card would be, before anybody is asked: a customer of ours is made with the card. */
async function checkOwner(deps: CheckoutDeps, { id }: Merchant, owner: OwnerAsk): Promise<void> {
  const now = deps.clock();
  if (owner.ownerId || !owner.customer) await ownerFor(deps.db.kysely, id, owner, now);
}

/**
 * The session of a code that proves the phone, to be used with the card: proved before, or by the
 * code that came along. Where the merchant needs no code, one that came along must be right all the
 * same, since its sender believes that it was looked at; but some clients fill the members without
 * ever having asked for a code, and to those there is nothing to be compared with.
 */
async function provenSession(
  deps: CheckoutDeps,
  merchant: Merchant,
  { session, code, phone }: SentCode,
): Promise<string | undefined> {
  const needed = () => (merchant.needsCardCode ? refuse("code_needed", {}) : undefined);
  if (!session) return needed();
  const known = await findCode(deps, merchant, { purpose: "card", session });
  if (!known) return needed();
  const isOfPhone = phone === undefined || phone === known.provenPhone;
  if (known.provenPhone !== undefined && isOfPhone) return session;
  if (!code || !phone) return needed();
  await checkCode(deps, merchant, { purpose: "card", session, phone, code });
  return session;
}

/**
 * Stores a card of an owner without a payment. With its security code the card's bank is asked
 * first. A code from a text message is used with the card, in one commit: neither can be had twice,
 * and a card that the bank refused leaves the code for the next one. Refusals: those of `ownerFor`
 * and `verifyCard`; `code_needed`, `code_wrong` and `code_expired`.
 */
export async function keepCard(
  deps: CheckoutDeps,
  caller: Caller,
  ask: KeepAsk,
): Promise<StoredCard> {
  const { merchant } = caller;
  const { card, owner, description } = ask;
  await checkOwner(deps, merchant, owner);
  const session = await provenSession(deps, merchant, ask.sent);
  if (card.cvv) await verifyCard(deps, caller, ask);
  const now = timeOf(merchant, deps.clock());
  return inTx(deps.db, async (tx) => {
    if (session) await useCode(tx, merchant, { purpose: "card", session }, now);
    const inside = { ...deps, db: within(deps.db, tx) };
    return storeCard(inside, merchant.id, { card, owner, description }, now);
  });
}
