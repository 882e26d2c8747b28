import { lookAtWatches, type MarketplaceDeps } from "../../src/marketplace/index.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { runJobs } from "./jobs.ts";
import { paywallOf } from "./paywall.ts";
import { type SaleMore, sellOn } from "./sales.ts";
import type { Shop } from "./shop.ts";
import type { TestWorld } from "./world.ts";

const MINUTE_MS = 60_000;
export const actionIds = { report: 1, change: 2, cancel: 3, notify: 4 } as const;

const thrown = (error: unknown) => {
  throw error;
};

/** What an address hears of a payment that it had watched. */
export type WatchTold = Readonly<{
  PayWatchId: number;
  PaymentId: number;
  PaymentLastStatusId: number;
  PaymentNewStatusId: number;
  PaymentStatusChanged: boolean;
  PaymentCancelled: boolean;
  Hash: string | null;
}>;

/** Sales whose answer leaves open that the bank took the money. */
function hangingSales(world: TestWorld, watched: (action: "cancel") => SaleMore) {
  const wire = paywallOf(world);
  /** A sale of which the client was told that nobody knows, and that the bank has made. */
  async function hanging(more: SaleMore = watched("cancel"), op = "sale") {
    await world.bank.fault("reset_after_commit", { op });
    const { ErrorCode, Result, Body } = await sellOn(wire, more);
    if (ErrorCode !== 1 || Result) throw new Error(`it is known how it ended: ${ErrorCode}`);
    return Body.Payment;
  }
  /** The same, once the bank was asked: we know of it, and the client does not. */
  async function foundHanging(more?: SaleMore, op?: string) {
    const sale = await hanging(more, op);
    world.clock.advance(15_000);
    world.deps.reception.forgetAll();
    await inquireDue(world.deps.payments, thrown);
    return sale;
  }
  return { hanging, foundHanging };
}

/** A marketplace that has its payments watched, and hears of them at its own server. */
export function watcherOf(world: TestWorld, shop: Shop) {
  const url = `${shop.url}/watch`;
  const watch = (action: keyof typeof actionIds, more: object = {}) => ({
    PayWatch: {
      Watch: true,
      WatchMin: 5,
      ActionId: actionIds[action],
      WebhookAddress: url,
      ...more,
    },
  });
  /** A sale's request with its watch. */
  const watched = (
    action: keyof typeof actionIds,
    more: SaleMore & Readonly<{ watch?: object }> = {},
  ): SaleMore => ({ ...more, detail: { ...watch(action, more.watch), ...more.detail } });

  /** Looks at all that fell due. */
  async function look(deps: MarketplaceDeps = world.deps.marketplace): Promise<void> {
    while ((await lookAtWatches(deps, thrown)) > 0);
  }
  /** Lets time pass, looks at what fell due, and makes the calls of that. */
  async function pass(minutes: number): Promise<WatchTold[]> {
    world.clock.advance(minutes * MINUTE_MS);
    world.deps.reception.forgetAll();
    await look();
    return called();
  }
  /** Makes the calls that are queued; answers all that were heard so far. */
  async function called(): Promise<WatchTold[]> {
    await runJobs(world);
    return shop.heard.filter(({ path }) => path === "/watch").map(({ body }) => body as WatchTold);
  }
  const rows = (sale: number) =>
    world.db.kysely
      .selectFrom("payment_watches")
      .selectAll()
      .where("sale", "=", BigInt(sale))
      .orderBy("number")
      .execute();
  return { url, watch, watched, ...hangingSales(world, watched), look, pass, called, rows };
}
