import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAssets, loadAssets } from "./assets.ts";

let folder: string;
const file = () => path.join(folder, "assets.json");

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "vezne-assets-"));
  // Several that start at once; each finds nothing there yet.
  await Promise.all([buildAssets(folder), buildAssets(folder), buildAssets(folder)]);
});
afterAll(() => rm(folder, { recursive: true }));

test("everything that browsers load is there, whole and compressed", async () => {
  const assets = await loadAssets(folder);
  expect([...assets.keys()].sort()).toEqual([
    "/public/hosted/auto.js",
    "/public/hosted/checkout.css",
    "/public/hosted/checkout.js",
    "/public/hosted/code.js",
    "/public/hosted/frame.js",
    "/public/js/paynet-custom.js",
    "/public/js/paynet-custom.min.js",
    "/public/js/paynet.js",
    "/public/js/paynet.min.js",
  ]);
  for (const [at, { body, brotli, gzip, type, etag }] of assets) {
    expect(brotliDecompressSync(brotli).equals(body)).toBe(true);
    expect(gunzipSync(gzip).equals(body)).toBe(true);
    expect(type).toMatch(at.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
    expect(etag).toMatch(/^"[\w-]{22}"$/);
  }
  expect(new Set([...assets.values()].map(({ etag }) => etag)).size).toBe(assets.size);
});

test("scripts keep their names to themselves, and style sheets are style sheets", async () => {
  const assets = await loadAssets(folder);
  const text = (at: string) => assets.get(at)!.body.toString("utf8").trim();
  for (const [at] of assets) {
    if (at.endsWith(".js")) expect(text(at)).toMatch(/^\(function\(\) ?\{[\s\S]*\}\)\(\);?$/);
    expect(text(at)).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)|\bimport\b|url\(/);
  }
  expect(text("/public/hosted/checkout.css")).toMatch(/^:root\{--accent:/);
  const [short, readable] = [text("/public/js/paynet.min.js"), text("/public/js/paynet.js")];
  expect(short.length).toBeLessThan(readable.length);
});

test("nothing is built twice from the same sources", async () => {
  const before = await stat(file());
  await buildAssets(folder);
  expect((await stat(file())).mtimeMs).toBe(before.mtimeMs);
  expect(await readdir(folder)).toEqual(["assets.json"]);
});

test("what is broken, or made of other sources, is built anew", async () => {
  const good = await readFile(file(), "utf8");
  for (const bad of ["", "{", good.replace(/"sourceHash":"./, '"sourceHash":"x')]) {
    await writeFile(file(), bad);
    await buildAssets(folder);
    expect(await readFile(file(), "utf8")).toBe(good);
  }
});

test("the builder leaves no trace in the environment", () => {
  expect(process.env["NODE_ENV"]).toBe("test");
});

test("an empty folder is told what to do about it", async () => {
  await expect(loadAssets(path.join(folder, "none"))).rejects.toThrow("npm run build");
});
