import { setImmediate as soon } from "node:timers/promises";
import { type KyselyPlugin, type RootOperationNode, TableNode } from "kysely";
import { pino } from "pino";
import type { Acquirer, FindAcquirer } from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport } from "../../src/acquirers/transport.ts";
import { type Deps, wire } from "../../src/main/deps.ts";
import { createMetrics } from "../../src/main/metrics.ts";
import { buildServer } from "../../src/main/server.ts";
import type { PayoutProvider } from "../../src/payouts/provider.rules.ts";
import { createProviders } from "../../src/payouts/providers/registry.ts";
import type { TestWorld } from "../support/world.ts";

/** A process that dies at one of its steps and does nothing any more. */
export class Life {
  #left = Number.POSITIVE_INFINITY;
  /** The step at which it died. */
  diedAt: string | undefined;

  /** Dies at the `count`th step from now. */
  endAt(count: number): void {
    this.#left = count;
    this.diedAt = undefined;
  }

  live(): void {
    this.endAt(Number.POSITIVE_INFINITY);
  }

  step(name: string): void {
    if (this.diedAt !== undefined) throw new Error("this process is dead");
    this.#left -= 1;
    if (this.#left > 0) return;
    this.diedAt = name;
    throw new Error(`died ${name}`);
  }

  /** The call, with a step before and a step after it. */
  around<Ask, Answer>(name: string, call: (ask: Ask) => Promise<Answer>) {
    return async (ask: Ask): Promise<Answer> => {
      this.step(`before ${name}`);
      const answer = await call(ask);
      this.step(`after ${name}`);
      return answer;
    };
  }
}

const mortalBank =
  (find: FindAcquirer, life: Life): FindAcquirer =>
  (pos) => {
    const bank: Acquirer = find(pos);
    return {
      abilities: bank.abilities,
      // Both are pure and ask nobody: dying around them is dying before or after the verb.
      challenge: (order) => bank.challenge(order),
      resume: (order, posted) => bank.resume(order, posted),
      charge: life.around("the bank", (order) => bank.charge(order)),
      capture: life.around("the bank", (order) => bank.capture(order)),
      void: life.around("the bank", (order) => bank.void(order)),
      refund: life.around("the bank", (order) => bank.refund(order)),
      inquire: life.around("the question", (question) => bank.inquire(question)),
    };
  };

/** The same wiring, in a process that can die between any two of its steps. */
export function mortal(deps: Deps, life: Life): Deps {
  const { hotPath, findAcquirer } = deps.payments;
  return {
    ...deps,
    payments: {
      ...deps.payments,
      findAcquirer: mortalBank(findAcquirer, life),
      hotPath: {
        openCharge: life.around("opening", hotPath.openCharge),
        openFollowUp: life.around("opening", hotPath.openFollowUp),
        settle: life.around("settling", hotPath.settle),
      },
    },
  };
}

/** What a statement writes, if it writes anything. */
function writtenBy(node: RootOperationNode): string | undefined {
  if (node.kind === "UpdateQueryNode" && node.table && TableNode.is(node.table)) {
    return `update ${node.table.table.identifier.name}`;
  }
  if (node.kind === "InsertQueryNode") return `insert ${node.into?.table.identifier.name}`;
  if (node.kind !== "RawNode") return undefined;
  const text = node.sqlFragments.join("");
  if (/\bset leased_until\b/.test(text)) return "taking the lease";
  const table = /\binsert into (\w+)/.exec(text)?.[1];
  if (table) return `insert ${table}`;
  const changed = /^\s*(?:with marked as \(\s*)?update (\w+)(?: \w+)?\s+set\b/.exec(text)?.[1];
  return changed && `update ${changed}`;
}

/** Every statement that writes is a step; inside a transaction, dying after it undoes it. */
function mortalWrites(life: Life): KyselyPlugin {
  const written = new WeakMap<object, string>();
  return {
    transformQuery({ node, queryId }) {
      const name = writtenBy(node);
      if (name) {
        life.step(`before ${name}`);
        written.set(queryId, name);
      }
      return node;
    },
    async transformResult({ queryId, result }) {
      const name = written.get(queryId);
      if (name) life.step(`after ${name}`);
      return result;
    },
  };
}

/** The same, where also each write of the payers' way to the charge is a step. */
export function mortalCheckout(deps: Deps, life: Life): Deps {
  const { payments, ...wired } = mortal(deps, life);
  const db = { ...deps.db, kysely: deps.db.kysely.withPlugin(mortalWrites(life)) };
  return { ...wired, payments, checkout: { ...wired.checkout, db, payments } };
}

/** The same of the draws of regular payment orders. */
export function mortalDraws(deps: Deps, life: Life): Deps {
  const { payments, ...wired } = mortal(deps, life);
  const db = { ...deps.db, kysely: deps.db.kysely.withPlugin(mortalWrites(life)) };
  const openDraw = life.around("beginning", deps.subscriptions.openDraw);
  return { ...wired, payments, subscriptions: { ...wired.subscriptions, db, payments, openDraw } };
}

/** The same of money of sales that goes back. */
export function mortalReturns(deps: Deps, life: Life): Deps {
  const { payments, ...wired } = mortal(deps, life);
  const db = { ...deps.db, kysely: deps.db.kysely.withPlugin(mortalWrites(life)) };
  return { ...wired, payments, marketplace: { ...wired.marketplace, db, payments } };
}

/** The same of sales: to store one, and every write of one with 3-D Secure, is a step. */
export function mortalSales(deps: Deps, life: Life): Deps {
  const wired = mortalReturns(deps, life);
  const openSale = life.around("storing", deps.marketplace.openSale);
  return { ...wired, marketplace: { ...wired.marketplace, openSale } };
}

/** The same of payers who enter cards for orders: every write on their way is a step. */
export function mortalEntries(deps: Deps, life: Life): Deps {
  const wired = mortalCheckout(deps, life);
  const { db } = wired.checkout;
  const payments = { ...wired.payments, db };
  const checkout = { ...wired.checkout, payments };
  const openDraw = life.around("beginning", deps.subscriptions.openDraw);
  const subscriptions = { ...wired.subscriptions, ...checkout, checkout, openDraw };
  return { ...wired, payments, checkout, subscriptions };
}

/** The same of payouts: every write, and every call to the bank that pays, is a step. */
export function mortalPayouts(deps: Deps, life: Life): Deps {
  const db = { ...deps.db, kysely: deps.db.kysely.withPlugin(mortalWrites(life)) };
  const findProvider: Deps["payouts"]["findProvider"] = (connection) => {
    const bank: PayoutProvider = deps.payouts.findProvider(connection);
    return {
      time: () => life.around("the bank's time", () => bank.time())(undefined),
      send: life.around("the transfer", (transfer) => bank.send(transfer)),
      inquire: (reference, amount) =>
        life.around("the question", () => bank.inquire(reference, amount))(undefined),
      balance: () => bank.balance(),
      verify: (identity) => bank.verify(identity),
    };
  };
  return { ...deps, payouts: { ...deps.payouts, db, findProvider } };
}

/** The same of payout orders and of what is paid by itself, up to the bank. */
export function mortalOrders(deps: Deps, life: Life): Deps {
  const { payouts, ...wired } = mortalPayouts(deps, life);
  const { db } = payouts;
  return { ...wired, payouts, marketplace: { ...wired.marketplace, db } };
}

export type Rebirth = Readonly<{
  /** Whether it waits for what others do, in real time: where these are alive. */
  waits?: boolean;
  /** Wraps its way to the bank. */
  wrapBank?: (find: FindAcquirer) => FindAcquirer;
}>;

/** The process that is started after another one died: new memory, same database and bank. */
export async function restarted(world: TestWorld, { waits = false, wrapBank }: Rebirth = {}) {
  const { db, clock, merchant } = world;
  const transport = createTransport();
  const log = pino({ level: "silent" });
  const find = createRegistry(transport);
  const findAcquirer = wrapBank?.(find) ?? find;
  const { publicUrl } = world.deps.checkout;
  const findProvider = createProviders(transport);
  const { ring } = world.deps;
  const wired = wire({ db, clock, ring, findAcquirer, findProvider, log, publicUrl });
  // Waiting for the dead is what it does at once, so that tests need not; for the living it waits.
  const payments = waits ? wired.payments : { ...wired.payments, pause: () => soon(undefined) };
  const checkout = { ...wired.checkout, payments };
  const subscriptions = { ...wired.subscriptions, payments, checkout };
  const marketplace = { ...wired.marketplace, payments, checkout };
  const deps: Deps = { ...wired, payments, checkout, subscriptions, marketplace };
  const server = await buildServer({ deps, log, metrics: createMetrics() });
  const post = async (route: string, body: object, headers: Record<string, string> = {}) => {
    const reply = await server.app.inject({
      method: "POST",
      url: `/${route}`,
      headers: { authorization: `Basic ${merchant.secretKey}`, ...headers },
      payload: body,
    });
    return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
  };
  /** Opens it to browsers, and says where. */
  const listen = () => server.app.listen({ host: "127.0.0.1", port: 0 });
  const close = async () => {
    await server.drain();
    await transport.close();
  };
  return { deps, post, listen, close };
}
export type Restarted = Awaited<ReturnType<typeof restarted>>;
