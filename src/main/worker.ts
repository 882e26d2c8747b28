import { openCarriers } from "../messaging/index.ts";
import { readConfig } from "./config.ts";
import { openWorld, wire } from "./deps.ts";
import { createLog } from "./log.ts";
import { createMetrics, watched } from "./metrics.ts";
import { closeOnSignals, failWith, needEnv, tellReady } from "./process.ts";
import { startWork } from "./work.ts";

/** Jobs and what falls due, as a process: any number of them share the work. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { log, flush } = createLog(config.logLevel, "worker");
  const databaseUrl = needEnv("VEZNE_APP_DATABASE_URL");
  const vaultKey = needEnv("VEZNE_VAULT_KEY");
  // Said by the supervisor, or by whoever runs a worker without one.
  const publicUrl = () => config.publicUrl ?? "";
  const opened = openWorld("vezne-worker", databaseUrl, vaultKey, { log, publicUrl });
  const findAcquirer = watched(opened.world.findAcquirer, createMetrics(), log);
  const deps = wire({ ...opened.world, findAcquirer });
  const endWork = await startWork(deps, { databaseUrl, log, carriers: openCarriers(config) });
  closeOnSignals(log, flush, async () => {
    await endWork();
    await opened.close();
  });
  tellReady({});
  log.info("the worker runs");
}

main().catch((error: Error) => failWith(`The worker could not start: ${error.message}`));
