import { pino } from "pino";
import type { FindAcquirer } from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport } from "../../src/acquirers/transport.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { type Deps, wire } from "../../src/main/deps.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { inquireDue, type PaymentsDeps } from "../../src/payments/index.ts";
import { createProviders } from "../../src/payouts/providers/registry.ts";
import { drawDue, type SubscriptionsDeps } from "../../src/subscriptions/index.ts";
import type { Invoice, Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { addCard, createOrder, invoicesNow } from "../support/orders.ts";
import { goodCard, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";

/** Longer than an open attempt is taken for one that is still under way. */
const OPEN_LEASE_MS = 75_000;
/** Longer than a worker holds what it has leased. */
export const LEASE_MS = 10 * 60_000;
export const HOUR_MS = 60 * 60_000;

/** Their issuers always say no: too little money, lost. */
export const emptyCard = "5100050000006661";
export const lostCard = "5136620000006669";
/** Their issuers say yes. */
export const { pan: firstCard } = goodCard;
export const secondCard = "5571135571135575";

const throwOn = (error: unknown): never => {
  throw error;
};

/** What of a process draws and asks. */
export type Worker = Readonly<{
  payments: PaymentsDeps;
  subscriptions: SubscriptionsDeps;
  reception: { forgetAll(): void };
}>;

/** Another process on the same database and bank, with a clock of its own if one is given. */
export function workerOn(world: TestWorld, clock: Clock = world.clock) {
  const transport = createTransport();
  const { db, deps } = world;
  const { payments, subscriptions, reception } = wire({
    ...{ db, clock, ring: deps.ring, findAcquirer: createRegistry(transport) },
    findProvider: createProviders(transport),
    log: pino({ level: "silent" }),
    publicUrl: deps.checkout.publicUrl,
  });
  return { payments, subscriptions, reception, close: () => transport.close() };
}

/** The moments of a draw at which something else can happen. */
export type Moment =
  | "before planning"
  | "before beginning"
  | "after beginning"
  /** Sent by us, and not yet with the bank. */
  | "before the bank"
  | "after the bank"
  | "after settling";

/** What happens beside a draw, at moments of it. */
export class Beside {
  #plans: { moment: Moment; left: number; work: () => Promise<unknown> }[] = [];

  /** Does something at the `count`th such moment from now, before the draw goes on. */
  at(moment: Moment, work: () => Promise<unknown>, count = 1): void {
    this.#plans.push({ moment, left: count, work });
  }

  /** Moments that did not come. */
  get left(): number {
    return this.#plans.length;
  }

  async come(moment: Moment): Promise<void> {
    for (const plan of this.#plans.filter((each) => each.moment === moment)) plan.left -= 1;
    const due = this.#plans.filter(({ left }) => left === 0);
    this.#plans = this.#plans.filter(({ left }) => left > 0);
    for (const { work } of due) await work();
  }

  /** The wiring in which it does. */
  wrap(deps: Deps): Deps {
    const { findAcquirer, hotPath } = deps.payments;
    const find: FindAcquirer = (pos) => {
      const bank = findAcquirer(pos);
      const charge: typeof bank.charge = async (order) => {
        await this.come("before the bank");
        const outcome = await bank.charge(order);
        await this.come("after the bank");
        return outcome;
      };
      return { ...bank, charge };
    };
    const settle: typeof hotPath.settle = async (ask) => {
      const isSettled = await hotPath.settle(ask);
      await this.come("after settling");
      return isSettled;
    };
    const nextXact: typeof deps.payments.nextXact = async (merchant) => {
      await this.come("before planning");
      return deps.payments.nextXact(merchant);
    };
    const payments = {
      ...deps.payments,
      ...{ findAcquirer: find, nextXact, hotPath: { ...hotPath, settle } },
    };
    const openDraw: typeof deps.subscriptions.openDraw = async (draw) => {
      await this.come("before beginning");
      const isOpen = await deps.subscriptions.openDraw(draw);
      await this.come("after beginning");
      return isOpen;
    };
    return { ...deps, payments, subscriptions: { ...deps.subscriptions, payments, openDraw } };
  }
}

/** An order of one term that is due now, with these cards in their order. */
export async function dueOrder(
  world: TestWorld,
  cards: readonly string[],
  more: Partial<Subscription> = {},
): Promise<Subscription> {
  const order = await createOrder(world, { intervalCount: 1, ...more });
  for (const pan of cards) await addCard(world, order, pan);
  return order;
}

export async function firstOf(world: TestWorld, order: Subscription): Promise<Invoice> {
  const [invoice] = await invoicesNow(world, order);
  if (!invoice) throw new Error(`${order.reference} has no invoice`);
  return invoice;
}

/** Rounds of a worker in which it finds something, at most: more says that it spins. */
const ROUNDS_MAX = 50;

/** Draws and asks until nothing is due at this moment; says how many invoices were looked at. */
export async function workOff(
  { payments, subscriptions, reception }: Worker,
  onError: (error: unknown) => void = throwOn,
): Promise<number> {
  reception.forgetAll();
  let looks = 0;
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
    const asked = await inquireDue(payments, onError);
    const drawn = await drawDue(subscriptions, onError);
    looks += drawn;
    if (asked + drawn === 0) return looks;
  }
  throw new Error("the worker spins");
}

/** What a worker does until nothing of one that died is left, and `more` after that. */
export async function outlive(
  world: TestWorld,
  worker: Worker,
  more: readonly number[] = [],
): Promise<void> {
  for (const gap of [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS.slice(1, -1), LEASE_MS, ...more]) {
    world.clock.advance(gap);
    await workOff(worker);
  }
}

export type Tried = Readonly<{
  no: number;
  orderNo: string;
  card: bigint;
  isPaid: boolean;
  status: string;
  reason: string | null;
  amountMinor: bigint;
}>;

/** Every try of an order's invoices, in their order. */
export async function triesOf(world: TestWorld, order: Subscription): Promise<Tried[]> {
  const rows = await world.db.kysely
    .selectFrom("invoice_tries as t")
    .innerJoin("invoices as i", (join) =>
      join.onRef("i.merchant_id", "=", "t.merchant_id").onRef("i.number", "=", "t.invoice"),
    )
    .innerJoin("payment_attempts as a", (join) =>
      join.onRef("a.merchant_id", "=", "t.merchant_id").onRef("a.payment_id", "=", "t.payment_id"),
    )
    .select(["t.no", "t.payment_id", "t.card", "t.is_paid"])
    .select(["a.status", "a.decline_reason", "a.amount_minor"])
    .where("i.merchant_id", "=", order.merchantId)
    .where("i.subscription_id", "=", order.id)
    .orderBy("i.term")
    .orderBy("t.no")
    .execute();
  return rows.map((row) => ({
    no: row.no,
    orderNo: row.payment_id.slice("pay_".length),
    card: row.card,
    isPaid: row.is_paid,
    status: row.status,
    reason: row.decline_reason,
    amountMinor: row.amount_minor,
  }));
}

type BankTxn = {
  type: string;
  result: string;
  orderNo: string;
  voidedBy: number | null;
  amountKurus: number;
};
/** Sales that stand in the bank's book, by the order numbers it knows. */
async function standingSales(world: TestWorld): Promise<Map<string, BankTxn[]>> {
  const { txns } = await world.bank.admin("GET", "/txns?limit=10000");
  const standing = (txns as BankTxn[]).filter(
    ({ type, result, voidedBy }) => type === "sale" && result === "approved" && voidedBy === null,
  );
  return Map.groupBy(standing, ({ orderNo }) => orderNo);
}

/**
 * What must be so of every invoice whatever happened: its money stands at the bank once if it is
 * paid, and nowhere if it is not; its row, its tries and its payments say the same; nothing is in
 * doubt; and all books agree.
 */
export async function expectTrue(world: TestWorld, orders: readonly Subscription[]): Promise<void> {
  const standing = await standingSales(world);
  for (const order of orders) {
    const invoices = await everyInvoice(world, order);
    const tries = await triesOf(world, order);
    const taken = tries.filter(({ orderNo }) => standing.has(orderNo));
    const paid = invoices.flatMap(({ paidById }) => (paidById ? [paidById.slice(4)] : []));
    same("charges that stand", taken.map(({ orderNo }) => orderNo).toSorted(), paid.toSorted());
    same("tries that paid", tries.filter((each) => each.isPaid).length, paid.length);
    const doubtful = tries.filter(({ status }) => status !== "approved" && status !== "declined");
    same("tries in doubt", doubtful.length, 0);
    same("open tries", invoices.filter((each) => each.openPaymentId).length, 0);
    const counted = invoices.reduce((sum, each) => sum + each.tries, 0);
    same("numbers of tries", tries.length, counted);
    for (const orderNo of paid) same("charges of one try", standing.get(orderNo)?.length, 1);
    const drawn = tries.filter((each) => each.isPaid).map(({ amountMinor }) => amountMinor);
    const asked = invoices.flatMap((each) => (each.paidById ? [each.amountMinor] : []));
    same("amounts drawn", drawn.map(String).toSorted(), asked.map(String).toSorted());
  }
  await expectSound(world);
}

/** Deleted ones too. */
async function everyInvoice(world: TestWorld, { merchantId, id }: Subscription) {
  const rows = await world.db.kysely
    .selectFrom("invoices")
    .select(["tries", "open_payment_id as openPaymentId", "paid_by_id as paidById"])
    .select("amount_minor as amountMinor")
    .where("merchant_id", "=", merchantId)
    .where("subscription_id", "=", id)
    .execute();
  return rows;
}

function same(what: string, is: unknown, shall: unknown): void {
  const [found, wanted] = [JSON.stringify(is), JSON.stringify(shall)];
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}
