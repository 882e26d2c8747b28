import { duePayout } from "./payouts.ts";
import { type Paywall, paywallOf } from "./paywall.ts";
import { enrolMembers, soldOn } from "./sales.ts";
import { createWorld, DAY_MS, type TestWorld, type WorldOptions } from "./world.ts";

const PRIVATE = "api/paywall/private";

/** Far behind any day of a test. */
const NEVER = new Date("2030-01-01T00:00:00Z");

/** What such a call answers, and with what it deletes what is due. */
export const done = { status: 200, ErrorCode: 0, Result: true, Message: "Success", Body: null };
export const refused = (code: number) =>
  ({ status: 200, ErrorCode: code, Result: false, Body: null }) as const;
export const deletes = { MarketPlace: { DeleteExistingRecords: true } };

type Named = Readonly<{ MerchantUniqueKey: string; PaymentId: number }>;

/** What the tables say of what is due of a payment. */
function rowsOf(world: TestWorld) {
  const { merchantId } = world.merchant;
  /** Everything that is live of what is due, in minor units. */
  const due = async ({ PaymentId }: Named) => {
    const of = (table: "earnings" | "debts") =>
      world.db.kysely
        .selectFrom(table)
        .selectAll()
        .where("merchant_id", "=", merchantId)
        .where("sale", "=", BigInt(PaymentId))
        .where("state", "<>", "deleted")
        .orderBy("number")
        .execute();
    const earnings = await of("earnings");
    const debts = await of("debts");
    return {
      amounts: earnings.map((row) => Number(row.amount_minor)),
      debts: debts.map((row) => Number(row.amount_minor)),
      isHeld: [...earnings, ...debts].some((row) => row.is_held),
    };
  };
  /** How the ways back of a sale ended, oldest first. */
  const returns = async ({ PaymentId }: Named) => {
    const rows = await world.db.kysely
      .selectFrom("sale_returns")
      .select("state")
      .where("merchant_id", "=", merchantId)
      .where("sale", "=", BigInt(PaymentId))
      .orderBy("no")
      .execute();
    return rows.map((row) => row.state);
  };
  return { due, returns };
}

/** Payouts of which nobody carries out anything. */
function payoutsIn(world: TestWorld) {
  const { merchantId } = world.merchant;
  const openOf = (table: "earnings" | "debts", { PaymentId }: Named) =>
    world.db.kysely
      .selectFrom(table)
      .select(["number", "member", "amount_minor"])
      .where("merchant_id", "=", merchantId)
      .where("sale", "=", BigInt(PaymentId))
      .where("state", "=", "open");
  type Row = Readonly<{ number: bigint }>;
  const put = (table: "earnings" | "debts", payout: bigint, rows: readonly Row[]) =>
    world.db.pool.query(
      `update ${table} set payout = $1 where merchant_id = $2 and number = any($3)`,
      [payout, merchantId, rows.map((row) => row.number)],
    );
  /** Puts what one party of a sale has earned into payouts, with what it is owed beside that. */
  const intoPayout = async (sale: Named, party: "member" | "platform") => {
    const earned = await openOf("earnings", sale).where("party", "=", party).execute();
    const owed = party === "member" ? await openOf("debts", sale).execute() : [];
    if (earned.length === 0) throw new Error("no such earnings");
    const numbers: bigint[] = [];
    const receivers = new Set(earned.map((row) => (party === "member" ? row.member : null)));
    for (const member of receivers) {
      const isIts = (row: Readonly<{ member: bigint }>) => member === null || row.member === member;
      const [own, debts] = [earned.filter(isIts), owed.filter(isIts)];
      const parts = [...own, ...debts];
      const { number } = await duePayout(world, {
        ...{ kind: "daily", party, member, createdAt: NEVER, count: parts.length },
        amountMinor: parts.reduce((sum, row) => sum + row.amount_minor, 0n),
      });
      await put("earnings", number, own);
      await put("debts", number, debts);
      numbers.push(number);
    }
    const fail = () =>
      world.db.kysely
        .updateTable("payouts")
        .set({ state: "failed", due_at: null, leased_until: null, settled_at: world.clock() })
        .where("number", "in", numbers)
        .execute();
    return { fail };
  };
  return { intoPayout };
}

/** What a platform does with payments that it wants back, and what it then sees of them. */
export function returnsOf(world: TestWorld, wire: Paywall) {
  const ask =
    (service: string) =>
    (sale: Named, more: object = {}) =>
      wire.post(`${PRIVATE}/${service}`, { MerchantUniqueCode: sale.MerchantUniqueKey, ...more });
  const asked = async ({ PaymentId }: Named) => {
    const found = await wire.get<{ Paywall: Readonly<Record<string, unknown>> }>(
      `${PRIVATE}/query/by/paymentid`,
      { paymentid: PaymentId },
    );
    return found.Body.Paywall;
  };
  const approve = async ({ PaymentId }: Named) => {
    const answer = await wire.post("api/paywall/marketplace/approve/pw/payment", { PaymentId });
    if (answer.ErrorCode !== 0) throw new Error(`not approved: ${answer.text}`);
  };
  /** Payments of the day before: the bank's day of them is closed. */
  async function agedSales(count: number) {
    const sales = [];
    for (let i = 0; i < count; i += 1) sales.push(await soldOn(wire));
    await world.advance(DAY_MS);
    return sales;
  }
  return {
    agedSales,
    cancel: ask("cancel"),
    refund: ask("refund"),
    part: ask("refund/partial"),
    revert: ask("revert"),
    asked,
    approve,
    ...rowsOf(world),
    ...payoutsIn(world),
  };
}

/** A world with members, and the platform that wants payments back in it. */
export async function returnsWorld(options?: WorldOptions) {
  const world = await createWorld(options);
  const wire = paywallOf(world);
  await enrolMembers(world);
  return { world, wire, shop: returnsOf(world, wire) };
}
