import { describe, expect, test } from "vitest";
import { after } from "../lib/clock.ts";
import {
  isTold,
  lastTold,
  nextLookAt,
  truthOfPayer,
  type WatchAction,
  type WatchStatus,
  watchActions,
} from "./watch.rules.ts";

const now = new Date("2026-03-04T12:00:00+03:00");
const HOUR_MS = 60 * 60_000;

describe("an undecided payment", () => {
  /** Minutes from the first look to each next one. */
  function looksOf(action: WatchAction): number[] {
    const minutes: number[] = [];
    let at = now;
    for (let looks = 0; ; looks += 1) {
      const next = nextLookAt({ action, looks }, at);
      if (!next) return minutes;
      minutes.push((next.getTime() - now.getTime()) / 60_000);
      at = next;
    }
  }
  test("is looked at for two hours, and where money is wanted back for a week", () => {
    for (const action of watchActions) {
      const looks = looksOf(action);
      expect(looks.slice(0, 5)).toEqual([5, 15, 30, 60, 120]);
      expect(looks).toHaveLength(action === "cancel" ? 37 : 5);
    }
    const [last = 0] = looksOf("cancel").slice(-1);
    expect(last * 60_000).toBeGreaterThan(7 * 24 * HOUR_MS);
    expect(after(now, last * 60_000).getTime()).toBeLessThan(now.getTime() + 9 * 24 * HOUR_MS);
  });
});

test("a payer who went to the bank has begun a payment that nothing was said of since", () => {
  expect(lastTold({ lastStatus: "created" }, true)).toBe("started");
  expect(lastTold({ lastStatus: "created" }, false)).toBe("created");
  expect(lastTold({ lastStatus: "paid" }, true)).toBe("paid");
});

test("a payer who may come back leaves open what one who cannot has ended", () => {
  for (const at of ["created", "started"] as const) {
    expect(truthOfPayer(at)).toEqual({ status: at, isOpen: true, isBack: false });
  }
  for (const at of ["refused", "expired"] as const) {
    expect(truthOfPayer(at)).toEqual({ status: "failed", isOpen: false, isBack: false });
  }
});

describe("what a look finds", () => {
  const told = (
    action: WatchAction,
    found: WatchStatus,
    url: string | null = "https://a.example",
  ) => isTold({ action, url }, "started", found);
  test("is told by each action where it is news", () => {
    for (const action of watchActions) expect(told(action, "paid")).toBe(true);
  });
  test("is told by two of them where it is none, and to nobody without an address", () => {
    expect(watchActions.filter((action) => told(action, "started"))).toEqual(["report", "notify"]);
    expect(watchActions.filter((action) => told(action, "paid", null))).toEqual([]);
  });
});
