import type { Tx } from "../db/transaction.ts";
import { drawnFrom } from "../ledger/account.rules.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { assert } from "../lib/assert.ts";
import { newId } from "../lib/id.ts";
import { type HandPayout, type HandWord, handSteps } from "./hand.rules.ts";
import { insertMarkedRuns, moveHandPayouts } from "./hand.store.ts";
import { paidFor, type Run } from "./payout.rules.ts";

/** What somebody said, as a run that began and ended when it was said. */
const runOf = (payout: HandPayout, { kind, text }: HandWord, at: Date): Run => ({
  merchantId: payout.merchantId,
  id: newId("out", at),
  payout: payout.number,
  run: payout.runs + 1,
  state: handSteps[kind].run,
  amountMinor: payout.amountMinor,
  receiver: payout.receiver,
  bankReference: kind === "paid" ? text : null,
  message: kind === "paid" ? "" : text,
  openedAt: at,
  settledAt: at,
  inquiries: 0,
  notFoundCount: 0,
  firstNotFoundAt: null,
  flaggedAt: null,
  isJudged: false,
});

/** What was paid is booked as a transfer is; one that came back, the other way round. */
function entryOf({ kind }: HandWord, payout: HandPayout, run: Run, at: Date) {
  const { merchantId, currency, amountMinor } = payout;
  const [owed, drawn] = [paidFor(payout), drawnFrom(null)];
  const sides = kind === "paid" ? { debit: owed, credit: drawn } : { debit: drawn, credit: owed };
  const of = { merchantId, sourceId: run.id, currency, at };
  return entriesOf(of, [{ kind: "payout", ...sides, amountMinor }]);
}

/**
 * Writes what somebody says of transfers by hand: who said it, the state of the payouts, which is
 * that of all that is in them, and the books. The caller has locked them, all of one merchant and
 * each in the state that the word can be said of.
 */
export async function markByHand(
  tx: Tx,
  payouts: readonly HandPayout[],
  word: HandWord,
  at: Date,
): Promise<void> {
  const [first] = payouts;
  if (!first) return;
  const numbers = payouts.map(({ number }) => number);
  const moved = await moveHandPayouts(tx, first.merchantId, numbers, word.kind, at);
  assert(moved === payouts.length, "payouts are marked while they are locked");
  const runs = payouts.map((payout) => runOf(payout, word, at));
  await insertMarkedRuns(tx, runs, word.by);
  if (word.kind === "unpaid") return;
  const entries = payouts.flatMap((payout, i) => entryOf(word, payout, runs[i]!, at));
  await postEntries(tx, entries);
}
