import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { FindAcquirer } from "../acquirers/index.ts";
import { createRegistry } from "../acquirers/registry.ts";
import { createTransport, type Exchange } from "../acquirers/transport.ts";
import { type Db, openDb } from "../db/pool.ts";
import type { PaynetDeps } from "../facades/paynet/index.ts";
import { queueNotice } from "../facades/paynet/notice.ts";
import type { Clock } from "../lib/clock.ts";
import { type Keyring, keyringOf } from "../lib/seal.ts";
import { createNumbers, createReception } from "../merchants/index.ts";
import { createHotPath, type PaymentsDeps, queueRelease } from "../payments/index.ts";

/** The one place that reads the machine's time. */
export const systemClock: Clock = () => new Date(Date.now());

/** The name of the counter behind the integers that Paynet's wire shows. */
const XACT_COUNTER = "xact";

export type World = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  findAcquirer: FindAcquirer;
}>;
export type Deps = PaynetDeps & Readonly<{ payments: PaymentsDeps; ring: Keyring }>;

/** All wiring of the product, by hand, over what touches the world outside. */
export function wire({ db, clock, ring, findAcquirer }: World): Deps {
  const merchants = { db, clock, ring };
  const reception = createReception(merchants);
  const payments: PaymentsDeps = {
    db,
    clock,
    ring,
    findAcquirer,
    nextXact: createNumbers(merchants, XACT_COUNTER),
    merchantOf: reception.merchantOf,
    hotPath: createHotPath(db, [queueNotice, queueRelease]),
    pause: (ms) => pause(ms),
  };
  return { db, clock, ring, reception, payments };
}

/** Three gathered statements with two batches each under way, and the rest for reads. */
const CONNECTIONS_MAX = 20;

/** What a process of the product opens, and closes again when it goes. */
export function openWorld(name: string, databaseUrl: string, vaultKey: string, log: Logger) {
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
  };
  const close = async () => {
    await transport.close();
    await db.close();
  };
  return { world, close };
}
