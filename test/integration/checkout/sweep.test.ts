import { afterAll, beforeAll, expect, test } from "vitest";
import { sweepLeftovers } from "../../../src/jobs/sweep-leftovers.ts";
import { sendCode } from "../../../src/messaging/index.ts";
import { asOwner } from "../../support/database.ts";
import { payerOf } from "../../support/payer.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const counts = async () => {
  const { rows } = await asOwner(
    world.database.ownerUrl,
    `select (select count(*)::int from checkout_sessions) as sessions,
      (select count(*)::int from checkout_tokens) as tries,
      (select count(*)::int from one_time_codes) as codes`,
  );
  return rows[0];
};
const sweep = () =>
  Promise.resolve(sweepLeftovers(world.deps.payments)(undefined, undefined as never));

test("a week later a page that was left and a code are gone, and a try is not", async () => {
  const auth = { authorization: `Basic ${world.merchant.publishableKey}` };
  await world.post("v1/paynetj/auth?type=CF", { amount: 2000 }, auth);
  await payerOf(world).start();
  const merchant = await world.deps.reception.merchantOf(world.merchant.merchantId);
  const phone = "5321112233";
  await sendCode(world.deps.payments, merchant, { purpose: "card", session: "s-1", phone });
  expect(await counts()).toEqual({ sessions: 2, tries: 1, codes: 1 });
  await sweep();
  expect(await counts()).toEqual({ sessions: 2, tries: 1, codes: 1 });
  await world.advance(8 * DAY_MS);
  await sweep();
  expect(await counts()).toEqual({ sessions: 1, tries: 1, codes: 0 });
});
