import {
  type Found,
  type FoundTry,
  openSession,
  type SaveAsk,
  tryCard,
} from "../checkout/index.ts";
import type { PosId } from "../lib/id.ts";
import { type Caller, type Merchant, routeCard } from "../merchants/merchant.rules.ts";
import type { Card } from "../vault/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import { insertSales, type WholeSale } from "./sales.store.ts";
import {
  type CardOfSale,
  checkCode,
  checkLines,
  planSale,
  refuseUnstored,
  type SaleAsk,
} from "./sell.ts";

/** As `checkAddress` gave them. */
export type BackUrls = Readonly<{ successUrl: string; failUrl: string }>;

export type StartAsk = SaleAsk &
  Readonly<{
    /** Read after the code, as that of a sale without 3-D Secure. */
    card: () => Promise<CardOfSale>;
    /** Where the payer's browser is posted back to; told after the code, and before the card. */
    backUrls: () => BackUrls;
    save?: SaveAsk | undefined;
  }>;
export type Started = WholeSale & Readonly<{ found: FoundTry }>;

async function openFor(
  deps: MarketplaceDeps,
  merchant: Merchant,
  ask: Omit<StartAsk, "among"> & BackUrls & Readonly<{ among?: readonly PosId[] | undefined }>,
  card: Card,
): Promise<Found> {
  const { kind, among, save, code: reference, successUrl: returnUrl, failUrl, details } = ask;
  const way = {
    among,
    reference,
    returnUrl,
    failUrl,
    save,
    details,
    instalments: [ask.instalments],
  };
  const session = await openSession(deps.checkout, merchant, {
    kind: "market",
    card,
    amountMinor: ask.amountMinor,
    currency: ask.currency,
    terms: { ...way, kind, addCommission: false, needs3d: true },
  });
  return { merchant, session };
}

/**
 * Starts a sale with 3-D Secure: the payment is planned, and stored with its sale and lines before
 * the payer's way to the bank is told to anybody. No money moves before the payer is back; a `hold`
 * then waits for the shop's server. A process that ends between the try and the sale leaves a try
 * that nobody has the address of. Refuses as `sell`, without its permission, and as `openSession`.
 */
export async function startThreeD(
  deps: MarketplaceDeps,
  caller: Caller,
  ask: StartAsk,
): Promise<Started> {
  const { merchant } = caller;
  const { instalments } = ask;
  await checkCode(deps, merchant, ask.code);
  const backUrls = ask.backUrls();
  const { card, storedCardId, enteredCardId = null } = await ask.card();
  const products = await checkLines(deps, merchant, ask);
  const among = await ask.among?.();
  routeCard(merchant, card.facts, instalments, { currency: ask.currency, among });
  const opened = await openFor(deps, merchant, { ...ask, ...backUrls, among }, card);
  const savesCard = ask.save !== undefined;
  const wish = { card, instalments, wants3d: true, savesCard, storedCardId };
  const found = await tryCard(deps.checkout, opened, wish);
  const { session, token } = found;
  const whole = await planSale(
    deps,
    merchant,
    { ...ask, card, products, details: session.terms.details },
    {
      paymentId: token.payment.id,
      sessionId: session.id,
      tokenId: token.id,
      enteredCardId,
      waitsForEnd: ask.kind === "hold",
      createdAt: token.createdAt,
    },
  );
  const stored = await insertSales(deps.db.kysely, [whole]);
  if (stored.size === 0) return refuseUnstored(deps, whole.sale);
  return { ...whole, found };
}
