import { type Selectable, sql } from "kysely";
import type { Db } from "../db/pool.ts";
import type { Recurrings } from "../db/tables.gen.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId, PaymentId } from "../lib/id.ts";
import type {
  Recurring,
  RecurringCustomer,
  RecurringItem,
  RecurringState,
} from "./recurring.rules.ts";
import type { Subscription } from "./subscription.rules.ts";

const recurringOf = (row: Selectable<Recurrings>): Recurring => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  guid: row.guid,
  code: row.code,
  state: row.state,
  subscriptionId: row.subscription_id,
  periodType: row.period_type,
  pendingHours: row.pending_hours,
  trialDays: row.trial_days,
  customer: row.customer as RecurringCustomer,
  items: row.items as RecurringItem[],
  createdAt: row.created_at,
});

/** False when the code is another one's that is not deleted. */
export async function insertRecurring(tx: Tx, recurring: Recurring): Promise<boolean> {
  const { rows } = await sql`
    insert into recurrings (merchant_id, number, guid, code, state, subscription_id, period_type,
      pending_hours, trial_days, customer, items, created_at)
    values (${recurring.merchantId}, ${recurring.number}, ${recurring.guid}, ${recurring.code},
      ${recurring.state}, ${recurring.subscriptionId}, ${recurring.periodType},
      ${recurring.pendingHours}, ${recurring.trialDays}, ${JSON.stringify(recurring.customer)},
      ${JSON.stringify(recurring.items)}, ${recurring.createdAt})
    on conflict (merchant_id, code) where state <> 'deleted' do nothing
    returning number`.execute(tx);
  return rows.length > 0;
}

/** Writes the state of a locked one. */
export async function saveState(
  tx: Tx,
  { merchantId, number }: Recurring,
  state: RecurringState,
): Promise<void> {
  await tx
    .updateTable("recurrings")
    .set({ state })
    .where("merchant_id", "=", merchantId)
    .where("number", "=", number)
    .execute();
}

export type RecurringName = Readonly<{ code: string } | { number: bigint }>;

/** One that is not deleted, by the merchant's code or by its number. */
export async function readRecurring(
  db: Reader,
  merchant: MerchantId,
  name: RecurringName,
): Promise<Recurring | undefined> {
  const query = db
    .selectFrom("recurrings")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("state", "<>", "deleted");
  const row = await ("code" in name
    ? query.where("code", "=", name.code)
    : query.where("number", "=", name.number)
  ).executeTakeFirst();
  return row && recurringOf(row);
}

/** The one, deleted or not, that an order of this group was or is. */
export async function readByGroup(
  db: Reader,
  merchant: MerchantId,
  group: string,
): Promise<Recurring | undefined> {
  const row = await db
    .selectFrom("recurrings")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("guid", "=", group)
    .executeTakeFirst();
  return row && recurringOf(row);
}

/** One as it is now, locked until the transaction ends; its order is locked before. */
export async function lockRecurring(tx: Tx, { merchantId, number }: Recurring): Promise<Recurring> {
  const row = await tx
    .selectFrom("recurrings")
    .selectAll()
    .where("merchant_id", "=", merchantId)
    .where("number", "=", number)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return recurringOf(row);
}

/** Those of which it is not known yet whether their first charge came, the oldest first. */
export async function readOpening(db: Db, most: number): Promise<Recurring[]> {
  const rows = await db.kysely
    .selectFrom("recurrings")
    .selectAll()
    .where("state", "=", "opening")
    .orderBy("created_at")
    .limit(most)
    .execute();
  return rows.map(recurringOf);
}

/** A charge of a recurring payment, past or to come. */
export type RecurringJob = Readonly<{ at: Date; isComplete: boolean }>;

