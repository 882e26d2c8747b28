/**
 * Works through batches that are fetched one after the other, by at most `most` workers at once.
 * The next batch is fetched while the last pieces of the one before are worked on, so that nobody
 * waits for it; no more than that one is held ahead. `nextBatch` answers `undefined` at the end.
 * Rejects with the first failure once everything under way has ended: after that of a piece nothing
 * more begins, after that of a fetch the batch at hand is worked off.
 */
export async function handOut<T>(
  nextBatch: () => Promise<readonly T[] | undefined>,
  most: number,
  work: (piece: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    return undefined;
  };
  const fetch = () => nextBatch().catch(fail);
  let batch: readonly T[] | undefined = [];
  let next = 0;
  let coming = fetch();
  let taking: Promise<void> | undefined;
  let isBroken = false;

  const take = async () => {
    batch = await coming;
    next = 0;
    taking = undefined;
    if (batch) coming = fetch();
  };
  async function walk(): Promise<void> {
    while (batch && !isBroken) {
      if (next < batch.length) {
        const piece = batch[next]!;
        next += 1;
        await work(piece).catch((error) => {
          isBroken = true;
          fail(error);
        });
      } else {
        taking ??= take();
        await taking;
      }
    }
  }
  await Promise.all(Array.from({ length: most }, walk));
  await coming;
  if (failures.length > 0) throw failures[0];
}
