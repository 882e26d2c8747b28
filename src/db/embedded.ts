import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import {
  type Binaries,
  canReach,
  type DatabaseUser,
  EmbeddedProblem,
  findBinaries,
  findUser,
  type Memory,
  remember,
  saveMemory,
} from "./embedded.place.ts";
import {
  freePort,
  HOST,
  initCluster,
  isAlive,
  isFree,
  launch,
  OWNER_ROLE,
  type Postmaster,
  runningOn,
  type Server,
  type Settings,
  stopServer,
} from "./embedded.server.ts";
import { APP_ROLE, type AppRole } from "./grants.ts";
import { CONNECT_TIMEOUT_MS } from "./pool.ts";

export { defaultDataFolder, EmbeddedProblem } from "./embedded.place.ts";

/** Held by a session of the live Vezne that started the server: a killed one holds nothing. */
const HOLDER_LOCK = 0x7665_7a68;
const HOLDER_NAME = "vezne supervisor";
/** How long the server may take to notice that a killed Vezne is gone. */
const HOLDER_GONE_MS = 500;
/** A server this young may belong to a Vezne that is about to take the lock. */
const YOUNG_MS = 2_000;
const READY_MAX_MS = 60_000;
const POLL_MS = 25;
const ATTEMPTS_MAX = 5;
const ATTEMPT_PAUSE_MS = 200;
const RESTORES_MAX = 20;

export type EmbeddedOptions = Readonly<{
  /** Where passwords, port, log and (when the database user can reach it) the data are. */
  folder: string;
  /** 0 picks a free one at the first start and keeps it. */
  port?: number;
  /** PostgreSQL settings that differ from the defaults. */
  settings?: Settings;
  log?(line: string): void;
}>;

export type Embedded = Readonly<{
  port: number;
  /** What `migrate` needs to make the application's role. */
  app: Required<AppRole>;
  ownerUrl(database: string): string;
  appUrl(database: string): string;
  /** Creates the database when it is not there. */
  ensureDatabase(database: string): Promise<void>;
  stop(): Promise<void>;
}>;

type Host = {
  readonly folder: string;
  readonly cluster: string;
  readonly user: DatabaseUser;
  readonly binaries: Binaries;
  readonly settings: Settings;
  readonly wantedPort: number;
  readonly log: (line: string) => void;
  memory: Memory;
};

type Running = { server: Server; holder: pg.Client };

async function checkVersion(cluster: string, binaries: Binaries): Promise<void> {
  const has = (await readFile(path.join(cluster, "PG_VERSION"), "utf8")).trim();
  const [needs] = binaries.version.split(".");
  if (has === needs) return;
  throw new EmbeddedProblem(
    `The database in ${cluster} was made by PostgreSQL ${has}, and this Vezne brings ${needs}: ` +
      "use the Vezne that made it, or set VEZNE_DATA_DIR to another folder.",
  );
}

async function prepare(options: EmbeddedOptions): Promise<Host> {
  const { port: wantedPort = 0, settings = {}, log = () => {} } = options;
  const folder = path.resolve(options.folder);
  const memory = await remember(folder);
  const cluster = path.resolve(folder, memory.cluster);
  const user = await findUser(cluster);
  const binaries = await findBinaries(user);
  if (!existsSync(path.join(cluster, "PG_VERSION"))) {
    log(`making a new database in ${cluster}`);
    await initCluster(binaries, user, cluster, memory.ownerPassword);
  }
  await checkVersion(cluster, binaries);
  if (!canReach(user, path.dirname(cluster))) {
    throw new EmbeddedProblem(
      `The database in ${cluster} belongs to user ${user?.uid}, who can not reach that folder: ` +
        "let that user pass through the folders above it, or start Vezne as that user.",
    );
  }
  return { folder, cluster, user, binaries, settings, wantedPort, log, memory };
}

/** Says that there is no TLS, since the environment could ask for it. */
const urlOf = (role: string, password: string, port: number, database: string) =>
  `postgres://${role}:${password}@${HOST}:${port}/${encodeURIComponent(database)}?sslmode=disable`;

