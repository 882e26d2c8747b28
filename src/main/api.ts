import { loadAssets } from "./assets.ts";
import { readConfig } from "./config.ts";
import { openWorld, wire } from "./deps.ts";
import { createLog } from "./log.ts";
import { createMetrics, watched } from "./metrics.ts";
import { closeOnSignals, failWith, needEnv, tellReady } from "./process.ts";
import { buildServer } from "./server.ts";

/** The API as a process: any number of them may run on one database. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { log, flush } = createLog(config.logLevel, "api");
  const metrics = createMetrics();
  // Where it listens is known once it does; nobody asks before.
  let listensAt = "";
  const publicUrl = () => config.publicUrl ?? listensAt;
  const opened = openWorld(
    "vezne-api",
    needEnv("VEZNE_APP_DATABASE_URL"),
    needEnv("VEZNE_VAULT_KEY"),
    { log, publicUrl },
  );
  const deps = wire({
    ...opened.world,
    findAcquirer: watched(opened.world.findAcquirer, metrics, log),
  });
  const { VEZNE_BANK_URL: bankUrl, VEZNE_TOKEN: token = "" } = process.env;
  const server = await buildServer({
    deps,
    assets: await loadAssets(needEnv("VEZNE_ASSETS")),
    log,
    metrics,
    proxies: config.proxies,
    sandbox:
      config.isProduction || !token
        ? undefined
        : { token, ...(bankUrl && { bank: { url: bankUrl, token } }) },
  });
  closeOnSignals(log, flush, async () => {
    await server.drain();
    await opened.close();
  });
  const url = await server.app.listen({ host: config.host, port: config.port });
  listensAt = url;
  tellReady({ url });
  log.info({ url }, "the API listens");
}

main().catch((error: Error & { code?: string; port?: number }) => {
  if (error.code === "EADDRINUSE") {
    failWith(`Port ${error.port} is taken. Stop what uses it, or choose another with VEZNE_PORT.`);
  }
  failWith(`The API could not start: ${error.message}`);
});
