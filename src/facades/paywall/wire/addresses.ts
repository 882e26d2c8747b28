import { checkAddress } from "../../../lib/address.ts";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import { Refusal, refuseMarket } from "../../../lib/refusal.ts";
import type { Merchant } from "../../../merchants/merchant.rules.ts";
import { checkEmail, checkPhone } from "../../../messaging/recipient.rules.ts";
import { flag, text } from "./formats.ts";

const ADDRESS_MAX = 2_000;

/** What a check gives, or the problem by which this wire tells that it refused. */
function orProblem(problem: MarketProblem, check: () => string): string {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return refuseMarket(problem);
    throw error;
  }
}

/** An address to be called, or to send a browser to. Refuses `problem`. */
export const addressOf = (merchant: Merchant, address: string, problem: MarketProblem): string =>
  orProblem(problem, () => checkAddress("", address, merchant));

/** An e-mail address; empty is none. Refuses `letter_address_wrong`. */
export const emailOf = (email: string): string | undefined =>
  email === "" ? undefined : orProblem("letter_address_wrong", () => checkEmail("", email));

/** A mobile phone; empty is none. Refuses `letter_phone_wrong`. */
export const phoneOf = (phone: string): string | undefined =>
  phone === "" ? undefined : orProblem("letter_phone_wrong", () => checkPhone("", phone));

/** By which pages and links are asked to call a server. */
export const callMembers = { CallbackSupport: flag, CallbackAddress: text(ADDRESS_MAX) };

/** The address to call about payments, where that is wanted; no other is kept. */
export function callAddressOf(
  merchant: Merchant,
  asked: Readonly<{ CallbackSupport: boolean; CallbackAddress: string }>,
): string | undefined {
  if (!asked.CallbackSupport) return undefined;
  const { CallbackAddress: address } = asked;
  if (address === "") return refuseMarket("call_address_missing");
  return addressOf(merchant, address, "call_address_wrong");
}
