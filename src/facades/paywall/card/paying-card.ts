import { forgetTempCard, openTempCard } from "../../../checkout/index.ts";
import { Refusal, refuse, refuseMarket } from "../../../lib/refusal.ts";
import type { CardOfSale } from "../../../marketplace/index.ts";
import { type Caller, timeOf } from "../../../merchants/merchant.rules.ts";
import { isCvv, isExpired } from "../../../vault/card.rules.ts";
import { findStored, openCard, readCardCode } from "../../../vault/index.ts";
import type { PaywallDeps } from "../deps.ts";
import type { CardMembers } from "../payment/payment.wire.ts";
import { typedCard } from "./card-of.ts";

/**
 * A stored card by the code that it has now. Refuses `stored_card_code_wrong`,
 * `stored_card_unknown`, `card_expired`, and `card_detail_wrong` where the security code is wanted.
 */
export async function storedCard(
  deps: PaywallDeps,
  { merchant }: Caller,
  asked: Pick<CardMembers, "UniqueCode" | "Cvv" | "ForceCvv">,
): Promise<CardOfSale> {
  const now = timeOf(merchant, deps.clock());
  const id = readCardCode(deps.ring, merchant.id, asked.UniqueCode, now);
  if (!id) return refuseMarket("stored_card_code_wrong");
  const stored = await findStored(deps, merchant.id, { id });
  const kept = stored && (await openCard(deps, merchant.id, id));
  if (!stored || !kept) return refuseMarket("stored_card_unknown");
  if (isExpired(stored, now)) return refuse("card_expired", {});
  if (asked.Cvv ? !isCvv(asked.Cvv) : asked.ForceCvv) return refuseMarket("card_detail_wrong");
  return { card: { ...kept.card, cvv: asked.Cvv }, storedCardId: id };
}

/** A card that a browser entered. Refuses `card_detail_wrong` for one that is not there. */
async function tempCard(
  deps: PaywallDeps,
  { merchant }: Caller,
  asked: CardMembers,
): Promise<CardOfSale> {
  try {
    const { id, card } = await openTempCard(deps.checkout, merchant, asked.TempCardToken);
    return { card: { ...card, cvv: asked.Cvv ?? card.cvv }, enteredCardId: id };
  } catch (error) {
    const isGone = error instanceof Refusal && error.code === "session_not_found";
    return isGone ? refuseMarket("card_detail_wrong") : Promise.reject(error);
  }
}

/** Reads the card of a request once, however often it is asked for, and not before. */
export function payingCard(deps: PaywallDeps, caller: Caller, asked: CardMembers) {
  let reading: Promise<CardOfSale> | undefined;
  const read = async (): Promise<CardOfSale> => {
    if (asked.TempCardToken) return tempCard(deps, caller, asked);
    if (asked.UniqueCode) return storedCard(deps, caller, asked);
    return { card: await typedCard(deps, caller, asked) };
  };
  return () => {
    reading ??= read();
    return reading;
  };
}

/** A card that a browser entered is the stored payment's and no other's: it is forgotten. */
export async function useUp(deps: PaywallDeps, { merchant }: Caller, card: CardOfSale) {
  const { enteredCardId: id } = card;
  if (id) await forgetTempCard(deps.checkout, merchant, id);
}
