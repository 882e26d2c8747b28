import { writeFile } from "node:fs/promises";
import writeXlsx, { type Row } from "write-excel-file/node";
import type { DueTransfer } from "../../marketplace/distribution.rules.ts";
import { cellsOf, columns, csvOf } from "./due-file.rules.ts";

export const formats = ["csv", "xlsx"] as const;
export type Format = (typeof formats)[number];

const AMOUNT = columns.indexOf("Tutar");
const WIDTHS = [32, 40, 16, 12, 12, 8, 40];

/** Texts stay texts, whatever they look like; amounts are numbers that a spreadsheet can add. */
const rowOf = (due: DueTransfer): Row =>
  cellsOf(due).map((value, i) =>
    i === AMOUNT
      ? { value: Number(value), type: Number, format: "#,##0.00" }
      : { value, type: String },
  );

/** Writes what is due as a file, over one that stands there. */
export async function writeDueFile(
  file: string,
  format: Format,
  rows: readonly DueTransfer[],
): Promise<void> {
  if (format === "csv") return writeFile(file, csvOf(rows));
  const head: Row = columns.map((value) => ({ value, type: String, fontWeight: "bold" }));
  const sheet = { sheet: "Hakediş", columns: WIDTHS.map((width) => ({ width })) };
  await writeXlsx([head, ...rows.map(rowOf)], { ...sheet, stickyRowsCount: 1 }).toFile(file);
}
