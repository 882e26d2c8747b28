import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { giveBackDue } from "../../src/checkout/index.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { drawDue } from "../../src/subscriptions/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { bankPaysIn } from "../support/bank-pays.ts";
import { cardEntriesOf } from "../support/card-entries.ts";
import { runJobs } from "../support/jobs.ts";
import { orderCardsOf } from "../support/order-cards.ts";
import { createOrder, invoicesNow } from "../support/orders.ts";
import type { Names, Resolved } from "../support/payer.ts";
import { createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import { expectSound, liveCharges } from "./hands.ts";
import { Life, mortalEntries, type Restarted, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
let of: ReturnType<typeof cardEntriesOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortalEntries(deps, life) });
  of = cardEntriesOf(world);
});
afterAll(() => world.close());

const CONFIRM = "v1/subscription/create_card_tds_confirm";
const OPEN_LEASE_MS = 75_000;
/** How long an invoice rests after a try. */
const REST_MS = 2 * 60 * 60_000;
const throwOn = (error: unknown) => {
  throw error;
};

/** Whether something is still to be asked of the bank, or to be given back. */
async function isOpen(): Promise<boolean> {
  const { rows } = await world.db.pool.query(
    `select from payment_attempts where status in ('open', 'doubtful')
      union all select from checkout_tokens where unclaimed_at is not null limit 1`,
  );
  return rows.length > 0;
}

/** The process that still lives: the first one, or the one that is started once that has died. */
function livingWorld() {
  let heir: { born: Restarted; url: string } | undefined;
  const bear = async () => {
    const born = await restarted(world);
    heir = { born, url: await born.listen() };
  };
  const move = (url: string) => (heir ? url.replace(world.url, heir.url) : url);
  return {
    /** Runs a step; where the process dies in it, it is run once more on the next one. */
    async step<T>(run: (move: (url: string) => string) => Promise<T>): Promise<T> {
      const first = await run(move);
      if (life.diedAt === undefined || heir) return first;
      await bear();
      world.clock.advance(5_000);
      return run(move);
    },
    /** All that falls due in the time that a doubt may last, done by whoever lives. */
    async pass(): Promise<void> {
      life.live();
      const { payments, subscriptions, reception } = heir?.born.deps ?? world.deps;
      for (const gap of [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS, REST_MS]) {
        world.clock.advance(gap);
        // What is settled stays so: nothing is asked of it.
        if (gap !== OPEN_LEASE_MS && gap !== REST_MS && !(await isOpen())) continue;
        reception.forgetAll();
        await inquireDue(payments, throwOn);
        await giveBackDue(payments, throwOn);
        await drawDue(subscriptions, throwOn);
      }
      await runJobs(world);
    },
    close: () => heir?.born.close(),
  };
}
type Living = ReturnType<typeof livingWorld>;

/** An order whose first day has not come, and that is drawn as soon as it has a card. */
const newOrder = () =>
  createOrder(world, {
    drawsAtCard: true,
    beginAt: new Date(world.clock().getTime() + 10 * DAY_MS),
    intervalCount: 2,
  });

/** A payer whom the bank has answered; where the way begins at our page, by its form. */
async function answered(order: Subscription, origin: "server" | "page") {
  if (origin === "server") return of.answered({ subscription_id: order.id });
  const page = `${world.url}/sub/10001/${order.id}`;
  const fields = { pan: "5571135571135575", expiry: "12/30", cvc: "000", card_holder: "Can Er" };
  const gate = await of.payer.submit({ action: page, fields: { ...fields, accept: "1" } });
  const { searchParams } = new URL(gate.url);
  const names = Object.fromEntries(searchParams) as Names;
  const bank = await of.payer.submit(gate.form!);
  const sid = /\/acs\/([\w-]+)/.exec(bank.url + bank.text)![1]!;
  return { names, resolved: await of.payer.resolve(sid, { result: "approve" }) };
}

const comeBack = (living: Living, { posts }: Resolved) =>
  living.step((move) => {
    const { action, ...post } = posts.at(-1)!;
    return of.payer.sendBack({ ...post, action: move(action) });
  });
