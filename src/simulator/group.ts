import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A transaction carries at most this many requests, so that none waits for long. */
const GROUP_MAX = 256;

type Waiting = {
  run: () => unknown;
  resolve: (value: never) => void;
  reject: (why: Error) => void;
};
const asError = (why: unknown): Error => (why instanceof Error ? why : new Error(String(why)));

type Savepoint = Readonly<Record<"save" | "release" | "undo", StatementSync>>;

const savepoint = (db: DatabaseSync): Savepoint => ({
  save: db.prepare("savepoint one"),
  release: db.prepare("release one"),
  undo: db.prepare("rollback to one"),
});

/** Runs one request in a savepoint of its own; its answer is given later, after the commit. */
function runOne({ save, release, undo }: Savepoint, item: Waiting, undone: () => void): () => void {
  save.run();
  try {
    const value = item.run();
    release.run();
    return () => item.resolve(value as never);
  } catch (error) {
    undo.run();
    release.run();
    undone();
    return () => item.reject(asError(error));
  }
}

/**
 * Group commit: requests that arrive in the same turn of the loop are decided one after the other
 * in one transaction and answered after its one commit. Each runs in a savepoint of its own, so
 * that one which breaks takes nothing of its neighbours with it.
 */
export function createGroup(
  db: DatabaseSync,
  hooks: { before: () => void; undone: () => void },
): { submit<T>(run: () => T): Promise<T> } {
  const [begin, commit, rollback] = ["begin immediate", "commit", "rollback"].map((sql) =>
    db.prepare(sql),
  );
  const point = savepoint(db);
  const waiting: Waiting[] = [];
  let isPlanned = false;

  function flush(): void {
    isPlanned = false;
    const batch = waiting.splice(0, GROUP_MAX);
    if (waiting.length > 0) plan();
    try {
      begin?.run();
      hooks.before();
      const answers = batch.map((item) => runOne(point, item, hooks.undone));
      commit?.run();
      for (const answer of answers) answer();
    } catch (error) {
      if (db.isOpen && db.isTransaction) rollback?.run();
      hooks.undone();
      for (const item of batch) item.reject(asError(error));
    }
  }

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(flush);
  }

  return {
    submit: (run) =>
      new Promise((resolve, reject) => {
        waiting.push({ run, resolve: resolve as (value: never) => void, reject });
        plan();
      }),
  };
}
