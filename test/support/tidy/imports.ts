import path from "node:path";
import { codeLines, type SourceFile } from "./files.ts";

/** What stands left may not see what stands right. */
const order = `lib db ledger events merchants messaging vault acquirers payments checkout
  payouts members marketplace subscriptions edge main`.split(/\s+/);

type Import = Readonly<{ file: string; target: string }>;

/** Facades and jobs are one room: the edge. */
const roomOf = (file: string): string =>
  file.replace(/^src\/(?:facades|jobs)\//, "src/edge/").split("/")[1] ?? "";

/** The folder of one facade, of one bank, or of one of the simulator's dialects. */
const cellOf = (file: string): string | undefined =>
  /^src\/(?:(?:facades|acquirers|payouts\/providers)\/[^/]+|simulator\/dialects\/[^/]+)(?=\/)/.exec(
    file,
  )?.[0];

/** Every import of a file of the tree, static or dynamic, of types or of values. */
export function importsOf({ file, text }: SourceFile): Import[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g);
  return [...found].map((match) => ({
    file,
    target: path.posix.join(path.posix.dirname(file), match[1]!),
  }));
}

const isDoor = (target: string): boolean => /\/index\.ts$|\.rules\.ts$/.test(target);
const isRegistry = /^src\/(?:acquirers|payouts\/providers)\/registry\.ts$/;
const forMainAlone =
  /^src\/(?:acquirers\/(?:registry|transport)|payouts\/providers\/registry)\.ts$/;
/** Who speaks to banks that pay out, by the same transport as those who speak to the others. */
const isProvider = /^src\/payouts\/providers\//;
const mayPost = ({ file, target }: Import): boolean =>
  isProvider.test(file) && target === "src/acquirers/transport.ts";

function crossing({ file, target }: Import): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (to === "simulator") return from === "main" ? undefined : "only main starts the simulator";
  if (from === "simulator") return to === "lib" ? undefined : "the simulator sees lib alone";
  const places = [order.indexOf(from), order.indexOf(to)];
  if (places.includes(-1)) return "a room that has no place in the order";
  if (places[1]! > places[0]!) return `${from} comes before ${to}`;
  if (mayPost({ file, target })) return undefined;
  if (forMainAlone.test(target)) return from === "main" ? undefined : "only main builds the banks";
  if (to === "lib" || to === "db" || (from === "main" && to === "edge")) return undefined;
  return isDoor(target) ? undefined : "another room is entered by its index or its rules";
}

function problemOf(each: Import): string | undefined {
  const { file, target } = each;
  const isTest = file.endsWith(".test.ts");
  if (isTest && target.startsWith("test/support/")) return undefined;
  if (!target.startsWith("src/")) return "product code sees product code alone";
  const isRules = file.endsWith(".rules.ts");
  if (isRules && !target.endsWith(".rules.ts") && roomOf(target) !== "lib") {
    return "rules see lib and rules alone";
  }
  if (roomOf(file) !== roomOf(target)) return crossing(each);
  const [from, to] = [cellOf(file), cellOf(target)];
  if (from && to && from !== to) return "no facade or bank sees another";
  return isRegistry.test(target) ? "only main builds the banks" : undefined;
}

/** Imports that break the order of rooms. */
export const badImports = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ file }) => /^src\/.*\.ts$/.test(file))
    .flatMap(importsOf)
    .flatMap((each) => {
      const problem = problemOf(each);
      return problem ? [`${each.file} imports ${each.target}: ${problem}`] : [];
    });

const impure = [
  /\basync\b|\bawait\b/,
  /\bnew Date\(\s*\)|\bDate\.now\b|\bperformance\b|\bTemporal\.Now\b/,
  /\brandom\w*\b/,
  /\bprocess\.|\bfetch\(|\bsetTimeout\b/,
  /from "(?:kysely|pg|node:(?:fs|net|http|sqlite)[^"]*)"/,
];

/** Rules that wait, look at a clock, draw lots or reach outside. */
export const impureRules = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ file }) => file.endsWith(".rules.ts"))
    .flatMap(({ file, text }) =>
      codeLines(text).flatMap(({ line, number }) => {
        const found = impure.map((pattern) => pattern.exec(line)?.[0]).find(Boolean);
        return found ? [`${file}:${number} is no pure rule: ${found}`] : [];
      }),
    );
