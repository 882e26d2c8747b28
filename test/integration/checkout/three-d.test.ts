import { afterAll, beforeAll, expect, test } from "vitest";
import { payerOf } from "../../support/payer.ts";
import { triesOf } from "../../support/tries.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
});
afterAll(() => world.close());

const MINUTE_MS = 60_000;
test("a payer goes by the bank's page and the shop charges once", async () => {
  const started = await payer.start();
  expect(started.body).toMatchObject({ object_name: "tds_initial", code: 0 });
  const { names, page } = await payer.goThrough(started);
  expect(page.form).toMatchObject({ action: "http://127.0.0.1:9/shop/back", fields: names });
  const first = await payer.charge(names);
  expect(first.body).toMatchObject({ is_succeed: true, code: 0, is_tds: true, amount: 100 });
  const again = await payer.charge(names);
  expect(again.body).toEqual({ ...first.body, code: 100 });
  expect(await triesOf(world).askedOf(names)).toEqual(["sale"]);
  await world.isSound();
});

test("nothing is charged before the payer is back", async () => {
  const started = await payer.start();
  const { session_id, token_id, post_url } = started.body as Record<string, string>;
  const names = { session_id: session_id!, token_id: token_id! };
  expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
  await payer.toBank(post_url!);
  expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
});

test("after its time a session is gone", async () => {
  const { names } = await payer.goThrough(await payer.start());
  await world.advance(21 * MINUTE_MS);
  expect((await payer.charge(names)).body).toMatchObject({ code: 13, is_succeed: false });
});
