export type { CardBrand, CardFacts, CardType } from "./bin.rules.ts";
export { type Card, maskOf, readCard, type TypedCard } from "./card.rules.ts";
export { fingerprint } from "./fingerprint.ts";
