import { timingSafeEqual } from "node:crypto";
import { type Answer, type Ask, maskPan } from "./ask.rules.ts";
import type { MerchantRow, OrderRow } from "./book.store.ts";
import { type Desk, merchantKey } from "./desk.ts";
import { commits, type Fault, magicFault } from "./faults.rules.ts";
import { pickFault } from "./pick-fault.ts";
import { proofProblem } from "./threeds.rules.ts";
import { charge, type Done, followUp, type Job, refused } from "./transact.ts";
import { asOf, historyOf, statusOf } from "./view.rules.ts";

export type Call = Readonly<{
  prefix: string;
  ask: Ask;
  /** Real time of arrival. */
  arrivedMs: number;
  /** The second round of a request that a late fault has put off. */
  isPutOff: boolean;
}>;
/** `putOffMs`: not executed yet, come again after so many real milliseconds. */
export type Served = Readonly<{
  answer: Answer;
  fault: Fault | undefined;
  orderNo: string;
  putOffMs: number | undefined;
}>;

const STALE_SECONDS = 60;
const HIDDEN_SECONDS = 30;
const DELAY_MS = 75_000;
const isInquiry = (ask: Ask): boolean => ask.op === "inquire" || ask.op === "history";

/** Whether two texts are the same, in a time that says nothing of where they differ. */
export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function credentialProblem(merchant: MerchantRow | undefined, ask: Ask) {
  if (!merchant) return "merchant_unknown" as const;
  const isKnown = same(merchant.user, ask.user) && same(merchant.password, ask.password);
  return isKnown ? undefined : ("credentials" as const);
}

/** The rule or magic amount that hits this request; a rule's counters move with it. */
function faultOf(
  desk: Desk,
  call: Call,
  orderNo: string,
  order: OrderRow | undefined,
): Fault | undefined {
  const { op, merchantNo, amountKurus } = call.ask;
  const facts = { prefix: call.prefix, op, merchantNo, orderNo, amountKurus };
  return pickFault(desk, "api", facts) ?? magicFault(op, amountKurus, order?.saleKurus ?? 0);
}

function inquire(job: Job, fault: Fault | undefined): Answer {
  const { desk, order, atMs } = job;
  const isHidden = fault?.action === "not_found_for" || (order && order.hiddenUntilMs > atMs);
  if (!order || isHidden) return { kind: "not_found", atMs };
  const all = desk.book.txnsOf(order.id);
  const isStale = order.staleUntilMs > atMs;
  const before = fault?.action === "stale_inquiry" ? (all.at(-1)?.id ?? 0) : order.staleBeforeTxn;
  const shown = isStale || fault?.action === "stale_inquiry" ? asOf(all, before) : all;
  if (job.ask.op === "history") {
    const rows = historyOf(shown);
    return rows.length > 0 ? { kind: "history", rows, atMs } : { kind: "not_found", atMs };
  }
  const status = statusOf(shown);
  if (!status) return { kind: "not_found", atMs };
  const mdStatus = desk.sessions.mdStatusOf(job.merchant.id, job.orderNo);
  return { kind: "status", status, mdStatus, atMs };
}

/** Marks on the order what later inquiries must show because of this fault. */
function markOrder(desk: Desk, fault: Fault, done: Done, atMs: number): void {
  if (done.txnId === 0) return;
  const until = (seconds: number) => atMs + (fault.params.seconds ?? seconds) * 1000;
  if (fault.action === "not_found_for") desk.book.hideOrder(done.orderId, until(HIDDEN_SECONDS));
  if (fault.action === "stale_inquiry") {
    desk.book.staleOrder(done.orderId, until(STALE_SECONDS), done.txnId);
  }
}

/** A charge, by the card's number or by the authentication that stands for it. */
function chargeAsked(job: Job, type: "sale" | "preauth"): Done {
  const { desk, merchant, ask, orderNo } = job;
  const { proof, amountKurus, currency } = ask;
  if (!proof) return charge(job, type);
  const session = desk.sessions.findByMd(merchant.id, proof.md);
  const why = proofProblem(session, { orderNo, amountKurus, currency, proof });
  return why ? refused(job, why) : charge({ ...job, session }, type);
}

function execute(job: Job, fault: Fault | undefined): Done {
  const { ask } = job;
  if (isInquiry(ask)) return { answer: inquire(job, fault), txnId: 0, orderId: 0 };
  const isCharge = ask.op === "sale" || ask.op === "preauth";
  const done = isCharge ? chargeAsked(job, ask.op as "sale" | "preauth") : followUp(job);
  if (fault) markOrder(job.desk, fault, done, job.atMs);
  return done;
}

/** The reply of a bank that does not know itself; what it did is in the book. */
const systemError = (atMs: number): Answer => ({
  kind: "refused",
  problem: { why: "system_error" },
  atMs,
});

