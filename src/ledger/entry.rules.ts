import { bareId, type Id, type MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { EntryKind, Leg } from "./postings.rules.ts";

/** What entries book: an attempt at a bank, an approval, a change of what is due, a transfer. */
export type SourceId = Id<"att" | "apr" | "chg" | "out">;

export type Entry = Readonly<{
  merchantId: MerchantId;
  id: string;
  kind: EntryKind;
  sourceId: SourceId;
  debit: string;
  credit: string;
  amountMinor: bigint;
  currency: Currency;
  postedAt: Date;
}>;

/**
 * The entries of one source. Their ids are made of the source's, so that booking a source a second
 * time breaks the primary key instead of the books.
 */
export function entriesOf(
  of: Readonly<{ merchantId: MerchantId; sourceId: SourceId; currency: Currency; at: Date }>,
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
