import { sql } from "kysely";
import type { Db } from "./pool.ts";

/** Ways of PostgreSQL's planner that can be kept from it. */
type Way = "enable_sort" | "enable_nestloop" | "enable_mergejoin";

/** Runs `work` in the transaction `view`, whose statements are planned without `ways` meanwhile. */
export async function without<T>(
  view: Db,
  ways: readonly Way[],
  work: (view: Db) => Promise<T>,
): Promise<T> {
  const allow = async (state: "on" | "off") => {
    for (const way of ways) {
      await sql`set local ${sql.raw(way)} = ${sql.raw(state)}`.execute(view.kysely);
    }
  };
  await allow("off");
  const done = await work(view);
  await allow("on");
  return done;
}
