import { inTxAgain } from "../db/contended.ts";
import type { Tx } from "../db/transaction.ts";
import { assert } from "../lib/assert.ts";
import type { MerchantId } from "../lib/id.ts";
import { askAtBank } from "./at-bank.ts";
import { correct } from "./correct.ts";
import type { PayoutsDeps } from "./deps.ts";
import { needsPerson, wasDenied } from "./doubt.rules.ts";
import { merchantTime } from "./merchant-time.ts";
import { isSettled, type Run, type Sending } from "./payout.rules.ts";
import { lookAgain, readPayout } from "./payouts.store.ts";
import type { Paid, Refused, TransferOutcome } from "./provider.rules.ts";
import { readRun, readRuns } from "./runs.store.ts";
import { settle, settleDenied, writeEnd } from "./settle.ts";
import { insertVerdict, lockRun, unflagRun, type Verdict } from "./verdicts.store.ts";

/** What came of a person's word about a run. Nothing is written but by the first two. */
export type Judgement =
  | "written"
  /** The bank itself said what became of it, just now: that was written instead. */
  | "bank_said"
  | "run_unknown"
  /** It has ended, or its bank is still asked about it by itself. */
  | "not_doubtful"
  /** The bank has the transfer and may still carry it out. */
  | "may_still_act"
  /** Somebody wrote something of it at the same moment. */
  | "overtaken"
  /** It cannot be paid: its payout is of another amount, or another run of it is or may be paid. */
  | "in_the_way";

/** What the bank's interface said, in a few words for whoever reads the verdict later. */
function saidBy(finding: TransferOutcome): string {
  if (finding.kind === "paid") return `paid: ${finding.bankReference}`;
  if (finding.kind === "refused") return `refused: ${finding.message || finding.reason}`;
  return finding.kind === "doubtful" ? `nothing: ${finding.why}` : "that it knows of none";
}

const outcomeOf = ({ bankReference }: Verdict): Paid | Refused =>
  bankReference === null
    ? { kind: "refused", reason: "found_unpaid", message: "" }
    : { kind: "paid", bankReference };

type Word = Readonly<{ verdict: Verdict; bankSaid: string; at: Date }>;

/** Ends a run that no bank has ended. */
async function end(tx: Tx, { payout, run }: Sending, word: Word): Promise<Judgement> {
  const verdict = await insertVerdict(tx, run, word.verdict, word);
  const isDone = await writeEnd(tx, { payout, run }, outcomeOf(word.verdict), word.at, verdict);
  assert(isDone, "a run that is locked and open ends once");
  return "written";
}

/**
 * Says of a run that was given up and that its bank calls paid since then what it is: paid, if it
 * can be; or that nothing of it is gone any more, which changes no books.
 */
async function clear(tx: Tx, sending: Sending, word: Word): Promise<Judgement> {
  const outcome = outcomeOf(word.verdict);
  if (outcome.kind === "paid" && !(await correct(tx, sending, outcome, word.at))) {
    return "in_the_way";
  }
  const verdict = await insertVerdict(tx, sending.run, word.verdict, word);
  await unflagRun(tx, sending.run, verdict);
  const { payout } = sending;
  const runs = await readRuns(tx, payout.merchantId, payout.number);
  const isAsked = runs.some((each) => wasDenied(each) && !each.isJudged);
  if (payout.state === "paid" && !isAsked) await lookAgain(tx, payout, null);
  return "written";
}

/** Whether the bank's own answer ends it: then no person's word is needed. */
async function isBanks(deps: PayoutsDeps, sending: Sending, finding: TransferOutcome) {
  const { merchantId, id } = sending.run;
  if (finding.kind !== "paid" && finding.kind !== "refused") return false;
  if (!isSettled(sending.run)) await settle(deps, sending, finding);
  else if (finding.kind === "paid") await settleDenied(deps, sending, finding);
  else await inTxAgain(deps.db, (tx) => unflagRun(tx, sending.run));
  const run = await readRun(deps.db.kysely, merchantId, id);
  return run !== undefined && !needsPerson(run);
}

/**
 * Writes what a person found out about a run of which its bank says too little, or other than
 * before: its end with all that follows from it, who says so and why. The bank is asked once more
 * first, and its own yes or no counts before any person's; while it may still carry the transfer
 * out, nobody's word does. A run that a person calls unpaid is like one that its bank denied:
 * should the bank own up to it, it is paid.
 */
export async function judgeRun(
  deps: PayoutsDeps,
  merchant: MerchantId,
  id: Run["id"],
  verdict: Verdict,
): Promise<Judgement> {
  const run = await readRun(deps.db.kysely, merchant, id);
  const payout = run && (await readPayout(deps.db.kysely, merchant, { number: run.payout }));
  if (!run || !payout) return "run_unknown";
  if (!needsPerson(run)) return "not_doubtful";
  const sending = { payout, run };
  const finding = await askAtBank(deps, sending);
  if (finding.kind === "doubtful" && finding.isPending) return "may_still_act";
  if (await isBanks(deps, sending, finding)) return "bank_said";
  const word = { verdict, bankSaid: saidBy(finding), at: await merchantTime(deps, merchant) };
  return inTxAgain(deps.db, async (tx) => {
    const now = await lockRun(tx, run);
    if (now.state !== run.state || now.inquiries !== run.inquiries) return "overtaken";
    return isSettled(run) ? clear(tx, sending, word) : end(tx, sending, word);
  });
}
