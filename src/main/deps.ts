import { setTimeout as pause } from "node:timers/promises";
import type { FindAcquirer } from "../acquirers/index.ts";
import { createRegistry } from "../acquirers/registry.ts";
import { createTransport } from "../acquirers/transport.ts";
import { type Db, openDb } from "../db/pool.ts";
import type { PaynetDeps } from "../facades/paynet/index.ts";
import { queueNotice } from "../facades/paynet/notice.ts";
import type { Clock } from "../lib/clock.ts";
import { type Keyring, keyringOf } from "../lib/seal.ts";
import { createNumbers, createReception } from "../merchants/index.ts";
import { createHotPath, type PaymentsDeps } from "../payments/index.ts";

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
    hotPath: createHotPath(db, [queueNotice]),
    pause: (ms) => pause(ms),
  };
  return { db, clock, ring, reception, payments };
}

/** Three gathered statements with four batches each under way, and some for reads. */
const CONNECTIONS_MAX = 20;

/** What a process of the product opens, and closes again when it goes. */
export function openWorld(
  name: string,
  databaseUrl: string,
  vaultKey: string,
  onError: (error: Error) => void,
) {
  const db = openDb({ url: databaseUrl, max: CONNECTIONS_MAX, applicationName: name, onError });
  const transport = createTransport();
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
