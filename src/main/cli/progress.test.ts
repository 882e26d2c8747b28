import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

const CLEAR_LINE = "\r\u001b[K";

/** A screen that remembers, and a time that moves by hand. */
function watched(screen: { isTTY: boolean; columns?: number | undefined }) {
  const written: string[] = [];
  let ms = 0;
  const shown = createProgress(
    "10001",
    { ...screen, write: (text) => written.push(text) },
    () => ms,
  );
  const show = (done: number, afterMs: number) => {
    ms += afterMs;
    shown.show({ done, total: 100 });
  };
  return { written, show, end: () => shown.end() };
}

test("on a terminal one line is drawn again, at most ten times a second, and taken away", () => {
  const { written, show, end } = watched({ isTTY: true, columns: 100 });
  for (let done = 0; done <= 100; done += 1) show(done, 10);
  expect(written).toHaveLength(11);
  for (const text of written) {
    expect(text.slice(0, CLEAR_LINE.length)).toBe(CLEAR_LINE);
    expect(text.slice(CLEAR_LINE.length)).toMatch(/^[█░]{30} 10001: /);
  }
  end();
  expect(written.at(-1)).toBe(CLEAR_LINE);
  expect(written.join("")).not.toContain("\n");
});

test("a terminal that does not know its width, or says 0, gets a bar of 80 columns", () => {
  for (const columns of [undefined, 0]) {
    const { written, show } = watched({ isTTY: true, columns });
    show(50, 1_000);
    expect(written.join("")).toMatch(/█{15}░{15} 10001: 50 of 100 \(50 %\), 50\/s, 1 s left$/);
  }
});

test("elsewhere there is a line every other second, and one for the end", () => {
  const { written, show, end } = watched({ isTTY: false });
  for (let done = 0; done <= 100; done += 1) show(done, 50);
  end();
  expect(written.map((text) => /: (\d+) of/.exec(text)?.[1])).toEqual(["0", "40", "80", "100"]);
  for (const text of written) expect(text).toMatch(/^10001: \d+ of 100 [ -~]*\n$/);
});

test("the end is not told twice, and what never began is not told at all", () => {
  const told = watched({ isTTY: false });
  told.show(100, 0);
  told.end();
  expect(told.written).toHaveLength(1);
  for (const isTTY of [true, false]) {
    const silent = watched({ isTTY });
    silent.end();
    expect(silent.written).toEqual([]);
  }
});
