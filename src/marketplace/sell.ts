import { GatherFull } from "../db/gather.ts";
import { isUnavailable } from "../db/transaction.ts";
import { type CardId, newId, type PosId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { Refusal, refuse, refuseMarket } from "../lib/refusal.ts";
import { livingMembers } from "../members/index.ts";
import { type Caller, type Merchant, routeCard, timeOf } from "../merchants/merchant.rules.ts";
import { chargeOpened, checkReference, type Done } from "../payments/index.ts";
import { planCharge, planPayment } from "../payments/plan.rules.ts";
import { numberHider } from "../vault/card.rules.ts";
import type { Card } from "../vault/index.ts";
import type { MarketplaceDeps } from "./deps.ts";
import {
  checkProducts,
  type NewProduct,
  type Product,
  type ProductAsk,
  type Sale,
  type SaleDetails,
} from "./sale.rules.ts";
import { readSale, type WholeSale } from "./sales.store.ts";
import { findSettings } from "./settings.store.ts";
import { answered } from "./tell-sale.ts";
import { beginWatch, type Watch, type WatchAsk } from "./watch.rules.ts";

/** What every sale asks for, with or without 3-D Secure. */
export type SaleAsk = Readonly<{
  code: string;
  amountMinor: bigint;
  currency: Currency;
  /** 0 is a single payment. */
  instalments: number;
  kind: "sale" | "hold";
  products: readonly ProductAsk[];
  /** What the lines add up to, where that is not the amount. */
  basketMinor?: bigint | undefined;
  details: SaleDetails;
  /** The contracts among which the client chose; asked last, so that what else is wrong is told. */
  among?: (() => Promise<readonly PosId[] | undefined>) | undefined;
  /** When it is looked at again, and who is told what is found. */
  watches?: readonly WatchAsk[] | undefined;
}>;

/** The card of a sale. */
export type CardOfSale = Readonly<{
  card: Card;
  /** Its id where it is stored already. */
  storedCardId?: CardId | undefined;
  /** Its id where a browser entered it: it pays once. */
  enteredCardId?: CardId | undefined;
}>;

const codeTaken = () => refuseMarket("code_taken");

/**
 * Refuses `code_taken` for a code that any sale of the merchant had, and as `checkReference` one
 * that a payment of another wire has.
 */
export async function checkCode(deps: MarketplaceDeps, merchant: Merchant, code: string) {
  const isSold = async () => (await readSale(deps.db.kysely, merchant.id, { code })) !== undefined;
  if (await isSold()) codeTaken();
  try {
    await checkReference(deps.payments, merchant.id, code);
  } catch (error) {
    // A sale of this code may have come in between the two looks: its payment is no other wire's.
    if (error instanceof Refusal && (await isSold())) codeTaken();
    throw error;
  }
}

/**
 * Says why a sale was not stored. Refuses `code_taken`, and `card_detail_wrong` for a card that a
 * browser entered and that another sale has.
 */
export async function refuseUnstored(
  deps: MarketplaceDeps,
  { merchantId, code, enteredCardId }: Sale,
): Promise<never> {
  const { kysely } = deps.db;
  if (await readSale(kysely, merchantId, { code })) return codeTaken();
  if (enteredCardId && (await readSale(kysely, merchantId, { enteredCardId }))) {
    return refuseMarket("card_detail_wrong");
  }
  throw new Error(`The sale ${code} of ${merchantId} was not stored, and nothing is in its way`);
}

/** The lines of a sale. Refuses as `checkProducts`, of a marketplace with its own members. */
export async function checkLines(
  deps: MarketplaceDeps,
  merchant: Merchant,
  ask: Pick<SaleAsk, "amountMinor" | "basketMinor" | "currency" | "products">,
): Promise<NewProduct[]> {
  const totalMinor = ask.basketMinor ? ask.basketMinor : ask.amountMinor;
  const of = { totalMinor, currency: ask.currency };
  const settings = await findSettings(deps.db, merchant.id);
  if (!settings) return checkProducts(ask.products, of);
  const named = ask.products.flatMap(({ member }) => (member ? [member] : []));
  const members = await livingMembers(deps.db.kysely, merchant.id, [...new Set(named)]);
  return checkProducts(ask.products, { ...of, members });
}

/** Where a client writes the card's number into the words of a line too, only its mask stays. */
function withoutCard(products: readonly NewProduct[], card: Card): NewProduct[] {
  const hide = numberHider(card);
  return products.map((each) => ({
    ...each,
    externalId: hide(each.externalId),
    name: hide(each.name),
    category: hide(each.category),
    description: hide(each.description),
  }));
}

/** The watches of a sale, numbered. A payer with 3-D Secure is still to begin. */
async function planWatches(
  deps: MarketplaceDeps,
  { merchantId, number, sessionId, createdAt }: Sale,
  asks: readonly WatchAsk[],
): Promise<Watch[]> {
  const lastStatus = sessionId ? "created" : "started";
  const of = { merchantId, sale: number, page: null, from: createdAt, createdAt, lastStatus };
  const watches: Watch[] = [];
  for (const ask of asks) {
    const own = await deps.next.watch(merchantId);
    watches.push(beginWatch(ask, { ...of, lastStatus, number: own }));
  }
  return watches;
}

/** A sale with its lines, numbered and ready to be stored. */
export async function planSale(
  deps: MarketplaceDeps,
  merchant: Merchant,
  ask: Pick<SaleAsk, "code" | "currency" | "amountMinor" | "details" | "watches"> &
    Readonly<{ products: readonly NewProduct[]; card: Card }>,
  way: Omit<Sale, "merchantId" | "number" | "code" | "currency" | "amountMinor" | "details">,
): Promise<WholeSale> {
  const { code, currency, amountMinor, details } = ask;
  const number = await deps.payments.nextXact(merchant.id);
  const sale: Sale = {
    merchantId: merchant.id,
    number,
    code,
    currency,
    amountMinor,
    details,
    ...way,
  };
  const products: Product[] = [];
  for (const each of withoutCard(ask.products, ask.card)) {
    products.push({
      ...each,
      merchantId: merchant.id,
      number: await deps.next.product(merchant.id),
      sale: number,
      capturedMinor: each.amountMinor,
      approvalId: null,
    });
  }
  return { sale, products, watches: await planWatches(deps, sale, ask.watches ?? []) };
}

export type DirectAsk = SaleAsk &
  Readonly<{
    /** Read after the code: what is wrong with a card is not told of a sale that was made. */
    card: () => Promise<CardOfSale>;
    clientIp: string;
  }>;
export type Sold = WholeSale & Readonly<{ done: Done }>;

/**
 * Sells without 3-D Secure: sale, lines, payment and attempt are stored in one commit, then the
 * bank is asked. The code is the sale's key: whoever sends it again is refused `code_taken`,
 * whatever became of the first one; a card that a browser entered is this sale's from that commit
 * on, and no other's. Refusals, in this order: `not_permitted`, those of `checkCode`, of the card,
 * of `checkLines`, of `among`, of `routeCard` and of `refuseUnstored`; `temporarily_unavailable` at
 * any point.
 */
export async function sell(deps: MarketplaceDeps, caller: Caller, ask: DirectAsk): Promise<Sold> {
  const { merchant } = caller;
  if (!merchant.maySellWithout3d) return refuse("not_permitted", { what: "startdirect" });
  await checkCode(deps, merchant, ask.code);
  const { card, enteredCardId = null } = await ask.card();
  const products = await checkLines(deps, merchant, ask);
  const route = routeCard(merchant, card.facts, ask.instalments, {
    currency: ask.currency,
    among: await ask.among?.(),
  });
  const now = timeOf(merchant, deps.clock());
  const asked = {
    amountMinor: ask.amountMinor,
    currency: ask.currency,
    addCommission: false,
    instalments: ask.instalments,
    card,
    reference: ask.code,
    details: ask.details,
  };
  const payment = planPayment(merchant, route, asked, { id: newId("pay", now), now });
  const way = { sessionId: null, tokenId: null, enteredCardId, waitsForEnd: false };
  try {
    const { details } = payment;
    const planned = { ...ask, details, products, card };
    const whole = await planSale(deps, merchant, planned, {
      ...way,
      paymentId: payment.id,
      createdAt: now,
    });
    const xact = await deps.payments.nextXact(merchant.id);
    const charge = planCharge(payment, ask.kind, { xact, now });
    if (!(await deps.openSale({ ...whole, charge }))) {
      return await refuseUnstored(deps, whole.sale);
    }
    const { kind, clientIp } = ask;
    const at = { merchant, kind, means: { card }, clientIp };
    const done = await chargeOpened(deps.payments, at, charge);
    const isWatched = whole.watches.length > 0;
    return { ...whole, done: isWatched ? await answered(deps, merchant, whole.sale, done) : done };
  } catch (error) {
    const isGone = isUnavailable(error) || error instanceof GatherFull;
    return isGone ? refuse("temporarily_unavailable", {}) : Promise.reject(error);
  }
}
