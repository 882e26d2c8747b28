import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { compiledFolder } from "../../../src/main/compiled.ts";

const CLI = path.join(import.meta.dirname, "../../../src/main/cli.ts");
const run = promisify(execFile);
/** A data folder that is not there. */
const DATA = path.join(compiledFolder, "no-data");

const help = () =>
  run(process.execPath, [CLI, "--help"], {
    env: { PATH: process.env.PATH, VEZNE_DATA_DIR: DATA },
  });

test("a command keeps its code compiled beside the code, and says the same again", async () => {
  const first = await help();
  expect(await readdir(compiledFolder)).not.toEqual([]);
  expect(await help()).toEqual(first);
  expect(first.stdout).toContain("Usage: vezne");
});

test("a command that only tells something makes no data folder", async () => {
  await help();
  expect(existsSync(DATA)).toBe(false);
});
