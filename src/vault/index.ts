export { readCard } from "./card.rules.ts";
