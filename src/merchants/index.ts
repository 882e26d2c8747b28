export type { MerchantsDeps } from "./deps.ts";
export { type Enrolled, type EnrollAsk, enroll, giveKey } from "./enroll.ts";
export type { Agent, Caller, Merchant, MerchantPos } from "./merchant.rules.ts";
export {
  findAgent,
  listKeys,
  listMerchants,
  moveClock,
  moveSandboxPos,
  readMerchant,
  revokeKey,
  setBlocked,
} from "./merchants.store.ts";
export { createNumbers, type NextNumber } from "./numbers.ts";
export { createReception, type Reception } from "./sign-in.ts";
