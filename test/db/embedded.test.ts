import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAlive, runningOn, stopServer } from "../../src/db/embedded.server.ts";
import { asOwner } from "../support/database.ts";

const root = path.resolve(import.meta.dirname, "../..");
const node = path.join(root, "node_modules/node/bin/node");
const isRoot = process.getuid?.() === 0;
/** A user without rights, as on any Unix. */
const NOBODY = 65534;

/** Who starts Vezne, and what its folder is like. Root tries all that it may meet. */
const places = [
  { name: "as the current user", mode: 0o711, uid: undefined },
  ...(isRoot
    ? [
        { name: "as root, in a folder that nobody else may enter", mode: 0o700, uid: undefined },
        { name: "as an ordinary user", mode: 0o700, uid: NOBODY },
      ]
    : []),
];

type Told = { port: number; url: string; problem?: string; kind?: string; log?: string };
type Supervisor = { process: ChildProcess; told: Told; logs: string[] };

describe.each(places)("the built-in database $name", ({ name, mode, uid }) => {
  let folder: string;
  let started: ChildProcess[];
  let clusters: Set<string>;

  beforeEach(async () => {
    started = [];
    clusters = new Set();
    folder = await mkdtemp(path.join(tmpdir(), "vezne-embedded-"));
    await chmod(folder, mode);
    if (uid !== undefined) await chown(folder, uid, uid);
  });
  afterEach(async () => {
    for (const one of started) one.kill("SIGKILL");
    for (const cluster of clusters) {
      const left = await runningOn(cluster);
      if (left) await stopServer(left.pid);
      await rm(cluster, { recursive: true, force: true });
    }
    await rm(folder, { recursive: true, force: true });
  });

  const memory = async () => JSON.parse(await readFile(path.join(folder, "postgres.json"), "utf8"));
  const clusterOf = async () => path.resolve(folder, (await memory()).cluster);

  async function emptyFolder(): Promise<void> {
    for (const name of await readdir(folder)) {
      await rm(path.join(folder, name), { recursive: true });
    }
  }

  /** Starts Vezne's database in a process of its own and waits for what it says. */
  async function supervise(port = 0): Promise<Supervisor> {
    const child = spawn(
      node,
      [path.join(import.meta.dirname, "supervisor.ts"), folder, `${port}`],
      {
        stdio: ["ignore", "pipe", "inherit"],
        ...(uid !== undefined && { uid, gid: uid }),
      },
    );
    started.push(child);
    const logs: string[] = [];
    const lines = createInterface({ input: child.stdout! });
    const answer = new Promise<Supervisor>((resolve, reject) => {
      lines.on("line", (line) => {
        const told = JSON.parse(line) as Told;
        if (told.log !== undefined) logs.push(told.log);
        else resolve({ process: child, told, logs });
      });
      child.once("exit", (code) => reject(new Error(`ended with ${code} and said nothing`)));
    });
    const supervisor = await answer;
    clusters.add(await clusterOf().catch(() => folder));
    return supervisor;
  }

  async function end(one: Supervisor, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const gone = once(one.process, "exit");
    one.process.kill(signal);
    await gone;
  }

  async function killServer(): Promise<number> {
    const { pid } = (await runningOn(await clusterOf()))!;
    process.kill(pid, "SIGKILL");
    while (isAlive(pid)) await pause(5);
    return pid;
  }

  const write = (url: string) =>
    asOwner(url, "create table kept (id int); insert into kept values (42)");
  const read = async (url: string) => (await asOwner(url, "select id from kept")).rows;
  const kept = [{ id: 42 }];

  test("starts empty, durable and on the loopback address alone", async () => {
    const { told } = await supervise();
    const { rows } = await asOwner(
      told.url,
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit',
         'full_page_writes', 'listen_addresses', 'TimeZone', 'server_encoding', 'data_checksums')`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      TimeZone: "UTC",
      server_encoding: "UTF8",
      data_checksums: "on",
    });
    expect(statSync(path.join(folder, "postgres.json")).mode & 0o777).toBe(0o600);
  });

  test("stops with its program and comes back with its data and its port", async () => {
    const first = await supervise();
    await write(first.told.url);
    await end(first, "SIGTERM");
    expect(await runningOn(await clusterOf())).toBeUndefined();
    const second = await supervise();
    expect(second.told).toEqual(first.told);
    expect(await read(second.told.url)).toEqual(kept);
  });

  test("what was committed is there after everything was killed", async () => {
    const first = await supervise();
    await write(first.told.url);
    await end(first, "SIGKILL");
    await killServer();
    expect(existsSync(path.join(await clusterOf(), "postmaster.pid"))).toBe(true);
    const second = await supervise();
    expect(await read(second.told.url)).toEqual(kept);
  });

  test("a stale postmaster.pid that names a living stranger is overcome", async () => {
    const first = await supervise();
    await write(first.told.url);
    await end(first, "SIGKILL");
    await killServer();
    const stranger = spawn("sleep", ["60"], uid === undefined ? {} : { uid, gid: uid });
    started.push(stranger);
    const file = path.join(await clusterOf(), "postmaster.pid");
    const [, ...rest] = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, [stranger.pid, ...rest].join("\n"));
    const second = await supervise();
    expect(await read(second.told.url)).toEqual(kept);
    expect(isAlive(stranger.pid!)).toBe(true);
  });

  test("a server whose program was killed is ended, and its data go on", async () => {
    const first = await supervise();
    await write(first.told.url);
    await end(first, "SIGKILL");
    const orphan = (await runningOn(await clusterOf()))!;
    expect(isAlive(orphan.pid)).toBe(true);
    const second = await supervise();
    expect(second.logs.join()).toContain(`process ${orphan.pid}`);
    expect(isAlive(orphan.pid)).toBe(false);
    expect(await read(second.told.url)).toEqual(kept);
    expect(second.told.url).toBe(first.told.url);
  });

  test("a server killed under its living program comes back at the same address", async () => {
    const { told } = await supervise();
    await write(told.url);
    const killed = await killServer();
    const until = performance.now() + 10_000;
    const retry = async (): Promise<unknown[]> => {
      try {
        return await read(told.url);
      } catch (error) {
        if (performance.now() > until) throw error;
        await pause(50);
        return retry();
      }
    };
    expect(await retry()).toEqual(kept);
    expect((await runningOn(await clusterOf()))!.pid).not.toBe(killed);
    const second = await supervise();
    expect(second.told.problem).toMatch(/^Another Vezne/);
  });

  test("a folder that was emptied by hand starts anew", async () => {
    const first = await supervise();
    await write(first.told.url);
    await end(first, "SIGTERM");
    await emptyFolder();
    const second = await supervise();
    await expect(read(second.told.url)).rejects.toMatchObject({ code: "42P01" });
  });

  // Where the data are outside the folder, an emptied folder starts anew instead: see above.
  // What does not depend on who starts it is tried once.
  const isFirst = name === places[0]?.name;
  if (isFirst) {
    test("nobody gets in without the password", async () => {
      const { told } = await supervise();
      const url = new URL(told.url);
      url.password = "wrong";
      await expect(asOwner(url.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    });

    test("a folder that a living Vezne holds is refused in one sentence", async () => {
      const first = await supervise();
      await write(first.told.url);
      const second = await supervise();
      expect(second.told.kind).toBe("EmbeddedProblem");
      expect(second.told.problem).toMatch(
        new RegExp(
          `^Another Vezne \\(process ${first.process.pid} on .+\\) is using the data ` +
            `in ${folder}: ` +
            "stop it first, or set VEZNE_DATA_DIR to another folder\\.$",
        ),
      );
      expect(await read(first.told.url)).toEqual(kept);
    });

    test("of two that start at once on an empty folder one is refused", async () => {
      const both = await Promise.all([supervise(), supervise()]);
      const served = both.filter((one) => one.told.problem === undefined);
      const refused = both.filter((one) => one.told.problem !== undefined);
      expect(served).toHaveLength(1);
      expect(refused[0]?.told.problem).toMatch(/^Another Vezne \(process \d+ on /);
      await write(served[0]!.told.url);
      expect(await read(served[0]!.told.url)).toEqual(kept);
    });
  }
  if (isFirst) {
    test("a port that is taken meanwhile is replaced, one that was asked for is not", async () => {
      const first = await supervise();
      await write(first.told.url);
      await end(first, "SIGTERM");
      const thief = createServer().listen(first.told.port, "127.0.0.1");
      await once(thief, "listening");
      try {
        const asked = await supervise(first.told.port);
        expect(asked.told.problem).toMatch(/^Port \d+ of 127\.0\.0\.1 is taken/);
        const second = await supervise();
        expect(second.told.port).not.toBe(first.told.port);
        expect(await read(second.told.url)).toEqual(kept);
      } finally {
        thief.close();
      }
    });

    test("a cluster of another PostgreSQL version is refused in one sentence", async () => {
      await end(await supervise(), "SIGTERM");
      await writeFile(path.join(await clusterOf(), "PG_VERSION"), "15\n");
      const { told } = await supervise();
      expect(told.problem).toMatch(/was made by PostgreSQL 15, and this Vezne brings \d+: /);
    });
  }

  const isDataInside = mode === 0o711 || uid !== undefined;
  if (!isDataInside) return;
  test("lost passwords are told, and no second database is made", async () => {
    await end(await supervise(), "SIGTERM");
    const file = path.join(folder, "postgres.json");
    await rename(file, `${file}.lost`);
    const { told } = await supervise();
    await rename(`${file}.lost`, file);
    expect(told.problem).toContain("is missing: put it back");
  });
});
