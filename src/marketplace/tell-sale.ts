import { again } from "../db/contended.ts";
import { unlessGone } from "../db/transaction.ts";
import { Refusal } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { Done, Payment } from "../payments/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import type { Sale } from "./sale.rules.ts";
import { isTaken, type WatchStatus } from "./watch.rules.ts";
import { markTold, readClaims, type Telling } from "./watches.store.ts";

type Teller = Pick<MarketplaceDeps, "db" | "clock">;

/**
 * Whether a client, or its payer's browser, may be told this of a sale; written down before it is
 * told. False for money that a watch gives back because nobody had been told of it.
 */
export const tellSale = (
  deps: Teller,
  merchant: Merchant,
  { number }: Pick<Sale, "number">,
  telling: Telling,
): Promise<boolean> =>
  again(() =>
    markTold(deps.db.kysely, merchant.id, number, telling, timeOf(merchant, deps.clock())),
  );

/** As `tellSale`; nothing where it cannot be written down now. */
export async function tryToTell(
  deps: Teller,
  merchant: Merchant,
  sale: Pick<Sale, "number">,
  telling: Telling,
): Promise<boolean | undefined> {
  try {
    return await unlessGone(() => tellSale(deps, merchant, sale, telling));
  } catch (error) {
    const isContended = error instanceof Refusal && error.code === "temporarily_unavailable";
    return isContended ? undefined : Promise.reject(error);
  }
}

/** Whether a client may act on the money of a sale: from then on it knows of it. */
export const knowSale = async (
  deps: Teller,
  merchant: Merchant,
  sale: Pick<Sale, "number"> | undefined,
): Promise<boolean> => !sale || tellSale(deps, merchant, sale, { taken: true });

const statuses = { declined: "failed", captured: "paid", held: "held" } as const;
const statusOf = ({ payment: { status }, attempt }: Done): WatchStatus =>
  attempt.status === "approved" || attempt.status === "declined"
    ? (statuses[status as keyof typeof statuses] ?? "failed")
    : "started";

/**
 * A charge as its client may be told of it: an approval that cannot be written down as told is in
 * doubt for the client, as one is that is being given back.
 */
export async function answered(
  deps: Teller,
  merchant: Merchant,
  sale: Sale,
  done: Done,
): Promise<Done> {
  const status = statusOf(done);
  const telling = { taken: isTaken(status), status };
  const isTold = await tryToTell(deps, merchant, sale, telling);
  if (isTold || !telling.taken) return done;
  const doubt = "its client could not be told";
  return { ...done, attempt: { ...done.attempt, status: "doubtful", doubt } };
}

/**
 * Whether a call may tell that a sale was paid: `later` while a watch may still give the money back
 * because nobody was told of it, and `never` once that was done.
 */
export async function mayTellPaid(
  { db }: Pick<Teller, "db">,
  merchant: Merchant,
  { number }: Pick<Sale, "number">,
): Promise<"now" | "later" | "never"> {
  const { mayReturn, isReturning, isBack } = await readClaims(db.kysely, merchant.id, number);
  if (isBack) return "never";
  return mayReturn || isReturning ? "later" : "now";
}

/** Whether money of a payment is with us, or held for us. */
export const hasMoney = ({ status, capturedMinor, refundedMinor }: Payment): boolean =>
  status === "held" || (status === "captured" && refundedMinor < capturedMinor);
