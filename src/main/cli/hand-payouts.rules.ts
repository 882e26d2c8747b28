import { istanbulDay } from "../../lib/clock.ts";
import { decimalText } from "../../lib/money.ts";
import type { BatchLine, DueTransfer } from "../../marketplace/distribution.rules.ts";
import type { HandPayout, HandWord } from "../../payouts/hand.rules.ts";
import { type Column, tableOf, words } from "./bank.rules.ts";
import { totalsOf } from "./due-file.rules.ts";

/** `1 transfer`, `2 transfers`. */
export const transfersText = (count: number): string =>
  `${count} transfer${count === 1 ? "" : "s"}`;

/** What somebody said of a transfer, for a table and for a sentence. */
const stateWords = { queued: "to pay", sending: "to pay", paid: "paid", failed: "not paid" };
const stateOf = ({ state, failure }: HandPayout): string =>
  failure === "came_back" ? "came back" : stateWords[state];

/** The amounts of each currency: `2 transfers of 1250.00 TRY, 1 transfer of 3.00 USD`. */
export const totalText = (rows: readonly DueTransfer[]): string =>
  totalsOf(rows)
    .map((each) => {
      const amount = `${decimalText(each.amountMinor)} ${each.currency}`;
      return `${transfersText(each.count)} of ${amount}`;
    })
    .join(", ");

const receiverColumns: readonly Column[] = [
  ["member", (row) => (row["member"] === null ? "platform" : words("member")(row))],
  ["receiver", words("title")],
  ["amount", (row) => decimalText(row["amountMinor"] as bigint)],
  ["currency", words("currency")],
];

const ROWS_SHOWN = 50;
/** A table of the first of many rows, and how many there are besides. */
function firstOf(columns: readonly Column[], rows: readonly object[]): string {
  const table = tableOf(
    columns,
    rows.slice(0, ROWS_SHOWN).map((row) => ({ ...row })),
  );
  const rest = rows.length - ROWS_SHOWN;
  return rest > 0 ? `${table}\nand ${rest} more` : table;
}

/** What nobody can transfer, and why. */
export const homelessTable = (rows: readonly DueTransfer[]): string =>
  firstOf([...receiverColumns, ["why", (row) => `no ${words("currency")(row)} account`]], rows);

/** Transfers before they are taken. */
export const dueTable = (rows: readonly DueTransfer[]): string =>
  firstOf([...receiverColumns, ["iban", words("iban")]], rows);

/** Transfers of a batch, all or the first, with what was said of them, by whom and when. */
export function batchTable(payouts: readonly HandPayout[], which: "all" | "first"): string {
  const rows = payouts.map((each) => ({
    ...each,
    title: each.receiver?.title ?? "",
    said: stateOf(each),
    day: each.settledAt ? istanbulDay(each.settledAt) : "",
  }));
  const columns: readonly Column[] = [
    ["no", words("number")],
    ...receiverColumns,
    ["state", words("said")],
    ["on", words("day")],
    ["by", words("markedBy")],
    ["reference or reason", words("word")],
  ];
  return which === "all" ? tableOf(columns, rows) : firstOf(columns, rows);
}

/** Batches, a line for each currency. */
export function batchesTable(lines: readonly BatchLine[]): string {
  const rows = lines.map((each) => ({ ...each, made: istanbulDay(each.at) }));
  const columns: readonly Column[] = [
    ["batch", words("batch")],
    ["made on", words("made")],
    ["by", words("by")],
    ["due up to", words("day")],
    ["transfers", words("count")],
    ["amount", (row) => decimalText(row["amountMinor"] as bigint)],
    ["currency", words("currency")],
    ["to pay", words("openCount")],
    ["paid", words("paidCount")],
    ["not paid", words("failedCount")],
    ["came back", words("returnedCount")],
  ];
  return tableOf(columns, rows);
}

const NUMBERS_SHOWN = 10;
const numbersText = (payouts: readonly Readonly<{ number: bigint }>[]): string => {
  const shown = payouts.slice(0, NUMBERS_SHOWN).map(({ number }) => `${number}`);
  const rest = payouts.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};

/** What can be said instead of a word that does not fit the state of a transfer. */
const advice: Readonly<Record<HandWord["kind"], Readonly<Record<string, string>>>> = {
  paid: {
    "not paid": "That is due again: take the next file, and mark it there.",
    "came back": "That is due again: take the next file, and mark it there.",
  },
  unpaid: {
    paid: "If the money came back, say `returned`.",
    "came back": "That is due again already.",
  },
  returned: {
    "to pay": "It is not marked as paid: say `unpaid`.",
    "not paid": "That is due again already.",
  },
};

/** Why a word cannot be said of these, by the state that they are in: a line for each state. */
export function hindrances(kind: HandWord["kind"], others: readonly HandPayout[]): string[] {
  return [...Map.groupBy(others, stateOf)].map(([state, all]) => {
    const is = all.length === 1 ? "is" : "are";
    return `${numbersText(all)} ${is} marked "${state}". ${advice[kind][state] ?? ""}`.trim();
  });
}

/** Numbers of transfers as they were typed; `undefined` where one is none. */
export function numbersOf(typed: readonly string[]): bigint[] | undefined {
  const all = typed.flatMap((word) => word.split(",")).filter((word) => word !== "");
  return all.every((word) => /^\d{1,18}$/.test(word)) ? [...new Set(all.map(BigInt))] : undefined;
}
