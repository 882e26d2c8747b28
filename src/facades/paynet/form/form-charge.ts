import { z } from "zod";
import { finish } from "../../../checkout/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import type { Service } from "../deps.ts";
import { kindOf } from "../payment/order.ts";
import { ownTry } from "../payment/own-session.ts";
import { savedMembers } from "../payment/payment.wire.ts";
import { repeated } from "../payment/tds.ts";
import { sessionMembers } from "../payment/tds.wire.ts";
import { hundredths, text, whole } from "../wire/formats.ts";
import { chargeMembers, endUserMembers, envelope } from "../wire/shape.ts";

/**
 * `v1/transaction/charge`. Old modules send further members, such as `ratio_code` and
 * `installments`; the session rules, so they are not read.
 */
export const FormChargeBody = z
  .object({
    ...sessionMembers,
    reference_no: text(50).optional(),
    transaction_type: whole(0, 99).optional(),
    amount: hundredths.optional(),
  })
  .meta({ id: "FormChargeRequest" });

/** Completes what a payer entered in the ready or the custom form: the step that moves money. */
export const formCharge: Service<typeof FormChargeBody> = {
  path: "/v1/transaction/charge",
  summary: "Completion of a payment by the ready or the custom form",
  body: FormChargeBody,
  objectName: "transaction",
  movesMoney: true,
  async run(deps, call, body) {
    const found = await ownTry(deps, call.caller, body);
    // What the shop's cart says, before any commission on top.
    if (body.amount !== undefined && body.amount !== found.session.amountMinor) {
      return refuse("session_mismatch", {});
    }
    const { done, isRepeat, saved } = await finish(deps.checkout, found, {
      kind: kindOf(body.transaction_type),
      reference: body.reference_no,
      clientIp: call.address,
    });
    return {
      ...chargeMembers(call.caller.merchant, done, call.locale),
      ...endUserMembers(done),
      ...savedMembers({ saved, publicUrl: deps.checkout.publicUrl() }, call.locale),
      ...envelope("transaction", done.attempt, call.locale),
      ...(isRepeat && repeated(done)),
    };
  },
};
