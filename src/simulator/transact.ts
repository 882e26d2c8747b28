import { assert } from "../lib/assert.ts";
import { istanbulDay } from "../lib/clock.ts";
import { hasLuhnDigit } from "../lib/luhn.ts";
import type { Answer, Ask, Receipt, Refusal } from "./ask.rules.ts";
import { maskPan } from "./ask.rules.ts";
import {
  batchShare,
  type Decision,
  decideCapture,
  decideCharge,
  decideRefund,
  decideVoid,
  type Move,
  type OrderFacts,
} from "./book.rules.ts";
import type { BatchRow, CardRow, MerchantRow, OrderRow, TxnRow } from "./book.store.ts";
import { isExpired, issuerDecline, issuerNames, WRONG_CVV } from "./cards.rules.ts";
import type { Desk } from "./desk.ts";
import { panSha } from "./setting.store.ts";
import { moved } from "./threeds.rules.ts";
import type { SessionRow } from "./threeds.store.ts";

/** One request at work: who asks for what, on which order, and when. */
export type Job = Readonly<{
  desk: Desk;
  merchant: MerchantRow;
  ask: Ask;
  orderNo: string;
  order: OrderRow | undefined;
  atMs: number;
  /** An issuer code that a fault rule demands. */
  forcedCode: string | undefined;
  /** The authentication that stands for the card. */
  session: SessionRow | undefined;
}>;
/** `txnId` is the transaction that was written, `0` where none was. */
export type Done = Readonly<{ answer: Answer; txnId: number; orderId: number }>;

export const refused = (job: Job, why: Refusal, field?: string): Done => ({
  answer: { kind: "refused", problem: field ? { why, field } : { why }, atMs: job.atMs },
  txnId: 0,
  orderId: job.order?.id ?? 0,
});

/** Writes one transaction with all that follows from it, and says what its receipt shows. */
function write(
  job: Job,
  orderId: number,
  card: CardRow | undefined,
  what: {
    type: Move["type"];
    amountKurus: number;
    currency: string;
    refTxnId: number | null;
    code: string;
    panMasked: string;
    batch: BatchRow | null;
  },
): { receipt: Receipt; txnId: number } {
  const { desk, atMs, ask } = job;
  const id = desk.book.nextTxnId();
  const isApproved = what.code === "00";
  const names = {
    authCode: isApproved ? desk.ids().authCode(id) : "",
    rrn: desk.ids().rrn(id, atMs),
    bankTxnId: desk.ids().bankTxnId(id, atMs),
  };
  const { type, amountKurus, currency, refTxnId, code, panMasked, batch } = what;
  desk.book.addTxn({
    ...{ id, orderId, merchantId: job.merchant.id, type, refTxnId, amountKurus, currency },
    ...{ instalments: ask.instalments, isApproved, code, ...names, batchId: batch?.id ?? null },
    ...{ cardId: card?.id ?? null, panMasked, clientIp: ask.clientIp, atMs },
    sessionId: job.session?.id ?? null,
    realMs: desk.realMs(),
  });
  const receipt = {
    ...names,
    orderNo: job.orderNo,
    batchNo: batch?.no ?? 0,
    brand: card?.brand ?? "",
    issuerName: issuerNames[card?.issuerEft ?? ""] ?? "",
    atMs,
  };
  return { receipt, txnId: id };
}

function saveOrder(job: Job, next: OrderFacts, instalments: number): number {
  const { desk, order, merchant, orderNo, atMs } = job;
  if (!order) return desk.book.addOrder(merchant.id, orderNo, next, instalments, atMs);
  desk.book.setOrder(order.id, next, instalments);
  return order.id;
}

/** An issuer's no is written too: the order then exists, with an attempt that failed. */
function decline(
  job: Job,
  card: CardRow | undefined,
  what: { code: string; panMasked: string; amountKurus: number },
): Done {
  const { code, panMasked, amountKurus } = what;
  const { ask, order } = job;
  const type = ask.op as Move["type"];
  const currency = ask.currency || order?.currency || "TRY";
  const nothing = { saleKurus: 0, capturedKurus: 0, refundedKurus: 0, currency };
  const next = order ?? { ...nothing, state: "declined" as const };
  const orderId = order ? order.id : saveOrder(job, next, ask.instalments);
  const amounts = { type, amountKurus, currency, refTxnId: null };
  const done = write(job, orderId, card, { ...amounts, code, panMasked, batch: null });
  return { answer: { kind: "declined", code, receipt: done.receipt }, txnId: done.txnId, orderId };
}

