import { liveTxns, type TxnFacts, type TxnType } from "./book.rules.ts";

/** A transaction with what an inquiry shows of it. */
export type TxnView = TxnFacts &
  Readonly<{
    code: string;
    authCode: string;
    rrn: string;
    panMasked: string;
    batchNo: number;
    /** Virtual time of the void, when there was one. */
    voidedAtMs: number | null;
  }>;

export type Standing = "authorised" | "captured" | "settled" | "voided" | "declined";
export type HistoryRow = Readonly<{
  isCredit: boolean;
  standing: Standing;
  originalKurus: number;
  capturedKurus: number | null;
  authMs: number;
  captureMs: number | null;
  voidMs: number | null;
  txn: TxnView;
}>;
export type OrderStatus = HistoryRow;

/**
 * The book as it was before transaction `beforeId`: later rows are gone and what they voided
 * stands again. This is how a stale inquiry is told.
 */
export function asOf(txns: readonly TxnView[], beforeId: number): TxnView[] {
  return txns
    .filter((txn) => txn.id < beforeId)
    .map((txn) =>
      txn.voidedBy !== null && txn.voidedBy >= beforeId
        ? { ...txn, voidedBy: null, voidedAtMs: null }
        : txn,
    );
}

function standingOf(txn: TxnView): Standing {
  if (!txn.isApproved) return "declined";
  if (txn.voidedBy !== null) return "voided";
  if (txn.type === "preauth") return "authorised";
  return txn.isSettled ? "settled" : "captured";
}

const isSaleSide = (type: TxnType): boolean =>
  type === "sale" || type === "preauth" || type === "capture";

function rowOf(txn: TxnView, all: readonly TxnView[]): HistoryRow {
  const hold = txn.type === "capture" ? all.find((one) => one.id === txn.refTxnId) : undefined;
  const isTaken = txn.isApproved && txn.type !== "preauth";
  return {
    isCredit: txn.type === "refund",
    standing: standingOf(txn),
    originalKurus: (hold ?? txn).amountKurus,
    capturedKurus: isTaken ? txn.amountKurus : null,
    authMs: (hold ?? txn).atMs,
    captureMs: isTaken ? txn.atMs : null,
    voidMs: txn.voidedAtMs,
    txn,
  };
}

/**
 * The order's history, newest first. A void is told by the row that it took back. A hold that was
 * captured keeps its row without a captured amount, so that no money stands twice.
 */
export const historyOf = (txns: readonly TxnView[]): HistoryRow[] =>
  txns
    .filter((txn) => txn.type !== "void")
    .map((txn) => rowOf(txn, txns))
    .reverse();

/** The sale side of the order: what stands, else what was tried last. Refunds: see history. */
export function statusOf(txns: readonly TxnView[]): OrderStatus | undefined {
  const standing = liveTxns(txns).find((txn) => isSaleSide(txn.type));
  const last = txns.filter((txn) => isSaleSide(txn.type)).at(-1);
  const shown = txns.find((txn) => txn.id === (standing ?? last)?.id);
  return shown && rowOf(shown, txns);
}
