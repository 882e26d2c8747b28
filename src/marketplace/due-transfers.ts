import type { Db } from "../db/pool.ts";
import type { MerchantId } from "../lib/id.ts";
import { type DueTransfer, dailyText } from "./distribution.rules.ts";
import { readDueTransfers } from "./due-transfers.store.ts";

/** What a marketplace is to transfer by hand on a business day, `yyyy-MM-dd`. */
export const dueTransfers = (db: Db, merchant: MerchantId, day: string): Promise<DueTransfer[]> =>
  readDueTransfers(db, merchant, day, dailyText(day));
