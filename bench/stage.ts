import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Embedded } from "../src/db/embedded.ts";
import { migrate } from "../src/db/migrate.ts";
import { openDb } from "../src/db/pool.ts";
import { keyringOf } from "../src/lib/seal.ts";
import { assetsFolder, buildAssets } from "../src/main/assets.ts";
import { heapFlags } from "../src/main/children.ts";
import { systemClock } from "../src/main/clock.ts";
import { compiledFolder } from "../src/main/compiled.ts";
import { demoMerchant } from "../src/main/demo.ts";
import { enroll, readMerchant } from "../src/merchants/index.ts";

type Usage = Readonly<{ cpuSeconds: number; residentMb: number }>;

/** A process of ours that tells its address once it listens. */
export async function child(file: string, env: Record<string, string>) {
  const process_ = fork(path.join(import.meta.dirname, "..", file), {
    env: { ...process.env, ...env, NODE_COMPILE_CACHE: compiledFolder },
    execArgv: heapFlags,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    process_.once("message", (message: { url: string }) => resolve(message.url));
    process_.once("exit", () => reject(new Error(`${file} did not start`)));
  });
  return { process: process_, url };
}

export async function stop(process_: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => process_.once("exit", resolve));
  process_.kill("SIGTERM");
  await gone;
}

/** What Prometheus would see of a process. */
export async function usage(url: string): Promise<Usage> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1]);
  return {
    cpuSeconds: read("process_cpu_seconds_total"),
    residentMb: read("process_resident_memory_bytes") / 2 ** 20,
  };
}

/**
 * A merchant on a database of its own, the bank simulator, the product's API that talks to it, and
 * the same API over a bank in its own process.
 */
export async function openStage(database: Embedded, folder: string) {
  await database.ensureDatabase("bench");
  await migrate(database.ownerUrl("bench"), { app: database.app });
  const url = database.appUrl("bench");
  const vaultKey = randomBytes(32).toString("base64");
  const bank = await child("src/main/simulator.ts", {
    VEZNE_BANK_PORT: "0",
    VEZNE_BANK_BOOK: path.join(folder, "bank.sqlite"),
    VEZNE_BANK_TOKEN: "bench",
  });
  const db = openDb({ url, max: 4, applicationName: "bench", onError: () => {} });
  const ring = keyringOf(vaultKey);
  const enrolled = await enroll({ db, clock: systemClock, ring }, demoMerchant(bank.url));
  if (!enrolled) throw new Error("the bench merchant could not be enrolled");
  const merchant = await readMerchant(db, ring, enrolled.merchantId);
  if (!merchant) throw new Error("the bench merchant is gone");
  await buildAssets(assetsFolder);
  const env = {
    VEZNE_APP_DATABASE_URL: url,
    VEZNE_VAULT_KEY: vaultKey,
    VEZNE_ASSETS: assetsFolder,
    VEZNE_HOST: "127.0.0.1",
    VEZNE_PORT: "0",
    VEZNE_TOKEN: "bench",
  };
  const instant = await child("bench/instant-api.ts", env);
  const api = await child("src/main/api.ts", env);
  const close = async () => {
    await Promise.all([db.close(), stop(api.process), stop(instant.process)]);
    await stop(bank.process);
  };
  return { url, key: enrolled.secretKey, merchant, api, instant, close };
}
