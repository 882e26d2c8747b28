export { bankNameOf } from "./bin.rules.ts";
export { type Card, readCard } from "./card.rules.ts";
export { codeOfCard, readCardCode } from "./card-code.ts";
export { merchantsWithPassed } from "./cards.store.ts";
export { type CvvMemory, createCvvMemory } from "./cvv-memory.ts";
export type { VaultDeps } from "./deps.ts";
export {
  forgetHeld,
  forgetPassed,
  holdCard,
  type OpenedCard,
  openCard,
  openCards,
} from "./held.ts";
export { listVaultKeys } from "./keys.store.ts";
export { findHouse, type OwnerAsk, ownerFor } from "./owner.ts";
export { openProof, sealProof } from "./proof.ts";
export { type Rotation, rotate } from "./rotate.ts";
export {
  describeStored,
  findStored,
  forgetCard,
  forgetStored,
  listStored,
  renewStored,
  type StoredCard,
  storeCard,
} from "./stored.ts";
