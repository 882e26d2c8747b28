import { sql } from "kysely";
import type { Reader, Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import type { Id, MerchantId } from "../lib/id.ts";
import type { ApprovalTerms } from "./approval.rules.ts";
import { hasOpenReturn } from "./returns.store.ts";
import type { Product, Sale } from "./sale.rules.ts";
import { productOf, saleOf } from "./sale-rows.ts";

export type ApprovalId = Id<"apr">;
export type ChangeId = Id<"chg">;

/** A sale that nobody else approves, rejects, changes or gives back until the transaction ends. */
export type LockedSale = Readonly<{
  sale: Sale;
  /** Whether money of it is about to go back. */
  isReturning: boolean;
}>;

/** Locks a sale, and reads afterwards whether a return of it is under way. */
export async function lockSale(
  tx: Tx,
  merchant: MerchantId,
  number: bigint,
): Promise<LockedSale | undefined> {
  const row = await tx
    .selectFrom("sales")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("number", "=", number)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  return { sale: saleOf(row), isReturning: await hasOpenReturn(tx, merchant, number) };
}

/**
 * Whoever changes or deletes earnings waits for orders that are being given, and lets others change
 * theirs: an order marks many earnings in no order, and two that wait for each other's rows would
 * end in a deadlock. Taken before any other lock.
 */
export async function awaitOrders(tx: Tx, merchant: MerchantId): Promise<void> {
  await tx
    .selectFrom("marketplace_settings")
    .select("distribution")
    .where("merchant_id", "=", merchant)
    .forShare()
    .execute();
}

/** Of these products those that there are, in the order of their numbers. */
export async function readProductsBy(
  db: Reader,
  merchant: MerchantId,
  numbers: readonly bigint[],
): Promise<Product[]> {
  const { rows } = await sql<Parameters<typeof productOf>[0]>`/* products_by_number */
    select * from sale_products
      where merchant_id = ${merchant} and number = any(${[...numbers]}::bigint[])
      order by number`.execute(db);
  return rows.map(productOf);
}

/** Writes what may change of a product. The caller holds its sale's lock. */
export async function saveProduct(tx: Tx, product: Product): Promise<void> {
  const { cargo, discount } = product;
  await tx
    .updateTable("sale_products")
    .set({
      member_earning_minor: product.memberEarningMinor,
      cargo_owner: cargo?.owner ?? null,
      cargo_currency: cargo?.currency ?? null,
      cargo_minor: cargo?.minor ?? null,
      discount_owner: discount?.owner ?? null,
      discount_kind: discount?.kind ?? null,
      discount_value: discount?.value ?? null,
    })
    .where("merchant_id", "=", product.merchantId)
    .where("number", "=", product.number)
    .execute();
}

export type NewApproval = ApprovalTerms &
  Readonly<{ merchantId: MerchantId; id: ApprovalId; sale: bigint; at: Date }>;

/**
 * Stores an approval and marks its products. The caller holds the sale's lock and has seen that
 * none of them was approved: one that is breaks the approval.
 */
export async function insertApproval(
  tx: Tx,
  approval: NewApproval,
  products: readonly bigint[],
): Promise<void> {
  const { merchantId, id, sale, calculator, sameDate, description, at } = approval;
  await tx
    .insertInto("approvals")
    .values({
      merchant_id: merchantId,
      id,
      sale,
      calculator,
      same_date: sameDate,
      description,
      approved_at: at,
    })
    .execute();
  const marked = await sql`/* mark_approved */ update sale_products set approval_id = ${id}
    where merchant_id = ${merchantId} and sale = ${sale} and approval_id is null
      and number = any(${[...products]}::bigint[])`.execute(tx);
  assert(Number(marked.numAffectedRows) === products.length, "each product is approved once");
}

/** Makes products what they were before they were approved. The caller holds the sale's lock. */
export async function clearApprovals(
  tx: Tx,
  merchant: MerchantId,
  products: readonly bigint[],
): Promise<void> {
  await sql`/* clear_approvals */ update sale_products set approval_id = null
    where merchant_id = ${merchant} and number = any(${[...products]}::bigint[])`.execute(tx);
}

export type Change = Readonly<{
  merchantId: MerchantId;
  id: ChangeId;
  sale: bigint;
  what:
    | "reject"
    | "delete"
    | "raise"
    | "lower"
    | "postpone"
    | "redate"
    | "retry"
    | "debt"
    | "refund";
  details: Readonly<Record<string, unknown>>;
  at: Date;
}>;

/** Tells for ever what was changed of what is due. */
export async function insertChange(tx: Tx, change: Change): Promise<void> {
  const { merchantId, id, sale, what, details, at } = change;
  await tx
    .insertInto("earning_changes")
    .values({
      merchant_id: merchantId,
      id,
      sale,
      what,
      details: JSON.stringify(details),
      changed_at: at,
    })
    .execute();
}
