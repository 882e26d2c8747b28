import type { Db } from "../../db/pool.ts";
import { readEntriesOf } from "../../ledger/index.ts";
import type { MerchantId } from "../../lib/id.ts";
import { readStories } from "../../payments/index.ts";
import { pagesOf } from "./pages.ts";
import { entryText, expectedEntries, wrongEntries } from "./replay.rules.ts";

const PAGE = 500;
const SHOWN_MAX = 20;

/**
 * Replays every payment of a merchant and compares what it must have booked with the books: each
 * account, side and amount. Says how many were replayed and which attempts are booked otherwise.
 */
export async function replay(
  db: Db,
  merchant: MerchantId,
  onReplayed: (replayed: number) => void,
): Promise<{ replayed: number; broken: string[] }> {
  const broken: string[] = [];
  let replayed = 0;
  const read = (after: string) => readStories(db, merchant, after, PAGE);
  for await (const stories of pagesOf({ after: "", read, keyOf: (it) => it.payment.id }, PAGE)) {
    const ids = stories.flatMap(({ attempts }) => attempts.map((each) => each.id));
    const found = new Map<string, string[]>();
    for (const entry of await readEntriesOf(db, merchant, ids)) {
      found.set(entry.sourceId, [...(found.get(entry.sourceId) ?? []), entryText(entry)]);
    }
    const expected = new Map(
      stories.flatMap(({ payment, attempts }) => [...expectedEntries(payment, attempts)]),
    );
    broken.push(...wrongEntries(expected, found));
    replayed += stories.length;
    onReplayed(replayed);
  }
  return { replayed, broken: broken.slice(0, SHOWN_MAX) };
}
