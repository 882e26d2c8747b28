import type { Check } from "./renewal-check.ts";
import type { Stretch } from "./renewal-stage.ts";
import { median, round, table } from "./table.ts";
import type { Sample } from "./worker-wire.ts";

const RATIO_MIN = 2;
/** How much slower the same work may be among ten times as many orders. */
const GROWTH_MAX = 0.1;
const RESIDENT_MB_MAX = 250;

type Sizes = Readonly<{ orders: number; fewerOrders: number; due: number }>;
type Measured = Readonly<{
  a: readonly Stretch[];
  b: readonly Stretch[];
  c: readonly Stretch[];
  shared: Stretch;
  /** Every stretch of the worker among the many orders, in its order. */
  memory: readonly Sample[];
  checks: Readonly<{ alone: Check; together: Check }>;
  statements: number;
}>;

const count = (value: number) => value.toLocaleString("en");

function summary(stretches: readonly Stretch[]) {
  const of = (pick: (each: Stretch) => number) => median(stretches.map(pick));
  return {
    drawn: stretches.reduce((all, each) => all + each.drawn, 0),
    per_second: Math.round(of((each) => each.perSecond)),
    cpu_ms: round(of((each) => each.cpuMs)),
    database_cpu_ms: round(of((each) => each.databaseCpuMs)),
  };
}
type Line = ReturnType<typeof summary>;

/** The most that was resident in the first half of the renewals, in the second, and at the end. */
function memoryOf(samples: readonly Sample[]) {
  const resident = samples.map((each) => each.residentMb);
  const half = Math.ceil(resident.length / 2);
  const most = (list: readonly number[]) => Math.round(Math.max(...list));
  const tenths = Array.from({ length: 11 }, (_, i) =>
    Math.round(resident[Math.round((i / 10) * (resident.length - 1))] ?? 0),
  );
  return {
    most_first: most(resident.slice(0, half)),
    most_second: most(resident.slice(half)),
    tenths,
  };
}

/** The rounds' own ratios, since what disturbs one round disturbs both of its parts. */
const ratioOf = (of: readonly Stretch[], to: readonly Stretch[]) =>
  round(median(of.map((each, i) => each.perSecond / (to[i]?.perSecond ?? Number.NaN))));

const verdict = (isReached: boolean) => (isReached ? "reached" : "not reached");

function lines(
  sizes: Sizes,
  statements: number,
  { a, b, c, two }: Readonly<Record<"a" | "b" | "c" | "two", Line>>,
) {
  const [all, few] = [count(sizes.orders), count(sizes.fewerOrders)];
  const row = (name: string, { drawn, per_second, cpu_ms, database_cpu_ms }: Line) => [
    name,
    count(drawn),
    count(per_second),
    cpu_ms.toFixed(2),
    database_cpu_ms.toFixed(2),
  ];
  return table(
    ["", "drawn", "renewals/s", "CPU ms", "CPU ms of PostgreSQL"],
    [
      row(`a  ${statements} statements for each, pg, 32 connections, ${all} orders`, a),
      row(`b  the worker, instant bank, ${all} orders`, b),
      row(`c  the worker, instant bank, ${few} orders`, c),
      row(`d  two workers, instant bank, ${all} orders`, two),
    ],
  );
}

/** The goals, what was measured of each, and whether it was reached. */
function goalsOf(found: Found, isOnce: boolean): string {
  const { ratio, ratio_many_to_few: growth, resident_mb: memory, reached, checks } = found;
  const { alone, together } = checks;
  return table(
    ["", "goal", "measured", ""],
    [
      ["renewals/s of b to those of a", "at least 2.0", String(ratio), verdict(reached.ratio)],
      ["renewals/s of b to those of c", "at least 0.9", String(growth), verdict(reached.growth)],
      [
        "resident MB, most in the first and in the second half",
        "flat, at most 250",
        `${memory.most_first}, ${memory.most_second}`,
        verdict(reached.memory),
      ],
      [
        `due invoices that ${found.drawn_by.map(count).join(" and ")} draws of two workers left`,
        "0",
        String(together.left),
        verdict(reached.once),
      ],
      [
        "invoices not drawn exactly once, by one worker and by two",
        "0",
        `${alone.wrong}, ${together.wrong}`,
        verdict(isOnce),
      ],
    ],
  );
}

type Found = Readonly<{
  ratio: number;
  ratio_many_to_few: number;
  resident_mb: ReturnType<typeof memoryOf>;
  drawn_by: readonly number[];
  reached: Readonly<Record<"ratio" | "growth" | "memory" | "once", boolean>>;
  checks: Measured["checks"];
}>;

/** What was measured, as fields and as a person reads it. */
export function report(measured: Measured, sizes: Sizes) {
  const [a, b, c, two] = [measured.a, measured.b, measured.c, [measured.shared]].map(summary) as [
    Line,
    Line,
    Line,
    Line,
  ];
  const memory = memoryOf(measured.memory);
  const { alone, together } = measured.checks;
  const ratio = ratioOf(measured.b, measured.a);
  const growth = ratioOf(measured.b, measured.c);
  const most = Math.max(memory.most_first, memory.most_second);
  const byEach = measured.shared.samples.map((each) => each.at(-1)?.drawn ?? 0);
  const isOnce = [alone, together].every(({ left, wrong }) => left === 0 && wrong === 0);
  const reached = {
    ratio: ratio >= RATIO_MIN,
    growth: growth >= 1 - GROWTH_MAX,
    memory: most <= RESIDENT_MB_MAX && memory.most_second <= memory.most_first * (1 + GROWTH_MAX),
    once: isOnce && together.paid === sizes.due,
  };
  const fields = {
    ratio,
    ratio_many_to_few: growth,
    resident_mb: memory,
    drawn_by: byEach,
    reached,
    checks: { alone, together },
    a,
    b,
    c,
    d: two,
  };
  const goals = goalsOf(fields, isOnce);
  const over = `resident MB over all renewals of b, in tenths: ${memory.tenths.join(", ")}`;
  return {
    fields,
    text: `${lines(sizes, measured.statements, { a, b, c, two })}\n\n${goals}\n\n${over}`,
  };
}
