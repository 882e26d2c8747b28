import { afterAll, beforeAll, expect, test } from "vitest";
import { INQUIRY_GAPS_MS } from "../../../src/payments/doubt.rules.ts";
import { inquireDue } from "../../../src/payments/index.ts";
import { expectSound, liveCharges } from "../../faults/hands.ts";
import { Life, mortal, restarted } from "../../faults/mortal.ts";
import { typedCard } from "../../support/cards.ts";
import { runJobs } from "../../support/jobs.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const life = new Life();
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({
    wrapDeps(deps) {
      const { payments, ...rest } = mortal(deps, life);
      return { ...rest, payments, checkout: { ...rest.checkout, payments } };
    },
  });
});
afterAll(() => world.close());

/** The steps of the hold that checks a card; the next ones give it back. */
const steps = [
  "before opening",
  "after opening",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
];
const OPEN_LEASE_MS = 75_000;

const orders = async () =>
  (await world.db.kysely.selectFrom("payments").select("id").execute()).map((row) =>
    row.id.slice("pay_".length),
  );

async function recover(born: Awaited<ReturnType<typeof restarted>>): Promise<void> {
  life.live();
  for (const gap of [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS]) {
    world.clock.advance(gap);
    born.deps.reception.forgetAll();
    await inquireDue(born.deps.payments, (error) => {
      throw error;
    });
  }
  await runJobs(world);
}

test.each([
  ...steps.map((step, i) => [step, i + 1] as const),
  ...steps.map((step, i) => [`${step} of the way back`, steps.length + i + 1] as const),
])("a check whose process dies %s leaves no lira at the bank", async (step, at) => {
  const ask = { ...typedCard, cvv: "000", user_unique_id: `crash-${at}` };
  life.endAt(at);
  const dead = await world.post("v1/card/save", ask);
  expect(life.diedAt).toBe(step.replace(" of the way back", ""));
  if (at <= steps.length) expect(dead.status).toBe(500);
  const born = await restarted(world);
  await recover(born);
  for (const order of await orders()) expect(await liveCharges(world, order)).toBe(0);
  const again = await born.post("v1/card/save", ask);
  expect(again.body).toMatchObject({ code: 0 });
  const listed = await born.post("v1/card/list", { card_owner_id: again.body["card_owner_id"] });
  expect(listed.body).toMatchObject({ total: 1 });
  await born.close();
  await expectSound(world);
});
