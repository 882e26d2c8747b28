import type { Reader } from "../db/transaction.ts";
import { type MerchantId, newId, type OwnerId } from "../lib/id.ts";

/** Whose cards they are: ours and the merchant's own name for one customer. */
export type Owner = Readonly<{ id: OwnerId; customer: string }>;

export async function findOwner(
  db: Reader,
  merchant: MerchantId,
  by: { id: string } | { customer: string },
): Promise<Owner | undefined> {
  const [column, value] =
    "id" in by ? (["id", by.id] as const) : (["customer", by.customer] as const);
  const row = await db
    .selectFrom("card_owners")
    .select(["id", "customer"])
    .where("merchant_id", "=", merchant)
    .where(column, "=", value)
    .executeTakeFirst();
  return row && { id: row.id as OwnerId, customer: row.customer };
}

/** `undefined` when the customer has an owner already. */
export async function insertOwner(
  db: Reader,
  merchant: MerchantId,
  customer: string,
  now: Date,
): Promise<Owner | undefined> {
  const id: OwnerId = newId("own", now);
  const row = await db
    .insertInto("card_owners")
    .values({ merchant_id: merchant, id, customer, created_at: now })
    .onConflict((conflict) => conflict.constraint("one_owner_per_customer").doNothing())
    .returning("id")
    .executeTakeFirst();
  return row && { id, customer };
}