function approve(job: Job, move: Move, card: CardRow | undefined, panMasked: string): Done {
  const { desk } = job;
  const isCharge = move.type === "sale" || move.type === "preauth";
  const instalments = isCharge ? job.ask.instalments : (job.order?.instalments ?? 0);
  const orderId = saveOrder(job, move.next, instalments);
  const batch = desk.book.openBatch(job.merchant.id, job.atMs);
  const { type, amountKurus, refTxnId } = move;
  const amounts = { type, amountKurus, currency: move.next.currency, refTxnId };
  const done = write(job, orderId, card, { ...amounts, code: "00", panMasked, batch });
  if (move.voids) {
    desk.book.setVoided(move.voids.id, done.txnId);
    const target = move.voids as TxnRow;
    if (target.batchId !== null && !target.isSettled) {
      desk.book.addToBatch(target.batchId, batchShare(target.type, target.amountKurus), -1);
    }
  } else {
    desk.book.addToBatch(batch.id, batchShare(type, amountKurus), 1);
  }
  if (card) desk.book.useCard(card.id, move.usedDeltaKurus);
  return { answer: { kind: "approved", receipt: done.receipt }, txnId: done.txnId, orderId };
}

/** What the bank itself finds wrong with a card before it asks the issuer. */
function cardProblem(job: Job, card: CardRow | undefined): Refusal | undefined {
  const { ask } = job;
  const month = istanbulDay(new Date(job.atMs)).slice(0, 7);
  // The gate has looked at the number and the date of a card that comes with its session.
  if (!job.session) {
    if (!card && !hasLuhnDigit(ask.pan)) return "card_number_wrong";
    if (isExpired(ask.expiryYear, ask.expiryMonth, month)) return "card_expired";
  }
  if (ask.instalments > 0 && ask.currency !== "TRY") return "instalment_in_foreign_currency";
  if (ask.instalments > 0 && card && card.kind !== "credit") return "instalment_refused";
  return undefined;
}

/** The card of a charge: the one its session has asked about, or the one whose number it names. */
function payerOf({ desk, session, ask }: Job) {
  if (!session) {
    const card = desk.book.findCard(panSha(ask.pan, desk.seed()));
    return { card, panMasked: maskPan(ask.pan), cvv: ask.cvv };
  }
  const card = session.cardId === null ? undefined : desk.book.readCard(session.cardId);
  return { card, panMasked: session.panMasked, cvv: session.isCvvWrong ? WRONG_CVV : "" };
}

export function charge(job: Job, type: "sale" | "preauth"): Done {
  const { amountKurus, currency } = job.ask;
  const decision = decideCharge(job.order, { type, amountKurus, currency });
  if (decision.kind === "refused") return refused(job, decision.why);
  const { card, panMasked, cvv } = payerOf(job);
  const problem = cardProblem(job, card);
  if (problem) return refused(job, problem);
  const isProven = job.session !== undefined;
  const code = job.forcedCode ?? issuerDecline(card, { amountKurus, cvv, isProven });
  if (code) return decline(job, card, { code, panMasked, amountKurus });
  if (job.session) useUp(job.desk, job.session);
  return approve(job, decision, card, panMasked);
}

/** An authentication pays once; the session says so from the commit that takes the money. */
function useUp(desk: Desk, session: SessionRow): void {
  const next = moved(session.state, "consume");
  assert(next, "only an authenticated session pays");
  desk.sessions.setState(session.id, next);
}

function decideFollowUp(job: Job, txns: TxnRow[]): Decision {
  const { ask, order, atMs } = job;
  const { amountKurus, currency } = ask;
  if (ask.op === "capture") return decideCapture(order, txns, { amountKurus, currency, atMs });
  if (ask.op === "void") return decideVoid(order, txns, ask.bankTxnId);
  return decideRefund(order, txns, { amountKurus, currency });
}

/** Capture, void or refund: acts on the card of the charge that stands on the order. */
export function followUp(job: Job): Done {
  const { desk, order } = job;
  const txns = order ? desk.book.txnsOf(order.id) : [];
  const decision = decideFollowUp(job, txns);
  if (decision.kind === "refused") return refused(job, decision.why);
  const acted = txns.find((txn) => txn.id === decision.refTxnId);
  const card = acted?.cardId ? desk.book.readCard(acted.cardId) : undefined;
  const panMasked = acted?.panMasked ?? "";
  return job.forcedCode
    ? decline(job, card, { code: job.forcedCode, panMasked, amountKurus: decision.amountKurus })
    : approve(job, decision, card, panMasked);
}
