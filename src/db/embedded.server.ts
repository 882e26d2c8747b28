import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import {
  type Binaries,
  type DatabaseUser,
  EmbeddedProblem,
  giveTo,
  giveToOwnerOf,
} from "./embedded.place.ts";

const run = promisify(execFile);

export const OWNER_ROLE = "vezne";
export const HOST = "127.0.0.1";

/** After a crash the server reads its log before it lets anybody in. */
const START_MAX_MS = 60_000;
const STOP_FAST_MAX_MS = 10_000;
const STOP_IMMEDIATE_MAX_MS = 5_000;
const POLL_MS = 10;
/** Older leftovers of an initdb that died are deleted. */
const LEFTOVER_MS = 10 * 60_000;
const LOG_MAX_BYTES = 10 * 1024 * 1024;

/** Full durability; sizes for a laptop; fewer checkpoints than PostgreSQL's own defaults. */
const settings = {
  listen_addresses: HOST,
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "128MB",
  fsync: "on",
  synchronous_commit: "on",
  max_wal_size: "2GB",
  // A new database is analysed soon: until then plans are made without statistics.
  autovacuum_naptime: "15s",
  min_wal_size: "256MB",
  checkpoint_timeout: "15min",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  cluster_name: "vezne",
};

/** Nothing else of the caller's: PostgreSQL reads settings from the environment too. */
const environment = () => ({
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot, // Windows starts nothing without it.
  LC_ALL: "C",
  TZ: "UTC",
});

export type Settings = Readonly<Record<string, string>>;

