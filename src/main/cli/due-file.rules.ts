import { decimalText } from "../../lib/money.ts";
import type { DueTransfer } from "../../marketplace/distribution.rules.ts";

/** The columns of a file of transfers, in their order. */
export const columns = [
  "IBAN",
  "Unvan",
  "Tutar",
  "Para birimi",
  "Üye",
  "Kayıt",
  "Açıklama",
] as const;

/** One line of the file as texts, in the order of the columns; the amount has a dot. */
export const cellsOf = (due: DueTransfer): readonly string[] => [
  due.iban,
  due.title,
  decimalText(due.amountMinor),
  due.currency,
  due.member === null ? "" : due.member.toString(),
  due.count.toString(),
  due.description,
];

/** A text that a spreadsheet would take for a formula is made one that it does not. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const quoted = (text: string): string => `"${harmless(text).replaceAll('"', '""')}"`;

/** Comma separated, every cell quoted, in UTF-8 with a mark by which spreadsheets know it. */
export function csvOf(rows: readonly DueTransfer[]): string {
  const lines = [columns, ...rows.map(cellsOf)].map((cells) => cells.map(quoted).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}
