import type { MerchantId } from "../lib/id.ts";
import type { Keyring } from "../lib/seal.ts";
import { type DataKey, newDataKey, openDataKey } from "./data-key.ts";
import type { VaultDeps } from "./deps.ts";
import { findActiveKey, insertActiveKey } from "./keys.store.ts";

/** A key is retired while a card is being sealed under it once in a long time, never so often. */
const TRIES_MAX = 5;
/** Merchants whose active key one process remembers. */
const REMEMBERED_MAX = 1_000;

/** By ring, as the unwrapped keys are. */
const remembered = new WeakMap<Keyring, Map<MerchantId, DataKey>>();

function keysOf(ring: Keyring): Map<MerchantId, DataKey> {
  const known = remembered.get(ring) ?? new Map<MerchantId, DataKey>();
  remembered.set(ring, known);
  return known;
}

/** The key for a merchant's new cards as the table has it now; made when there is none. */
export async function readActiveKey(deps: VaultDeps, merchant: MerchantId): Promise<DataKey> {
  const { db, clock, ring } = deps;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const found = await findActiveKey(db.kysely, merchant);
    if (found) return openDataKey(ring, merchant, found);
    const now = clock();
    await insertActiveKey(db.kysely, merchant, newDataKey(ring, merchant, now), now);
  }
  throw new Error(`No active data key of ${merchant} stays`);
}

async function activeKey(deps: VaultDeps, merchant: MerchantId): Promise<DataKey> {
  const known = keysOf(deps.ring);
  const found = known.get(merchant);
  if (found) return found;
  const read = await readActiveKey(deps, merchant);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= REMEMBERED_MAX) known.delete(oldest);
  known.set(merchant, read);
  return read;
}

/**
 * Writes something that is sealed under the active key. `write` answers `undefined` when that key
 * is active no more, and is then asked again with the one that is.
 */
export async function underActiveKey<Written>(
  deps: VaultDeps,
  merchant: MerchantId,
  write: (key: DataKey) => Promise<Written | undefined>,
): Promise<Written> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const written = await write(await activeKey(deps, merchant));
    if (written !== undefined) return written;
    keysOf(deps.ring).delete(merchant);
  }
  throw new Error(`The active data key of ${merchant} changes too often`);
}
