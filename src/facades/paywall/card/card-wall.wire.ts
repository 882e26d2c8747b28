import type { Merchant } from "../../../merchants/index.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import { isExpired } from "../../../vault/card.rules.ts";
import { codeOfCard, openCards, type StoredCard } from "../../../vault/index.ts";
import type { PaywallDeps } from "../deps.ts";
import { cardShown as factsShown, familyIdOf } from "../payment/query.wire.ts";

const BIN_DIGITS = 6;
const LAST_DIGITS = 4;

/** The numbers of names that this wire shows without a published list; our own, and stable. */
const typeIds: Readonly<Record<string, number>> = { Credit: 1, Debit: 2 };
const brandIds: Readonly<Record<string, number>> = { VISA: 1, MASTERCARD: 2, AMEX: 3, TROY: 4 };
const kindIds: Readonly<Record<string, number>> = { "Bireysel Kart": 1, "Ticari Kart": 2 };

function detailsShown({ facts }: StoredCard) {
  const shown = factsShown(facts);
  return {
    // A card's programme stands for its bank too.
    CardBankId: familyIdOf(facts.bankId),
    CardBank: shown.bank,
    CardBrandId: brandIds[facts.brand] ?? 0,
    CardBrand: shown.brand,
    CardFamilyId: familyIdOf(facts.bankId),
    CardFamily: shown.family,
    CardKindId: kindIds[shown.kind] ?? 0,
    CardKind: shown.kind,
    CardTypeId: typeIds[shown.type] ?? 0,
    CardType: shown.type,
  };
}

/** Stored cards as lists show them, each under the code that it is charged by now. */
export async function cardsShown(
  deps: PaywallDeps,
  merchant: Merchant,
  cards: readonly StoredCard[],
  hasDetails: boolean,
) {
  const now = timeOf(merchant, deps.clock());
  const ids = cards.map(({ id }) => id);
  const opened = await openCards(deps, merchant.id, ids);
  return cards.map((card) => {
    const { type } = factsShown(card.facts);
    return {
      Name: card.description,
      CardBin: card.mask.slice(0, BIN_DIGITS),
      CardLastFour: card.mask.slice(-LAST_DIGITS),
      CardHolderName: opened.get(card.id)?.card.holder ?? card.holderMask,
      CardNumber: card.mask,
      Expired: isExpired(card, now),
      CardTypeId: typeIds[type] ?? 0,
      CardType: type,
      Month: card.expiryMonth,
      Year: card.expiryYear,
      UniqueCode: codeOfCard(deps.ring, merchant.id, card.id, now),
      Details: hasDetails ? detailsShown(card) : null,
    };
  });
}
