import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { logInto } from "../../../src/main/log.ts";
import { createMetrics } from "../../../src/main/metrics.ts";
import { buildServer } from "../../../src/main/server.ts";
import { giveKey } from "../../../src/merchants/index.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const HOME = "203.0.113.7";
let world: TestWorld;
let key: string;
beforeAll(async () => {
  world = await createWorld();
  const { merchantId } = world.merchant;
  key = await inTx(world.db, (tx) =>
    giveKey(world.deps, tx, merchantId, "secret", { allowedIps: [HOME] }),
  );
});
afterAll(() => world.close());

/** The status of a call that names these addresses, behind so many proxies. */
async function ask(proxies: number, forwarded: string): Promise<number> {
  const log = logInto({ write: () => {} }, "error", "test");
  const server = await buildServer({ deps: world.deps, log, metrics: createMetrics(), proxies });
  const reply = await server.app.inject({
    method: "POST",
    url: "/v1/transaction/check",
    headers: { authorization: `Basic ${key}`, "x-forwarded-for": forwarded },
    payload: { reference_no: "NONE" },
  });
  await server.app.close();
  return reply.statusCode;
}

test.each([
  ["without a proxy nobody is believed", 0, HOME, 403],
  ["one proxy says who called it", 1, HOME, 200],
  ["what a caller wrote before that counts for nothing", 1, `${HOME}, 198.51.100.9`, 403],
  ["of two proxies the first says it", 2, `${HOME}, 198.51.100.9`, 200],
])("%s", async (_claim, proxies, forwarded, status) => {
  expect(await ask(proxies, forwarded)).toBe(status);
});
