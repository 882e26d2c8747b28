import type { Renewals } from "./renewal-stage.ts";

export type Check = Readonly<{
  paid: number;
  /** Due and not paid. */
  left: number;
  /** Invoices with more than one try, more than one payment that took money, or another amount. */
  wrong: number;
}>;

/**
 * Looks whether each invoice that has fallen due was drawn once: by its own count of tries, by the
 * tries themselves, by the payments that took money, and by the money.
 */
export async function checkOnce({ deps, id }: Renewals, from: Date, to: Date): Promise<Check> {
  const { rows } = await deps.db.pool.query<{ paid: number; left: number; wrong: number }>(
    `with tried as (
       select t.invoice, count(*) as tries, count(*) filter (where t.is_paid) as paid,
         count(*) filter (where p.status = 'captured') as captured,
         sum(p.captured_minor) as minor
       from invoice_tries t join payments p using (merchant_id)
       where t.merchant_id = $1 and p.id = t.payment_id group by t.invoice)
     select count(*) filter (where i.status = 'paid')::integer as paid,
       count(*) filter (where i.status <> 'paid')::integer as left,
       count(*) filter (where i.status = 'paid' and (i.tries <> 1 or t.tries <> 1 or t.paid <> 1
         or t.captured <> 1 or t.minor <> i.amount_minor) is not false)::integer as wrong
     from invoices i left join tried t on t.invoice = i.number
     where i.merchant_id = $1 and i.drawn_from > $2 and i.drawn_from <= $3`,
    [id, from, to],
  );
  return rows[0]!;
}
