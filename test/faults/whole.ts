import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const CLI = path.join(import.meta.dirname, "../../src/main/cli.ts");
const START_MAX_MS = 40_000;
const STOP_MAX_MS = 20_000;
const run = promisify(execFile);

type Demo = Readonly<{
  urls: { api: string; bank: string };
  paynet: { secret_key: string };
  token: string;
}>;
export type Said = Readonly<{ status: number; body: Record<string, unknown> }>;
export type Part = "api" | "worker" | "simulator";

type Process = Readonly<{ pid: number; parent: number; args: string }>;
async function processes(): Promise<Process[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return args === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}

/** Kills without a warning; a process that is gone already is no matter. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The product as users start it: all its processes, on a folder of its own. */
export async function wholeProduct() {
  const folder = await mkdtemp(path.join(tmpdir(), "vezne-whole-"));
  await chmod(folder, 0o711); // When root runs this, the database user must get through.
  const env = {
    ...process.env,
    VEZNE_DATA_DIR: folder,
    VEZNE_PORT: "0",
    VEZNE_BANK_PORT: "0",
  };
  let supervisor: ChildProcess | undefined;
  let demo: Demo | undefined;
  const known = (): Demo => {
    if (!demo) throw new Error("not started");
    return demo;
  };

  async function start(): Promise<void> {
    const child = spawn(process.execPath, [CLI, "start"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    supervisor = child;
    let said = "";
    const up = new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("Vezne is up")) resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code) => reject(new Error(`ended with ${code}: ${said}`)));
      setTimeout(() => reject(new Error(`not up in time: ${said}`)), START_MAX_MS).unref();
    });
    await up;
    demo = JSON.parse(await readFile(path.join(folder, "demo.json"), "utf8")) as Demo;
  }

  async function pidsOf(part?: Part): Promise<number[]> {
    const all = await processes();
    return all
      .filter(({ parent }) => parent === supervisor?.pid)
      .filter(({ args }) => (part ? args.includes(`${part}.ts`) : args.includes(".ts")))
      .map(({ pid }) => pid);
  }

  async function call(base: string, headers: object, method: string, route: string, body?: object) {
    const reply = await fetch(`${base}/${route}`, {
      method,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  return {
    start,
    post: (route: string, body: object): Promise<Said> =>
      call(
        known().urls.api,
        { authorization: `Basic ${known().paynet.secret_key}` },
        "POST",
        route,
        body,
      ),
    sandbox: (route: string, body: object): Promise<Said> =>
      call(
        known().urls.api,
        { authorization: `Bearer ${known().token}` },
        "POST",
        `_sandbox/${route}`,
        body,
      ),
    bank: (method: string, route: string, body?: object): Promise<Said> =>
      call(known().urls.bank, { "x-sim-token": known().token }, method, `_sim/${route}`, body),
    async killPart(part: Part): Promise<void> {
      for (const pid of await pidsOf(part)) kill(pid);
    },
    /** The supervisor and all it started, but the database: that one outlives a killed Vezne. */
    async killAll(): Promise<void> {
      const children = await pidsOf();
      const { pid } = supervisor ?? {};
      if (pid) kill(pid);
      for (const child of children) kill(child);
      if (supervisor && supervisor.exitCode === null && supervisor.signalCode === null) {
        await once(supervisor, "exit");
      }
    },
    /** Asks it to end and says how it ended. */
    async stop(): Promise<number | null> {
      const child = supervisor;
      if (!child || child.exitCode !== null || child.signalCode !== null)
        return child?.exitCode ?? null;
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
      await once(child, "exit");
      clearTimeout(late);
      return child.exitCode;
    },
    /** Runs one command of the command line on this folder; `said` is all it printed. */
    async command(...words: string[]): Promise<{ code: number; said: string }> {
      try {
        const { stdout, stderr } = await run(process.execPath, [CLI, ...words], { env });
        return { code: 0, said: stdout + stderr };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, said: stdout + stderr };
      }
    },
    /** Waits until a payment can be taken again. */
    async ready(): Promise<void> {
      for (const until = performance.now() + START_MAX_MS; performance.now() < until; ) {
        const isReady = await fetch(`${known().urls.api}/readyz`).then(
          (reply) => reply.ok,
          () => false,
        );
        const isBankUp = await fetch(`${known().urls.bank}/_sim/health`).then(
          (reply) => reply.ok,
          () => false,
        );
        if (isReady && isBankUp) return;
        await pause(50);
      }
      throw new Error("not ready in time");
    },
    /** A database that a killed supervisor left behind goes too. */
    async remove(): Promise<void> {
      for (const { pid, args } of await processes()) if (args.includes(`-D ${folder}/`)) kill(pid);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type WholeProduct = Awaited<ReturnType<typeof wholeProduct>>;
