import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const CLI = path.join(import.meta.dirname, "../../src/main/cli.ts");
const START_MAX_MS = 120_000;
const STOP_MAX_MS = 60_000;
const run = promisify(execFile);

type Demo = Readonly<{
  urls: { api: string; bank: string };
  paynet: { secret_key: string };
  token: string;
}>;
export type Said = Readonly<{ status: number; body: Record<string, unknown> }>;
export type Part = "api" | "worker" | "simulator";

type Process = Readonly<{ pid: number; parent: number; args: string }>;
/** On Linux by the kernel's own files: a bare machine may have no `ps`. */
async function processes(): Promise<Process[]> {
  if (existsSync("/proc/self/stat")) return (await Promise.all(pids().map(readProcess))).flat();
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return args === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}
const pids = (): number[] =>
  readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

async function readProcess(pid: number): Promise<Process[]> {
  try {
    const [stat, args] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
    ]);
    // The name stands in brackets and may hold anything; state and parent follow the last one.
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [{ pid, parent: Number(parent), args: args.replaceAll("\0", " ") }];
  } catch {
    return []; // It ended meanwhile.
  }
}

/** Kills without a warning; a process that is gone already is no matter. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Waits for the line that says that all is up; the end of the process comes first as an error. */
function isUp(child: ChildProcess): Promise<void> {
  let said = "";
  return new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Vezne is up")) resolve();
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${said}`)));
    setTimeout(() => reject(new Error(`not up in time: ${said}`)), START_MAX_MS).unref();
  });
}

async function call(
  url: string,
  headers: Record<string, string>,
  method: string,
  body?: object,
): Promise<Said> {
  const reply = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

const answersOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    (reply) => reply.ok,
    () => false,
  );

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** The product as users start it: all its processes, on a folder of its own. */
export class WholeProduct {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #supervisor: ChildProcess | undefined;
  #demo: Demo | undefined;

  private constructor(folder: string, settings: NodeJS.ProcessEnv) {
    this.#folder = folder;
    const ports = { VEZNE_PORT: "0", VEZNE_BANK_PORT: "0" };
    this.#env = { ...process.env, ...ports, ...settings, VEZNE_DATA_DIR: folder };
  }

  static async create(settings: NodeJS.ProcessEnv = {}): Promise<WholeProduct> {
    const folder = await mkdtemp(path.join(tmpdir(), "vezne-whole-"));
    await chmod(folder, 0o711); // When root runs this, the database user must get through.
    return new WholeProduct(folder, settings);
  }

  /** Its data folder, where a test finds how its database is reached. */
  get folder(): string {
    return this.#folder;
  }

  /** Where it listens. */
  get urls(): Demo["urls"] {
    return this.#known.urls;
  }

  get #known(): Demo {
    if (!this.#demo) throw new Error("not started");
    return this.#demo;
  }

  async start(): Promise<void> {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    this.#supervisor = spawn(process.execPath, [CLI, "start"], {
      env: this.#env,
      stdio: [...stdio],
    });
    await isUp(this.#supervisor);
    const text = await readFile(path.join(this.#folder, "demo.json"), "utf8");
    this.#demo = JSON.parse(text) as Demo;
  }

  post(route: string, body: object, key = this.#known.paynet.secret_key): Promise<Said> {
    const { urls } = this.#known;
    const headers = { authorization: `Basic ${key}` };
    return call(`${urls.api}/${route}`, headers, "POST", body);
  }

  sandbox(route: string, body: object): Promise<Said> {
    const { urls, token } = this.#known;
    const headers = { authorization: `Bearer ${token}` };
    return call(`${urls.api}/_sandbox/${route}`, headers, "POST", body);
  }

  bank(method: string, route: string, body?: object): Promise<Said> {
    const { urls, token } = this.#known;
    return call(`${urls.bank}/_sim/${route}`, { "x-sim-token": token }, method, body);
  }

  async #children(part = ""): Promise<number[]> {
    const all = await processes();
    return all
      .filter(({ parent }) => parent === this.#supervisor?.pid)
      .filter(({ args }) => args.includes(`${part}.ts`))
      .map(({ pid }) => pid);
  }

  async killPart(part: Part): Promise<void> {
    for (const pid of await this.#children(part)) kill(pid);
  }

  /** The supervisor and all it started, but the database: that one outlives a killed Vezne. */
  async killAll(): Promise<void> {
    const supervisor = this.#supervisor;
    if (!supervisor?.pid || hasEnded(supervisor)) return;
    const children = await this.#children();
    const gone = once(supervisor, "exit");
    for (const pid of [supervisor.pid, ...children]) kill(pid);
    await gone;
  }

  /** Asks it to end and says how it ended. */
  async stop(): Promise<number | null> {
    const supervisor = this.#supervisor;
    if (!supervisor || hasEnded(supervisor)) return supervisor?.exitCode ?? null;
    const gone = once(supervisor, "exit");
    supervisor.kill("SIGTERM");
    const late = setTimeout(() => supervisor.kill("SIGKILL"), STOP_MAX_MS);
    await gone;
    clearTimeout(late);
    return supervisor.exitCode;
  }

  /** Runs one command of the command line on this folder; `said` is all it printed. */
  async command(...words: string[]): Promise<{ code: number; said: string }> {
    try {
      const { stdout, stderr } = await run(process.execPath, [CLI, ...words], { env: this.#env });
      return { code: 0, said: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, said: stdout + stderr };
    }
  }

  /** Waits until a payment can be taken again. */
  async ready(): Promise<void> {
    const { api, bank } = this.#known.urls;
    for (const until = performance.now() + START_MAX_MS; performance.now() < until; ) {
      const both = [answersOk(`${api}/readyz`), answersOk(`${bank}/_sim/health`)];
      if ((await Promise.all(both)).every(Boolean)) return;
      await pause(50);
    }
    throw new Error("not ready in time");
  }

  /** A database that a killed supervisor left behind goes too. */
  async remove(): Promise<void> {
    const ours = `-D ${this.#folder}/`;
    for (const { pid, args } of await processes()) if (args.includes(ours)) kill(pid);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
