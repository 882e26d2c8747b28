import type { MerchantId, SessionId } from "../lib/id.ts";
import { type PlanRow, planRows } from "./plan-row.rules.ts";
import type { Invoice, Subscription } from "./subscription.rules.ts";

/** A payer who enters a card for an order; it belongs to a session of the checkout. */
export type CardEntry = Readonly<{
  merchantId: MerchantId;
  sessionId: SessionId;
  subscriptionId: string;
  /** Whether a group was named, or shown to the payer, and not this order alone. */
  coversGroup: boolean;
  /** The orders that get the card: those that were named or shown, and no later ones. */
  orders: readonly string[];
  /** The payer's own page, or the merchant's server with a page of its own. */
  origin: "page" | "server";
  label: string;
  /** From where the payer agreed, on our page, when the entry began. */
  acceptedFrom: string | null;
  /** The card that came of it, and when. */
  card: bigint | null;
  storedAt: Date | null;
  createdAt: Date;
}>;

/**
 * Whose an order's cards are in the vault: in a group a number is one card, whichever of its orders
 * it was entered for. A group is one dealer's, or the main firm's own, whatever its name.
 */
export function houseOwnerOf({ id, groupReference, agentId }: Subscription): string {
  if (groupReference === null) return `subscription:${id}`;
  return agentId ? `agent-group:${agentId}:${groupReference}` : `group:${groupReference}`;
}

/**
 * What an order is still going to draw: invoices that wait, also for a day that has passed, and
 * terms to come that have none because their amounts vary.
 */
export const upcoming = (order: Subscription, invoices: readonly Invoice[], now: Date): PlanRow[] =>
  planRows(order, invoices).filter(
    ({ status, invoice, at }) => status === "waiting" && (invoice !== undefined || at >= now),
  );

/**
 * The invoice that is drawn as soon as a card is there, though its day may not have come: that of
 * the first term, also where it has failed for want of a card. Later terms keep their days. An
 * order that had a card before draws by its days alone.
 */
export function drawnAtCard(
  order: Pick<Subscription, "status" | "drawsAtCard">,
  invoices: readonly Invoice[],
  hadCard: boolean,
): Invoice | undefined {
  if (order.status !== "active" || !order.drawsAtCard || hadCard) return undefined;
  const first = invoices.find(({ term }) => term === 0);
  if (!first || first.openPaymentId) return undefined;
  const lackedCard = first.status === "failed" && first.lastReason === "no_card";
  return first.status === "waiting" || lackedCard ? first : undefined;
}
