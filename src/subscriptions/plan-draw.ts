import { newId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Agent, type Merchant, routeCard } from "../merchants/merchant.rules.ts";
import type { PaymentDetails } from "../payments/payment.rules.ts";
import { planCharge, planPayment } from "../payments/plan.rules.ts";
import type { OpenedCard } from "../vault/index.ts";
import { requestKeyOf } from "./settle-draws.ts";
import type { Invoice, OrderCard, Subscription } from "./subscription.rules.ts";

/** An invoice with all that a draw needs; read together, so that many are read at once. */
export type Drawable = Readonly<{
  merchant: Merchant;
  order: Subscription;
  agent: Agent | undefined;
  cards: readonly OrderCard[];
  /** The cards out of the vault, by their numbers there. */
  opened: ReadonlyMap<string, OpenedCard>;
  invoice: Invoice;
}>;

/** What lists show beside the money; never decided on. */
const detailsOf = ({ order, agent, invoice }: Drawable): PaymentDetails => ({
  ...(agent && { agent_code: agent.code }),
  subscription_id: order.id,
  invoice_no: invoice.invoiceNo,
  ...(order.terms.userName && { user_id: order.terms.userName }),
  ...(order.terms.email && { email: order.terms.email }),
  ...(order.terms.phone && { phone: order.terms.phone }),
  is_tds: false,
});

/** The payment of a draw, priced as of now. Refuses as `routeCard`, `stored_card_not_found`. */
function paymentOf(on: Drawable, kept: OpenedCard, now: Date) {
  const { merchant, order, agent, invoice } = on;
  const route = routeCard(merchant, kept.card.facts, 0, order);
  const ask = {
    amountMinor: invoice.amountMinor,
    currency: order.currency,
    addCommission: order.addsCommission,
    instalments: 0,
    card: kept.card,
    agent,
    companyMinor: invoice.companyMinor ?? undefined,
    reference: order.reference,
    sharesReference: true,
    details: detailsOf(on),
  };
  return planPayment(merchant, route, ask, { id: newId("pay", now), now });
}

/**
 * A draw that can begin: the invoice as it then waits for its try, the try, and its charge. Nothing
 * is written yet. Refuses `stored_card_not_found` for a card that is forgotten, and as `routeCard`.
 */
export function planDraw(
  on: Drawable,
  card: OrderCard,
  { xact, isManual, now }: Readonly<{ xact: bigint; isManual: boolean; now: Date }>,
) {
  const { merchant, invoice, opened } = on;
  const kept = opened.get(card.cardId) ?? refuse("stored_card_not_found", {});
  const no = invoice.tries + 1;
  const payment = paymentOf(on, kept, now);
  const requestKey = requestKeyOf(invoice.number, no);
  const receipt = { requestKey, askHash: payment.id };
  const charge = planCharge(payment, "sale", { xact, now, receipt });
  const newTry = {
    merchantId: merchant.id,
    invoice: invoice.number,
    no,
    paymentId: payment.id,
    card: card.card,
    isManual,
    openedAt: now,
  };
  const begun: Invoice = {
    ...invoice,
    version: invoice.version + 1,
    status: "waiting",
    dueAt: null,
    tries: no,
    attemptedAt: now,
    openPaymentId: payment.id,
    openCard: card.card,
  };
  return { draw: { invoice: begun, newTry, charge }, means: { card: kept.card } };
}
