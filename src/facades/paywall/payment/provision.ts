import { captureSale, releaseSale } from "../../../marketplace/index.ts";
import type { Service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { amount, day } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { outcomeOf } from "../wire/outcome.ts";
import { uniqueCode } from "./payment.wire.ts";

const named = { Date: day().optional(), MerchantUniqueCode: uniqueCode };

const CloseInput = members({ ...named, ProvisionAmount: amount().optional() });

/** Captures what was held; no amount, or one of 0, is all of it. */
export const closeProvision: Service<typeof CloseInput> = {
  method: "POST",
  path: "/api/paywall/payment/provision",
  summary: "Capture of a pre-authorisation",
  pair: "paywall_public",
  input: CloseInput,
  async run(deps, { caller, locale }, asked) {
    const { Date: of, MerchantUniqueCode: code, ProvisionAmount: amountMinor } = asked;
    const ask = { name: { code }, day: of, amountMinor };
    return outcomeOf(await captureSale(deps.marketplace, caller, ask), locale, ok());
  },
};

const CancelInput = members(named);

/** Gives a hold back to the card. */
export const cancelProvision: Service<typeof CancelInput> = {
  method: "POST",
  path: "/api/paywall/payment/provision/cancel",
  summary: "Release of a pre-authorisation",
  pair: "paywall_public",
  input: CancelInput,
  async run(deps, { caller, locale }, { Date: of, MerchantUniqueCode: code }) {
    const done = await releaseSale(deps.marketplace, caller, { name: { code }, day: of });
    return outcomeOf(done, locale, ok());
  },
};
