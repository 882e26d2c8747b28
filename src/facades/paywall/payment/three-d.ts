import { gateUrl, handleOf } from "../../../checkout/index.ts";
import { declineWords, messages } from "../../../lib/messages/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import { endThreeD, startThreeD } from "../../../marketplace/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import { payingCard, useUp } from "../card/paying-card.ts";
import { saveOf } from "../card/wall-owner.ts";
import type { Service } from "../deps.ts";
import { addressOf } from "../wire/addresses.ts";
import { ok, type Reply } from "../wire/envelope.ts";
import { type Documented, flag, needed } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { watchesOf } from "./pay-watch.wire.ts";
import { instalmentsOf } from "./payment.ts";
import {
  CardMembers,
  CustomerMembers,
  detailAliases,
  detailsOf,
  ProductList,
  paymentDetail,
  paymentShown,
  productAsked,
  uniqueCode,
} from "./payment.wire.ts";
import { chosenAmong } from "./provider-choice.ts";

const ADDRESS_MAX = 2_000;

const isText = { wire: { type: "string" } satisfies Documented };
/** One that is not there, or is too long, is empty: `addressOf` refuses it, after the code. */
const backUrl = needed("missing", ADDRESS_MAX).catch("").meta(isText);

const StartInput = members({
  PaymentDetail: members(
    {
      ...paymentDetail,
      Half3D: flag,
      MerchantSuccessBackUrl: backUrl,
      MerchantFailBackUrl: backUrl,
    },
    detailAliases,
    "payment_detail_wrong",
  ),
  Card: CardMembers,
  Customer: CustomerMembers,
  Products: ProductList,
});

/** Before an operation at the bank there is none to name. */
const NO_ACTIVITY = 0n;

const starting = (path: string, summary: string): Service<typeof StartInput> => ({
  method: "POST",
  path,
  summary,
  pair: "paywall_public",
  input: StartInput,
  async run(deps, call, { PaymentDetail: detail, Card, Customer, Products }): Promise<Reply> {
    const { caller } = call;
    const { merchant } = caller;
    const card = payingCard(deps, caller, Card);
    const backUrls = () => ({
      successUrl: addressOf(merchant, detail.MerchantSuccessBackUrl, "success_url_wrong"),
      failUrl: addressOf(merchant, detail.MerchantFailBackUrl, "fail_url_wrong"),
    });
    const { sale, products, found } = await startThreeD(deps.marketplace, caller, {
      code: detail.MerchantUniqueCode,
      amountMinor: detail.Amount,
      currency: detail.CurrencyId,
      instalments: instalmentsOf(detail.Installment),
      kind: detail.Half3D ? "hold" : "sale",
      products: Products.map((each) => productAsked(each, detail.CurrencyId)),
      basketMinor: detail.MarketPlace?.BasketAmount,
      details: detailsOf(detail, Customer, call.address),
      among: () => chosenAmong(deps, merchant, detail),
      watches: watchesOf(merchant, detail),
      card,
      backUrls,
      save: saveOf(deps.ring, Card),
    });
    await useUp(deps, caller, await card());
    const handle = handleOf(deps.ring, found.session);
    return ok({
      RedirectUrl: gateUrl(deps.checkout.publicUrl(), handle, found.token.guid),
      Message: null,
      Payment: paymentShown(sale, products, NO_ACTIVITY),
      Error: null,
    });
  },
});

/**
 * Starts a payment with 3-D Secure: `RedirectUrl` takes the payer to the bank. What the bank's page
 * lets through is charged when the payer is back; with `Half3D` it is held, for `end3d` or a
 * provision to collect.
 */
export const startPage = starting("/api/paywall/payment/start3d", "Start of a 3-D Secure payment");
/** The same under the name of its other page. */
export const startModel = starting(
  "/api/paywall/payment/start3dmodel",
  "Start of a 3-D Secure payment, model 3D",
);

const EndInput = members({ MerchantUniqueCode: uniqueCode });

/** Collects a payment of `Half3D` whose payer is back. */
export const endPayment: Service<typeof EndInput> = {
  method: "POST",
  path: "/api/paywall/payment/end3d",
  summary: "Completion of a 3-D Secure payment",
  pair: "paywall_public",
  input: EndInput,
  async run({ marketplace }, { caller, locale, address }, { MerchantUniqueCode: code }) {
    const { attempt } = await endThreeD(marketplace, caller, { code, clientIp: address });
    if (attempt.status === "approved") return ok();
    if (isInDoubt(attempt)) return refuse("payment_in_doubt", { reference: code });
    const { declines } = messages[locale];
    const message = declineWords(declines, attempt.declineReason ?? "unknown", attempt.bankMessage);
    return { body: null, code: 1, message };
  },
};
