import type { FindAcquirer } from "../acquirers/index.ts";
import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { Clock } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Keyring } from "../lib/seal.ts";
import type { Merchant, NextNumber } from "../merchants/index.ts";
import type { HotPath } from "./hot-path.ts";
import type { Settlement } from "./settle.rules.ts";

/**
 * Sets off a later room in the settling transaction; a hook that throws undoes the settlement. Only
 * a batch that some hook wants pays for a transaction of several statements. A hook with `runAll`
 * is given all that it wants of a batch at once.
 */
export type AfterSettlement = Readonly<{ wants(settlement: Settlement): boolean }> &
  (
    | Readonly<{ run(tx: Tx, settlement: Settlement): Promise<void> }>
    | Readonly<{ runAll(tx: Tx, settlements: readonly Settlement[]): Promise<void> }>
  );

/** What the room of payments needs from outside. */
export type PaymentsDeps = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  findAcquirer: FindAcquirer;
  /** Gives the integers that the wires show for operations. */
  nextXact: NextNumber;
  merchantOf: (id: MerchantId) => Promise<Merchant>;
  hotPath: HotPath;
  /** Waits between two looks at something that another request is doing. */
  pause: (ms: number) => Promise<void>;
}>;
