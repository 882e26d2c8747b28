import type { Task } from "graphile-worker";
import { dropIdle } from "../checkout/index.ts";
import { after, DAY_MS } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { listMerchants } from "../merchants/index.ts";
import { dropCodes } from "../messaging/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";
import { dropUnfinished } from "../subscriptions/index.ts";

export const SWEEP_LEFTOVERS = "sweep-leftovers";

/** How long what came to nothing can still be looked at. */
const KEPT_MS = 7 * DAY_MS;

/**
 * Deletes what explains nothing any more: codes that are over, and sessions of pages that were
 * opened and left, also with a card that no order got. Any other session in which a card was tried
 * stays, since it tells what became of that.
 */
export const sweepLeftovers =
  ({ db, clock }: PaymentsDeps): Task =>
  async () => {
    for (const { id, clock_offset_ms } of await listMerchants(db)) {
      const before = after(clock(), Number(clock_offset_ms) - KEPT_MS);
      await dropCodes(db.kysely, id as MerchantId, before);
      await dropUnfinished(db, id as MerchantId, before);
      await dropIdle(db, id as MerchantId, before);
    }
  };