/** The words of the log. Only these fields of a request are ever written down. */
function logWords(ask: Ask): string {
  const words = [`user=${ask.user}`, `amount=${ask.amountKurus}`, `currency=${ask.currency}`];
  if (ask.instalments > 0) words.push(`instalments=${ask.instalments}`);
  if (ask.pan) words.push(`card=${maskPan(ask.pan)}`);
  if (ask.proof) words.push("card=by-3d");
  if (ask.bankTxnId) words.push(`txn=${ask.bankTxnId}`);
  if (ask.clientIp) words.push(`ip=${ask.clientIp}`);
  if (ask.problem?.field) words.push(`wrong=${ask.problem.field}`);
  return words.join(" ");
}

function answerWords(answer: Answer): string {
  if (answer.kind === "approved") return `approved ${answer.receipt.bankTxnId}`;
  if (answer.kind === "declined") return `declined ${answer.code} ${answer.receipt.bankTxnId}`;
  if (answer.kind === "refused") return `refused ${answer.problem.why}`;
  if (answer.kind === "status") return `status ${answer.status.standing}`;
  return answer.kind;
}

function finish(desk: Desk, call: Call, served: Served, done: Done | undefined): Served {
  const { ask } = call;
  const isMoved = (done?.txnId ?? 0) > 0 && done?.answer.kind === "approved";
  desk.log.addLog({
    atMs: desk.nowMs(),
    realMs: desk.realMs(),
    route: call.prefix,
    op: ask.op,
    merchantNo: ask.merchantNo,
    orderNo: served.orderNo,
    request: logWords(ask),
    answer: served.putOffMs === undefined ? answerWords(served.answer) : "put off",
    fault: served.fault?.action ?? "",
    faultRuleId: served.fault?.ruleId ?? null,
    isCommitted: isMoved,
    tookMs: desk.realMs() - call.arrivedMs,
  });
  return served;
}

/** The order a request means: its number, or the one its transaction reference leads to. */
function orderNoOf(desk: Desk, merchant: MerchantRow, ask: Ask): string {
  if (ask.orderNo) return ask.orderNo;
  if (ask.bankTxnId) return desk.book.orderNoOf(merchant.id, ask.bankTxnId) ?? "";
  return ask.op === "sale" || ask.op === "preauth" ? desk.ids().orderNo(desk.book.nextTxnId()) : "";
}

/**
 * Decides one request and writes what it changes, inside the transaction that the group has open.
 * Nothing is answered before that transaction is on the disk.
 */
export function serve(desk: Desk, call: Call): Served {
  const { ask } = call;
  const atMs = desk.nowMs();
  const plain = { fault: undefined, orderNo: ask.orderNo, putOffMs: undefined };
  const merchant = desk.findMerchant(call.prefix, ask.merchantNo);
  const why = credentialProblem(merchant, ask);
  const problem = why ? { why } : ask.problem;
  if (!merchant || problem) {
    const answer: Answer = { kind: "refused", problem: problem ?? { why: "format" }, atMs };
    return finish(desk, call, { ...plain, answer }, undefined);
  }
  const orderNo = orderNoOf(desk, merchant, ask);
  const order = orderNo ? desk.book.findOrder(merchant.id, orderNo) : undefined;
  const runningKey = `${merchantKey(call.prefix, ask.merchantNo)} ${orderNo}`;
  if (call.isPutOff) desk.running.delete(runningKey);
  if (desk.running.has(runningKey) && !isInquiry(ask) && ask.op !== "void") {
    const answer: Answer = { kind: "refused", problem: { why: "order_running" }, atMs };
    return finish(desk, call, { ...plain, orderNo, answer }, undefined);
  }
  const fault = call.isPutOff ? undefined : faultOf(desk, call, orderNo, order);
  if (fault?.action === "delay" && fault.params.commitLate) {
    desk.running.add(runningKey);
    const putOffMs = fault.params.ms ?? DELAY_MS;
    const answer: Answer = { kind: "not_found", atMs };
    return finish(desk, call, { answer, fault, orderNo, putOffMs }, undefined);
  }
  const forcedCode = fault?.action === "decline" ? (fault.params.code ?? "05") : undefined;
  const job = { desk, merchant, ask, orderNo, order, atMs, forcedCode, session: undefined };
  const isExecuted = !fault || commits(fault) || (forcedCode !== undefined && !isInquiry(ask));
  const done = isExecuted ? execute(job, fault) : undefined;
  const isSystemError = fault?.action === "system_error" || !done;
  const answer = isSystemError ? systemError(atMs) : done.answer;
  return finish(desk, call, { answer, fault, orderNo, putOffMs: undefined }, done);
}
