import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

const OWNER_ONLY = 0o600;

/** Writes whole or not at all, for the owner's eyes only. */
async function writePrivate(file: string, content: unknown): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: OWNER_ONLY });
  await chmod(draft, OWNER_ONLY);
  await rename(draft, file);
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Secrets of a laptop's own making. Losing them makes every key and bank contract unreadable. */
export type Secrets = Readonly<{ vaultKey: string; token: string }>;

/** How a running Vezne is reached: for the command line on the same machine. */
export type Running = Readonly<{
  pid: number;
  apiUrl: string;
  bankUrl: string | null;
  token: string;
  /** The application's role. */
  databaseUrl: string;
  ownerUrl: string;
}>;

/** For scripts and tests of whoever tries Vezne. */
export type Demo = Readonly<{
  urls: { api: string; bank: string; dashboard: string | null };
  paynet: { secret_key: string; publishable_key: string };
  paywall: Readonly<
    Record<"apikeypublic" | "apiclientpublic" | "apikeyprivate" | "apiclientprivate", string>
  >;
  token: string;
}>;

/** `VEZNE_DATA_DIR`, or `.vezne` in the working folder. */
export const defaultDataFolder = (): string =>
  path.resolve(process.env.VEZNE_DATA_DIR || path.join(process.cwd(), ".vezne"));

export function dataFolder(folder: string) {
  const file = (name: string) => path.join(folder, name);
  return {
    path: folder,
    file,
    prepare: () => mkdir(folder, { recursive: true }),
    /** Made at the first start and kept. */
    async secrets(): Promise<Secrets> {
      const kept = await readJson<Secrets>(file("secrets.json"));
      if (kept) return kept;
      const made = {
        vaultKey: randomBytes(32).toString("base64"),
        token: randomBytes(24).toString("base64url"),
      };
      await writePrivate(file("secrets.json"), made);
      return made;
    },
    running: () => readJson<Running>(file("running.json")),
    writeRunning: (running: Running) => writePrivate(file("running.json"), running),
    demo: () => readJson<Demo>(file("demo.json")),
    writeDemo: (demo: Demo) => writePrivate(file("demo.json"), demo),
  };
}
export type DataFolder = ReturnType<typeof dataFolder>;