/** Makes a cluster beside `cluster` and moves it there whole: no half of one is ever seen. */
export async function initCluster(
  binaries: Binaries,
  user: DatabaseUser,
  cluster: string,
  password: string,
): Promise<void> {
  await mkdir(path.dirname(cluster), { recursive: true, mode: 0o755 });
  await removeLeftovers(cluster);
  const making = `${cluster}.new-${randomBytes(4).toString("hex")}`;
  const secret = `${making}.secret`;
  try {
    await mkdir(making, { mode: 0o700 });
    await giveTo(user, making);
    await writeFile(secret, password, { mode: 0o600 });
    await giveTo(user, secret);
    await run(
      binaries.initdb,
      [
        `--pgdata=${making}`,
        `--username=${OWNER_ROLE}`,
        `--pwfile=${secret}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ],
      { ...user, cwd: "/", env: environment() },
    );
    await rename(making, cluster);
  } catch (cause) {
    if (existsSync(path.join(cluster, "PG_VERSION"))) return; // Another Vezne was faster.
    const { stderr = "", message } = cause as { stderr?: string; message: string };
    const why = stderr.split("\n").find((line) => line.includes("error:")) ?? message;
    throw new EmbeddedProblem(`No database could be made in ${cluster}: ${why}`, { cause });
  } finally {
    await rm(secret, { force: true });
    await rm(making, { recursive: true, force: true });
  }
}

async function removeLeftovers(cluster: string): Promise<void> {
  const folder = path.dirname(cluster);
  const start = `${path.basename(cluster)}.new-`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start)) continue;
    const leftover = path.join(folder, name);
    const { mtimeMs } = await stat(leftover);
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(leftover, { recursive: true, force: true });
  }
}

/** What `postmaster.pid` says of the server that wrote it. */
export type Postmaster = Readonly<{ pid: number; port: number; status: string }>;

async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(path.join(cluster, "postmaster.pid"), "utf8")).split("\n");
    const [pid = 0, port = 0] = [lines[0], lines[3]].map(Number);
    return { pid, port, status: (lines[7] ?? "").trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** In a container whose first process collects no children, ended processes keep their numbers. */
function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false; // It ended meanwhile, which is seen elsewhere.
  }
}

export const isAlive = (pid: number): boolean => hasProcess(pid) && !isZombie(pid);

async function commandOf(pid: number): Promise<string> {
  if (process.platform !== "linux") {
    return (await run("ps", ["-ww", "-o", "command=", "-p", String(pid)])).stdout;
  }
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
}

/** Whether `pid` is the server of `cluster`, and not a later process that got its number. */
async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    return (await commandOf(pid)).includes(cluster);
  } catch {
    return isAlive(pid); // The system does not say: better a refusal than two servers.
  }
}

/** The server that runs on `cluster`, if any. */
export async function runningOn(cluster: string): Promise<Postmaster | undefined> {
  const found = await readPostmaster(cluster);
  return found && (await isServerOf(cluster, found.pid)) ? found : undefined;
}

/**
 * PostgreSQL refuses to start when the number in a stale `postmaster.pid` is some process of today.
 * It never minds the number of its own parent, so that is written instead; the rest of the file
 * stays, since PostgreSQL uses it to see whether parts of the old server still run.
 */
async function disarmStalePid(cluster: string): Promise<void> {
  const found = await readPostmaster(cluster);
  if (!found || !hasProcess(found.pid)) return;
  const file = path.join(cluster, "postmaster.pid");
  const [, ...rest] = (await readFile(file, "utf8")).split("\n");
  await writeFile(file, [process.pid, ...rest].join("\n"));
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: HOST }, () => probe.close(() => resolve(true)));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen({ port: 0, host: HOST }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

export type Launch = Readonly<{
  binaries: Binaries;
  user: DatabaseUser;
  cluster: string;
  port: number;
  logFile: string;
  settings: Settings;
}>;

async function openLog(file: string): Promise<number> {
  const size = existsSync(file) ? (await stat(file)).size : 0;
  if (size > LOG_MAX_BYTES) await rename(file, `${file}.1`);
  const log = openSync(file, "a", 0o600);
  await giveToOwnerOf(path.dirname(file), file);
  return log;
}

/** What the server said last about why it can not start. */
async function lastWords(logFile: string, from: number): Promise<string> {
  const text = (await readFile(logFile, "utf8")).slice(from);
  return /(?:FATAL|PANIC): +(.*)/.exec(text)?.[1] ?? text.trim().split("\n").at(-1) ?? "";
}

/** A server that started; `process` outlives this program when that is killed. */
export type Server = Readonly<{ process: ChildProcess; pid: number }>;

/** Starts a server and waits until it takes connections. Throws `EmbeddedProblem` when it ends. */
export async function launch(how: Launch): Promise<Server> {
  await disarmStalePid(how.cluster);
  const log = await openLog(how.logFile);
  const before = (await readFile(how.logFile, "utf8")).length;
  const flags = Object.entries({ ...settings, ...how.settings, port: String(how.port) });
  const child = spawn(
    how.binaries.postgres,
    ["-D", how.cluster, ...flags.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      ...how.user,
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
      env: environment(),
    },
  );
  closeSync(log);
  let ended: string | undefined;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended = `ended with ${signal ?? code}`;
  });
  child.unref();
  const until = performance.now() + START_MAX_MS;
  for (;;) {
    if (ended !== undefined) {
      const why = (await lastWords(how.logFile, before)) || ended;
      throw new EmbeddedProblem(`PostgreSQL did not start: ${why} (see ${how.logFile}).`);
    }
    const found = await readPostmaster(how.cluster);
    if (found && found.pid === child.pid && found.status === "ready") {
      return { process: child, pid: found.pid };
    }
    if (performance.now() > until) {
      throw new EmbeddedProblem(
        `PostgreSQL did not get ready in ${START_MAX_MS / 1000} seconds (see ${how.logFile}).`,
      );
    }
    await pause(POLL_MS);
  }
}

async function hasEnded(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isAlive(pid)) {
    if (performance.now() > until) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** Stops a server: first cleanly, then, when it takes too long, so that its log is replayed. */
export async function stopServer(pid: number): Promise<void> {
  const send = (signal: NodeJS.Signals) => {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  send("SIGINT");
  if (await hasEnded(pid, STOP_FAST_MAX_MS)) return;
  send("SIGQUIT");
  if (await hasEnded(pid, STOP_IMMEDIATE_MAX_MS)) return;
  throw new EmbeddedProblem(`PostgreSQL (process ${pid}) does not stop.`);
}
