import { type FoundTry, readTry } from "../checkout/index.ts";
import { isBankCharged } from "../checkout/session.rules.ts";
import { after } from "../lib/clock.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { readDone } from "../payments/index.ts";
import { chargeIdOf } from "../payments/payment.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import type { Sale } from "./sale.rules.ts";

/** Longer than a charge that began in time needs until it is stored. */
const BEGIN_GRACE_MS = 60_000;

/**
 * How far a payer with 3-D Secure has come: the way to the bank is not opened yet, was opened, the
 * bank said no, or the time is over and nothing was taken. Once `charged`, the payment tells.
 */
export type PayerAt = "created" | "started" | "refused" | "expired" | "charged";

/** The try of a sale with 3-D Secure. */
export const tryOfSale = async (
  deps: Pick<MarketplaceDeps, "db">,
  merchant: Merchant,
  { sessionId, tokenId }: Pick<Sale, "sessionId" | "tokenId">,
): Promise<FoundTry | undefined> =>
  sessionId && tokenId ? readTry(deps, merchant, { sessionId, tokenId }) : undefined;

/** The charge of a sale, where it was opened. */
export const chargeOfSale = ({ db }: Pick<MarketplaceDeps, "db">, sale: Sale) =>
  readDone(db, sale.merchantId, { attemptId: chargeIdOf({ id: sale.paymentId }) });

/**
 * Where the payer of a sale is, and the payment as it was planned. A charge that the bank's page
 * made counts from when we know that it is not given back. A sale without 3-D Secure is `charged`.
 */
export async function payerOf(
  deps: Pick<MarketplaceDeps, "db" | "clock">,
  merchant: Merchant,
  sale: Sale,
): Promise<Readonly<{ at: PayerAt; found?: FoundTry | undefined }>> {
  const found = await tryOfSale(deps, merchant, sale);
  if (!found) return { at: sale.sessionId ? "expired" : "charged" };
  const { session, token } = found;
  if (isBankCharged(token) && token.toldAt === null && token.status !== "refused") {
    return { at: "started", found };
  }
  if (token.status === "refused") return { at: "refused", found };
  if (await chargeOfSale(deps, sale)) return { at: "charged", found };
  const now = timeOf(merchant, deps.clock());
  if (now >= after(session.expiresAt, BEGIN_GRACE_MS)) return { at: "expired", found };
  return { at: token.openedAt ? "started" : "created", found };
}
