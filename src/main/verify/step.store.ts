import { sql } from "kysely";

type Column = "paid" | "fee" | "total";

/**
 * As `step` of `lib/money.ts`: the part of a total that belongs to the step from `before` to
 * `after` on a way of `whole`. All four are columns; the last three are sums, so nothing overflows.
 */
export function stepOf(total: Column) {
  const upTo = (place: "before" | "after") =>
    sql`div(2 * ${sql.ref(total)} * ${sql.ref(place)} + whole, 2 * whole)`;
  return sql`(${upTo("after")} - ${upTo("before")})`;
}
