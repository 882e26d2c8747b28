import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Demo, dataFolder } from "./folder.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "vezne-folder-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function freshFolder(name: string) {
  const folder = dataFolder(path.join(home, name));
  await folder.prepare();
  return folder;
}
const demo: Demo = {
  urls: { api: "http://127.0.0.1:1", bank: "http://127.0.0.1:2", dashboard: null },
  paynet: { secret_key: "sck_x", publishable_key: "pbk_x" },
  paywall: {
    apikeypublic: "k1",
    apiclientpublic: "c1",
    apikeyprivate: "k2",
    apiclientprivate: "c2",
  },
  token: "t",
};

test("secrets are made once and kept", async () => {
  const folder = await freshFolder("kept");
  const made = await folder.secrets();
  expect(Buffer.from(made.vaultKey, "base64")).toHaveLength(32);
  expect(await folder.secrets()).toEqual(made);
  expect(await dataFolder(folder.path).secrets()).toEqual(made);
  const other = await (await freshFolder("other")).secrets();
  expect(other.vaultKey).not.toBe(made.vaultKey);
  expect(other.token).not.toBe(made.token);
});

test("what it keeps is for the owner's eyes alone, also when it was not before", async () => {
  const folder = await freshFolder("private");
  await writeFile(folder.file("demo.json"), "{}", { mode: 0o644 });
  await folder.writeDemo(demo);
  await folder.secrets();
  for (const name of ["demo.json", "secrets.json"]) {
    expect((await stat(folder.file(name))).mode & 0o777).toBe(0o600);
  }
  expect(await folder.demo()).toEqual(demo);
});

test("no half of a file is left beside it", async () => {
  const folder = await freshFolder("whole");
  await Promise.all([folder.writeDemo(demo), folder.secrets()]);
  expect((await readdir(folder.path)).sort()).toEqual(["demo.json", "secrets.json"]);
  expect(await readFile(folder.file("demo.json"), "utf8")).toMatch(/\n$/);
});

test("what is not there is nothing, what cannot be read is a problem with its name", async () => {
  const folder = await freshFolder("broken");
  expect(await folder.running()).toBeUndefined();
  await writeFile(folder.file("secrets.json"), "{ half");
  await expect(folder.secrets()).rejects.toThrow("secrets.json cannot be read");
});
