import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { formsOf } from "../support/forms.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { gate } from "./late.ts";
import { restarted } from "./mortal.ts";

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
    // It waits between two looks, and here until the first one is through, however long that takes.
    const pause = vi.spyOn(other.deps.payments, "pause").mockImplementation(async () => {
      open();
      await first;
    });
    const second = other.post("v1/transaction/charge", names);
    expect((await second).body).toMatchObject({ code: 100, is_succeed: true });
    expect((await first).body).toMatchObject({ code: 0, is_succeed: true });
    expect(pause).toHaveBeenCalled();
  } finally {
    await other.close();
  }
  await expectSound(world);
});
