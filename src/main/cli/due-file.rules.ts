import { decimalText } from "../../lib/money.ts";
import type { DueTransfer } from "../../marketplace/distribution.rules.ts";

/** The columns of a file of transfers, in their order. */
export const columns = [
  "No",
  "IBAN",
  "Unvan",
  "Tutar",
  "Para birimi",
  "Üye",
  "Kayıt",
  "Açıklama",
] as const;

/** One line of the file as texts, in the order of the columns; the amount has a dot. */
const cellsOf = (due: DueTransfer): readonly string[] => [
  due.number?.toString() ?? "",
  due.iban,
  due.title,
  decimalText(due.amountMinor),
  due.currency,
  due.member === null ? "" : due.member.toString(),
  due.count.toString(),
  due.description,
];

/** How many transfers of each currency, and of how much, in the order in which they first come. */
export function totalsOf(rows: readonly DueTransfer[]) {
  const byCurrency = Map.groupBy(rows, ({ currency }) => currency);
  return [...byCurrency].map(([currency, all]) => ({
    currency,
    count: all.length,
    amountMinor: all.reduce((sum, each) => sum + each.amountMinor, 0n),
  }));
}

/** A text that a spreadsheet would take for a formula is made one that it does not. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const quoted = (text: string): string => `"${harmless(text).replaceAll('"', '""')}"`;

/** Comma separated, every cell quoted, in UTF-8 with a mark by which spreadsheets know it. */
export function csvOf(rows: readonly DueTransfer[]): string {
  const lines = [columns, ...rows.map(cellsOf)].map((cells) => cells.map(quoted).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}
