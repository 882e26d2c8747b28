import pg from "pg";
import { createProgress } from "../src/main/cli/progress.ts";

/** One on each core of the machine for which the goals are set. */
const SEEDERS = 2;

/** `work` is given the parts of a whole one by one, by as many connections as there are cores. */
export async function inParts(
  url: string,
  label: string,
  [total, size]: readonly [number, number],
  work: (client: pg.Client, from: number, to: number) => Promise<void>,
): Promise<void> {
  const progress = createProgress(label);
  let next = 0;
  let done = 0;
  progress.show({ done, total });
  const seeder = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      // Every row refers to one that the same part has made: looking each up doubles the time.
      await client.query("set session_replication_role = replica; set synchronous_commit = off");
      while (next < total) {
        const from = next;
        next = Math.min(total, next + size);
        const to = next;
        await work(client, from, to);
        done += to - from;
        progress.show({ done, total });
      }
    } finally {
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: SEEDERS }, seeder)).finally(() => progress.end());
}
