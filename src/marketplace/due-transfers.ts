import type { Db } from "../db/pool.ts";
import type { MerchantId } from "../lib/id.ts";
import { type DueTransfer, dailyText } from "./distribution.rules.ts";
import { readAgain, readDueTransfers } from "./due-transfers.store.ts";

/** Transfers that one file has, and that one transaction puts into it. */
export const TRANSFERS_MAX = 5_000;

/** What is to be transferred by hand, and what cannot be, since nobody knows where it goes. */
export type DueByHand = Readonly<{
  transfers: readonly DueTransfer[];
  homeless: readonly DueTransfer[];
  /** Whether there is more of it than fits into one file. */
  hasMore: boolean;
}>;

/** Parts what was read, one line more than fits, into what there is for a file. */
export function partedOf(found: readonly DueTransfer[]): DueByHand {
  const all = found.slice(0, TRANSFERS_MAX);
  return {
    transfers: all.filter(({ iban }) => iban !== ""),
    homeless: all.filter(({ iban }) => iban === ""),
    hasMore: found.length > all.length,
  };
}

/** What a marketplace would be to transfer by hand up to a day, `yyyy-MM-dd`; takes nothing. */
export async function dueTransfers(
  { kysely }: Db,
  merchantId: MerchantId,
  through: string,
): Promise<DueByHand> {
  const again = await readAgain(kysely, merchantId);
  const round = { merchantId, through, withPlatform: true, again };
  const terms = { text: dailyText(through), most: TRANSFERS_MAX + 1 };
  return partedOf(await readDueTransfers(kysely, round, terms));
}
