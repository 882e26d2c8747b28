import type { Refusal } from "./ask.rules.ts";

/** An order's state; what was captured and refunded are amounts, not states. */
type OrderState = "declined" | "held" | "captured" | "voided";
export type TxnType = "sale" | "preauth" | "capture" | "void" | "refund";

/** Whole kuruş. `saleKurus` is what the card holder agreed to: the sale or the hold. */
export type OrderFacts = Readonly<{
  state: OrderState;
  currency: string;
  saleKurus: number;
  capturedKurus: number;
  refundedKurus: number;
}>;

export type TxnFacts = Readonly<{
  id: number;
  type: TxnType;
  amountKurus: number;
  isApproved: boolean;
  /** The void that took it back. */
  voidedBy: number | null;
  /** The hold of a capture, the sale or capture of a refund, the target of a void. */
  refTxnId: number | null;
  /** Its batch has been closed. */
  isSettled: boolean;
  bankTxnId: string;
  /** Virtual time. */
  atMs: number;
}>;

/** One step of an order, decided and not yet written. */
export type Move = Readonly<{
  kind: "move";
  type: TxnType;
  amountKurus: number;
  refTxnId: number | null;
  voids: TxnFacts | null;
  next: OrderFacts;
  /** What the card's used limit changes by. */
  usedDeltaKurus: number;
}>;
type Refused = Readonly<{ kind: "refused"; why: Refusal }>;
export type Decision = Move | Refused;

/** A hold can be captured this long (NestPay integration guide). */
export const HOLD_DAYS = 15;
const HOLD_MS = HOLD_DAYS * 24 * 60 * 60 * 1000;

const refuse = (why: Refusal): Refused => ({ kind: "refused", why });

/** Approved, not taken back, and not a hold that a live capture has used up. */
export function liveTxns(txns: readonly TxnFacts[]): TxnFacts[] {
  const standing = txns.filter((t) => t.isApproved && t.voidedBy === null && t.type !== "void");
  const captured = new Set(standing.filter((t) => t.type === "capture").map((t) => t.refTxnId));
  return standing.filter((t) => t.type !== "preauth" || !captured.has(t.id));
}

/** A sale or a hold. An order that stands cannot be charged again; a declined or voided one can. */
export function decideCharge(
  order: OrderFacts | undefined,
  ask: { type: "sale" | "preauth"; amountKurus: number; currency: string },
): Decision {
  if (order && (order.state === "held" || order.state === "captured")) return refuse("order_paid");
  const isSale = ask.type === "sale";
  return {
    kind: "move",
    type: ask.type,
    amountKurus: ask.amountKurus,
    refTxnId: null,
    voids: null,
    usedDeltaKurus: ask.amountKurus,
    next: {
      state: isSale ? "captured" : "held",
      currency: ask.currency,
      saleKurus: ask.amountKurus,
      capturedKurus: isSale ? ask.amountKurus : 0,
      refundedKurus: 0,
    },
  };
}

/** A capture uses the whole hold up: what it does not take goes back to the card. */
export function decideCapture(
  order: OrderFacts | undefined,
  txns: readonly TxnFacts[],
  ask: { amountKurus: number; currency: string; atMs: number },
): Decision {
  const hold = liveTxns(txns).find((txn) => txn.type === "preauth");
  if (!order) return refuse("capture_without_hold");
  if (!hold) return refuse(order.state === "captured" ? "capture_done" : "capture_without_hold");
  if (ask.currency !== "" && ask.currency !== order.currency) return refuse("currency_differs");
  if (ask.amountKurus > hold.amountKurus) return refuse("capture_above_hold");
  if (ask.atMs > hold.atMs + HOLD_MS) return refuse("capture_too_late");
  return {
    kind: "move",
    type: "capture",
    amountKurus: ask.amountKurus,
    refTxnId: hold.id,
    voids: null,
    usedDeltaKurus: ask.amountKurus - hold.amountKurus,
    next: { ...order, state: "captured", capturedKurus: ask.amountKurus },
  };
}

/**
 * Takes back one transaction of the open batch: the one named, else the last that stands. A hold
 * carries no money into a batch, so it can be released after the end of day too.
 */
export function decideVoid(
  order: OrderFacts | undefined,
  txns: readonly TxnFacts[],
  bankTxnId: string,
): Decision {
  const live = liveTxns(txns);
  const target = bankTxnId ? live.find((txn) => txn.bankTxnId === bankTxnId) : live.at(-1);
  if (!order || !target) return refuse("nothing_to_void");
  if (target.isSettled && target.type !== "preauth") return refuse("batch_closed");
  const hold = txns.find((txn) => txn.id === target.refTxnId);
  const amount = target.amountKurus;
  const move = (usedDeltaKurus: number, next: Partial<OrderFacts>): Move => ({
    kind: "move",
    type: "void",
    amountKurus: amount,
    refTxnId: target.id,
    voids: target,
    usedDeltaKurus,
    next: { ...order, ...next },
  });
  if (target.type === "refund") {
    return move(amount, { refundedKurus: order.refundedKurus - amount });
  }
  if (target.type === "capture") {
    return move((hold?.amountKurus ?? amount) - amount, { state: "held", capturedKurus: 0 });
  }
  return move(-amount, { state: "voided", capturedKurus: 0 });
}

/** NestPay refunds only what an end of day has settled; before that the way back is a void. */
export function decideRefund(
  order: OrderFacts | undefined,
  txns: readonly TxnFacts[],
  ask: { amountKurus: number; currency: string },
): Decision {
  if (!order || order.state === "declined") return refuse("nothing_to_void");
  if (order.state === "held") return refuse("not_settled");
  const netKurus = order.capturedKurus - order.refundedKurus;
  const taken = liveTxns(txns).find((txn) => txn.type === "sale" || txn.type === "capture");
  if (!taken || netKurus === 0) return refuse("refund_net_zero");
  if (!taken.isSettled) return refuse("not_settled");
  if (ask.currency !== "" && ask.currency !== order.currency) return refuse("currency_differs");
  if (ask.amountKurus > netKurus) return refuse("refund_above_net");
  return {
    kind: "move",
    type: "refund",
    amountKurus: ask.amountKurus,
    refTxnId: taken.id,
    voids: null,
    usedDeltaKurus: -ask.amountKurus,
    next: { ...order, refundedKurus: order.refundedKurus + ask.amountKurus },
  };
}

/** What a transaction adds to its batch; its void takes the same away again. */
export function batchShare(type: TxnType, amountKurus: number) {
  const isSale = type === "sale" || type === "capture";
  const isRefund = type === "refund";
  return {
    saleCount: isSale ? 1 : 0,
    saleKurus: isSale ? amountKurus : 0,
    refundCount: isRefund ? 1 : 0,
    refundKurus: isRefund ? amountKurus : 0,
  };
}
