import { saveAfter } from "../../../checkout/index.ts";
import { unlessGone } from "../../../db/transaction.ts";
import { declineWords, messages } from "../../../lib/messages/index.ts";
import { refuseMarket } from "../../../lib/refusal.ts";
import { sell } from "../../../marketplace/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import { payingCard, useUp } from "../card/paying-card.ts";
import { saveOf } from "../card/wall-owner.ts";
import type { Service } from "../deps.ts";
import { ok, type Reply } from "../wire/envelope.ts";
import { flag } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { watchesOf } from "./pay-watch.wire.ts";
import {
  CardMembers,
  CustomerMembers,
  detailAliases,
  detailsOf,
  errorShown,
  ProductList,
  paymentDetail,
  paymentShown,
  productAsked,
} from "./payment.wire.ts";
import { chosenAmong } from "./provider-choice.ts";

const DirectInput = members({
  PaymentDetail: members({ ...paymentDetail, Half2D: flag }, detailAliases, "payment_detail_wrong"),
  Card: CardMembers,
  Customer: CustomerMembers,
  Products: ProductList,
});

/** One instalment is a single payment. */
export const instalmentsOf = (count: number): number => (count === 1 ? 0 : count);

/** A sale without 3-D Secure: one call to the bank; with `Half2D` the amount is held alone. */
export const startDirect: Service<typeof DirectInput> = {
  method: "POST",
  path: "/api/paywall/payment/startdirect",
  summary: "Payment without 3-D Secure",
  pair: "paywall_public",
  input: DirectInput,
  async run(deps, call, { PaymentDetail: detail, Card, Customer, Products }): Promise<Reply> {
    const { caller, locale } = call;
    const card = payingCard(deps, caller, Card);
    const save = saveOf(deps.ring, Card);
    const { sale, products, done } = await sell(deps.marketplace, caller, {
      code: detail.MerchantUniqueCode,
      amountMinor: detail.Amount,
      currency: detail.CurrencyId,
      instalments: instalmentsOf(detail.Installment),
      kind: detail.Half2D ? "hold" : "sale",
      products: Products.map((each) => productAsked(each, detail.CurrencyId)),
      basketMinor: detail.MarketPlace?.BasketAmount,
      details: detailsOf(detail, Customer, call.address),
      among: () => chosenAmong(deps, caller.merchant, detail),
      watches: watchesOf(caller.merchant, detail),
      card,
      clientIp: detail.ClientIP || call.address,
    });
    const used = await card();
    // The sale has the card by the table; one that is not forgotten here is at the end of its time.
    await unlessGone(() => useUp(deps, caller, used));
    if (save) await saveAfter(deps.checkout, caller.merchant, save, { ...used, done });
    const { attempt } = done;
    const payment = paymentShown(sale, products, attempt.xact);
    if (attempt.status === "approved") return ok({ Payment: payment, Error: null });
    const { declines, in_doubt_here: inDoubt, declined } = messages[locale];
    const words = isInDoubt(attempt)
      ? inDoubt
      : declineWords(declines, attempt.declineReason ?? "unknown", attempt.bankMessage);
    const body = { Payment: payment, Error: errorShown(attempt, words) };
    return { body, code: 1, message: isInDoubt(attempt) ? inDoubt : declined };
  },
};

const Nothing = members({});

/** Insurers charge by the first and last digits of a card, which no bank here takes. */
export const startDirectInsurance: Service<typeof Nothing> = {
  method: "POST",
  path: "/api/paywall/payment/startdirect/insurance",
  summary: "Payment of an insurer without the whole card number: not offered",
  pair: "paywall_public",
  input: Nothing,
  run: async () => refuseMarket("not_offered"),
};