/** Its charges by their days; those that fell into a stop or were deleted are none. */
export async function readJobs(
  db: Db,
  { merchantId, guid }: Recurring,
  most: number,
): Promise<RecurringJob[]> {
  const rows = await db.kysely
    .selectFrom("invoices as i")
    .innerJoin("subscriptions as s", (join) =>
      join.onRef("s.merchant_id", "=", "i.merchant_id").onRef("s.id", "=", "i.subscription_id"),
    )
    .select(["i.drawn_from", "i.status"])
    .where("s.merchant_id", "=", merchantId)
    .where("s.group_reference", "=", guid)
    .where("i.status", "in", ["waiting", "paid", "failed"])
    .orderBy("i.drawn_from", "desc")
    .limit(most)
    .execute();
  return rows
    .map((row) => ({ at: row.drawn_from, isComplete: row.status !== "waiting" }))
    .toReversed();
}

/** The card that is on a recurring payment's order under a number, and whose it is. */
export async function readPlace(
  db: Reader,
  merchant: MerchantId,
  number: bigint,
): Promise<Readonly<{ card: bigint; recurring: bigint }> | undefined> {
  const row = await db
    .selectFrom("subscription_cards as c")
    .innerJoin("recurrings as r", (join) =>
      join
        .onRef("r.merchant_id", "=", "c.merchant_id")
        .onRef("r.subscription_id", "=", "c.subscription_id"),
    )
    .select(["c.card", "r.number"])
    .where("c.merchant_id", "=", merchant)
    .where("c.number", "=", number)
    .where("c.removed_at", "is", null)
    .executeTakeFirst();
  return row && { card: row.card, recurring: row.number };
}

/** Whether a payment is a charge of a recurring payment. */
export async function isChargeOf(
  db: Reader,
  { merchantId, guid }: Recurring,
  paymentId: PaymentId,
): Promise<boolean> {
  const row = await db
    .selectFrom("invoice_tries as t")
    .innerJoin("invoices as i", (join) =>
      join.onRef("i.merchant_id", "=", "t.merchant_id").onRef("i.number", "=", "t.invoice"),
    )
    .innerJoin("subscriptions as s", (join) =>
      join.onRef("s.merchant_id", "=", "i.merchant_id").onRef("s.id", "=", "i.subscription_id"),
    )
    .select("t.no")
    .where("t.merchant_id", "=", merchantId)
    .where("t.payment_id", "=", paymentId)
    .where("s.group_reference", "=", guid)
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes what of a locked one can change beside its state. */
export async function saveRecurring(tx: Tx, recurring: Recurring): Promise<void> {
  await tx
    .updateTable("recurrings")
    .set({
      subscription_id: recurring.subscriptionId,
      period_type: recurring.periodType,
      pending_hours: recurring.pendingHours,
      trial_days: recurring.trialDays,
      items: JSON.stringify(recurring.items),
    })
    .where("merchant_id", "=", recurring.merchantId)
    .where("number", "=", recurring.number)
    .execute();
}

/** Writes the rests of a locked order and whom it tells, of its charges that wait too. */
export async function saveRecurringOrder(
  tx: Tx,
  { merchantId, id, ownRests, terms }: Subscription,
): Promise<void> {
  await tx
    .updateTable("subscriptions")
    .set({
      rest_minutes: ownRests?.minutes ?? null,
      rounds_max: ownRests?.rounds ?? null,
      terms: JSON.stringify(terms),
    })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .execute();
  await tx
    .updateTable("invoices")
    .set({ is_told: terms.failedUrl !== undefined })
    .where("merchant_id", "=", merchantId)
    .where("subscription_id", "=", id)
    .where("status", "=", "waiting")
    .execute();
}

/** Puts the cards of one locked order on another, under the numbers that they have. */
export async function movePlaces(
  tx: Tx,
  merchant: MerchantId,
  { from, to }: Readonly<{ from: string; to: string }>,
): Promise<void> {
  await tx
    .updateTable("subscription_cards")
    .set({ subscription_id: to })
    .where("merchant_id", "=", merchant)
    .where("subscription_id", "=", from)
    .where("removed_at", "is", null)
    .execute();
}
