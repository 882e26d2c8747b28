import { refuse } from "../lib/refusal.ts";
import type { OrderCard } from "./subscription.rules.ts";

/** A card that is to be tried as the `rank`th, named by its place on the order, itself or both. */
export type Ranked = Readonly<{
  place?: bigint | undefined;
  card?: bigint | undefined;
  rank: number;
}>;

/** What the wire calls the list; what is wrong with it is told under this name. */
const FIELD = "card_information";

function cardOf(cards: readonly OrderCard[], { place, card }: Ranked): OrderCard {
  const isNamed = place !== undefined || card !== undefined;
  const found = cards.find(
    (each) =>
      isNamed &&
      (place === undefined || each.number === place) &&
      (card === undefined || each.card === card),
  );
  return found ?? refuse("payer_card_not_found", {});
}

/**
 * The cards of an order as they shall be tried: those that are named by their ranks, equal ranks as
 * they are listed, then the others as they were. Refuses `payer_card_not_found`, also for a place
 * and a card that do not belong together, and `invalid_input` for a card that is named twice.
 */
export function arranged(cards: readonly OrderCard[], wanted: readonly Ranked[]): OrderCard[] {
  const first = wanted.toSorted((a, b) => a.rank - b.rank).map((each) => cardOf(cards, each));
  const named = new Set(first);
  if (named.size < first.length) refuse("invalid_input", { field: FIELD, problem: "doubled" });
  return [...first, ...cards.filter((card) => !named.has(card))];
}
