import type { z } from "zod";
import { refuse } from "../../lib/refusal.ts";
import { findPayment, type PaymentName, payerOf } from "../../marketplace/index.ts";
import type { Service } from "./deps.ts";
import { ok } from "./envelope.ts";
import { guid, named } from "./formats.ts";
import { members } from "./members.ts";
import { uniqueCode } from "./payment.wire.ts";
import { queryShown } from "./query.wire.ts";
import { byGuid } from "./undo.wire.ts";

const PATH = "/api/paywall/private/query";

const ByCode = members({ MerchantUniqueCode: uniqueCode });
const ByUniqueCode = members({ UniqueCode: guid() });
const ByPaymentId = members({ PaymentId: named() });

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
    const planned = payer?.found?.token.payment;
    return ok({ Paywall: queryShown(merchant, found, { at: payer?.at ?? "charged", planned }) });
  },
});

export const queryByCode = query("", ByCode, (asked) => ({ code: asked.MerchantUniqueCode }));
export const queryByUniqueCode = query("/by/uniquecode", ByUniqueCode, ({ UniqueCode }) =>
  byGuid(UniqueCode),
);
export const queryByPaymentId = query("/by/paymentid", ByPaymentId, ({ PaymentId }) => ({
  number: PaymentId,
}));
