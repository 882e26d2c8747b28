import { type Currency, divideHalfUp } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import { feesInside, feesOnTop } from "../merchants/commission.rules.ts";
import { findRoute, type Merchant, type MerchantPos } from "../merchants/merchant.rules.ts";
import type { CardFacts } from "../vault/bin.rules.ts";
import type { Terms } from "./session.rules.ts";

/** One way to pay an amount with a card. 0 instalments is a single payment. */
export type Offer = Readonly<{
  instalments: number;
  pos: MerchantPos;
  ratePpm: bigint;
  /** What the card pays. */
  amountMinor: bigint;
  /** Each instalment, rounded; the bank takes what is left over with the first one. */
  eachMinor: bigint;
  netMinor: bigint;
  commissionMinor: bigint;
  taxMinor: bigint;
}>;

type OfferTerms = Pick<Terms, "addCommission" | "instalments" | "bankId">;

const INSTALMENTS_MAX = 36;
const counts = [0, ...Array.from({ length: INSTALMENTS_MAX - 1 }, (_, i) => i + 2)];

/**
 * Every way in which a card may pay `amountMinor` under the terms, fewest instalments first; empty
 * where the terms take cards of another programme only. A list that leaves nothing for this card
 * leaves the single payment.
 */
export function offersFor(
  merchant: Merchant,
  facts: CardFacts,
  { amountMinor, currency }: Readonly<{ amountMinor: bigint; currency: Currency }>,
  terms: OfferTerms,
): Offer[] {
  if (terms.bankId && terms.bankId !== facts.bankId) return [];
  const all = counts.flatMap((instalments): Offer[] => {
    const route = findRoute(merchant, facts, instalments, { currency });
    if (!route) return [];
    const fees = terms.addCommission ? feesOnTop : feesInside;
    const priced = fees(amountMinor, route.ratePpm, merchant.commissionTaxPpm);
    const eachMinor =
      instalments > 1 ? divideHalfUp(priced.amountMinor, BigInt(instalments)) : priced.amountMinor;
    return [{ ...priced, ...route, instalments, eachMinor }];
  });
  const allowed = all.filter((each) => terms.instalments?.includes(each.instalments) ?? true);
  return allowed.length > 0 ? allowed : all.filter((each) => each.instalments === 0);
}

const KEY_PREFIX = "ji_EAAAA";

/** The text by which a form names an offer. It holds the rate: a payer pays what was shown. */
export const offerKey = (facts: CardFacts, offer: Offer): string =>
  KEY_PREFIX +
  Buffer.from(
    [facts.bankId, facts.type, offer.instalments, offer.ratePpm, offer.amountMinor].join(":"),
  ).toString("base64url");

/**
 * The offer that a form chose; without a key the single payment. Refuses `instalment_not_offered`
 * for a key of another card, another amount or a rate that has changed since.
 */
export function chosenOffer(
  offers: readonly Offer[],
  facts: CardFacts,
  key: string | undefined,
): Offer {
  const found = key
    ? offers.find((offer) => offerKey(facts, offer) === key)
    : offers.find((offer) => offer.instalments === 0);
  if (found) return found;
  const said = key && Buffer.from(key.slice(KEY_PREFIX.length), "base64url").toString();
  const instalments = /^[A-Z]{4}:..:(\d{1,2}):/.exec(said ?? "")?.[1] ?? "0";
  return refuse("instalment_not_offered", { instalments });
}
