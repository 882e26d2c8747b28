import { saveAfter, underCode } from "../../../checkout/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import { charge } from "../../../payments/index.ts";
import { cardOf } from "../card/card-of.ts";
import type { Service } from "../deps.ts";
import { orderOf } from "./order.ts";
import { PaymentBody, paymentAnswer } from "./payment.wire.ts";

/** Payment without 3-D Secure: sale or pre-authorisation, one call to the bank. */
export const payment: Service<typeof PaymentBody> = {
  path: "/v2/transaction/payment",
  summary: "Payment without 3-D Secure",
  body: PaymentBody,
  objectName: "payment_response",
  movesMoney: true,
  async run(deps, call, body) {
    const { caller, locale } = call;
    const { merchant } = caller;
    if (!merchant.maySellWithout3d) {
      return refuse("not_permitted", { what: "v2/transaction/payment" });
    }
    const { save, endUserCode, ...order } = await orderOf(deps, call, body);
    const { card } = await cardOf(deps, caller, body);
    const { address: clientIp, receipt } = call;
    const ask = { ...order, card, clientIp, receipt };
    const done = await underCode(
      deps.checkout,
      merchant,
      endUserCode,
      (admit) => charge(deps.payments, caller, { ...ask, admit }),
      ({ attempt }) => attempt.status === "declined",
    );
    const saved = save && (await saveAfter(deps.checkout, merchant, save, { card, done }));
    const shown = { saved, publicUrl: deps.checkout.publicUrl() };
    return paymentAnswer(merchant, done, locale, shown);
  },
};
