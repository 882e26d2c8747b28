import type { Tx } from "../db/transaction.ts";
import { addJob } from "../events/index.ts";
import { drawnFrom } from "../ledger/account.rules.ts";
import { entriesOf, postEntries } from "../ledger/index.ts";
import { NOTICE_TRIES_MAX, type PayoutNotice, TELL_OF_PAYOUT } from "./notice.ts";
import { type Payout, paidFor, type Sending } from "./payout.rules.ts";

/** Books what a run paid, under the run's own id: never twice. */
export async function book(tx: Tx, { payout, run }: Sending, at: Date): Promise<void> {
  const { merchantId, currency, connection } = payout;
  const leg = {
    kind: "payout",
    debit: paidFor(payout),
    credit: drawnFrom(connection),
    amountMinor: run.amountMinor,
  } as const;
  await postEntries(tx, entriesOf({ merchantId, sourceId: run.id, currency, at }, [leg]));
}

/** Tells the address that a client gave what became of a payout, if there is one. */
export async function tell(tx: Tx, { merchantId, number, details }: Payout): Promise<void> {
  if (!details["callback"]) return;
  const notice: PayoutNotice = { merchantId, number: `${number}` };
  await addJob(tx, TELL_OF_PAYOUT, notice, { triesMax: NOTICE_TRIES_MAX });
}
