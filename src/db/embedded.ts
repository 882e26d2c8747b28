import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { clearTheWay, type Host, hold, ownerUrlOf, release, urlOf } from "./embedded.hold.ts";
import {
  type Binaries,
  canReach,
  EmbeddedProblem,
  findBinaries,
  findUser,
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
  type Server,
  type Settings,
  stopServer,
} from "./embedded.server.ts";
import { APP_ROLE, type AppRole } from "./grants.ts";
import { CONNECT_TIMEOUT_MS } from "./pool.ts";

export { EmbeddedProblem } from "./embedded.place.ts";

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

async function choosePort(host: Host): Promise<number> {
  if (host.wantedPort > 0) {
    if (await isFree(host.wantedPort)) return host.wantedPort;
    throw new EmbeddedProblem(`Port ${host.wantedPort} of ${HOST} is taken: choose another one.`);
  }
  const { port } = host.memory;
  return port > 0 && (await isFree(port)) ? port : freePort();
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
    await release(running.holder);
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
 * Starts the PostgreSQL that comes with Vezne on the data in `folder`, on the loopback address
 * only; makes it at the first start. A server that a killed Vezne left there is stopped first. As
 * root it runs as another user. When this program is killed the server stays, and the next start
 * ends it. Throws `EmbeddedProblem` with a sentence, for one when another live Vezne uses the
 * folder.
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
