/** How far some long work has come. */
export type Progress = Readonly<{ label: string; done: number; total: number; elapsedMs: number }>;

/** Columns of the bar itself; on a narrow terminal it makes way for the numbers. */
const BAR_COLUMNS_MAX = 30;
const count = new Intl.NumberFormat("en");

const shareOf = ({ done, total }: Progress): number =>
  total === 0 ? 1 : Math.min(1, Math.max(0, done / total));

/** How many were done in a second so far; `undefined` before there is anything to tell by. */
function rateOf({ done, elapsedMs }: Progress): number | undefined {
  return done > 0 && elapsedMs > 0 ? (done * 1_000) / elapsedMs : undefined;
}

function rateText(progress: Progress): string {
  const rate = rateOf(progress);
  return rate === undefined ? "" : `, ${count.format(Math.round(rate))}/s`;
}

/** `45 s` or `2 min 05 s` until the end at the pace so far. */
function leftText(progress: Progress): string {
  const rate = rateOf(progress);
  if (rate === undefined || progress.done >= progress.total) return "";
  const seconds = Math.ceil((progress.total - progress.done) / rate);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const text = minutes > 0 ? `${minutes} min ${String(rest).padStart(2, "0")} s` : `${rest} s`;
  return `, ${text} left`;
}

const percent = (progress: Progress) => `${Math.floor(shareOf(progress) * 100)} %`;

/** One line for a log: `10001: 500 of 2,000 (25 %), 1,240/s, 2 s left`. */
export const lineOf = (progress: Progress): string =>
  `${progress.label}: ${count.format(progress.done)} of ${count.format(progress.total)} ` +
  `(${percent(progress)})${rateText(progress)}${leftText(progress)}`;

/** The same with a bar before it, no wider than the terminal. */
export function barOf(progress: Progress, columns: number): string {
  const line = lineOf(progress);
  const room = Math.min(BAR_COLUMNS_MAX, columns - line.length - 2);
  if (room < 1) return line.slice(0, Math.max(0, columns - 1));
  const full = Math.round(shareOf(progress) * room);
  return `${"█".repeat(full)}${"░".repeat(room - full)} ${line}`;
}
