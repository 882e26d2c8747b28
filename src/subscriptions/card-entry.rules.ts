import type { MerchantId, SessionId } from "../lib/id.ts";
import { type PlanRow, planRows } from "./plan-row.rules.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";

/** A payer who enters a card for an order; it belongs to a session of the checkout. */
export type CardEntry = Readonly<{
  merchantId: MerchantId;
  sessionId: SessionId;
  subscriptionId: string;
  /** Whether every order of the group gets the card. */
  coversGroup: boolean;
  /** The payer's own page, or the merchant's server with a page of its own. */
  origin: "page" | "server";
  label: string;
  /** The card that came of it. */
  card: bigint | null;
  createdAt: Date;
}>;

/**
 * Whose an order's cards are in the vault: in a group a number is one card, whichever of its orders
 * it was entered for.
 */
export const houseOwnerOf = ({ id, groupReference }: Subscription): string =>
  groupReference === null ? `subscription:${id}` : `group:${groupReference}`;

/**
 * What an order is still going to draw: invoices that wait, also for a day that has passed, and
 * terms to come that have none because their amounts vary.
 */
export const upcoming = (order: Subscription, invoices: readonly Invoice[], now: Date): PlanRow[] =>
  planRows(order, invoices).filter(
    ({ status, invoice, at }) => status === "waiting" && (invoice !== undefined || at >= now),
  );

/**
 * The invoice that is drawn as soon as a card is there, though its day may not have come: the first
 * that waits, unless the bank is being asked about it. An order that had a card before draws by its
 * days alone.
 */
export function drawnAtCard(
  order: Pick<Subscription, "status" | "drawsAtCard">,
  invoices: readonly Invoice[],
  hadCard: boolean,
): Invoice | undefined {
  if (order.status !== "active" || !order.drawsAtCard || hadCard) return undefined;
  const first = invoices.find(({ status }) => status === "waiting");
  return first?.openPaymentId === null ? first : undefined;
}
