import type { MerchantId, PaymentId } from "../lib/id.ts";
import { readByReference, readDone, readStory, type Story } from "../payments/index.ts";
import { isCharge } from "../payments/payment.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import type { Sale } from "./sale.rules.ts";
import { readSale } from "./sales.store.ts";

/** By what a caller names a payment: the shop's code, the number on the wire, or its id. */
export type PaymentName =
  | Readonly<{ code: string }>
  | Readonly<{ number: bigint }>
  | Readonly<{ paymentId: PaymentId }>;

/**
 * A payment as this wire shows it. One of the other wire has no sale; a sale whose payer is not
 * back from 3-D Secure has nothing that was tried.
 */
export type FoundPayment =
  | Readonly<{ sale: Sale; story: Story | undefined }>
  | Readonly<{ sale: undefined; story: Story }>;

type Finder = Pick<MarketplaceDeps, "db">;

/** A payment of the other wire: by its reference, or the number of its charge. */
async function findOther({ db }: Finder, merchant: MerchantId, name: PaymentName) {
  if ("paymentId" in name) return name.paymentId;
  if ("number" in name) {
    const done = await readDone(db, merchant, { xact: name.number });
    if (!done || !isCharge(done.attempt.kind)) return undefined;
    // The charge of a sale has a number too, which is none of a payment.
    const sale = await readSale(db.kysely, merchant, { paymentId: done.payment.id });
    return sale ? undefined : done.payment.id;
  }
  const [newest, ...older] = await readByReference(db, merchant, name.code);
  const live = [newest, ...older].find((each) => each && each.payment.status !== "declined");
  return (live ?? newest)?.payment.id;
}

/** The payment that a caller names, whichever wire made it. */
export async function findPayment(
  deps: Finder,
  merchant: MerchantId,
  name: PaymentName,
): Promise<FoundPayment | undefined> {
  const sale = await readSale(deps.db.kysely, merchant, name);
  if (sale) return { sale, story: await readStory(deps.db, merchant, sale.paymentId) };
  const id = await findOther(deps, merchant, name);
  const story = id && (await readStory(deps.db, merchant, id));
  return story && { sale: undefined, story };
}
