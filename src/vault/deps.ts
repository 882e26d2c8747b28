import type { Db } from "../db/pool.ts";
import type { Clock } from "../lib/clock.ts";
import type { Keyring } from "../lib/seal.ts";

/** What the vault needs from outside. */
export type VaultDeps = Readonly<{ db: Db; clock: Clock; ring: Keyring }>;
