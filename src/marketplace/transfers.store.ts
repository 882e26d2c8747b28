import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { Span } from "./order.rules.ts";
import type { Total } from "./orders.store.ts";

/** The account at a bank from which a currency is paid out, if there is one. */
export async function mainConnection(
  db: Reader,
  merchant: MerchantId,
  currency: Currency,
): Promise<bigint | undefined> {
  const row = await db
    .selectFrom("payout_connections")
    .select("number")
    .where("merchant_id", "=", merchant)
    .where("currency", "=", currency)
    .where("is_main", "=", true)
    .where("is_open", "=", true)
    .executeTakeFirst();
  return row?.number;
}

export type NewOrder = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  guid: string;
  currency: Currency;
  span: Span;
  connection: bigint;
  now: Date;
}>;

/** Stands until the transaction knows what it found; no order is committed with it. */
const NOT_COUNTED = { amount_minor: 1n, count: 0, description: "" };

/** Stores an order of which is not known yet what it pays: `saveTotal` follows in the same `tx`. */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<void> {
  await tx
    .insertInto("payouts")
    .values({
      ...NOT_COUNTED,
      merchant_id: order.merchantId,
      number: order.number,
      kind: "order",
      guid: order.guid,
      party: "platform",
      connection: order.connection,
      currency: order.currency,
      date_from: order.span.from,
      date_to: order.span.to,
      details: {},
      state: "queued",
      runs: 0,
      failure: "",
      due_at: order.now,
      created_at: order.now,
    })
    .execute();
}

/** What an order pays, and what its transfer says. */
export async function saveTotal(
  tx: Tx,
  merchant: MerchantId,
  payout: bigint,
  { amountMinor, count, description }: Total & Readonly<{ description: string }>,
): Promise<void> {
  await tx
    .updateTable("payouts")
    .set({ amount_minor: amountMinor, count, description })
    .where("merchant_id", "=", merchant)
    .where("number", "=", payout)
    .execute();
}

/** Queues again an order that failed, with what is left of it. The caller holds its row. */
export async function requeueOrder(
  tx: Tx,
  merchant: MerchantId,
  payout: bigint,
  { connection, amountMinor, count, now }: Total & Readonly<{ connection: bigint; now: Date }>,
): Promise<void> {
  const content = { connection, amount_minor: amountMinor, count };
  await tx
    .updateTable("payouts")
    .set({ ...content, state: "queued", failure: "", due_at: now, settled_at: null })
    .where("merchant_id", "=", merchant)
    .where("number", "=", payout)
    .where("state", "=", "failed")
    .execute();
}
