import type { Db } from "../db/pool.ts";
import type { Clock } from "../lib/clock.ts";
import type { Keyring } from "../lib/seal.ts";

/** What the room of merchants needs from outside. */
export type MerchantsDeps = Readonly<{ db: Db; clock: Clock; ring: Keyring }>;
