import { setTimeout as pause } from "node:timers/promises";
import type { Acquirer } from "../src/acquirers/index.ts";
import { openWorld, wire } from "../src/main/deps.ts";
import { createLog } from "../src/main/log.ts";
import { closeOnSignals, needEnv, tellReady } from "../src/main/process.ts";
import { startWork } from "../src/main/work.ts";
import { instantBank } from "./instant-bank.ts";
import type { DrawOrder, Sample } from "./worker-wire.ts";

/** The product's worker with a bank in its own process that approves at once. */
const SAMPLE_MS = 250;
/** So long without a draw, and nothing more is due. */
const IDLE_MS = 3_000;

const { log, flush } = createLog("warn", "worker");
const databaseUrl = needEnv("VEZNE_APP_DATABASE_URL");
const opened = openWorld("bench-worker", databaseUrl, needEnv("VEZNE_VAULT_KEY"), {
  log,
  publicUrl: () => "",
});
let approved = 0;
const countingBank: Acquirer = {
  ...instantBank,
  charge: (order) => {
    approved += 1;
    return instantBank.charge(order);
  },
};
const deps = wire({ ...opened.world, findAcquirer: () => countingBank });

function sample(drawn: number): Sample {
  const { user, system } = process.cpuUsage();
  const residentMb = process.memoryUsage.rss() / 2 ** 20;
  return { drawn, cpuMs: (user + system) / 1_000, residentMb };
}

/** Works until so many were drawn, or until nothing is due any more. */
async function draw({ most }: DrawOrder): Promise<void> {
  const before = approved;
  const drawn = () => approved - before;
  let changedAt = performance.now();
  let known = 0;
  process.send?.({ sample: sample(0) });
  const endWork = await startWork(deps, { databaseUrl, log, carriers: {} });
  while (drawn() < most && performance.now() - changedAt < IDLE_MS) {
    await pause(SAMPLE_MS);
    if (drawn() === known) continue;
    known = drawn();
    changedAt = performance.now();
    process.send?.({ sample: sample(known) });
  }
  await endWork();
  process.send?.({ sample: sample(drawn()), isOver: true });
}

process.on("message", (order: DrawOrder) => void draw(order));
closeOnSignals(log, flush, () => opened.close());
tellReady({});
