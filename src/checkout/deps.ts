import type { FindAcquirer } from "../acquirers/index.ts";
import type { Db } from "../db/pool.ts";
import type { Clock } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Keyring } from "../lib/seal.ts";
import type { Merchant } from "../merchants/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import type { CvvMemory } from "../vault/index.ts";

/** What the room of payers on their way needs from outside. */
export type CheckoutDeps = Readonly<{
  db: Db;
  clock: Clock;
  ring: Keyring;
  findAcquirer: FindAcquirer;
  merchantOf: (id: MerchantId) => Promise<Merchant>;
  payments: PaymentsDeps;
  /** Security codes between the card and the bank; this process forgets them with its end. */
  cvvs: CvvMemory;
  /** Where payers' browsers reach this server, without a slash at its end. */
  publicUrl: () => string;
  /** Told of returns that the bank need not have made. */
  onUnproven: (about: Readonly<{ merchantId: string; tokenId: string; why: string }>) => void;
}>;
