import { afterEach, expect, test } from "vitest";
import { inTx } from "../../src/db/transaction.ts";
import { after } from "../../src/lib/clock.ts";
import { Refusal } from "../../src/lib/refusal.ts";
import { findAgent, setBlocked } from "../../src/merchants/index.ts";
import { inquireDue } from "../../src/payments/index.ts";
import {
  setAllInvoices,
  setInvoiceAmount,
  setInvoiceStatus,
} from "../../src/subscriptions/change-invoices.ts";
import { changeAmount, changeStatus } from "../../src/subscriptions/change-order.ts";
import { drawDue } from "../../src/subscriptions/index.ts";
import { manualCharge } from "../../src/subscriptions/manual-charge.ts";
import { removeCard } from "../../src/subscriptions/remove-card.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { readCards } from "../../src/subscriptions/subscriptions.store.ts";
import { runJobs } from "../support/jobs.ts";
import { addCard, createOrder, invoicesNow, orderNow } from "../support/orders.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { seeded } from "./chance.ts";
import {
  Beside,
  emptyCard,
  expectTrue,
  firstCard,
  HOUR_MS,
  lostCard,
  type Moment,
  triesOf,
  workerOn,
  workOff,
} from "./draws.ts";

const ORDERS = 14;
const STEPS = 90;
const APART_MS = 5 * 60_000;
/** Of the moments of draws at which something else happens too. */
const SHARE = 0.4;
/** What happens beside a draw may draw, and have something happen beside it. */
const DEPTH_MAX = 3;
const HALF_HOURS_TO_REST = 14;

/** At moments that chance picks it does something, which may be at any moment of something else. */
class Anything extends Beside {
  readonly #chance: () => number;
  #depth = 0;
  isOver = false;
  happen = async (): Promise<void> => {};

  constructor(chance: () => number) {
    super();
    this.#chance = chance;
  }

