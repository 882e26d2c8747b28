import { refuse } from "../../lib/refusal.ts";
import { type Caller, timeOf } from "../../merchants/merchant.rules.ts";
import { charge } from "../../payments/index.ts";
import { readCard } from "../../vault/index.ts";
import type { PaynetDeps, Service } from "./deps.ts";
import { detailsOf, PaymentBody, paymentAnswer } from "./payment.wire.ts";
import { POS_TYPE } from "./shape.ts";

const missing = (field: string) => refuse("invalid_input", { field, problem: "missing" });

/** A stored card wins over a typed one; without either there is nothing to charge. */
function cardOf(deps: PaynetDeps, caller: Caller, body: PaymentBody) {
  if (body.card_hash) return refuse("stored_card_not_found", {});
  const pan = body.pan ?? missing("pan");
  return readCard(
    {
      pan,
      month: body.month ?? missing("month"),
      year: body.year ?? missing("year"),
      cvv: body.cvc ?? missing("cvc"),
      holder: body.card_holder ?? missing("card_holder"),
    },
    timeOf(caller.merchant, deps.clock()),
    caller.merchant.mode === "sandbox",
  );
}

/** Sale is 1 and pre-authorisation is 3; other numbers of old clients mean something else. */
function kindOf(body: PaymentBody): "sale" | "hold" {
  const type = body.transaction_type ?? 1;
  if (type === 1) return "sale";
  return type === 3 ? "hold" : refuse("wrong_transaction_type", {});
}

/** Payment without 3-D Secure: sale or pre-authorisation, one call to the bank. */
export const payment: Service<typeof PaymentBody> = {
  path: "/v2/transaction/payment",
  summary: "Payment without 3-D Secure",
  body: PaymentBody,
  objectName: "payment_response",
  movesMoney: true,
  async run(deps, call, body) {
    const { caller, locale } = call;
    if (!caller.merchant.maySellWithout3d) {
      return refuse("not_permitted", { what: "v2/transaction/payment" });
    }
    if (body.pos_type !== undefined && body.pos_type !== POS_TYPE) {
      return refuse("pos_not_offered", { pos: String(body.pos_type) });
    }
    if (body.ratio_code) return refuse("rate_table_not_found", { table: body.ratio_code });
    if (body.is_escrow) return refuse("not_permitted", { what: "is_escrow" });
    const kind = kindOf(body);
    const agent = await deps.reception.agentFor(caller, body.agent_id);
    const done = await charge(deps.payments, caller, {
      kind,
      amountMinor: body.amount,
      currency: "TRY",
      addCommission: body.add_commission ?? false,
      // One instalment is a single payment.
      instalments: body.instalment === 1 ? 0 : (body.instalment ?? 0),
      card: cardOf(deps, caller, body),
      agent,
      companyMinor: body.company_amount,
      reference: body.reference_no,
      details: detailsOf(body, agent, call.address),
      clientIp: call.address,
      receipt: call.receipt,
    });
    const wantsCardSaved = body.save_card ?? body.card_save ?? false;
    return paymentAnswer(caller.merchant, done, locale, wantsCardSaved);
  },
};
