import type { Db } from "../db/pool.ts";
import type { Reader } from "../db/transaction.ts";
import type { Clock } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Keyring } from "../lib/seal.ts";
import type { Merchant, NextNumber } from "../merchants/index.ts";
import type { Payout } from "./payout.rules.ts";
import type { FindProvider, Receiver } from "./provider.rules.ts";

/** Who is paid where, which a later room knows. */
export type AccountOf = (
  db: Reader,
  payout: Pick<Payout, "merchantId" | "party" | "member" | "currency">,
) => Promise<Receiver | undefined>;

/** What the room of payouts needs from outside. */
export type PayoutsDeps = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  merchantOf: (id: MerchantId) => Promise<Merchant>;
  /** Gives the integers that the wire shows for payouts. */
  nextPayout: NextNumber;
  findProvider: FindProvider;
  /** The account of a member, or of the platform itself, as it is now. */
  accountOf: AccountOf;
  /** Waits for something else. Holds no process up that has nothing else to do. */
  pause: (ms: number) => Promise<void>;
  /** Hears of what failed after its caller was answered. */
  onError: (error: unknown) => void;
}>;
