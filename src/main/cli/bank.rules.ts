import { decimalText, minorOfDecimal } from "../../lib/money.ts";
import { durationOf } from "../clock-span.rules.ts";

export type Row = Readonly<Record<string, unknown>>;
export type Column = readonly [title: string, cell: (row: Row) => string];

export const words = (name: string): Column[1] => {
  return (row) => (row[name] === null || row[name] === undefined ? "" : String(row[name]));
};

/** Whole kuruş of the bank as a decimal: `15075` is `150.75`. */
export const amount = (name: string): Column[1] => {
  return (row) => decimalText(BigInt((row[name] as number | undefined) ?? 0));
};

/** A table with a line of titles; numbers stand to the right. */
export function tableOf(columns: readonly Column[], rows: readonly Row[]): string {
  const cells = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, of]) => of(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  const isNumber = columns.map((_, i) =>
    cells.slice(1).every((line) => /^-?[\d.]*$/.test(line[i] ?? "")),
  );
  const padded = (text: string, i: number) =>
    isNumber[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
  return cells.map((line) => line.map(padded).join("  ").trimEnd()).join("\n");
}

/** `2hours` or `90 min` as `PT2H` or `PT90M`; `undefined` when it is no span forward. */
export function isoDuration(span: string): string | undefined {
  const duration = durationOf(span);
  return duration && duration.sign > 0 ? duration.toString() : undefined;
}

/** A decimal amount of the command line as the bank's kuruş; `undefined` when it is none. */
export function kurusOfAmount(text: string): number | undefined {
  const minor = /^\d+(\.\d{1,2})?$/.test(text) ? minorOfDecimal(text) : undefined;
  return minor === undefined ? undefined : Number(minor);
}

/** `ms=500`, `commit=true`, `code=51`: numbers and yes-or-no by their look, but codes stay text. */
export function paramsOf(pairs: readonly string[]): Row | undefined {
  const params: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([A-Za-z]+)=(.+)$/.exec(pair) ?? [];
    if (!name || value === undefined) return undefined;
    const isFlag = value === "true" || value === "false";
    const isNumber = name !== "code" && /^\d+$/.test(value);
    params[name] = isFlag ? value === "true" : isNumber ? Number(value) : value;
  }
  return params;
}
