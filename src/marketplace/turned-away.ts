import type { MerchantId, PaymentId } from "../lib/id.ts";
import type { Merchant } from "../merchants/index.ts";
import type { Payment, PaymentsDeps } from "../payments/index.ts";
import type { CallbackAddress } from "./callbacks.store.ts";
import { tryOfSale } from "./payer.ts";
import type { Sale } from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";

/** The payment of an event that tells of a payer whom the bank turned away before any charge. */
export const turnedAwayIn = (payload: Readonly<Record<string, unknown>>): PaymentId | undefined =>
  payload["token_id"] === undefined ? undefined : (String(payload["payment_id"]) as PaymentId);

/** The calls about such a payer: the payment has failed. */
export const callsOfTurnedAway = (
  merchantId: MerchantId,
  turnedAway: PaymentId,
  addresses: readonly CallbackAddress[],
) =>
  addresses
    .filter(({ hears }) => hears.includes("failure"))
    .map(({ url }) => ({ merchantId, turnedAway, heard: "failure", url, failed: 0 }) as const);

/** What is told of a sale: of which amount of it, and of when. */
export type ToldSale = Readonly<{ sale: Sale; payment: Payment; amountMinor: bigint; at: Date }>;

/** What a call tells of a payer whom the bank turned away: the payment as it was planned. */
export async function toldTurnedAway(
  deps: Pick<PaymentsDeps, "db">,
  merchant: Merchant,
  paymentId: PaymentId,
): Promise<ToldSale | undefined> {
  const sale = await readSale(deps.db.kysely, merchant.id, { paymentId });
  const found = sale && (await tryOfSale(deps, merchant, sale));
  if (!sale || found?.token.status !== "refused") return undefined;
  const { token } = found;
  if (!token.returnedAt) return undefined;
  const { payment, returnedAt: at } = token;
  return { sale, payment, amountMinor: payment.amountMinor, at };
}
