import type { Task } from "graphile-worker";
import { snapshot } from "../ledger/index.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { listMerchants } from "../merchants/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";

export const SNAPSHOT_LEDGERS = "snapshot-ledgers";

/** Keeps each merchant's balances as of its last midnight, so that sums stay short. */
export const snapshotLedgers =
  ({ db, clock }: PaymentsDeps): Task =>
  async () => {
    for (const merchant of await listMerchants(db)) {
      const now = after(clock(), Number(merchant.clock_offset_ms));
      await snapshot(db, merchant.id as MerchantId, now);
    }
  };
