import fc from "fast-check";
import { expect, test } from "vitest";
import { arranged, type Ranked } from "./card-order.rules.ts";
import type { OrderCard } from "./subscription.rules.ts";

const cardOf = (no: number): OrderCard => ({
  number: BigInt(40 + no),
  card: BigInt(5_100 + no),
  cardId: `crd_${no}`,
  position: no * 7,
  label: "",
  mask: "",
  holderMask: "",
});

const some = fc.integer({ min: 0, max: 8 }).chain((count) => {
  const cards = Array.from({ length: count }, (_, i) => cardOf(i + 1));
  const named = fc.subarray(cards).chain((list) => fc.shuffledSubarray(list, { minLength: 0 }));
  return fc.record({ cards: fc.constant(cards), named });
});

test("every card stays, the named ones first and the others as they were", () => {
  const by = fc.constantFrom<(card: OrderCard) => Omit<Ranked, "rank">>(
    ({ card }) => ({ card }),
    ({ number: place }) => ({ place }),
    ({ card, number: place }) => ({ card, place }),
  );
  const property = fc.property(some, by, fc.nat(50), ({ cards, named }, nameOf, from) => {
    const wanted = named.map((card, i) => ({ ...nameOf(card), rank: from + i * 3 }));
    const rest = cards.filter((card) => !named.includes(card));
    expect(arranged(cards, wanted.toReversed())).toEqual([...named, ...rest]);
  });
  fc.assert(property);
});

test("arranging once more changes nothing", () => {
  const property = fc.property(some, ({ cards, named }) => {
    const wanted = named.map(({ card }, i) => ({ card, rank: i }));
    const once = arranged(cards, wanted);
    expect(arranged(once, wanted)).toEqual(once);
  });
  fc.assert(property);
});

const cards = [cardOf(1), cardOf(2), cardOf(3)];
test.each<[string, Omit<Ranked, "rank">[], string]>([
  ["a card of no order", [{ card: 9n }], "payer_card_not_found"],
  ["a place of no order", [{ place: 9n }], "payer_card_not_found"],
  ["the place of another card", [{ place: 41n, card: 5_102n }], "payer_card_not_found"],
  ["nothing", [{}], "payer_card_not_found"],
  ["a card twice", [{ card: 5_101n }, { card: 5_101n }], "invalid_input"],
  ["a card by itself and by its place", [{ card: 5_101n }, { place: 41n }], "invalid_input"],
])("%s is refused", (_what, named, code) => {
  const wanted = named.map((each, i) => ({ ...each, rank: i + 1 }));
  expect(() => arranged(cards, wanted)).toThrow(expect.objectContaining({ code }));
});
