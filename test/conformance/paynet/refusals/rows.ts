import { sql } from "kysely";
import type { TestWorld } from "../../../support/world.ts";

const tables = [
  "payments",
  "payment_attempts",
  "ledger_entries",
  "events",
  "cards",
  "card_owners",
  "one_time_codes",
  "outgoing_messages",
] as const;

/** How many rows stand in each table that requests write, and how many orders the bank knows. */
export async function rowCounts(world: TestWorld): Promise<Record<string, number>> {
  const counts: Record<string, number> = { bank: (await world.bank.orders()).length };
  for (const table of tables) {
    const { rows } = await sql<{ count: bigint }>`select count(*) from ${sql.table(table)}`.execute(
      world.db.kysely,
    );
    counts[table] = Number(rows[0]?.count);
  }
  return counts;
}
