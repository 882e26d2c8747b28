import { readdir, readFile } from "node:fs/promises";
import type { Db } from "../src/db/pool.ts";

/** Of the kernel's own unit for times, on every Linux. */
const MS_PER_TICK = 10;

type Stat = Readonly<{ parent: number; ownMs: number; endedMs: number }>;

/** What the kernel says of a process; nothing of one that ended, or where there is no Linux. */
async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const of = (i: number) => Number(fields[i]) * MS_PER_TICK;
  if (fields.length < 15) return undefined;
  return { parent: Number(fields[1]), ownMs: of(11) + of(12), endedMs: of(13) + of(14) };
}

/** Processor time of a whole PostgreSQL since its start, in milliseconds; 0 where none is said. */
export async function postgresCpuMs(db: Db): Promise<number> {
  const { rows } = await db.pool.query<{ pid: number }>("select pg_backend_pid() as pid");
  const server = (await statOf(rows[0]!.pid))?.parent;
  const root = server === undefined ? undefined : await statOf(server);
  if (!root) return 0;
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const stats = await Promise.all(pids.map(statOf));
  const alive = stats.filter((stat) => stat?.parent === server);
  return alive.reduce((all, stat) => all + stat!.ownMs, root.ownMs + root.endedMs);
}
