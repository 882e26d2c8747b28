import { assert } from "../lib/assert.ts";
import { isUnavailable } from "./unavailable.ts";

/**
 * Batches under way at once: one at work in the database and one on its way. With four, each holds
 * half as many asks and pays the same fixed cost.
 */
const BATCHES_MAX = 2;
/** Asks in one batch. */
const BATCH_MAX = 100;
/** Asks that wait for a batch; beyond it the caller is refused at once. */
const WAITING_MAX = 10_000;

export type GatherLimits = Readonly<{ batchesMax: number; batchMax: number; waitingMax: number }>;

/** Too many asks wait already. Nothing was done. */
export class GatherFull extends Error {
  constructor(waitingMax: number) {
    super(`${waitingMax} asks wait already`);
  }
}

type Waiting<Ask, Answer> = Readonly<{
  ask: Ask;
  key: string;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}>;

type Run<Ask, Answer> = (asks: Ask[]) => Promise<Answer[]>;

/** Takes the oldest asks whose keys are not busy, and leaves the others in their order. */
function takeDistinct<Ask, Answer>(
  waiting: Waiting<Ask, Answer>[],
  busy: Set<string>,
  batchMax: number,
): Waiting<Ask, Answer>[] {
  const batch: Waiting<Ask, Answer>[] = [];
  const left: Waiting<Ask, Answer>[] = [];
  let seen = 0;
  for (; seen < waiting.length && batch.length < batchMax; seen += 1) {
    const one = waiting[seen]!;
    if (busy.has(one.key)) left.push(one);
    else {
      busy.add(one.key);
      batch.push(one);
    }
  }
  waiting.splice(0, seen, ...left);
  return batch;
}

type Failure = Readonly<{ error: unknown; isFinal: boolean }>;

/** Runs a batch and answers its asks. A failure is returned: nobody has been told of it yet. */
async function tryBatch<Ask, Answer>(
  batch: readonly Waiting<Ask, Answer>[],
  run: Run<Ask, Answer>,
): Promise<Failure | undefined> {
  let answers: Answer[];
  try {
    answers = await run(batch.map((one) => one.ask));
  } catch (error) {
    return { error, isFinal: batch.length === 1 || isUnavailable(error) };
  }
  try {
    assert(answers.length === batch.length, "a batch has one answer for each ask");
  } catch (error) {
    return { error, isFinal: true }; // It ran: running it again would do everything twice.
  }
  for (const [i, one] of batch.entries()) one.resolve(answers[i]!);
  return undefined;
}

/** A failed batch is run again one by one, so that one bad ask does not fail its neighbours. */
async function answerAll<Ask, Answer>(
  batch: readonly Waiting<Ask, Answer>[],
  run: Run<Ask, Answer>,
): Promise<void> {
  const failure = await tryBatch(batch, run);
  if (!failure) return;
  if (failure.isFinal) {
    for (const one of batch) one.reject(failure.error);
    return;
  }
  for (const [i, one] of batch.entries()) {
    const alone = await tryBatch([one], run);
    if (!alone) continue;
    one.reject(alone.error);
    if (!isUnavailable(alone.error)) continue;
    // The server went away: asking it once for each of the others would only make them wait.
    for (const later of batch.slice(i + 1)) later.reject(alone.error);
    return;
  }
}

/**
 * Calls that arrive while batches are under way form the next one, so that callers who come
 * together share a statement and a commit. `run` takes the asks in order of arrival and answers in
 * the same order. Asks with one key never run at the same time: not in one batch, and not in two
 * that would wait for each other's rows.
 *
 * A batch that fails is run again one by one, and each ask that fails alone is rejected alone.
 * When `isUnavailable` holds for the failure, nothing is run again and every ask is rejected with
 * it: the commit may have happened. Rejects with `GatherFull` when too many asks wait.
 */
export function gather<Ask, Answer>(
  run: Run<Ask, Answer>,
  keyOf: (ask: Ask) => string,
  limits: Partial<GatherLimits> = {},
): (ask: Ask) => Promise<Answer> {
  const { batchesMax = BATCHES_MAX, batchMax = BATCH_MAX, waitingMax = WAITING_MAX } = limits;
  const waiting: Waiting<Ask, Answer>[] = [];
  const busy = new Set<string>();
  let underWay = 0;
  let isPumpDue = false;

  const runBatch = async (batch: readonly Waiting<Ask, Answer>[]) => {
    underWay += 1;
    await answerAll(batch, run);
    underWay -= 1;
    for (const one of batch) busy.delete(one.key);
    pump();
  };
  const pump = () => {
    isPumpDue = false;
    while (underWay < batchesMax) {
      const batch = takeDistinct(waiting, busy, batchMax);
      if (batch.length === 0) return;
      void runBatch(batch);
    }
  };
  return (ask) =>
    new Promise<Answer>((resolve, reject) => {
      if (waiting.length >= waitingMax) throw new GatherFull(waitingMax);
      waiting.push({ ask, key: keyOf(ask), resolve, reject });
      if (isPumpDue) return;
      isPumpDue = true;
      setImmediate(pump);
    });
}