const ownerUrlOf = (host: Host, port: number, database: string) =>
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
async function clearTheWay(host: Host): Promise<void> {
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

async function choosePort(host: Host): Promise<number> {
  if (host.wantedPort > 0) {
    if (await isFree(host.wantedPort)) return host.wantedPort;
    throw new EmbeddedProblem(`Port ${host.wantedPort} of ${HOST} is taken: choose another one.`);
  }
  const { port } = host.memory;
  return port > 0 && (await isFree(port)) ? port : freePort();
}

/** The driver has these two, and its types do not. */
const socketOf = (client: pg.Client) => client as unknown as { ref(): void; unref(): void };

async function hold(host: Host, port: number): Promise<pg.Client> {
  const holder = await connect(host, port);
  await holder.query("select pg_advisory_lock($1)", [HOLDER_LOCK]);
  socketOf(holder).unref(); // It must not keep a program alive that has nothing else to do.
  return holder;
}

async function start(host: Host, port: number): Promise<Running> {
  const logFile = path.join(host.folder, "postgres.log");
  const server = await launch({ ...host, port, logFile });
  try {
    const holder = await hold(host, port);
    host.memory = { ...host.memory, port };
    await saveMemory(host.folder, host.memory);
    return { server, holder };
  } catch (error) {
    await stopServer(server.pid);
    throw error;
  }
}

/** Tries a few times: a port can be taken meanwhile, and parts of a killed server end late. */
async function startPatiently(host: Host, port?: number): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    await clearTheWay(host);
    try {
      return await start(host, port ?? (await choosePort(host)));
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      await pause(ATTEMPT_PAUSE_MS);
    }
  }
}

/** Brings back a server that died, or the hold on one whose sessions were all ended. */
async function restore(host: Host, server: Server): Promise<Running> {
  const { port } = host.memory;
  if (!isAlive(server.pid)) {
    host.log("PostgreSQL ended unexpectedly; starting it again");
    return startPatiently(host, port);
  }
  return { server, holder: await hold(host, port) };
}

/** Keeps the server up until `stop`. */
function watch(host: Host, first: Running): () => Promise<void> {
  let running = first;
  let isStopping = false;
  let restoring: Promise<void> = Promise.resolve();
  const restorePatiently = async () => {
    for (let attempt = 1; !isStopping && attempt <= RESTORES_MAX; attempt += 1) {
      try {
        running = await restore(host, running.server);
        listen();
        return;
      } catch (error) {
        host.log(`PostgreSQL is not back yet: ${(error as Error).message}`);
        await pause(ATTEMPT_PAUSE_MS * attempt);
      }
    }
    if (!isStopping) host.log("PostgreSQL does not come back: start Vezne again");
  };
  const listen = () => {
    running.holder.once("end", () => {
      if (!isStopping) restoring = restorePatiently();
    });
  };
  listen();
  return async () => {
    isStopping = true;
    await restoring;
    socketOf(running.holder).ref(); // Its end is waited for now.
    await running.holder.end().catch(() => {}); // It may be gone already.
    await stopServer(running.server.pid);
  };
}

async function createDatabase(url: string, database: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => {}); // The statement under way fails too, and that is told.
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [
      database,
    ]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts the PostgreSQL that comes with Vezne on the data in `folder`, on the loopback address only;
 * makes it at the first start. A server that a killed Vezne left there is stopped first. As root it
 * runs as another user. When this program is killed the server stays, and the next start ends it.
 * Throws `EmbeddedProblem` with a sentence, for one when another live Vezne uses the folder.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const host = await prepare(options);
  const stopNow = watch(host, await startPatiently(host));
  const { port, appPassword } = host.memory;
  let stopping: Promise<void> | undefined;
  return {
    port,
    app: { role: APP_ROLE, password: appPassword },
    ownerUrl: (database) => ownerUrlOf(host, port, database),
    appUrl: (database) => urlOf(APP_ROLE, appPassword, port, database),
    ensureDatabase: (database) => createDatabase(ownerUrlOf(host, port, "postgres"), database),
    stop() {
      stopping ??= stopNow();
      return stopping;
    },
  };
}
