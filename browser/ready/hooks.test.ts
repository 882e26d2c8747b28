import { expect, test, vi } from "vitest";
import { createHooks } from "./hooks.ts";

test("the form opens when nobody asked to be asked", async () => {
  expect(await createHooks().mayOpen()).toBe(true);
});
test.each([
  [true, true],
  [Promise.resolve(true), true],
  [false, false],
  [undefined, false],
  ["yes", false],
])("the hook's answer %j opens: %s", async (answer, opens) => {
  const hooks = createHooks();
  hooks.events["onBeforeOpen"]!(() => answer);
  expect(await hooks.mayOpen()).toBe(opens);
});
test("a hook by a name that we do not know is asked too", async () => {
  const hooks = createHooks();
  hooks.events["onPaynetButtonClick"]!(() => false);
  expect(await hooks.mayOpen()).toBe(false);
});
test("events of the custom form are told and decide nothing", async () => {
  const hooks = createHooks();
  const heard = { click: vi.fn(() => false), load: vi.fn(), authentication: vi.fn() };
  hooks.events["onPaymentClick"]!(heard.click);
  hooks.events["onLoad"]!(heard.load);
  hooks.events["onAuthentication"]!(heard.authentication);
  expect(await hooks.mayOpen()).toBe(true);
  hooks.tellAuthentication({ ok: true });
  expect(heard.click).toHaveBeenCalledOnce();
  expect(heard.load).toHaveBeenCalledOnce();
  expect(heard.authentication).toHaveBeenCalledWith({ ok: true });
});
test("what is no function is no hook", async () => {
  const hooks = createHooks();
  hooks.events["onBeforeOpen"]!("no");
  expect(await hooks.mayOpen()).toBe(true);
});
