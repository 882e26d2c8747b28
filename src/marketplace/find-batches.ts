import type { Db } from "../db/pool.ts";
import type { MerchantId } from "../lib/id.ts";
import type { HandPayout } from "../payouts/hand.rules.ts";
import { readHandPayouts } from "../payouts/index.ts";
import { listBatches } from "./batches.store.ts";
import type { BatchLine, DueTransfer } from "./distribution.rules.ts";

/** The transfers of a batch with what was said of them; empty where there is no such batch. */
export const findBatch = (
  { kysely }: Db,
  merchant: MerchantId,
  batch: bigint,
): Promise<HandPayout[]> => readHandPayouts(kysely, merchant, batch);

/** The newest batches, those with something that is not marked yet alone or all. */
export const findBatches = (
  { kysely }: Db,
  merchant: MerchantId,
  which: Readonly<{ most: number; onlyOpen: boolean }>,
): Promise<BatchLine[]> => listBatches(kysely, merchant, which);

/** A payout by hand as the line of a file that it was. */
export function transferOf(payout: HandPayout): DueTransfer {
  const { number, party, member, currency, amountMinor, count, description, receiver } = payout;
  return {
    ...{ number, party: party === "member" ? "member" : "platform", member, currency },
    ...{ amountMinor, count, description, title: receiver?.title ?? "" },
    iban: receiver && "iban" in receiver ? receiver.iban : "",
  };
}