const confirm = (living: Living, names: Names) =>
  living.step(async (move) => {
    const reply = await fetch(move(`${world.url}/${CONFIRM}`), {
      method: "POST",
      headers: {
        authorization: `Basic ${world.merchant.secretKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(names),
    });
    return (await reply.json()) as Readonly<Record<string, unknown>>;
  });

/** Nothing is held any more, no card is there twice, and the first term was paid once or not. */
async function expectTrue(order: Subscription, holdsBefore: number): Promise<"stored" | "none"> {
  const made = (await of.holds()).slice(holdsBefore);
  for (const hold of made) expect(await liveCharges(world, hold)).toBe(0);
  const cards = await orderCardsOf(world).cardsOn(order);
  const [first, second] = await invoicesNow(world, order);
  const paid = await world.db.kysely
    .selectFrom("payments")
    .select(["id", "amount_minor"])
    .where("reference", "=", order.reference)
    .where("status", "=", "captured")
    .execute();
  expect(second).toMatchObject({ status: "waiting", tries: 0 });
  expect(paid).toHaveLength(cards.length === 0 ? 0 : 1);
  expect(first?.status).toBe(cards.length === 0 ? "waiting" : "paid");
  expect(cards.length).toBeLessThanOrEqual(1);
  return cards.length === 1 ? "stored" : "none";
}

const ways = [
  ["3d", "server", "asks again"],
  ["3d", "page", "is gone"],
  ["3d_pay", "server", "never asks again"],
  ["3d_pay", "page", "loads the page again"],
] as const;
/** More steps than any of these ways has from the bank's page on. */
const STEPS_MAX = 80;
/** All steps of a way are walked in one test, since how many there are is not known before. */
const WAY_MS = 300_000;

describe.each(ways)("with %s, a card by the way of a %s that %s", (model, origin, then) => {
  const goesOn = then === "asks again" || then === "loads the page again";
  beforeAll(() => bankPaysIn(world).change({ threeDModel: model }));

  /** From the bank's page on, with a process that dies at a step. */
  async function walk(at: number) {
    life.live();
    const order = await newOrder();
    const before = (await of.holds()).length;
    const { names, resolved } = await answered(order, origin);
    const living = livingWorld();
    // Who is gone does nothing more after the death.
    const once: Living = { ...living, step: (run) => run((url) => url) };
    const by = goesOn ? living : once;
    life.endAt(at);
    await comeBack(by, resolved);
    if (origin === "server" && (goesOn || life.diedAt === undefined)) await confirm(by, names);
    return { order, before, names, resolved, living, diedAt: life.diedAt };
  }

  /** The step at which the process died, if it did. */
  async function survive(at: number): Promise<string | undefined> {
    const { order, before, names, resolved, living, diedAt } = await walk(at);
    try {
      await living.pass();
      if (goesOn) {
        if (origin === "server") await confirm(living, names);
        else await comeBack(living, resolved);
        await living.pass();
      }
      const end = await expectTrue(order, before);
      if (diedAt === undefined) expect(end).toBe("stored");
      if (end === "stored") return diedAt;
      // The payer begins anew, and nothing of the try before stands in the way.
      const again = await answered(order, origin);
      await comeBack(living, again.resolved);
      if (origin === "server") await confirm(living, again.names);
      await living.pass();
      expect(await expectTrue(order, before)).toBe("stored");
      return diedAt;
    } finally {
      await living.close();
    }
  }

  test("is stored whole or not at all, and its hold goes back, wherever the process dies", {
    timeout: WAY_MS,
  }, async () => {
    const deaths: string[] = [];
    for (let at = 1; at <= STEPS_MAX; at += 1) {
      const diedAt = await survive(at).catch((error: unknown) => {
        throw new Error(`after its death at step ${at}, ${life.diedAt}`, { cause: error });
      });
      if (diedAt === undefined) break;
      deaths.push(diedAt);
    }
    expect(deaths.length).toBeLessThan(STEPS_MAX);
    expect(deaths).toEqual(
      expect.arrayContaining([
        ...["before settling", "after settling"],
        ...["before insert cards", "after insert cards", "after insert payer_cards"],
        "after insert subscription_cards",
        // On our page the payer agrees to the order itself.
        ...(origin === "page" ? ["after update subscriptions"] : []),
        ...["after insert invoices", "after update card_entries", "after update cards"],
        ...["before beginning", "after beginning", "before the bank", "after the bank"],
      ]),
    );
    await expectSound(world);
  });
});
