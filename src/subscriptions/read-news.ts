import type { MerchantId } from "../lib/id.ts";
import { type Attempt, readDone } from "../payments/index.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { readInvoice } from "./invoices.store.ts";
import { readTry } from "./news.store.ts";
import type { Notice, Undrawn } from "./notice.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";
import { readOrders } from "./subscriptions.store.ts";

type Deps = Pick<SubscriptionsDeps, "db">;
type Told = Readonly<{ order: Subscription; url: string }>;

/** What there is to tell, and to which address. */
export type News = Told &
  (
    | Readonly<{ what: "card_entered"; card: bigint }>
    | Readonly<{
        what: "succeeded" | "failed";
        invoice: Invoice;
        /** The card, and the charge that was tried; none where no bank was asked. */
        tried: Readonly<{ card: bigint; attempt: Attempt }> | undefined;
        undrawn: Undrawn | undefined;
        /** The number of the try; 0 where there was none. */
        no: number;
      }>
  );

const urlOf = ({ terms }: Subscription, what: Notice["what"]): string | undefined =>
  ({
    succeeded: terms.succeededUrl,
    failed: terms.failedUrl,
    card_entered: terms.confirmationUrl,
  })[what] || undefined;

async function orderOf({ db }: Deps, { merchantId, what }: Notice, id: string) {
  const [order] = await readOrders(db.kysely, merchantId, [id]);
  const url = order && urlOf(order, what);
  return order && url ? { order, url } : undefined;
}

async function triedOf({ db }: Deps, merchant: MerchantId, invoice: bigint, no: number) {
  const tried = await readTry(db.kysely, merchant, invoice, no);
  const attemptId = tried && chargeIdOf({ id: tried.paymentId });
  const done = attemptId && (await readDone(db, merchant, { attemptId }));
  return done && { card: tried.card, attempt: done.attempt };
}

/**
 * What a notice tells, as it is at this moment; nothing where the order names no address for it.
 * How the try itself ended never changes; how its invoice stands may have changed since.
 */
export async function readNews(deps: Deps, notice: Notice): Promise<News | undefined> {
  const { merchantId } = notice;
  if (notice.what === "card_entered") {
    const to = await orderOf(deps, notice, notice.subscriptionId);
    return to && { ...to, what: notice.what, card: BigInt(notice.card) };
  }
  const number = BigInt(notice.invoice);
  const invoice = await readInvoice(deps.db.kysely, merchantId, { number });
  const to = invoice && (await orderOf(deps, notice, invoice.subscriptionId));
  if (!to) return undefined;
  const undrawn = notice.what === "failed" ? notice.undrawn : undefined;
  const tried = undrawn ? undefined : await triedOf(deps, merchantId, number, notice.no);
  return { ...to, what: notice.what, invoice, tried, undrawn, no: notice.no };
}
