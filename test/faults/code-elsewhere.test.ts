import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formsOf } from "../support/forms.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { gate } from "./late.ts";
import { restarted } from "./mortal.ts";

/** What comes before it lasts close to a second. */
const LATE_LOOK = 5;
/** Where the next charge stands still before it is opened. */
let stop: ReturnType<typeof gate> | undefined;
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({
    wrapDeps: (deps) => {
      const { hotPath } = deps.payments;
      const openCharge: typeof hotPath.openCharge = async (planned) => {
        await stop?.pass();
        return hotPath.openCharge(planned);
      };
      const payments = { ...deps.payments, hotPath: { ...hotPath, openCharge } };
      return { ...deps, payments, checkout: { ...deps.checkout, payments } };
    },
  });
});
afterAll(() => world.close());

test("a process without the security code waits for the one that charges with it", async () => {
  const forms = formsOf(world);
  const other = await restarted(world, { waits: true });
  try {
    const names = await forms.enter();
    stop = gate();
    const first = forms.charge(names);
    await stop.arrived;
    const { open } = stop;
    // It waits between looks, and here at a late one until the first call is through.
    const pause = vi.spyOn(other.deps.payments, "pause").mockImplementation(async () => {
      if (pause.mock.calls.length < LATE_LOOK) return;
      open();
      await first;
    });
    const second = other.post("v1/transaction/charge", names);
    expect((await second).body).toMatchObject({ code: 100, is_succeed: true });
    expect((await first).body).toMatchObject({ code: 0, is_succeed: true });
  } finally {
    await other.close();
  }
  await expectSound(world);
});
