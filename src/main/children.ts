import { type ChildProcess, fork } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { compiledFolder } from "./compiled.ts";

const READY_MAX_MS = 20_000;
const RESTART_FIRST_MS = 200;
const RESTART_MAX_MS = 10_000;
/** A child that lived this long is not in a loop of crashes. */
const HEALTHY_MS = 60_000;
const STOP_MAX_MS = 80_000;
const SHOWN_BYTES = 600;
/** A log that has grown past this is set aside at the next start; one older log is kept. */
const LOG_BYTES_MAX = 64 * 2 ** 20;

/**
 * Bounds of a child's heap. Requests are small and short-lived: with a larger nursery the same work
 * keeps a third more memory resident and is no faster.
 */
export const heapFlags = ["--max-semi-space-size=12", "--max-old-space-size=160"];

export type ChildSpec = Readonly<{
  name: "simulator" | "api" | "worker";
  env: Readonly<Record<string, string>>;
  logFolder: string;
}>;
export type Child = Readonly<{ url: string; pid(): number | undefined; stop(): Promise<void> }>;

type Ready = { ready: true; url?: string };

function spawn({ name, env, logFolder }: ChildSpec): { child: ChildProcess; logFile: string } {
  mkdirSync(logFolder, { recursive: true });
  const logFile = path.join(logFolder, `${name}.log`);
  if (existsSync(logFile) && statSync(logFile).size > LOG_BYTES_MAX) {
    renameSync(logFile, `${logFile}.1`);
  }
  const out = openSync(logFile, "a");
  const child = fork(path.join(import.meta.dirname, `${name}.ts`), {
    env: { ...process.env, ...env, NODE_COMPILE_CACHE: compiledFolder },
    execArgv: heapFlags,
    // A group of its own: Ctrl+C reaches the supervisor alone, which stops its children in order.
    detached: true,
    stdio: ["ignore", out, out, "ipc"],
  });
  closeSync(out);
  return { child, logFile };
}

/** The end of a child's log: usually the one sentence that says why it went. */
const lastWords = (logFile: string): string =>
  readFileSync(logFile, "utf8").slice(-SHOWN_BYTES).trim().split("\n").at(-1) ?? "";

async function started(spec: ChildSpec): Promise<{ child: ChildProcess; url: string }> {
  const { child, logFile } = spawn(spec);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`The ${spec.name} did not start within ${READY_MAX_MS / 1_000} s.`));
    }, READY_MAX_MS);
    child.once("message", (message: Ready) => {
      clearTimeout(late);
      resolve({ child, url: message.url ?? "" });
    });
    child.once("exit", () => {
      clearTimeout(late);
      reject(new Error(lastWords(logFile) || `The ${spec.name} ended at once; see ${logFile}.`));
    });
  });
}

/**
 * Starts a process of the product and keeps it running: one that dies is started again, on the same
 * port, with growing pauses. Rejects with the child's own last words when it cannot start at all.
 */
export async function keepRunning(spec: ChildSpec, say: (line: string) => void): Promise<Child> {
  let current = await started(spec);
  const { url } = current;
  // A port that was picked freely is kept, so that callers find the same address again.
  const again = { ...spec, env: { ...spec.env, ...portOf(spec.name, url) } };
  let isStopping = false;
  let pauseMs = RESTART_FIRST_MS;
  const watch = () => {
    const bornAt = performance.now();
    current.child.once("exit", (code, signal) => {
      if (isStopping) return;
      if (performance.now() - bornAt > HEALTHY_MS) pauseMs = RESTART_FIRST_MS;
      say(`The ${spec.name} ended (${signal ?? code}); it is started again.`);
      setTimeout(restart, pauseMs);
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS);
    });
  };
  const restart = async () => {
    if (isStopping) return;
    try {
      current = await started(again);
      watch();
    } catch (error) {
      say((error as Error).message);
      setTimeout(restart, pauseMs);
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS);
    }
  };
  watch();
  return {
    url,
    pid: () => current.child.pid,
    async stop() {
      isStopping = true;
      await stopped(current.child);
    },
  };
}

function portOf(name: ChildSpec["name"], url: string): Record<string, string> {
  if (!url) return {};
  return { [name === "api" ? "VEZNE_PORT" : "VEZNE_BANK_PORT"]: new URL(url).port };
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
    child.once("exit", () => {
      clearTimeout(late);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
