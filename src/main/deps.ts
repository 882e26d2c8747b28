import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { FindAcquirer } from "../acquirers/index.ts";
import { createRegistry } from "../acquirers/registry.ts";
import { createTransport, type Exchange } from "../acquirers/transport.ts";
import {
  type CheckoutDeps,
  followLinks,
  followStock,
  releaseChecks,
  sendReceipts,
} from "../checkout/index.ts";
import { SESSION_MS } from "../checkout/session.rules.ts";
import { type Db, openDb } from "../db/pool.ts";
import type { PaynetDeps } from "../facades/paynet/index.ts";
import { queueConfirmation } from "../facades/paynet/link/confirmation.ts";
import { queueNotice } from "../facades/paynet/payment/notice.ts";
import type { PaywallDeps } from "../facades/paywall/index.ts";
import type { Clock } from "../lib/clock.ts";
import { type Keyring, keyringOf } from "../lib/seal.ts";
import {
  createOpenSale,
  followCaptures,
  followReturns,
  isMemberDue,
  type MarketplaceDeps,
  receiverOf,
} from "../marketplace/index.ts";
import type { MembersDeps } from "../members/index.ts";
import { createNumbers, createReception } from "../merchants/index.ts";
import {
  type AfterSettlement,
  createHotPath,
  type PaymentsDeps,
  queueLooks,
  queueRelease,
} from "../payments/index.ts";
import type { PayoutsDeps } from "../payouts/index.ts";
import type { FindProvider } from "../payouts/provider.rules.ts";
import { createProviders } from "../payouts/providers/registry.ts";
import { createOpenDraw, type SubscriptionsDeps, settleDraws } from "../subscriptions/index.ts";
import { createCvvMemory } from "../vault/index.ts";
import { systemClock } from "./clock.ts";

/** The names of the counters behind the integers that Paynet's wire shows. */
const XACT_COUNTER = "xact";
const CARD_COUNTER = "payer_card";
const PLACE_COUNTER = "subscription_card";

export type World = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  findAcquirer: FindAcquirer;
  findProvider: FindProvider;
  log: Logger;
  /** Where payers' browsers reach the API, without a slash at its end. */
  publicUrl: () => string;
}>;
export type Deps = PaynetDeps & PaywallDeps;

/** All wiring of the product, by hand, over what touches the world outside. */
export function wire(world: World): Deps {
  const { db, clock, ring, findAcquirer, log, publicUrl } = world;
  const merchants = { db, clock, ring };
  const reception = createReception(merchants);
  const cvvs = createCvvMemory({ clock, ttlMs: SESSION_MS, max: CVVS_MAX });
  const { merchantOf } = reception;
  const next = numbersOf(merchants);
  const payments: PaymentsDeps = {
    db,
    clock,
    ring,
    findAcquirer,
    nextXact: createNumbers(merchants, XACT_COUNTER),
    merchantOf,
    hotPath: createHotPath(db, hooksOf(world, merchantOf, next.debt)),
    pause: (ms) => pause(ms),
  };
  const checkout: CheckoutDeps = {
    ...{ db, clock, ring, findAcquirer, merchantOf, payments, cvvs, publicUrl },
    onUnproven: (about) => log.warn({ about }, "a return that the bank need not have made"),
  };
  const subscriptions: SubscriptionsDeps = {
    ...checkout,
    checkout,
    openDraw: createOpenDraw(db),
    nextCard: createNumbers(merchants, CARD_COUNTER),
    nextPlace: createNumbers(merchants, PLACE_COUNTER),
  };
  const marketplace: MarketplaceDeps = {
    ...checkout,
    checkout,
    openSale: createOpenSale(db),
    next,
  };
  const members: MembersDeps = {
    ...{ db, clock, isDue: isMemberDue },
    next: {
      member: createNumbers(merchants, "member"),
      account: createNumbers(merchants, "member_account"),
      value_date: createNumbers(merchants, "value_date"),
    },
  };
  const payouts = payoutsOf(world, merchantOf, next.payout);
  const rooms = { payments, checkout, subscriptions, members, marketplace, payouts };
  return { db, clock, ring, reception, ...rooms };
}

/** What later rooms do in the transaction that settles an attempt. */
const hooksOf = (
  { db, clock, ring, publicUrl }: World,
  merchantOf: PaymentsDeps["merchantOf"],
  nextDebt: MarketplaceDeps["next"]["debt"],
): AfterSettlement[] => [
  queueNotice,
  queueLooks(clock),
  queueRelease,
  releaseChecks,
  followLinks(merchantOf),
  followStock,
  queueConfirmation,
  sendReceipts({ ring, merchantOf, publicUrl }),
  settleDraws,
  followCaptures,
  followReturns({ db, nextDebt }),
];

const payoutsOf = (
  { db, clock, ring, findProvider, log }: World,
  merchantOf: PayoutsDeps["merchantOf"],
  nextPayout: PayoutsDeps["nextPayout"],
): PayoutsDeps => ({
  ...{ db, clock, ring, findProvider, merchantOf, nextPayout },
  accountOf: receiverOf,
  pause: (ms) => pause(ms, undefined, { ref: false }),
  onError: (error) => log.error({ err: error }, "a payout could not be carried on"),
});

/** The counters behind the integers of marketplaces. */
const numbersOf = (merchants: Parameters<typeof createNumbers>[0]): MarketplaceDeps["next"] => ({
  product: createNumbers(merchants, "product"),
  earning: createNumbers(merchants, "earning"),
  debt: createNumbers(merchants, "debt"),
  payout: createNumbers(merchants, "payout"),
  watch: createNumbers(merchants, "payment_watch"),
});

/** Payers between their card and their bank, in one process. */
const CVVS_MAX = 10_000;

/** Three gathered statements with two batches each under way, and the rest for reads. */
const CONNECTIONS_MAX = 20;

/** What a process of the product opens, and closes again when it goes. */
export function openWorld(
  name: string,
  databaseUrl: string,
  vaultKey: string,
  { log, publicUrl }: Pick<World, "log" | "publicUrl">,
) {
  const onError = (error: Error) => log.warn({ err: error }, "a database connection was lost");
  const db = openDb({ url: databaseUrl, max: CONNECTIONS_MAX, applicationName: name, onError });
  const onExchange = (exchange: Exchange) => log.debug({ exchange }, "asked a bank");
  // Masked by the connector before it comes here; not even made unless somebody listens.
  const transport = createTransport(log.isLevelEnabled("debug") ? { onExchange } : {});
  const world: World = {
    db,
    clock: systemClock,
    ring: keyringOf(vaultKey),
    findAcquirer: createRegistry(transport),
    findProvider: createProviders(transport),
    log,
    publicUrl,
  };
  const close = async () => {
    await transport.close();
    await db.close();
  };
  return { world, close };
}
