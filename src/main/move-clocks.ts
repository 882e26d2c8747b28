import { createHash } from "node:crypto";
import { alone } from "../db/alone.ts";
import type { Db } from "../db/pool.ts";
import { inTx, isUnavailable } from "../db/transaction.ts";
import { countDraws, type Draws, nextDueMs } from "../jobs/due.store.ts";
import { clockKinds, runDue } from "../jobs/due.ts";
import { awaitUnderWay } from "../jobs/under-way.ts";
import { assert } from "../lib/assert.ts";
import { after } from "../lib/clock.ts";
import { moveClocks } from "../merchants/index.ts";
import { BankClockProblem, type BankDoor, moveBank } from "./bank-clock.ts";
import type { Moved } from "./clock-lines.rules.ts";
import { standsText } from "./clock-span.rules.ts";
import { beginWalk, leftOf, nextStepMs, stepped, type Walk } from "./clock-steps.rules.ts";
import type { Deps } from "./deps.ts";
import { furthestMs, type MoveAsk, type Plan, planMove, sandboxes } from "./plan-move.ts";

/** One move at a time, whichever API process makes it. */
const CLOCK_LOCK = 0x7665_7a63;
/** Asking about what fell due can make more fall due; a moment ends after so many rounds. */
const ROUNDS_MAX = 10_000;
/** A shop that pays all the time always has something under way. */
const QUIET_ROUNDS_MAX = 3;

/** How far a move has come; see `Told`. */
export type Progress = Readonly<{ done: number; total: number; now: Date; ran: number }>;
export type MoveListener = Readonly<{
  /** Ends the move between two rounds of what is due; its reason is a `MoveStopped`. */
  signal: AbortSignal;
  onWait(): void;
  onProgress(progress: Progress): void;
  onError(error: unknown): void;
}>;

/** Why a move is to end early, as a sentence. */
export class MoveStopped extends Error {}

/** A move that did not come to its end. The clocks stand at their last whole step. */
export class MoveBroken extends Error {
  readonly progress: Progress;
  constructor(why: string, progress: Progress, cause: unknown) {
    super(`${why} ${standsText(progress.now, progress.total - progress.done)}`, { cause });
    this.progress = progress;
  }
}

/** A move that is under way: what it moves by, and how far it has come. */
type Move = Readonly<{
  deps: Deps;
  bank: BankDoor | undefined;
  /** The database by the connection that holds the lock: who loses the lock takes no step. */
  held: Db;
  plan: Plan;
  listener: MoveListener;
  leftBehind: Set<string>;
}> & { walk: Walk; asked: number; ran: number };

const idsOf = ({ plan }: Move) => plan.merchants.map((each) => each.id);

function progressOf({ deps, plan, walk, ran }: Move): Progress {
  const now = after(deps.clock(), furthestMs(plan.merchants) + walk.doneMs);
  return { done: walk.doneMs, total: walk.totalMs, now, ran };
}

/**
 * A name that no other step has: where all the clocks stand. They only go forward, so it does not
 * come again once the step is taken.
 */
async function stepName(db: Db): Promise<string> {
  const stands = (await sandboxes(db)).map(({ id, offsetMs }) => [id, offsetMs]);
  return createHash("sha256").update(JSON.stringify(stands)).digest("hex");
}

/**
 * Takes one step, the bank first: nothing is due before the step, so nobody comes to a bank whose
 * clock is ahead. A process that dies between the two leaves it so; the next move begins with a
 * step of the same name, which the bank has taken already.
 *
 * Other processes remember a merchant, and so its clock, for up to a second. They are not waited
 * for: whoever goes by an older time is only behind. It finds less due, its leases end sooner, and
 * what it decides is written over the row as it was read, or not at all.
 */
async function takeStep(move: Move): Promise<void> {
  const { deps, bank, held, walk } = move;
  const ids = idsOf(move);
  const ms = nextStepMs(walk, await nextDueMs(deps.db, ids, deps.clock()));
  const bankMs = bank ? await moveBank(bank, ms, await stepName(held)) : ms;
  const movedMs = Math.min(bankMs, leftOf(walk));
  assert(movedMs > 0, "a step goes forward");
  await inTx(held, (tx) => moveClocks(tx, ids, movedMs));
  deps.reception.forgetAll();
  move.walk = stepped(walk, movedMs);
}

/** Runs what is due until nothing is left. */
async function runAllDue(move: Move): Promise<void> {
  const { deps, listener } = move;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    listener.signal.throwIfAborted();
    let count = 0;
    for (const kind of clockKinds) {
      const ran = await runDue(deps, kind, listener.onError);
      if (kind === "asked") move.asked += ran;
      if (kind !== "forgotten") move.ran += ran;
      count += ran;
    }
    listener.onProgress(progressOf(move));
    if (count === 0) return;
  }
}

/** Runs what is due, and waits for what other processes run of it, which can make more due. */
async function liveThisMoment(move: Move): Promise<void> {
  const { deps, leftBehind, listener } = move;
  for (let round = 0; round < QUIET_ROUNDS_MAX; round += 1) {
    await runAllDue(move);
    if (!(await awaitUnderWay(deps, idsOf(move), leftBehind, listener.signal))) return;
  }
}

async function walkOver(move: Move): Promise<void> {
  await liveThisMoment(move);
  while (leftOf(move.walk) > 0) {
    await takeStep(move);
    await liveThisMoment(move);
  }
}

/** What the draws of the whole span came to, whoever made them. */
async function drawsOf({ deps, plan, walk }: Move): Promise<Draws> {
  let [drawn, refused] = [0, 0];
  for (const { id, offsetMs } of plan.merchants) {
    const to = after(deps.clock(), offsetMs + walk.doneMs + 1);
    const draws = await countDraws(deps.db, id, after(plan.at, offsetMs), to);
    drawn += draws.drawn;
    refused += draws.refused;
  }
  return { drawn, refused };
}

function whyBroken(error: unknown): string {
  if (error instanceof MoveStopped || error instanceof BankClockProblem) return error.message;
  if (isUnavailable(error)) return "The database does not answer.";
  return "Something went wrong that the log of the API tells of.";
}

/**
 * Moves the clocks of sandbox merchants, and their bank's, forward by a span, and does on the way
 * what falls due, each thing at its own time: the clocks stop there, and go on when nothing is left
 * to do. A span in which very much falls due is walked in longer steps from some thousands of
 * moments on. One move runs at a time, whichever process it is in; the others wait.
 *
 * Every step is durable. Throws `SandboxRefused` for what cannot be moved, and `MoveBroken` where
 * the move ends early: the clocks then stand where it had come to, and can be moved on from there.
 */
export function moveAll(
  deps: Deps,
  bank: BankDoor | undefined,
  ask: MoveAsk,
  listener: MoveListener,
): Promise<Moved> {
  const { signal, onWait } = listener;
  return alone(deps.db, { lock: CLOCK_LOCK, signal, onWait }, async (held) => {
    const plan = await planMove(deps, ask);
    const begun = { walk: beginWalk(plan.ms), asked: 0, ran: 0, leftBehind: new Set<string>() };
    const move: Move = { ...{ deps, bank, held, plan, listener }, ...begun };
    try {
      await walkOver(move);
      const moved = plan.merchants.map((each) => each.company).sort();
      return { moved, ms: plan.ms, asked: move.asked, ...(await drawsOf(move)) };
    } catch (error) {
      throw new MoveBroken(whyBroken(error), progressOf(move), error);
    }
  });
}
