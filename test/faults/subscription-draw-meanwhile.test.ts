import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import type { AgentId, MerchantId } from "../../src/lib/id.ts";
import { findAgent, setBlocked } from "../../src/merchants/index.ts";
import {
  setAllInvoices,
  setInvoiceAmount,
  setInvoiceStatus,
} from "../../src/subscriptions/change-invoices.ts";
import { changeAmount, changeStatus } from "../../src/subscriptions/change-order.ts";
import { removeCard } from "../../src/subscriptions/remove-card.ts";
import type { Invoice, Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { readCards } from "../../src/subscriptions/subscriptions.store.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import {
  Beside,
  dueOrder,
  emptyCard,
  expectTrue,
  firstCard,
  firstOf,
  HOUR_MS,
  LEASE_MS,
  type Moment,
  secondCard,
  triesOf,
  workOff,
} from "./draws.ts";

const beside = new Beside();
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => beside.wrap(deps) });
});
afterAll(() => world.close());
afterEach(async () => {
  await setAllFree();
  expect(beside.left).toBe(0);
});

const idOf = () => world.merchant.merchantId as MerchantId;
const block = (agent: AgentId | undefined, isBlocked: boolean) =>
  inTx(world.db, (tx) => setBlocked(tx, idOf(), agent, isBlocked));
const dealer = async () => (await findAgent(world.db, idOf(), { code: "20001" }))!.id;
async function setAllFree(): Promise<void> {
  await block(undefined, false);
  await block(await dealer(), false);
}

const merchantOf = () => world.deps.reception.merchantOf(idOf());
const callerOf = async () => ({ merchant: await merchantOf() });
const draw = () => workOff(world.deps);
/** The same once what was leased before is free again. */
async function drawLater(ms = LEASE_MS): Promise<void> {
  world.clock.advance(ms);
  await draw();
}

type Meanwhile = Readonly<{
  /** The `count`th such moment: with two cards, the second one belongs to the second card. */
  moment: Moment;
  count?: number;
}>;
/** Before the first card is tried, while the bank is asked about it, and before the second. */
const beforeTheSecond: readonly Meanwhile[] = [
  { moment: "before planning" },
  { moment: "before beginning" },
  { moment: "after beginning" },
  { moment: "before the bank" },
  { moment: "after the bank" },
  { moment: "after settling" },
  { moment: "before beginning", count: 2 },
];
/** Of these, those at which no bank was asked yet. */
const isBeforeAll = ({ moment, count }: Meanwhile) =>
  !count && (moment === "before planning" || moment === "before beginning");

async function changedWhile(
  { moment, count }: Meanwhile,
  change: (order: Subscription, invoice: Invoice) => Promise<unknown>,
  more: Partial<Subscription> = {},
) {
  const order = await dueOrder(world, [emptyCard, secondCard, firstCard], more);
  const invoice = await firstOf(world, order);
  world.clock.advance(1_000); // What fell due in the moment of a stop would be part of it.
  beside.at(moment, () => change(order, invoice), count);
  await draw();
  return order;
}

/** Nothing was charged, and of the cards only the first was asked, if it was asked already. */
async function expectUndrawn(order: Subscription, when: Meanwhile, status: string): Promise<void> {
  await drawLater();
  expect(await firstOf(world, order)).toMatchObject({ status, openPaymentId: null, dueAt: null });
  expect(await triesOf(world, order)).toHaveLength(isBeforeAll(when) ? 0 : 1);
  await expectTrue(world, [order]);
}

describe.each(beforeTheSecond)("$moment $count", (when) => {
  test("an order is stopped: it is drawn once it is resumed", async () => {
    const stop = async (order: Subscription) =>
      changeStatus(world.deps.subscriptions, await merchantOf(), order, "stopped");
    const order = await changedWhile(when, stop);
    await expectUndrawn(order, when, "waiting");
    await changeStatus(world.deps.subscriptions, await merchantOf(), order, "active");
    await draw();
    expect((await firstOf(world, order)).status).toBe("paid");
    await expectTrue(world, [order]);
  });

  test("an order is deleted: nothing more is drawn, and no invoice waits", async () => {
    const remove = async (order: Subscription) =>
      changeStatus(world.deps.subscriptions, await merchantOf(), order, "deleted");
    const order = await changedWhile(when, remove);
    await drawLater();
    const rows = await world.db.kysely
      .selectFrom("invoices")
      .select(["status", "due_at"])
      .where("subscription_id", "=", order.id)
      .execute();
    expect(rows).toEqual([{ status: "deleted", due_at: null }]);
    expect(await triesOf(world, order)).toHaveLength(isBeforeAll(when) ? 0 : 1);
    await expectTrue(world, [order]);
  });

  test("the card that comes next is deleted: the one after it is charged", async () => {
    let second = 0n;
    const remove = async (order: Subscription) => {
      const cards = (await readCards(world.db.kysely, order.merchantId, [order.id])).get(order.id);
      second = cards![1]!.card;
      await removeCard(world.deps.subscriptions, await callerOf(), { card: second, id: order.id });
    };
    const order = await changedWhile(when, remove);
    await drawLater();
    const tried = await triesOf(world, order);
    expect(tried.map(({ card }) => card)).not.toContain(second);
    expect(tried.map(({ status }) => status)).toEqual(["declined", "approved"]);
    await expectTrue(world, [order]);
  });

  test("the dealer is blocked: nothing is drawn before it is free again", async () => {
    const agentId = await dealer();
    const order = await changedWhile(when, () => block(agentId, true), { agentId });
    await drawLater();
    expect(await triesOf(world, order)).toHaveLength(isBeforeAll(when) ? 0 : 1);
    await block(agentId, false);
    await drawLater(6 * HOUR_MS);
    expect((await firstOf(world, order)).status).toBe("paid");
    await expectTrue(world, [order]);
  });
});

