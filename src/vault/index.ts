export { readCard } from "./card.rules.ts";
export { fingerprint } from "./fingerprint.ts";
