import type { Measured, Sizes } from "./payout.ts";
import type { Started } from "./payout-start.ts";
import { median, round, table } from "./table.ts";

const RATIO_MAX = 1.5;
const ANSWER_MS_MAX = 50;
/** What the collector leaves lying may differ by this much between two orders. */
const GROWTH_MB_MAX = 16;

const count = (value: number) => value.toLocaleString("en");
const verdict = (isReached: boolean) => (isReached ? "reached" : "not reached");

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
const timesOf = (values: readonly number[]) => ({
  median_ms: round(median(values)),
  p95_ms: round(quantile(values, 0.95)),
});

/** By how much an order made the process grow. */
const grownBy = (all: readonly Started[]): number =>
  round(median(all.map(({ held }) => held.mostMb - held.beforeMb)));

function fieldsOf(measured: Measured) {
  const { bare, started, small, approved } = measured;
  const ratios = started.map((each, i) => each.tookMs / (bare[i] ?? Number.NaN));
  return {
    ordered: started[0]?.count ?? 0,
    start_ms: round(median(started.map(({ tookMs }) => tookMs))),
    bare_ms: round(median(bare)),
    ratio: round(median(ratios)),
    ordered_small: small[0]?.count ?? 0,
    start_small_ms: round(median(small.map(({ tookMs }) => tookMs))),
    grown_mb: grownBy(started),
    grown_small_mb: grownBy(small),
    most_mb: Math.round(Math.max(...started.map(({ held }) => held.mostMb))),
    pending: timesOf(measured.pending),
    pending_after_failure: timesOf(measured.afterFailure),
    inquiry: timesOf(measured.inquiry),
    approval: { ...timesOf(approved.times), statements: approved.statements },
    approval_of_one: { ...timesOf(approved.timesOfOne), statements: approved.statementsOfOne },
  };
}

type Fields = ReturnType<typeof fieldsOf>;
type Times = Fields["pending"];

const row = (name: string, { median_ms, p95_ms }: Times, more = "") => [
  name,
  `${median_ms}`,
  `${p95_ms}`,
  more,
];

function goalsOf(f: Fields): string[] {
  const slowest = Math.max(f.pending.p95_ms, f.inquiry.p95_ms);
  const more = round(f.grown_mb - f.grown_small_mb);
  const isConstant = f.approval.statements === f.approval_of_one.statements;
  return [
    `start within ${RATIO_MAX} times the bare statements: ${f.ratio} ` +
      `(${verdict(f.ratio <= RATIO_MAX)})`,
    `memory that does not move with the earnings: ${more} MB more for ` +
      `${count(f.ordered)} than for ${count(f.ordered_small)} (${verdict(more <= GROWTH_MB_MAX)})`,
    `pending and inquiry under ${ANSWER_MS_MAX} ms: ${slowest} ms ` +
      `(${verdict(slowest < ANSWER_MS_MAX)})`,
    `as many statements for an approval of many products as of one: ${f.approval.statements} and ` +
      `${f.approval_of_one.statements} (${verdict(isConstant)})`,
  ];
}

/** What was measured: as fields for programs, and as a text. */
export function report(measured: Measured, sizes: Sizes) {
  const fields = fieldsOf(measured);
  const { products } = measured.approved;
  const orders = table(
    ["order", "earnings", "ms", "MB more"],
    [
      ["bare statements", count(fields.ordered), `${fields.bare_ms}`, ""],
      ["start over HTTP", count(fields.ordered), `${fields.start_ms}`, `${fields.grown_mb}`],
      [
        ...["a tenth of it", count(fields.ordered_small)],
        ...[`${fields.start_small_ms}`, `${fields.grown_small_mb}`],
      ],
    ],
  );
  const answers = table(
    ["answer", "median ms", "p95 ms", "statements"],
    [
      row("pending, 40 days", fields.pending),
      row("pending, after an order failed", fields.pending_after_failure),
      row("inquiry", fields.inquiry),
      row(`approval of ${products} products`, fields.approval, `${fields.approval.statements}`),
      row("approval of one", fields.approval_of_one, `${fields.approval_of_one.statements}`),
    ],
  );
  const seeded = `${count(sizes.earnings)} waiting earnings, ${sizes.rounds} rounds`;
  const text = [seeded, orders, answers, goalsOf(fields).join("\n")].join("\n\n");
  return { fields, text };
}
