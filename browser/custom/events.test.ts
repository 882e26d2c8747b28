import { expect, test, vi } from "vitest";
import { createEvents } from "./events.ts";

test("the last listener that was registered is told", () => {
  const { emit, hasListener, registrars } = createEvents(vi.fn());
  const [first, last] = [vi.fn(), vi.fn()];
  expect(hasListener("onCheckBin")).toBe(false);
  registrars.onCheckBin(first);
  registrars.onCheckBin(last);
  emit("onCheckBin", { ok: true });
  expect(first).not.toHaveBeenCalled();
  expect(last).toHaveBeenCalledExactlyOnceWith({ ok: true });
  expect(hasListener("onCheckBin")).toBe(true);
});
test("a listener of the load that comes late is told at once", () => {
  const { emit, registrars } = createEvents(vi.fn());
  const late = vi.fn();
  emit("onLoad");
  registrars.onLoad(late);
  expect(late).toHaveBeenCalledOnce();
});
test("a listener that throws is reported and stops nothing", () => {
  const report = vi.fn();
  const { emit, registrars } = createEvents(report);
  const mistake = new Error("the shop's");
  registrars.onTdsRedirect(() => {
    throw mistake;
  });
  emit("onTdsRedirect");
  expect(report).toHaveBeenCalledWith(mistake);
});
test("what is no function is no listener", () => {
  const { hasListener, registrars } = createEvents(vi.fn());
  registrars.onCreateToken("alert(1)");
  expect(hasListener("onCreateToken")).toBe(false);
});
