import type { Moved, Told } from "../clock-lines.rules.ts";

const HOUR_MS = 3_600_000;
/** The units of a bar: the longest that leaves more than two of them. */
const units = [
  ["days", 24 * HOUR_MS],
  ["hours", HOUR_MS],
  ["minutes", 60_000],
  ["seconds", 1_000],
] as const;
const UNITS_MIN = 2;

const count = new Intl.NumberFormat("en");
const many = (of: number, one: string, more: string) =>
  `${count.format(of)} ${of === 1 ? one : more}`;

/** How far a move has come, in a unit that a person counts in. */
export function inUnits({ done, total }: Pick<Told, "done" | "total">) {
  const [name, ms] = units.find((unit) => total / unit[1] > UNITS_MIN) ?? units.at(-1)!;
  return { unit: name, done: Math.floor(done / ms), total: Math.ceil(total / ms) };
}

/** What ran while the clock moved; nothing is said of what there was none of. */
export function ranTexts({ asked, drawn, refused }: Moved): string[] {
  const questions = `Asked the bank ${many(asked, "time", "times")} about attempts in doubt`;
  const paid = `Drew ${many(drawn, "invoice", "invoices")}`;
  const tries = many(refused, "try", "tries");
  const were = refused === 1 ? "was" : "were";
  return [
    asked > 0 ? `${questions}, beside what the worker asked.` : "",
    drawn > 0 ? `${paid}${refused > 0 ? `; ${tries} ${were} refused` : ""}.` : "",
    drawn === 0 && refused > 0 ? `Drew no invoice: ${tries} ${were} refused.` : "",
  ].filter(Boolean);
}
