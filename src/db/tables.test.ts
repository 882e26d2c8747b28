import { expect, test } from "vitest";
import type { Column, Table } from "./schema.ts";
import { tablesTs } from "./tables.ts";

const column = (name: string, type: string, rest: Partial<Column> = {}): Column => ({
  ...{ name, type, isNullable: false, fallback: null, isAlways: false, isIdentity: false },
  ...{ comment: null, ...rest },
});
const table = (columns: Column[], checks: string[] = []): Table => ({
  ...{ name: "odd_things", comment: null, columns, indexes: [], triggers: [], grants: [] },
  constraints: checks.map((definition, i) => ({ name: `check_${i}`, definition })),
});
const written = (columns: Column[], checks?: string[]) =>
  tablesTs({ tables: [table(columns, checks)], functions: [], views: [] });

test("a column is typed as the pool reads it", () => {
  const text = written([
    column("a", "bigint"),
    column("b", "timestamp with time zone", { isNullable: true }),
    column("c", "numeric(9,2)"),
    column("d", "text[]"),
    column("e", "jsonb", { isNullable: true }),
    column("f", "bigint", { fallback: "0" }),
    column("g", "bigint", { isIdentity: true, isAlways: true }),
  ]);
  expect(text).toContain(`export interface OddThings {
  a: bigint;
  b: Date | null;
  c: string;
  d: string[];
  e: unknown;
  f: Generated<bigint>;
  g: GeneratedAlways<bigint>;
}`);
  expect(text).toContain("export interface Tables {\n  odd_things: OddThings;\n}");
});

test("a simple list of allowed texts becomes a union, any other check does not", () => {
  const text = written(
    [column("a", "text"), column("b", "text", { isNullable: true }), column("c", "text")],
    [
      "CHECK (a = ANY (ARRAY['x'::text, 'it''s'::text]))",
      "CHECK (b = 'one'::text)",
      "CHECK ((c = ANY (ARRAY['x'::text])) OR (a IS NULL))",
    ],
  );
  expect(text).toContain('a: "x" | "it\'s";');
  expect(text).toContain('b: "one" | null;');
  expect(text).toContain("c: string;");
});

test("a type that nobody has thought about stops the generator", () => {
  expect(() => written([column("a", "tsvector")])).toThrow("odd_things.a: no type is known");
});
