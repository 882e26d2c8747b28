import { sql } from "kysely";
import type { Db } from "../../db/pool.ts";
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
