import type { CalledLink } from "../../../checkout/index.ts";
import { decimalText } from "../../../lib/money.ts";
import { rawNumber } from "../../../lib/raw-json.ts";
import { readCallbackKey } from "../../../marketplace/index.ts";
import type { Done, PaymentsDeps } from "../../../payments/index.ts";
import { HASH_FORMAT, HASH_KEY_TYPE, types } from "../payment/callback.ts";
import { guidOfPayment } from "../payment/payment.wire.ts";
import { methodOf } from "../payment/payment-method.ts";
import { currencyIdOf, moment, money } from "../wire/formats.ts";
import { hashOf } from "../wire/hash.ts";

/**
 * What the address of a page or a link hears of a payment that took money: what general callbacks
 * tell, and the page by its number. `UniqueCode` is the shop's own code here, as in the wire's list
 * of what is hashed; a link has none, and `MerchantOrderId` stands in its place.
 */
export async function pageCallbackBody(
  deps: Pick<PaymentsDeps, "db" | "ring">,
  { numbered, link }: CalledLink,
  { payment, attempt }: Done,
): Promise<string> {
  const { number, code, details } = numbered;
  const key = await readCallbackKey(deps, link.merchantId, "system");
  const amount = decimalText(payment.amountMinor);
  const order = String(details["order"] ?? "");
  const unique = code ?? order;
  const parts = [String(number), String(attempt.xact), unique, amount];
  return JSON.stringify({
    Type: types.success,
    Id: Number(number),
    ...(code === null
      ? { MerchantOrderId: order || null, MerchantTrackId: details["track"] || null }
      : { Guid: link.id }),
    PaymentId: Number(attempt.xact),
    Amount: rawNumber(amount),
    OperationAmount: money(attempt.amountMinor),
    IP: "",
    UniqueCode: unique,
    PaymentCode: guidOfPayment(payment.id),
    CurrencyId: currencyIdOf(payment.currency),
    PaymentMethodId: methodOf(payment, false)[0],
    Installment: Math.max(payment.instalments, 1),
    ChannelId: 0,
    TagId: 0,
    DateTime: moment(attempt.settledAt ?? attempt.openedAt),
    Hash: hashOf(key, parts) ?? null,
    HashFormat: HASH_FORMAT,
    HashKeyType: HASH_KEY_TYPE,
  });
}
