import { barOf, lineOf, type Progress } from "./progress.rules.ts";

/** Where progress is shown: standard error, so that what a command answers can be piped on. */
export type Screen = Readonly<{
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}>;

const REDRAW_MS = 100;
const LINE_MS = 2_000;
const COLUMNS_IF_UNKNOWN = 80;
const CLEAR_LINE = "\r\u001b[K";

/**
 * Shows how far some work has come: a bar on a terminal, which `end` takes away again, and a line
 * every other second elsewhere, the last one always. `at` gives milliseconds that only grow.
 */
export function createProgress(
  label: string,
  screen: Screen = process.stderr,
  at: () => number = () => performance.now(),
) {
  const begin = at();
  let shownAt: number | undefined;
  let last: Progress | undefined;
  let isLastShown = true;

  const draw = (progress: Progress): void => {
    const columns = screen.columns || COLUMNS_IF_UNKNOWN; // Some terminals say 0.
    const text = screen.isTTY
      ? `${CLEAR_LINE}${barOf(progress, columns)}`
      : `${lineOf(progress)}\n`;
    screen.write(text);
    shownAt = at();
    isLastShown = true;
  };
  return {
    show({ done, total }: Readonly<{ done: number; total: number }>): void {
      last = { label, done, total, elapsedMs: at() - begin };
      isLastShown = false;
      const everyMs = screen.isTTY ? REDRAW_MS : LINE_MS;
      if (shownAt === undefined || at() - shownAt >= everyMs) draw(last);
    },
    /** Called once, also after a failure: what comes next begins on a line of its own. */
    end(): void {
      if (screen.isTTY) {
        if (last) screen.write(CLEAR_LINE);
      } else if (last && !isLastShown) draw(last);
    },
  };
}
