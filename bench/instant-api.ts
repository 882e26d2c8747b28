import { randomBytes } from "node:crypto";
import type { Acquirer, Outcome } from "../src/acquirers/index.ts";
import { openWorld, wire } from "../src/main/deps.ts";
import { createLog } from "../src/main/log.ts";
import { createMetrics } from "../src/main/metrics.ts";
import { closeOnSignals, needEnv, tellReady } from "../src/main/process.ts";
import { buildServer } from "../src/main/server.ts";

/** The product's API with a bank in its own process that approves at once. */
const approve = async (): Promise<Outcome> => ({
  kind: "approved",
  bankReference: randomBytes(9).toString("hex"),
  authorizationCode: "123456",
});
const instantBank: Acquirer = {
  abilities: new Set(["hold"]),
  challenge: () => {
    throw new Error("This bank has no page");
  },
  resume: () => ({ kind: "unproven", why: "this bank has no page", bankMessage: "" }),
  charge: approve,
  capture: approve,
  void: approve,
  refund: approve,
  inquire: async () => ({ kind: "not_found" }),
};

const { log, flush } = createLog("info", "api");
const opened = openWorld(
  "bench-api",
  needEnv("VEZNE_APP_DATABASE_URL"),
  needEnv("VEZNE_VAULT_KEY"),
  { log, publicUrl: () => "" },
);
const deps = wire({ ...opened.world, findAcquirer: () => instantBank });
const server = await buildServer({ deps, log, metrics: createMetrics(), trustProxy: false });
closeOnSignals(log, flush, async () => {
  await server.drain();
  await opened.close();
});
tellReady({ url: await server.app.listen({ host: "127.0.0.1", port: 0 }) });
