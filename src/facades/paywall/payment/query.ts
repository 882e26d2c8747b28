import type { z } from "zod";
import { refuse } from "../../../lib/refusal.ts";
import {
  type FoundPayment,
  findPayment,
  hasMoney,
  type MarketplaceDeps,
  type PaymentName,
  payerOf,
  tellSale,
} from "../../../marketplace/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { Service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { guid, named } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { uniqueCode } from "./payment.wire.ts";
import { queryShown } from "./query.wire.ts";
import { byGuid } from "./undo.wire.ts";

const PATH = "/api/paywall/private/query";

const ByCode = members({ MerchantUniqueCode: uniqueCode });
const ByUniqueCode = members({ UniqueCode: guid() });
const ByPaymentId = members({ PaymentId: named() });

/**
 * What a client may be told of: while money that it was never told of goes back to the card, the
 * payment is one that has begun.
 */
async function shownOf(deps: MarketplaceDeps, merchant: Merchant, found: FoundPayment) {
  const { sale, story } = found;
  if (!sale || !story || !hasMoney(story.payment)) return found;
  const isTold = await tellSale(deps, merchant, sale, { taken: true });
  return isTold ? found : { sale, story: undefined };
}

/** What became of a payment. Refuses `payment_not_found`. */
const query = <Input extends z.ZodType>(
  path: string,
  input: Input,
  nameOf: (asked: z.output<Input>) => PaymentName,
): Service<Input> => ({
  method: "GET",
  path: `${PATH}${path}`,
  summary: "What became of a payment",
  pair: "paywall_private",
  input,
  async run({ marketplace: deps }, { caller: { merchant } }, asked) {
    const found = await findPayment(deps, merchant.id, nameOf(asked));
    if (!found) return refuse("payment_not_found", {});
    const isWaiting = found.sale && !found.story;
    const payer = isWaiting ? await payerOf(deps, merchant, found.sale) : undefined;
    const planned = found.story?.payment ?? payer?.found?.token.payment;
    const shown = await shownOf(deps, merchant, found);
    return ok({ Paywall: queryShown(merchant, shown, { at: payer?.at ?? "charged", planned }) });
  },
});

export const queryByCode = query("", ByCode, (asked) => ({ code: asked.MerchantUniqueCode }));
export const queryByUniqueCode = query("/by/uniquecode", ByUniqueCode, ({ UniqueCode }) =>
  byGuid(UniqueCode),
);
export const queryByPaymentId = query("/by/paymentid", ByPaymentId, ({ PaymentId }) => ({
  number: PaymentId,
}));
