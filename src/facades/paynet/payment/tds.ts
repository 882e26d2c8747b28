import {
  finish,
  gateUrl,
  handleOf,
  openSession,
  tryCard,
  underCode,
} from "../../../checkout/index.ts";
import { checkAddress } from "../../../lib/address.ts";
import { refuse } from "../../../lib/refusal.ts";
import { isSettled } from "../../../payments/payment.rules.ts";
import { cardOf } from "../card/card-of.ts";
import type { Service } from "../deps.ts";
import { resultCode } from "../wire/errors.ts";
import { kindOf, orderOf } from "./order.ts";
import { ownTry } from "./own-session.ts";
import { paymentAnswer } from "./payment.wire.ts";
import { TdsChargeBody, TdsInitialBody, tdsInitialAnswer } from "./tds.wire.ts";

/**
 * Starts a payment with 3-D Secure: the card is priced and kept, and the answer is the payer's way
 * to the bank. No money moves before `tds_charge`. An end user's code is used by the start: it
 * would not outlive the bank's page, so whoever is refused there asks for another one.
 */
export const tdsInitial: Service<typeof TdsInitialBody> = {
  path: "/v2/transaction/tds_initial",
  summary: "Start of a payment with 3-D Secure",
  body: TdsInitialBody,
  objectName: "tds_initial",
  movesMoney: true,
  async run(deps, call, body) {
    const { merchant } = call.caller;
    const ordered = await orderOf(deps, call, body);
    const { instalments, agent, amountMinor, currency, save, companyMinor } = ordered;
    const { kind, addCommission, reference, details } = ordered;
    const returnUrl = checkAddress("return_url", body.return_url, merchant);
    const { card, stored } = await cardOf(deps, call.caller, body);
    const terms = { kind, addCommission, reference, details, save, returnUrl, needs3d: true };
    const start = async (use: () => Promise<void>) => {
      await use();
      const session = await openSession(deps.checkout, merchant, {
        kind: "server",
        agent,
        card,
        amountMinor,
        currency,
        terms: { ...terms, companyMinor: companyMinor?.toString() },
      });
      const savesCard = save !== undefined;
      const ask = { card, instalments, wants3d: true, savesCard, storedCardId: stored?.id };
      return tryCard(deps.checkout, { merchant, session }, ask);
    };
    const { session, token } = await underCode(deps.checkout, merchant, ordered.endUserCode, start);
    const handle = handleOf(deps.ring, session);
    const url = gateUrl(deps.checkout.publicUrl(), handle, token.guid);
    return tdsInitialAnswer(handle, token.guid, url, call.locale);
  },
};

/** Completes a payment whose holder the bank has authenticated: the step that moves money. */
export const tdsCharge: Service<typeof TdsChargeBody> = {
  path: "/v2/transaction/tds_charge",
  summary: "Completion of a payment with 3-D Secure",
  body: TdsChargeBody,
  objectName: "payment_response",
  movesMoney: true,
  async run(deps, call, body) {
    const found = await ownTry(deps, call.caller, body);
    const kind = body.transaction_type === undefined ? undefined : kindOf(body.transaction_type);
    const ended = await finish(deps.checkout, found, { kind, clientIp: call.address });
    const { done, isRepeat, saved } = ended;
    const shown = { saved, publicUrl: deps.checkout.publicUrl() };
    const answer = paymentAnswer(call.caller.merchant, done, call.locale, shown);
    return isRepeat ? { ...answer, ...repeated(done) } : answer;
  },
};

type Done = Awaited<ReturnType<typeof finish>>["done"];

/**
 * A charge that is asked for again: what was approved is answered as such with the code that says
 * so, what was declined cannot be tried again in its session.
 */
export function repeated({ attempt }: Done): Readonly<{ code?: number }> {
  if (attempt.status === "approved") return { code: resultCode.old_successful };
  return isSettled(attempt) ? refuse("session_used", {}) : {};
}
