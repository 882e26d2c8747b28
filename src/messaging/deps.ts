import type { Db } from "../db/pool.ts";
import type { Clock } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Keyring } from "../lib/seal.ts";
import type { Merchant } from "../merchants/index.ts";
import type { Carriers } from "./carrier.rules.ts";

/** What the room of messages needs from outside. */
export type MessagingDeps = Readonly<{ db: Db; clock: Clock; ring: Keyring }>;

/** What sending needs; only the worker has carriers. */
export type SendingDeps = Omit<MessagingDeps, "ring"> &
  Readonly<{ carriers: Carriers; merchantOf: (id: MerchantId) => Promise<Merchant> }>;
