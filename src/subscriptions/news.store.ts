import type { Reader } from "../db/transaction.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";

/** One try of an invoice: which card, and the payment that it was. */
export async function readTry(
  db: Reader,
  merchant: MerchantId,
  invoice: bigint,
  no: number,
): Promise<Readonly<{ card: bigint; paymentId: PaymentId }> | undefined> {
  const row = await db
    .selectFrom("invoice_tries")
    .select(["card", "payment_id"])
    .where("merchant_id", "=", merchant)
    .where("invoice", "=", invoice)
    .where("no", "=", no)
    .executeTakeFirst();
  return row && { card: row.card, paymentId: row.payment_id as PaymentId };
}
