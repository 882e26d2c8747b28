import { sql } from "kysely";
import type { Check } from "./checks.store.ts";

/** What links that count their goods have sold, and keep for charges that may yet take money. */
export const stockChecks: readonly Check[] = [
  {
    promise: "I13 what a link has sold or keeps is of payments that took money or may",
    counted: "links with a stock",
    count: sql<{ n: bigint }>`select count(*) as n from link_stocks`,
    broken: sql`
      select s.link_id || ' counts ' || s.taken || ' and has ' || count(u.payment_id) as what
        from link_stocks s left join link_stock_uses u on u.merchant_id = s.merchant_id
          and u.link_id = s.link_id
        group by s.merchant_id, s.link_id having s.taken <> count(u.payment_id)
      union all
      select u.link_id || ' keeps one for ' || u.payment_id || ', which is declined'
        from link_stock_uses u join payments p on p.merchant_id = u.merchant_id
          and p.id = u.payment_id
        where p.status = 'declined'`,
  },
];
