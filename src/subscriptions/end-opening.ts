import { inTx, type Tx } from "../db/transaction.ts";
import { addJobs } from "../events/index.ts";
import { after } from "../lib/clock.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type Locked, lockOrder, removeOrder } from "./change-order.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { lockInvoices } from "./invoices.store.ts";
import { NOTICE_TRIES_MAX, type Notice, TELL_SHOP, undrawnOf } from "./notice.ts";
import type { Recurring } from "./recurring.rules.ts";
import { lockRecurring, readOpening, saveState } from "./recurrings.store.ts";
import type { Invoice } from "./subscription.rules.ts";

/** Longer than whoever creates one takes; after that only the bank may still owe an answer. */
const OPENING_MS = 15 * 60_000;
/** How many are looked at in one go. */
const OPENING_MAX = 200;

/** What became of a recurring payment that is paid at its creation. */
export type Opened = Readonly<{
  end: "live" | "in_doubt" | "gone";
  /** Its first charge, where that decides. */
  first?: Invoice | undefined;
}>;

/**
 * Tells of a first charge that came to nothing where no round has: one of which the bank left open
 * whether it was made, or that did not reach it. There is no later round to tell of it.
 */
async function tellUntold(tx: Tx, first: Invoice | undefined): Promise<void> {
  if (!first?.isTold || first.tries === 0 || first.attemptsToday > 0) return;
  const { merchantId, number, tries, lastReason } = first;
  const named = { merchantId, invoice: String(number), no: tries };
  const notice: Notice = { ...named, what: "failed", ...undrawnOf(lastReason) };
  await addJobs(tx, TELL_SHOP, [notice], { triesMax: NOTICE_TRIES_MAX });
}

/**
 * Lets a recurring payment live whose first charge came, and deletes it with its order where none
 * will: whoever finds that out, and however often. While a bank is asked, or with `isOver` false
 * somebody may still be creating it, it stays as it is.
 */
export const endOpening = (
  deps: SubscriptionsDeps,
  merchant: Merchant,
  known: Recurring,
  { isOver }: Readonly<{ isOver: boolean }>,
): Promise<Opened> =>
  inTx(deps.db, async (tx) => {
    const now = timeOf(merchant, deps.clock());
    const locked: Locked = { deps, tx, merchant, now };
    const order = await lockOrder(locked, { id: known.subscriptionId });
    const { state, createdAt } = await lockRecurring(tx, known);
    if (state !== "opening") return { end: state === "live" ? "live" : "gone" };
    const invoices = await lockInvoices(tx, merchant.id, order.id);
    const first = invoices.find(({ term }) => term === 0);
    if (first?.status === "paid") {
      await saveState(tx, known, "live");
      return { end: "live", first };
    }
    const mayGoOn = first?.openPaymentId || (!isOver && after(createdAt, OPENING_MS) > now);
    if (mayGoOn) return { end: "in_doubt", first };
    if (order.status !== "deleted") await removeOrder(locked, order);
    await tellUntold(tx, first);
    await saveState(tx, known, "deleted");
    return { end: "gone", first };
  });

/** Ends what a process left behind that ended while it created a recurring payment. */
export async function endOpenings(
  deps: SubscriptionsDeps,
  onError: (error: unknown) => void,
): Promise<void> {
  for (const recurring of await readOpening(deps.db, OPENING_MAX)) {
    const end = async () => {
      const merchant = await deps.merchantOf(recurring.merchantId);
      await endOpening(deps, merchant, recurring, { isOver: false });
    };
    await end().catch(onError);
  }
}
