import { afterAll, beforeAll, expect, test } from "vitest";
import type { Deps } from "../../src/main/deps.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound, moneyCalls, orderOf } from "./hands.ts";
import { gate } from "./late.ts";

/** Where the next request rests once the bank's answer to it is written. */
let stop: ReturnType<typeof gate> | undefined;

function resting(deps: Deps): Deps {
  const { hotPath } = deps.payments;
  const settle: typeof hotPath.settle = async (asked) => {
    const isWritten = await hotPath.settle(asked);
    const held = stop;
    stop = undefined;
    await held?.pass();
    return isWritten;
  };
  return { ...deps, payments: { ...deps.payments, hotPath: { ...hotPath, settle } } };
}

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: resting });
});
afterAll(() => world.close());

test("a cancel whose repeat went the other way first hears that the money is back", async () => {
  const paid = await world.pay();
  await world.bank.admin("POST", "/eod", {});
  const ask = { xact_id: paid.body["xact_id"] };
  const headers = { "idempotency-key": "other-way" };
  const cancel = () => world.post("v1/transaction/reversed_request", ask, headers);
  const held = gate();
  stop = held;
  const first = cancel();
  await held.arrived;
  const second = await cancel();
  held.open();
  expect(second.body).toMatchObject({ code: 0 });
  expect((await first).body).toMatchObject({ code: 0 });
  expect(await moneyCalls(world, orderOf(paid))).toEqual(["sale", "void", "refund"]);
  await expectSound(world);
});
