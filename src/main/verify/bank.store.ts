import { sql } from "kysely";
import { inOrder } from "../../db/in-order.ts";
import type { Db } from "../../db/pool.ts";
import type { MerchantId } from "../../lib/id.ts";
import type { OurSide } from "./bank.rules.ts";

/** Payments by the order ids that a bank knows them by. */
export async function readByOrderIds(
  db: Db,
  orderIds: readonly string[],
): Promise<Map<string, OurSide>> {
  const { rows } = await sql<{
    id: string;
    status: string;
    amount_minor: bigint;
    captured_minor: bigint;
    refunded_minor: bigint;
    doubt: boolean;
  }>`select p.id, p.status, p.amount_minor, p.captured_minor, p.refunded_minor,
      exists (select from payment_attempts a where a.merchant_id = p.merchant_id
        and a.payment_id = p.id and a.status in ('open', 'doubtful')) as doubt
    from payments p join merchants m on m.id = p.merchant_id
    where m.mode = 'sandbox' and p.id = any(${orderIds.map((id) => `pay_${id}`)})`.execute(
    db.kysely,
  );
  return new Map(
    rows.map((row) => [
      row.id.slice("pay_".length),
      {
        status: row.status,
        amountMinor: row.amount_minor,
        capturedMinor: row.captured_minor,
        refundedMinor: row.refunded_minor,
        isInDoubt: row.doubt,
      },
    ]),
  );
}

/** A payment or a run by its id, and whether it is one that a bank must know too. */
export type Listed = Readonly<{ id: string; isAtBank: boolean }>;

/**
 * A merchant's payments after an id, a page at a time; their money or hold is live at the bank or
 * not. What is not is left out by who asks: so a page ends where it is full, wherever that is.
 */
export async function listPayments(
  db: Db,
  merchant: MerchantId,
  after: string,
  most: number,
): Promise<Listed[]> {
  const rows = await inOrder(db, ({ kysely }) =>
    kysely
      .selectFrom("payments")
      .select(["id", "status"])
      .where("merchant_id", "=", merchant)
      .where("id", ">", after)
      .orderBy("id")
      .limit(most)
      .execute(),
  );
  return rows.map(({ id, status }) => ({
    id,
    isAtBank: status === "held" || status === "captured",
  }));
}