/** A process looks for a block right before a draw begins. */
describe.each(beforeTheSecond.filter(({ moment }) => moment !== "before beginning"))(
  "$moment",
  (when) => {
    test("the merchant is blocked: nothing is drawn before it is free again", async () => {
      const order = await changedWhile(when, async () => {
        await block(undefined, true);
        world.deps.reception.forgetAll(); // It knows within a second.
      });
      await drawLater();
      expect(await triesOf(world, order)).toHaveLength(isBeforeAll(when) ? 0 : 1);
      await block(undefined, false);
      await draw();
      expect((await firstOf(world, order)).status).toBe("paid");
      await expectTrue(world, [order]);
    });
  },
);

const newAmount = { amountMinor: 12_345n };
async function expectNewAmount(order: Subscription): Promise<void> {
  await drawLater();
  const tried = await triesOf(world, order);
  expect(tried.map(({ status }) => status)).toEqual(["declined", "approved"]);
  expect(tried.at(-1)!.amountMinor).toBe(newAmount.amountMinor);
  await expectTrue(world, [order]);
}

/** Moments at which no try of the invoice is at the bank. */
const betweens: readonly Moment[] = ["before planning", "before beginning", "after settling"];
const between = beforeTheSecond.filter(({ moment }) => betweens.includes(moment));
const atBank = beforeTheSecond.filter((when) => !between.includes(when));

describe.each(between)("$moment $count", (when) => {
  test("an invoice is cancelled: it stays so", async () => {
    const cancel = async (_order: Subscription, { number }: Invoice) =>
      setInvoiceStatus(world.deps.subscriptions, await callerOf(), { number }, "cancelled");
    const order = await changedWhile(when, cancel);
    await expectUndrawn(order, when, "cancelled");
  });

  test("the amount of the invoice is changed: the new one is drawn", async () => {
    const change = async (_order: Subscription, { number }: Invoice) =>
      setInvoiceAmount(world.deps.subscriptions, await callerOf(), { number }, newAmount);
    await expectNewAmount(await changedWhile(when, change));
  });
});

describe.each(beforeTheSecond)("$moment $count", (when) => {
  test("the amount of the order is changed: the next card is charged the new one", async () => {
    const change = async (order: Subscription) =>
      changeAmount(world.deps.subscriptions, await merchantOf(), order, newAmount);
    await expectNewAmount(await changedWhile(when, change));
  });

  test("all invoices of an order are cancelled: nothing more is drawn", async () => {
    const cancel = async ({ id }: Subscription) =>
      setAllInvoices(world.deps.subscriptions, await callerOf(), { id }, "cancelled");
    await expectUndrawn(await changedWhile(when, cancel), when, "cancelled");
  });
});

describe.each(atBank)("$moment", (when) => {
  test("an invoice cannot be cancelled or priced anew", async () => {
    const refused: unknown[] = [];
    const change = async (_order: Subscription, { number }: Invoice) => {
      const caller = await callerOf();
      const { subscriptions } = world.deps;
      const cancel = setInvoiceStatus(subscriptions, caller, { number }, "cancelled");
      refused.push(await cancel.catch((error: unknown) => error));
      const price = setInvoiceAmount(subscriptions, caller, { number }, { amountMinor: 1n });
      refused.push(await price.catch((error: unknown) => error));
    };
    const order = await changedWhile(when, change);
    expect(refused).toMatchObject([{ code: "invoice_busy" }, { code: "invoice_busy" }]);
    expect((await firstOf(world, order)).status).toBe("paid");
    await expectTrue(world, [order]);
  });
});
