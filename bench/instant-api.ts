import { openWorld, wire } from "../src/main/deps.ts";
import { createLog } from "../src/main/log.ts";
import { createMetrics } from "../src/main/metrics.ts";
import { closeOnSignals, needEnv, tellReady } from "../src/main/process.ts";
import { buildServer } from "../src/main/server.ts";
import { instantBank } from "./instant-bank.ts";

/** The product's API with a bank in its own process that approves at once. */
const { log, flush } = createLog("info", "api");
const opened = openWorld(
  "bench-api",
  needEnv("VEZNE_APP_DATABASE_URL"),
  needEnv("VEZNE_VAULT_KEY"),
  { log, publicUrl: () => "" },
);
const deps = wire({ ...opened.world, findAcquirer: () => instantBank });
const server = await buildServer({ deps, log, metrics: createMetrics() });
closeOnSignals(log, flush, async () => {
  await server.drain();
  await opened.close();
});
tellReady({ url: await server.app.listen({ host: "127.0.0.1", port: 0 }) });
