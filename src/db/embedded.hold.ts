import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import {
  type Binaries,
  type DatabaseUser,
  EmbeddedProblem,
  type Memory,
} from "./embedded.place.ts";
import {
  HOST,
  OWNER_ROLE,
  type Postmaster,
  runningOn,
  type Settings,
  stopServer,
} from "./embedded.server.ts";
import { CONNECT_TIMEOUT_MS } from "./pool.ts";

/** Held by a session of the live Vezne that started the server: a killed one holds nothing. */
const HOLDER_LOCK = 0x7665_7a68;
const HOLDER_NAME = "vezne supervisor";
/** How long the server may take to notice that a killed Vezne is gone. */
const HOLDER_GONE_MS = 500;
/** A server this young may belong to a Vezne that is about to take the lock. */
const YOUNG_MS = 2_000;
const READY_MAX_MS = 60_000;
const POLL_MS = 25;

/** A data folder, and all that is needed to run a server on it. */
export type Host = {
  readonly folder: string;
  readonly cluster: string;
  readonly user: DatabaseUser;
  readonly binaries: Binaries;
  readonly settings: Settings;
  readonly wantedPort: number;
  readonly log: (line: string) => void;
  memory: Memory;
};

/** Says that there is no TLS, since the environment could ask for it. */
export const urlOf = (role: string, password: string, port: number, database: string) =>
  `postgres://${role}:${password}@${HOST}:${port}/${encodeURIComponent(database)}?sslmode=disable`;

export const ownerUrlOf = (host: Host, port: number, database: string) =>
  urlOf(OWNER_ROLE, host.memory.ownerPassword, port, database);

async function connect(host: Host, port: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: ownerUrlOf(host, port, "postgres"),
    application_name: `${HOLDER_NAME}, process ${process.pid} on ${hostname()}`.slice(0, 63),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on("error", () => {}); // The session's end is what is listened for.
  await client.connect();
  return client;
}

/** The name of the session that holds the server, if any. */
async function holderOf(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.objid = $1 and l.granted and l.objsubid = 1`,
    [HOLDER_LOCK],
  );
  return rows[0]?.name;
}

async function ageMs(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ age: string }>(
    "select extract(epoch from clock_timestamp() - pg_postmaster_start_time()) * 1000 as age",
  );
  return Number(rows[0]!.age);
}

/** Throws unless the server was left behind by a Vezne that is gone. */
async function expectOrphan(host: Host, client: pg.Client): Promise<void> {
  const since = performance.now();
  for (;;) {
    const holder = await holderOf(client);
    if (holder && performance.now() - since > HOLDER_GONE_MS) {
      const who = holder.replace(`${HOLDER_NAME}, `, "");
      throw new EmbeddedProblem(
        `Another Vezne (${who}) is using the data in ${host.folder}: ` +
          "stop it first, or set VEZNE_DATA_DIR to another folder.",
      );
    }
    if (!holder && (await ageMs(client)) > YOUNG_MS) {
      const { rows } = await client.query<{ mine: boolean }>(
        "select pg_try_advisory_lock($1) as mine",
        [HOLDER_LOCK],
      );
      if (rows[0]!.mine) return;
    }
    await pause(POLL_MS);
  }
}

/** Waits until a server that is starting or stopping has done so. */
async function settled(host: Host): Promise<Postmaster | undefined> {
  const until = performance.now() + READY_MAX_MS;
  for (;;) {
    const found = await runningOn(host.cluster);
    if (!found || found.status === "ready") return found;
    if (performance.now() > until) return found;
    await pause(POLL_MS);
  }
}

/** Ends a server that a killed Vezne left, so that nothing of its work is still under way. */
export async function clearTheWay(host: Host): Promise<void> {
  const found = await settled(host);
  if (!found) return;
  let client: pg.Client;
  try {
    client = await connect(host, found.port);
  } catch (cause) {
    if (!(await runningOn(host.cluster))) return;
    throw new EmbeddedProblem(
      `A PostgreSQL (process ${found.pid}) runs on ${host.cluster} and does not let Vezne in ` +
        `(${(cause as Error).message}): stop it first.`,
      { cause },
    );
  }
  try {
    await expectOrphan(host, client);
    host.log(`stopping PostgreSQL (process ${found.pid}), which a killed Vezne left running`);
    await stopServer(found.pid);
  } finally {
    await client.end().catch(() => {}); // It is gone with its server.
  }
}

/** The driver has these two, and its types do not. */
const socketOf = (client: pg.Client) => client as unknown as { ref(): void; unref(): void };

export async function hold(host: Host, port: number): Promise<pg.Client> {
  const holder = await connect(host, port);
  await holder.query("select pg_advisory_lock($1)", [HOLDER_LOCK]);
  socketOf(holder).unref(); // It must not keep a program alive that has nothing else to do.
  return holder;
}

/** Gives the server up. */
export async function release(holder: pg.Client): Promise<void> {
  socketOf(holder).ref(); // Its end is waited for now.
  await holder.end().catch(() => {}); // It may be gone already.
}
