import type { PaymentId } from "../lib/id.ts";
import { Refusal } from "../lib/refusal.ts";
import { isRoundOpen, type Limits, mayTryAt, minutesUntil } from "./draw.rules.ts";
import type { DrawReason, Invoice, OrderCard, Subscription } from "./subscription.rules.ts";

/** What came of an invoice that a merchant wanted to have drawn at once. */
export type ManualEnd =
  | Readonly<{ kind: "paid" }>
  /** Every card said no: the last one's reason, and its bank's words where it had any. */
  | Readonly<{ kind: "declined"; reason: DrawReason | null; bankMessage: string | null }>
  /** The bank has not said; it is asked until it does, and nothing is drawn meanwhile. */
  | Readonly<{ kind: "in_doubt" }>
  | Readonly<{ kind: "resting"; minutes: number }>
  | Readonly<{ kind: "refused"; refusal: Refusal }>;

export type ManualStep =
  | Readonly<{ do: "answer"; end: ManualEnd }>
  /** Somebody else's try is at the bank: its end is the answer. */
  | Readonly<{ do: "await_bank"; paymentId: PaymentId }>
  | Readonly<{ do: "draw" }>;

/** How an invoice stands, and what the call that asks knows of it. */
export type ManualView = Readonly<{
  order: Pick<Subscription, "status">;
  cards: readonly OrderCard[];
  isAgentBlocked: boolean;
  invoice: Invoice;
  limits: Limits;
  /** Whether the caller named this invoice: only then one that has failed is tried again. */
  isNamed: boolean;
  /** Whether somebody else tried it during the call: then its end is told, not its rest. */
  hasMetAnother: boolean;
}>;

const answer = (end: ManualEnd): ManualStep => ({ do: "answer", end });
const refused = (refusal: Refusal): ManualStep => answer({ kind: "refused", refusal });

/** How a round that came to nothing is told. */
export const declinedEnd = ({ lastReason, lastMessage }: Invoice): ManualEnd =>
  lastReason === "no_card"
    ? { kind: "refused", refusal: new Refusal("payer_card_not_found", {}) }
    : { kind: "declined", reason: lastReason, bankMessage: lastMessage };

/**
 * The next step of a manual charge. A round that somebody else has begun is gone on with, or waited
 * for; a new one begins only after the rest that any try opens, and within the tries of a day.
 */
export function manualStep(view: ManualView, now: Date): ManualStep {
  const { order, cards, invoice, limits, isNamed, hasMetAnother } = view;
  const { status, openPaymentId } = invoice;
  if (status === "paid") return answer({ kind: "paid" });
  if (openPaymentId) return { do: "await_bank", paymentId: openPaymentId };
  const allowedAt = isRoundOpen(invoice) ? undefined : mayTryAt(invoice, limits);
  const isResting = allowedAt !== undefined && allowedAt > now;
  if (hasMetAnother && isResting) return answer(declinedEnd(invoice));
  if (order.status !== "active") return refused(new Refusal("subscription_stopped", {}));
  const isOpen = status === "waiting" || (status === "failed" && isNamed);
  if (!isOpen) return refused(new Refusal("invoice_state_fixed", { status }));
  if (view.isAgentBlocked) return refused(new Refusal("agent_blocked", {}));
  if (cards.length === 0) return refused(new Refusal("payer_card_not_found", {}));
  if (!isResting) return { do: "draw" };
  return answer({ kind: "resting", minutes: minutesUntil(allowedAt, now) });
}

/** Whether a manual charge that names no invoice is about this one. */
export const isDrawable = ({ status, drawnFrom, openPaymentId }: Invoice, now: Date): boolean =>
  openPaymentId !== null || (status === "waiting" && drawnFrom <= now);
