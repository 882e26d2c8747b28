import { refuse } from "../../../lib/refusal.ts";
import { findPayment } from "../../../marketplace/index.ts";
import { doneOf } from "../../../marketplace/standing.rules.ts";
import { recurringWithCharge } from "../../../subscriptions/index.ts";
import { activityShown } from "../payment/query.wire.ts";
import { ok } from "../wire/envelope.ts";
import { currencyIdOf, money, named } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { recurringService } from "./recurring-admission.ts";

/** The wire's documents publish none of these numbers; they are ours, and stable. */
const ACTIVE = 1;
const PASSIVE = 2;

const PaymentInput = members({
  SubscriptionId: named("recurring_unknown"),
  PaymentId: named(),
});

/** A charge of a recurring payment, with every operation on it. */
export const queryPayment = recurringService<typeof PaymentInput>({
  method: "GET",
  path: "/query/payment",
  summary: "A charge of a recurring payment",
  input: PaymentInput,
  async run(deps, { caller: { merchant } }, { SubscriptionId: number, PaymentId }) {
    const found = await findPayment(deps.marketplace, merchant.id, { number: PaymentId });
    const { story } = found ?? {};
    const paymentId = story?.payment.id;
    const shown = await recurringWithCharge(deps.subscriptions, merchant, { number }, paymentId);
    if (!story || !shown) return refuse("payment_not_found", {});
    const { payment, attempts } = story;
    return ok({
      SubscriptionId: Number(number),
      SubscriptionStatusType: shown.isActive ? ACTIVE : PASSIVE,
      PaymentSuccess: doneOf(story).paid,
      SubscriptionMerchantCode: shown.recurring.code,
      Payment: {
        Id: Number(PaymentId),
        CardOwnerName: payment.cardHolder,
        CardNumber: payment.cardMask,
        CurrencyId: currencyIdOf(payment.currency),
        InstallmentId: 1,
        Amount: money(payment.amountMinor),
        Activities: attempts.map((attempt) => activityShown(attempt, payment)),
      },
    });
  },
});
