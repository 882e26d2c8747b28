import { type SqlBool, sql } from "kysely";
import { inOrder } from "../db/in-order.ts";
import type { Db } from "../db/pool.ts";
import { type AgentId, idEdge, type MerchantId, type PaymentId, type PosId } from "../lib/id.ts";
import type { Attempt, AttemptKind, Done, Payment } from "./payment.rules.ts";
import { readPayment } from "./payments.store.ts";
import { attemptOf, paymentOf } from "./rows.ts";

export type TransactionFilter = Readonly<{
  /** From the first moment on, and before the second: by the time the attempt was opened. */
  from: Date;
  to: Date;
  agentId?: AgentId | undefined;
  posIds?: readonly PosId[] | undefined;
  userId?: string | undefined;
  /** Declined ones too. What is in doubt is always there: it is neither done nor failed. */
  withDeclined: boolean;
  kinds?: readonly AttemptKind[] | undefined;
  /** Rows to leave out from the newest, and rows to give. */
  offset: number;
  limit: number;
}>;
export type TransactionPage = Readonly<{ rows: Done[]; total: number; totalMinor: bigint }>;

/** What is wanted of the payments `p` of operations: where it is nothing, none is looked at. */
const wantedOf = ({ agentId, posIds, userId }: TransactionFilter) => [
  ...(agentId ? [sql`p.agent_id = ${agentId}`] : []),
  ...(posIds ? [sql`p.pos_id = any(${[...posIds]}::text[])`] : []),
  ...(userId ? [sql`p.details ->> 'user_id' = ${userId}`] : []),
];

/** Operations of a merchant, newest first, with the number and sum of all that match. */
export async function listTransactions(
  db: Db,
  merchant: MerchantId,
  filter: TransactionFilter,
): Promise<TransactionPage> {
  let query = db.kysely
    .selectFrom("payment_attempts as a")
    .where("a.merchant_id", "=", merchant)
    // Ids sort by birth, so a span of days is a span of the primary key.
    .where("a.id", ">=", idEdge("att", filter.from))
    .where("a.id", "<", idEdge("att", filter.to));
  const ofPayments = wantedOf(filter);
  if (ofPayments.length > 0) {
    query = query.where(sql<SqlBool>`exists (select from payments p
      where p.merchant_id = ${merchant} and p.id = a.payment_id
        and ${sql.join(ofPayments, sql` and `)})`);
  }
  if (!filter.withDeclined) query = query.where("a.status", "<>", "declined");
  if (filter.kinds) query = query.where("a.kind", "in", filter.kinds);
  const [sums, attempts] = await Promise.all([
    query
      .select((eb) => [eb.fn.countAll<bigint>().as("total"), sumApproved.as("sum")])
      .executeTakeFirstOrThrow(),
    query
      .selectAll("a")
      .orderBy("a.id", "desc")
      .offset(filter.offset)
      .limit(filter.limit)
      .execute(),
  ]);
  const rows = await withPayments(db, merchant, attempts.map(attemptOf));
  return { rows, total: Number(sums.total), totalMinor: sums.sum ?? 0n };
}

const sumApproved = sql<
  bigint | null
>`(sum(case when a.kind in ('sale', 'capture') then a.amount_minor
      when a.kind in ('void', 'reopen', 'refund') then -a.amount_minor else 0 end)
    filter (where a.status = 'approved'))::bigint`;

export type Unsettled = Readonly<{ open: number; doubtful: number; flagged: number }>;

/** How many attempts wait for their outcome; those flagged wait for a person. */
export async function countUnsettled(db: Db): Promise<Unsettled> {
  const { rows } = await sql<Record<keyof Unsettled, bigint>>`select
      count(*) filter (where status = 'open' and flagged_at is null) as open,
      count(*) filter (where status = 'doubtful' and flagged_at is null) as doubtful,
      count(*) filter (where flagged_at is not null) as flagged
    from payment_attempts where status in ('open', 'doubtful')`.execute(db.kysely);
  const { open = 0n, doubtful = 0n, flagged = 0n } = rows[0] ?? {};
  return { open: Number(open), doubtful: Number(doubtful), flagged: Number(flagged) };
}

async function withPayments(
  db: Db,
  merchant: MerchantId,
  attempts: Done["attempt"][],
): Promise<Done[]> {
  if (attempts.length === 0) return [];
  const payments = await db.kysely
    .selectFrom("payments")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("id", "in", [...new Set(attempts.map((each) => each.paymentId))])
    .execute();
  const byId = new Map(payments.map((row) => [row.id, paymentOf(row)]));
  return attempts.map((attempt) => ({ attempt, payment: byId.get(attempt.paymentId)! }));
}

/** A payment with all that was tried on it. */
export type Story = Readonly<{ payment: Payment; attempts: readonly Attempt[] }>;

/** Payments after an id, in the order of their ids, each with its attempts. */
export async function readStories(
  db: Db,
  merchant: MerchantId,
  after: string,
  most: number,
): Promise<Story[]> {
  const payments = await inOrder(db, ({ kysely }) =>
    kysely
      .selectFrom("payments")
      .selectAll()
      .where("merchant_id", "=", merchant)
      .where("id", ">", after)
      .orderBy("id")
      .limit(most)
      .execute(),
  );
  if (payments.length === 0) return [];
  const attempts = await attemptsOf(
    db,
    merchant,
    payments.map((row) => row.id),
  );
  const byPayment = Map.groupBy(attempts, (attempt) => attempt.paymentId);
  return payments.map(paymentOf).map((payment) => ({
    payment,
    attempts: byPayment.get(payment.id) ?? [],
  }));
}

/** All that was tried on some payments, in the order in which it was opened. */
async function attemptsOf(
  db: Db,
  merchant: MerchantId,
  ids: readonly string[],
): Promise<Attempt[]> {
  const charges = db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where(
      "id",
      "in",
      ids.map((id) => id.replace("pay_", "att_")),
    );
  const followUps = db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("merchant_id", "=", merchant)
    .where("kind", "not in", ["sale", "hold"])
    .where("payment_id", "in", ids);
  return (await charges.unionAll(followUps).orderBy("id").execute()).map(attemptOf);
}

/** One payment with all that was tried on it, the charge first. */
export async function readStory(
  db: Db,
  merchant: MerchantId,
  id: PaymentId,
): Promise<Story | undefined> {
  const payment = await readPayment(db, merchant, id);
  return payment && { payment, attempts: await attemptsOf(db, merchant, [id]) };
}
