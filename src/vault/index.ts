export { readCard } from "./card.rules.ts";
export { type CvvMemory, createCvvMemory } from "./cvv-memory.ts";
export type { VaultDeps } from "./deps.ts";