  override async come(_moment: Moment): Promise<void> {
    if (this.isOver || this.#depth >= DEPTH_MAX || this.#chance() > SHARE) return;
    this.#depth += 1;
    try {
      await this.happen();
    } finally {
      this.#depth -= 1;
    }
  }
}

type Play = Readonly<{
  world: TestWorld;
  ahead: ReturnType<typeof workerOn>;
  orders: readonly Subscription[];
  chance: () => number;
}>;
const pick = <T>({ chance }: Pick<Play, "chance">, list: readonly T[]): T =>
  list[Math.floor(chance() * list.length)]!;

async function makeOrders(world: TestWorld, chance: () => number): Promise<Subscription[]> {
  const { merchantId } = world.merchant;
  const dealer = await findAgent(world.db, merchantId, { code: "20001" });
  const orders: Subscription[] = [];
  while (orders.length < ORDERS) {
    const order = await createOrder(world, {
      beginAt: after(world.clock(), Math.floor(chance() * 3 * HOUR_MS)),
      interval: "day",
      intervalCount: pick({ chance }, [1, 2, 3]),
      renews: chance() < 0.3,
      dailyAttempts: pick({ chance }, [1, 2, 3]),
      attemptDays: pick({ chance }, [1, 2]),
      agentId: chance() < 0.3 ? dealer!.id : null,
    });
    const cards = [firstCard, emptyCard, lostCard].filter(() => chance() < 0.6);
    for (const pan of cards) await addCard(world, order, pan);
    orders.push(order);
  }
  return orders;
}

type Deed = () => Promise<unknown>;

/** What a merchant can do with its orders. */
function deedsOfMerchant(play: Play): readonly Deed[] {
  const { world, orders, chance } = play;
  const { subscriptions: deps, reception } = world.deps;
  const { merchantId } = world.merchant;
  const merchant = () => reception.merchantOf(merchantId);
  const caller = async () => ({ merchant: await merchant() });
  const one = () => pick(play, orders);
  const price = () => ({ amountMinor: BigInt(100 + Math.floor(chance() * 5_000)) });
  const withInvoice = async (change: (number: bigint) => Promise<unknown>) => {
    const invoices = await invoicesNow(world, one());
    if (invoices.length > 0) await change(pick(play, invoices).number);
  };
  const dropCard = async ({ id }: Subscription) => {
    const cards = (await readCards(world.db.kysely, merchantId, [id])).get(id);
    if (cards) await removeCard(deps, await caller(), { card: pick(play, cards).card, id });
  };
  const setInvoice = async (number: bigint) =>
    setInvoiceStatus(deps, await caller(), { number }, pick(play, states));
  const priceInvoice = async (number: bigint) =>
    setInvoiceAmount(deps, await caller(), { number }, price());
  const states = ["cancelled", "waiting", "waiting", "failed"] as const;
  return [
    async () => changeStatus(deps, await merchant(), one(), "stopped"),
    async () => changeStatus(deps, await merchant(), one(), "active"),
    async () => changeStatus(deps, await merchant(), one(), chance() < 0.05 ? "deleted" : "active"),
    async () => changeAmount(deps, await merchant(), one(), price()),
    async () => setAllInvoices(deps, await caller(), { id: one().id }, pick(play, states)),
    () => withInvoice(setInvoice),
    () => withInvoice(priceInvoice),
    () => dropCard(one()),
    async () => manualCharge(deps, await caller(), { id: one().id, clientIp: "127.0.0.1" }),
  ];
}

/** What others do: the firm, the bank, the time, and another worker. */
function deedsOfOthers(play: Play): readonly Deed[] {
  const { world, ahead, chance } = play;
  const { merchantId } = world.merchant;
  const block = async () => {
    const dealer = await findAgent(world.db, merchantId, { code: "20001" });
    const isBlocked = chance() < 0.4;
    await inTx(world.db, (tx) => setBlocked(tx, merchantId, dealer!.id, isBlocked));
  };
  const fail = () => {
    const actions = ["reset_after_commit", "reset_before_commit", "http_500", "decline"];
    return world.bank.fault(pick(play, actions), { op: pick(play, ["sale", "inquire", "void"]) });
  };
  return [
    block,
    fail,
    // As if the worker stood still meanwhile: mostly for moments, at times for hours.
    async () => world.clock.advance(Math.floor(chance() ** 3 * 4 * HOUR_MS)),
    () => inquireDue(ahead.payments, throwUnlessRefused),
    () => drawDue(ahead.subscriptions, throwUnlessRefused),
  ];
}

function throwUnlessRefused(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}

/** Some hours in which two workers, whose clocks disagree, draw while anything happens. */
async function live(play: Play, happen: () => Promise<void>): Promise<void> {
  const { world, ahead, chance } = play;
  for (let step = 0; step < STEPS; step += 1) {
    world.deps.reception.forgetAll();
    if (chance() < 0.7) await happen();
    const workers = [world.deps, ...(chance() < 0.7 ? [ahead] : [])];
    await Promise.all(
      workers.flatMap((each) => [
        drawDue(each.subscriptions, throwUnlessRefused),
        inquireDue(each.payments, throwUnlessRefused),
      ]),
    );
    world.clock.advance(Math.floor(chance() * 40 * 60_000));
  }
}

/** Nothing of an order that draws, and has a card, is left; no day saw too many tries. */
async function expectNothingLeft({ world }: Play, known: Subscription): Promise<void> {
  const order = await orderNow(world, known);
  const hasCard = (await readCards(world.db.kysely, order.merchantId, [order.id])).has(order.id);
  for (const invoice of await invoicesNow(world, order)) {
    expect(invoice.attemptsToday).toBeLessThanOrEqual(order.dailyAttempts);
    if (order.status !== "active" || invoice.status !== "waiting" || !hasCard) continue;
    expect(invoice.dueAt?.getTime()).toBeGreaterThan(world.clock().getTime());
  }
}

let close = async (): Promise<void> => {};
afterEach(() => close());

test.each([7, 20_260_304])(
  "whatever happens at whatever moment of draws (seed %i), each invoice tells the truth",
  async (seed) => {
    const chance = seeded(seed);
    const anything = new Anything(chance);
    const world = await createWorld({ wrapDeps: (deps) => anything.wrap(deps) });
    const ahead = workerOn(world, () => after(world.clock(), APART_MS));
    close = async () => {
      await ahead.close();
      await world.close();
    };
    const play: Play = { world, ahead, orders: await makeOrders(world, chance), chance };
    const all = [...deedsOfMerchant(play), ...deedsOfOthers(play)];
    const happen = () => pick(play, all)().then(() => {}, throwUnlessRefused);
    anything.happen = happen;
    await live(play, happen);

    anything.isOver = true;
    await world.bank.clearFaults();
    const dealer = await findAgent(world.db, world.merchant.merchantId, { code: "20001" });
    await inTx(world.db, (tx) => setBlocked(tx, world.merchant.merchantId, dealer!.id, false));
    for (let i = 0; i < HALF_HOURS_TO_REST; i += 1) {
      world.clock.advance(HOUR_MS / 2);
      await Promise.all([workOff(world.deps), workOff(ahead)]);
      await runJobs(world); // A charge that came too late goes back.
    }
    for (const order of play.orders) await expectNothingLeft(play, order);
    const tries = await Promise.all(play.orders.map((order) => triesOf(world, order)));
    expect(tries.flat().length).toBeGreaterThan(ORDERS);
    await expectTrue(world, play.orders);
  },
);
