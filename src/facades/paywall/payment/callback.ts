import { decimalText } from "../../../lib/money.ts";
import { rawNumber } from "../../../lib/raw-json.ts";
import type { Heard } from "../../../marketplace/callback.rules.ts";
import { readCallbackKey, type ToldSale } from "../../../marketplace/index.ts";
import type { PaymentsDeps } from "../../../payments/index.ts";
import { currencyIdOf, moment, money } from "../wire/formats.ts";
import { hashOf } from "../wire/hash.ts";
import { guidOfPayment } from "./payment.wire.ts";
import { methodOf } from "./payment-method.ts";

/** The wire's documents publish none of these numbers; they are ours, and stable. */
export const types: Readonly<Record<Heard, number>> = {
  success: 1,
  failure: 2,
  cancel: 3,
  refund: 4,
  partial_refund: 5,
};
/** SHA-256 as hex, by the key of server to server calls. */
export const HASH_FORMAT = 1;
export const HASH_KEY_TYPE = 2;

const wholeOf = (value: unknown): number => (typeof value === "number" ? value : 0);

/** What a merchant's server hears of an operation; as JSON text, its amounts with two decimals. */
export async function callbackBody(
  deps: Pick<PaymentsDeps, "db" | "ring">,
  heard: Heard,
  { sale, payment, amountMinor, at }: ToldSale,
): Promise<string> {
  const key = await readCallbackKey(deps, sale.merchantId, "system");
  const installment = Math.max(payment.instalments, 1);
  const amount = decimalText(payment.amountMinor);
  const parts = [String(sale.number), sale.code, amount, String(installment)];
  return JSON.stringify({
    Type: types[heard],
    PaymentId: Number(sale.number),
    Amount: rawNumber(amount),
    OperationAmount: money(amountMinor),
    IP: String(sale.details["ip"] ?? ""),
    UniqueCode: guidOfPayment(sale.paymentId),
    MerchantUniqueCode: sale.code,
    CurrencyId: currencyIdOf(payment.currency),
    PaymentMethodId: methodOf(payment, true)[0],
    Installment: installment,
    ChannelId: wholeOf(sale.details["channel"]),
    TagId: wholeOf(sale.details["tag"]),
    DateTime: moment(at),
    Hash: hashOf(key, parts) ?? null,
    HashFormat: HASH_FORMAT,
    HashKeyType: HASH_KEY_TYPE,
  });
}
