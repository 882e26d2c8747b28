import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Embedded } from "../src/db/embedded.ts";
import { migrate } from "../src/db/migrate.ts";
import { inTx } from "../src/db/transaction.ts";
import { istanbulDay } from "../src/lib/clock.ts";
import { systemClock } from "../src/main/clock.ts";
import { demoMerchant, newPairs, openMarketplace, openPayouts } from "../src/main/demo.ts";
import { openWorld, wire } from "../src/main/deps.ts";
import { createLog } from "../src/main/log.ts";
import { enroll } from "../src/merchants/index.ts";
import { instantBank } from "./instant-bank.ts";
import { type Seed, seedEarnings } from "./payout-seed.ts";
import { child, stop, usage } from "./stage.ts";

const SAMPLE_MS = 50;
const NOWHERE = "http://127.0.0.1:1";

type Envelope = Readonly<{ ErrorCode: number; Message: string; Body: unknown }>;
export type Answer = Readonly<{ tookMs: number; body: Record<string, unknown> }>;

/** Calls of the marketplace's wire; what it refuses ends the bench. */
function wireOf(url: string, headers: Readonly<Record<string, string>>) {
  return async function call(method: "GET" | "POST", path: string, input: object) {
    const isGet = method === "GET";
    const asked = isGet ? (input as Record<string, string>) : {};
    const from = performance.now();
    const reply = await fetch(`${url}/api/paywall/${path}`, {
      method,
      headers: { ...headers, ...asked, ...(!isGet && { "content-type": "application/json" }) },
      ...(!isGet && { body: JSON.stringify(input) }),
    });
    const answer = (await reply.json()) as Envelope;
    const tookMs = performance.now() - from;
    if (answer.ErrorCode !== 0) throw new Error(`${path}: ${answer.ErrorCode} ${answer.Message}`);
    return { tookMs, body: answer.Body as Answer["body"] };
  };
}
export type Call = ReturnType<typeof wireOf>;

/** The most that a process was seen to hold while something ran, and what it held before. */
export type Held = Readonly<{ beforeMb: number; mostMb: number }>;

async function watch<T>(url: string, run: () => Promise<T>): Promise<readonly [T, Held]> {
  const beforeMb = (await usage(url)).residentMb;
  let mostMb = beforeMb;
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      await pause(SAMPLE_MS);
      mostMb = Math.max(mostMb, (await usage(url)).residentMb);
    }
  })();
  const done = await run().finally(() => {
    isOver = true;
  });
  await sampling;
  return [done, { beforeMb, mostMb }];
}

/** A marketplace with its waiting earnings on a database of its own, and the product's API. */
export async function openPayoutStage(database: Embedded, earnings: number) {
  await database.ensureDatabase("payouts");
  const ownerUrl = database.ownerUrl("payouts");
  await migrate(ownerUrl, { app: database.app });
  const url = database.appUrl("payouts");
  const vaultKey = randomBytes(32).toString("base64");
  const { log } = createLog("warn", "bench");
  const opened = openWorld("bench", url, vaultKey, { log, publicUrl: () => "" });
  const deps = wire({ ...opened.world, findAcquirer: () => instantBank });
  const ask = demoMerchant(NOWHERE);
  const enrolled = await enroll(deps, ask);
  if (!enrolled) throw new Error("the bench merchant could not be enrolled");
  const merchant = enrolled.merchantId;
  const now = systemClock();
  const pairs = await inTx(deps.db, async (tx) => {
    await openMarketplace(tx, merchant, ask.name, now);
    await openPayouts(tx, deps.ring, merchant, NOWHERE, now);
    return newPairs(deps, tx, merchant);
  });
  const seed: Seed = { earnings, today: istanbulDay(now) };
  await seedEarnings(ownerUrl, merchant, seed, now);
  const api = await child("bench/instant-api.ts", {
    VEZNE_APP_DATABASE_URL: url,
    VEZNE_VAULT_KEY: vaultKey,
  });
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const app = new pg.Client({ connectionString: url });
  await app.connect();
  const close = async () => {
    await Promise.all([owner.end(), app.end(), stop(api.process)]);
    await opened.close();
  };
  const watched = <T>(run: () => Promise<T>) => watch(api.url, run);
  const call = wireOf(api.url, pairs);
  return { deps, merchant, today: seed.today, owner, app, call, watched, close };
}
export type PayoutStage = Awaited<ReturnType<typeof openPayoutStage>>;
