import { type AttemptId, bareId, type MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { EntryKind, Leg } from "./postings.rules.ts";

export type Entry = Readonly<{
  merchantId: MerchantId;
  id: string;
  kind: EntryKind;
  sourceId: AttemptId;
  debit: string;
  credit: string;
  amountMinor: bigint;
  currency: Currency;
  postedAt: Date;
}>;

/**
 * The entries of one attempt. Their ids are made of the attempt's, so that booking an attempt a
 * second time breaks the primary key instead of the books.
 */
export function entriesOf(
  of: Readonly<{ merchantId: MerchantId; sourceId: AttemptId; currency: Currency; at: Date }>,
  legs: readonly Leg[],
): Entry[] {
  return legs.map((leg, i) => ({
    merchantId: of.merchantId,
    id: `ent_${bareId(of.sourceId)}_${i + 1}`,
    kind: leg.kind,
    sourceId: of.sourceId,
    debit: leg.debit,
    credit: leg.credit,
    amountMinor: leg.amountMinor,
    currency: of.currency,
    postedAt: of.at,
  }));
}
