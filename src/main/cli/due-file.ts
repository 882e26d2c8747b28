import { rename, rm, writeFile } from "node:fs/promises";
import writeXlsx, { type Cell, type Row } from "write-excel-file/node";
import { decimalText } from "../../lib/money.ts";
import type { DueTransfer } from "../../marketplace/distribution.rules.ts";
import { columns, csvOf, totalsOf } from "./due-file.rules.ts";

export const formats = ["csv", "xlsx"] as const;
export type Format = (typeof formats)[number];

/** What a file holds: what is to be transferred, and beside it what nobody can transfer. */
export type DueFile = Readonly<{
  transfers: readonly DueTransfer[];
  homeless: readonly DueTransfer[];
}>;

const at = (name: (typeof columns)[number]): number => columns.indexOf(name);
const WIDTHS = [10, 34, 54, 18, 14, 10, 8, 44];

const words = (value: string, more: object = {}): Cell => ({ value, type: String, ...more });
const money = (minor: bigint, more: object = {}): Cell => {
  const value = Number(decimalText(minor));
  return { value, type: Number, format: "#,##0.00", ...more };
};
/** A whole number, shown without separators; empty where there is none. */
const whole = (value: bigint | number | null): Cell =>
  value === null ? null : { value: Number(value), type: Number, format: "0" };
const heads = (titles: readonly string[]): Row =>
  titles.map((title) => {
    const align = title === "Tutar" ? ({ align: "right" } as const) : {};
    return words(title, { fontWeight: "bold", backgroundColor: "#E8EEF4", ...align });
  });

/** Texts stay texts, whatever they look like; amounts are numbers that a spreadsheet can add. */
const rowOf = (due: DueTransfer): Row => {
  const names = [whole(due.number), words(due.iban), words(due.title)];
  const sums = [money(due.amountMinor), words(due.currency)];
  return [...names, ...sums, whole(due.member), whole(due.count), words(due.description)];
};

/** Below all transfers, a line apart: how much it is of each currency. */
function totalRows(rows: readonly DueTransfer[]): Row[] {
  const bold = { fontWeight: "bold", topBorderStyle: "thin" };
  return totalsOf(rows).map(({ currency, count, amountMinor }) =>
    columns.map((_, i): Cell => {
      if (i === at("Unvan")) return words(`Toplam, ${count} ödeme`, bold);
      if (i === at("Tutar")) return money(amountMinor, bold);
      return i === at("Para birimi") ? words(currency, bold) : null;
    }),
  );
}

const HOMELESS = ["Üye", "Unvan", "Tutar", "Para birimi", "Kayıt", "Neden"];
const HOMELESS_WIDTHS = [10, 54, 18, 14, 8, 56];
const homelessRow = (due: DueTransfer): Row => [
  whole(due.member),
  words(due.title),
  money(due.amountMinor),
  words(due.currency),
  whole(due.count),
  words(`${due.currency} hesabı tanımlı değil: ödeme listesinde yok`),
];

const SHAPE = { stickyRowsCount: 1, orientation: "landscape" } as const;
const widthsOf = (widths: readonly number[]) => widths.map((width) => ({ width }));

function sheetsOf({ transfers, homeless }: DueFile) {
  const rows = transfers.map(rowOf);
  const first = {
    sheet: "Ödenecekler",
    data: [heads(columns), ...rows, [], ...totalRows(transfers)],
    columns: widthsOf(WIDTHS),
    ...SHAPE,
  };
  if (homeless.length === 0) return [first];
  const apart = {
    sheet: "Hesabı olmayanlar",
    data: [heads(HOMELESS), ...homeless.map(homelessRow)],
    columns: widthsOf(HOMELESS_WIDTHS),
    ...SHAPE,
  };
  return [first, apart];
}

/** A file that is not whole yet, or of which nothing came. */
const partOf = (file: string): string => `${file}.part`;

/**
 * Makes sure that a file can be written where it is wanted, before anything is taken for it.
 * Throws what the file system says.
 */
export async function checkPlace(file: string): Promise<void> {
  await writeFile(partOf(file), "");
  await rm(partOf(file));
}

/** Writes transfers as a file, over one that stands there: the whole of it, or nothing. */
export async function writeDueFile(file: string, format: Format, due: DueFile): Promise<void> {
  const part = partOf(file);
  if (format === "csv") await writeFile(part, csvOf(due.transfers));
  else await writeXlsx(sheetsOf(due)).toFile(part);
  await rename(part, file);
}
