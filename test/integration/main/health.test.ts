import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const get = async (path: string) => {
  const reply = await fetch(`${world.url}${path}`);
  return { status: reply.status, text: await reply.text() };
};

test("a process that lives and can take payments says both", async () => {
  expect(await get("/healthz")).toEqual({ status: 200, text: '{"status":"ok"}' });
  expect(await get("/readyz")).toEqual({ status: 200, text: '{"status":"ready"}' });
});

test("Prometheus reads how long requests took and how many attempts are in doubt", async () => {
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await world.pay();
  const { text } = await get("/metrics");
  expect(text).toContain('vezne_attempts_unsettled{state="doubtful"} 1');
  expect(text).toContain('vezne_attempts_unsettled{state="flagged"} 0');
  expect(text).toMatch(
    /vezne_http_request_seconds_count\{route="\/v2\/transaction\/payment",status="200"\} 1/,
  );
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
});
