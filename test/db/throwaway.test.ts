import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { isAlive } from "../../src/db/embedded.server.ts";
import { startThrowaway } from "../../src/db/throwaway.ts";
import { asOwner } from "../support/database.ts";

const root = path.resolve(import.meta.dirname, "../..");
const node = path.join(root, "node_modules/node/bin/node");

/** Where a server's data are, and its process. */
async function factsOf(url: string): Promise<{ folder: string; pid: number }> {
  const { rows } = await asOwner(
    url,
    `select current_setting('data_directory') as folder,
            split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
  );
  return rows[0];
}

test("a throw-away server leaves nothing behind when it is stopped", async () => {
  const server = await startThrowaway();
  const { folder, pid } = await factsOf(server.ownerUrl("postgres"));
  await server.stop();
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(path.dirname(folder))).toBe(false);
});

test("what a killed run left behind is removed by the next one", async () => {
  const program = `import { startThrowaway } from "./src/db/throwaway.ts";
    console.log((await startThrowaway()).ownerUrl("postgres"));
    setInterval(() => {}, 60_000);`;
  const killed = spawn(node, ["--input-type=module-typescript", "--eval", program], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(killed.stdout, "data");
  const { folder, pid } = await factsOf(String(url).trim());
  const gone = once(killed, "exit");
  killed.kill("SIGKILL");
  await gone;
  expect(isAlive(pid)).toBe(true);
  const next = await startThrowaway();
  await next.stop();
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(path.dirname(folder))).toBe(false);
});
