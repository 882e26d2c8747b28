export { moveSandboxPos, type SecureChange, setSecure } from "./contracts.store.ts";
export type { MerchantsDeps } from "./deps.ts";
export {
  type EnrollAsk,
  type Enrolled,
  enroll,
  giveKey,
  givePair,
  type KeyPair,
} from "./enroll.ts";
export { listKeys, revokeKey } from "./keys.store.ts";
export type { Agent, Caller, Merchant, MerchantPos } from "./merchant.rules.ts";
export {
  findAgent,
  listMerchants,
  type MerchantSwitch,
  moveClocks,
  readMerchant,
  setBlocked,
  setDrawGap,
  setSwitch,
  takeNumbers,
} from "./merchants.store.ts";
export { createNumbers, FIRST_NUMBER, type NextNumber } from "./numbers.ts";
export { createReception, type Reception } from "./sign-in.ts";
