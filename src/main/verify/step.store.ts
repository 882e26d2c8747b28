import { sql } from "kysely";

/** The lines of each sale that was captured: `p`, with their sale `s` and payment `y`. */
export const takenLines = sql`sale_products p
  join sales s on s.merchant_id = p.merchant_id and s.number = p.sale
  join payments y on y.merchant_id = s.merchant_id and y.id = s.payment_id
    and y.status = 'captured'`;

/** What the lines of a sale have before each, up to it, and in all: the places of `stepOf`. */
export function placesOf(what: "amount_minor" | "captured_minor") {
  const minor = sql.ref(`p.${what}`);
  const soFar = sql`(partition by p.merchant_id, p.sale order by p.number)`;
  return sql`sum(${minor}) over ${soFar} - ${minor} as before,
    sum(${minor}) over ${soFar} as after,
    sum(${minor}) over (partition by p.merchant_id, p.sale) as whole`;
}

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
