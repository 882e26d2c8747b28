import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";

/** A link as a wire names it: by a number, and where it has one by a code of the shop's. */
export type NumberedLink = Readonly<{
  number: bigint;
  linkId: string;
  code: string | null;
  /** What was asked for and is only shown again. */
  details: Readonly<Record<string, string | number | boolean>>;
}>;

/** False where the code has been used. */
export async function insertNumberedLink(
  tx: Tx,
  merchant: MerchantId,
  { number, linkId, code, details }: NumberedLink,
): Promise<boolean> {
  const done = await tx
    .insertInto("numbered_links")
    .values({
      ...{ merchant_id: merchant, number, link_id: linkId, code },
      details: JSON.stringify(details),
    })
    .onConflict((conflict) => conflict.constraint("one_link_per_code").doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function findNumberedLink(
  db: Db,
  merchant: MerchantId,
  by: Readonly<{ number: bigint } | { code: string } | { linkId: string }>,
): Promise<NumberedLink | undefined> {
  const links = db.kysely
    .selectFrom("numbered_links")
    .selectAll()
    .where("merchant_id", "=", merchant);
  let query = links;
  if ("number" in by) query = links.where("number", "=", by.number);
  else if ("code" in by) query = links.where("code", "=", by.code);
  else query = links.where("link_id", "=", by.linkId);
  const row = await query.executeTakeFirst();
  if (!row) return undefined;
  const details = row.details as NumberedLink["details"];
  return { number: row.number, linkId: row.link_id, code: row.code, details };
}
