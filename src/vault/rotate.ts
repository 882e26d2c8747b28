import { setTimeout as pause } from "node:timers/promises";
import { inTx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { readActiveKey } from "./active-key.ts";
import { newDataKey, openDataKey } from "./data-key.ts";
import type { VaultDeps } from "./deps.ts";
import {
  countRetiring,
  dropUnusedKeys,
  findActiveKey,
  insertActiveKey,
  retireActiveKey,
} from "./keys.store.ts";
import { lockRetiringCards, saveResealed } from "./rotation.store.ts";
import { reseal } from "./sealed-card.ts";

/** Cards of one transaction: some ten milliseconds, for which others may wait. */
const BATCH_MAX = 500;
/** How often, and after which pause, cards that others have locked are looked for again. */
const IDLE_TRIES_MAX = 100;
const IDLE_PAUSE_MS = 150;

export type RotationProgress = Readonly<{ done: number; total: number }>;
/**
 * `rotated`: there is a new key and no card is under another. `resumed`: an earlier rotation, or
 * one that ran beside, was brought to its end instead. `nothing`: the merchant has no key yet.
 */
export type Rotation = Readonly<{ kind: "rotated" | "resumed" | "nothing"; cards: number }>;

/** Makes a new key the active one, in one commit: there is always one, and never two. */
async function switchKey(deps: VaultDeps, merchant: MerchantId): Promise<boolean> {
  const now = deps.clock();
  return inTx(deps.db, async (tx) => {
    if (!(await retireActiveKey(tx, merchant))) return false;
    await insertActiveKey(tx, merchant, newDataKey(deps.ring, merchant, now), now);
    return true;
  });
}

/** Puts one batch under the active key and says how many cards it was. */
async function resealBatch(deps: VaultDeps, merchant: MerchantId): Promise<number> {
  const to = await readActiveKey(deps, merchant);
  return inTx(deps.db, async (tx) => {
    const cards = await lockRetiringCards(tx, merchant, BATCH_MAX);
    if (cards.length === 0) return 0;
    const resealed = cards.map(({ id, keyId, sealed, wrapped }) => {
      const from = openDataKey(deps.ring, merchant, { id: keyId, wrapped });
      return { id, from: keyId, sealed: reseal(from, to, { merchantId: merchant, id }, sealed) };
    });
    return saveResealed(tx, merchant, to.id, resealed);
  });
}

/** Until no key is on its way out any more. */
async function finish(
  deps: VaultDeps,
  merchant: MerchantId,
  onBatch: (count: number) => void,
): Promise<void> {
  for (let idle = 0; idle < IDLE_TRIES_MAX; ) {
    const count = await resealBatch(deps, merchant);
    if (count > 0) {
      idle = 0;
      onBatch(count);
      continue;
    }
    const left = await inTx(deps.db, (tx) => dropUnusedKeys(tx, merchant));
    if (left === 0) return;
    // Some of the last cards are in another's hands: mostly a second rotation's.
    idle += 1;
    await pause(IDLE_PAUSE_MS);
  }
  const seconds = (IDLE_TRIES_MAX * IDLE_PAUSE_MS) / 1_000;
  throw new Error(
    `Cards of ${merchant} have been locked by others for ${seconds} seconds; ` +
      "nothing is lost: start the rotation again.",
  );
}

/**
 * Gives a merchant a new data key, puts every card under it in batches, and deletes the old key.
 * Cards can be stored, opened and forgotten meanwhile. Killed anywhere and called again it goes on
 * where it was; two at once share the work.
 *
 * Why no card is lost: a card is written only while its key is locked and active, so none comes
 * under a key once that is retiring; a retiring key stays readable until a transaction that has
 * locked it finds no card under it; and the card's foreign key would refuse the rest.
 */
export async function rotate(
  deps: VaultDeps,
  merchant: MerchantId,
  onProgress: (progress: RotationProgress) => void = () => {},
): Promise<Rotation> {
  const { kysely } = deps.db;
  const isNew = await switchKey(deps, merchant);
  const { keys, cards: total } = await countRetiring(kysely, merchant);
  if (keys === 0) {
    const kind = (await findActiveKey(kysely, merchant)) ? "resumed" : "nothing";
    return { kind: isNew ? "rotated" : kind, cards: 0 };
  }
  let done = 0;
  onProgress({ done, total });
  await finish(deps, merchant, (count) => {
    done += count;
    onProgress({ done, total: Math.max(done, total) });
  });
  return { kind: isNew ? "rotated" : "resumed", cards: done };
}
