import { type RawBuilder, sql } from "kysely";
import { inOrder } from "../../db/in-order.ts";
import type { Db } from "../../db/pool.ts";
import type { MerchantId } from "../../lib/id.ts";

/** A payment or a run by its id, and whether it is one that a bank must know too. */
export type Listed = Readonly<{ id: string; isAtBank: boolean }>;
/** A merchant's rows after an id, a page at a time. */
export type ListPage = (
  db: Db,
  merchant: MerchantId,
  after: string,
  most: number,
) => Promise<readonly Listed[]>;

/** What no bank must know is left out by who asks: so a page ends where it is full. */
const listOf =
  (table: "payments" | "payout_runs", isAtBank: RawBuilder<boolean>): ListPage =>
  (db, merchant, after, most) =>
    inOrder(db, async ({ kysely }) => {
      const { rows } = await sql<Listed>`select id, ${isAtBank} as "isAtBank"
        from ${sql.table(table)} where merchant_id = ${merchant} and id > ${after}
        order by id limit ${most}`.execute(kysely);
      return rows;
    });

/** Payments; of those at the bank money or a hold is live. */
export const listPayments = listOf("payments", sql`status in ('held', 'captured')`);

/** Runs; those at the bank it has paid, and no person by hand. */
export const listRuns = listOf("payout_runs", sql`state = 'paid' and marked_by is null`);
