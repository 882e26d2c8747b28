import { createHash, randomUUID } from "node:crypto";
import { glob, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import type { InlineConfig } from "vite";

const root = path.resolve(import.meta.dirname, "../..");
const FILE = "assets.json";
/** Since these, browsers have modal dialogs, without which the overlay cannot be. */
const browsers = ["chrome93", "edge93", "firefox98", "safari15.4"];

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";
type Source = Readonly<{ entry: string; type: string; isReadable?: boolean }>;
/** What browsers load, by the path it is served at, and what it is made of. */
const sources: Readonly<Record<string, Source>> = {
  "/public/js/paynet.min.js": { entry: "browser/paynet.ts", type: SCRIPT },
  "/public/js/paynet.js": { entry: "browser/paynet.ts", type: SCRIPT, isReadable: true },
  "/public/js/paynet-custom.min.js": { entry: "browser/paynet-custom.ts", type: SCRIPT },
  "/public/js/paynet-custom.js": {
    entry: "browser/paynet-custom.ts",
    type: SCRIPT,
    isReadable: true,
  },
  "/public/hosted/checkout.js": { entry: "browser/checkout.ts", type: SCRIPT },
  "/public/hosted/checkout.css": { entry: "browser/checkout.css", type: STYLE },
  "/public/hosted/code.js": { entry: "browser/code.ts", type: SCRIPT },
  "/public/hosted/auto.js": { entry: "browser/auto.ts", type: SCRIPT },
  "/public/hosted/frame.js": { entry: "browser/frame.ts", type: SCRIPT },
};

/** Ready to be sent: the bytes, the same compressed, and an etag of the bytes in quotes. */
export type Asset = Readonly<{
  body: Buffer;
  brotli: Buffer;
  gzip: Buffer;
  type: string;
  etag: string;
}>;
/** Bytes as base64. One file holds all, so a reader never finds half of a build. */
type StoredAsset = Readonly<{ body: string; brotli: string; gzip: string; type: string }>;
type Stored = Readonly<{ sourceHash: string; assets: Readonly<Record<string, StoredAsset>> }>;

/** Everything that a script may be made of, the way of making it, and nothing else. */
async function readSources(): Promise<Map<string, string>> {
  const patterns = ["browser/**/*.{ts,css}", "src/lib/luhn.ts", "src/main/assets.ts"];
  const found = await Array.fromAsync(glob(patterns, { cwd: root }));
  const files = found.map((file) => file.replaceAll(path.sep, "/"));
  const used = files.filter((file) => !file.endsWith(".test.ts")).sort();
  const texts = await Promise.all(used.map((file) => readFile(path.join(root, file), "utf8")));
  return new Map(used.map((file, i) => [file, texts[i]!]));
}

const hashOf = (texts: ReadonlyMap<string, string>): string =>
  createHash("sha256")
    .update(JSON.stringify([...texts]))
    .digest("hex");

async function readStored(folder: string): Promise<Stored | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, FILE), "utf8")) as Stored;
  } catch {
    return undefined; // There is none yet, or it is not one of ours: it is made anew.
  }
}

const configOf = ({ entry, type, isReadable }: Source): InlineConfig => ({
  root,
  configFile: false,
  envDir: false,
  publicDir: false,
  logLevel: "error",
  build: {
    write: false,
    target: browsers,
    minify: !isReadable,
    modulePreload: false,
    rolldownOptions: {
      input: path.join(root, entry),
      // A script of this form keeps all its names to itself; a style sheet would become one too.
      output: { format: type === SCRIPT ? "iife" : "es" },
    },
  },
});

type Build = typeof import("vite")["build"];

async function bundle(build: Build, source: Source, known: ReadonlyMap<string, string>) {
  const made = await build(configOf(source));
  const output = "output" in made ? made.output : undefined;
  const wanted = source.type === SCRIPT ? "chunk" : "asset";
  const file = output?.find((each) => each.type === wanted);
  if (!file) throw new Error(`${source.entry} gave nothing to serve`);
  if (file.type === "asset") return file.source;
  for (const module of file.moduleIds) {
    const name = path.relative(root, module).replaceAll(path.sep, "/");
    // A change of it would not be noticed at the next start.
    if (!known.has(name)) throw new Error(`${name} is not among the sources that are looked at`);
  }
  return file.code;
}

const [brotli, gzip] = [promisify(zlib.brotliCompress), promisify(zlib.gzip)];

async function stored(text: string | Uint8Array, type: string): Promise<StoredAsset> {
  const body = Buffer.from(text as string);
  const [small, old] = await Promise.all([brotli(body), gzip(body, { level: 9 })]);
  const [whole, ...compressed] = [body, small, old].map((bytes) => bytes.toString("base64"));
  return { body: whole!, brotli: compressed[0]!, gzip: compressed[1]!, type };
}

/** The builder tells the environment what it builds for; nothing that starts later is to know. */
async function withoutTrace<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env["NODE_ENV"];
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}

/**
 * Makes of `browser/` what payers' browsers load, into `folder`. Does nothing when what is there
 * was made of the same sources; several at once, in one process or in many, do no harm.
 */
export async function buildAssets(folder: string): Promise<void> {
  const texts = await readSources();
  const sourceHash = hashOf(texts);
  if ((await readStored(folder))?.sourceHash === sourceHash) return;
  const made = await withoutTrace(async () => {
    const { build } = await import("vite");
    return Promise.all(
      Object.entries(sources).map(async ([at, source]) => {
        const text = await bundle(build, source, texts);
        return [at, await stored(text, source.type)] as const;
      }),
    );
  });
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, `${FILE}.${randomUUID()}`);
  const result: Stored = { sourceHash, assets: Object.fromEntries(made) };
  await writeFile(draft, JSON.stringify(result));
  await rename(draft, path.join(folder, FILE));
}

/** What `buildAssets` left in `folder`, by path. Throws when there is nothing. */
export async function loadAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const found = await readStored(folder);
  if (!found) throw new Error(`${folder} holds no built scripts: run \`npm run build\``);
  return new Map(
    Object.entries(found.assets).map(([at, { type, ...texts }]) => {
      const body = Buffer.from(texts.body, "base64");
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
      const compressed = {
        brotli: Buffer.from(texts.brotli, "base64"),
        gzip: Buffer.from(texts.gzip, "base64"),
      };
      return [at, { body, ...compressed, type, etag }];
    }),
  );
}

/** Where the product keeps them, beside its sources. */
export const assetsFolder = path.join(root, "dist");
