import type { Column, Schema, Table } from "./schema.ts";

/** As the pool reads them. A type that is missing here stops the generator. */
const typeOf: Readonly<Record<string, string>> = {
  bigint: "bigint",
  boolean: "boolean",
  bytea: "Buffer",
  date: "string",
  "double precision": "number",
  inet: "string",
  integer: "number",
  json: "unknown",
  jsonb: "unknown",
  numeric: "string",
  real: "number",
  smallint: "number",
  text: "string",
  "timestamp with time zone": "Date",
  uuid: "string",
};

/** Belongs to the migrations alone. */
const notForCode = "vezne_migrations";

/** Values of `check (column in ('a', 'b'))`, as PostgreSQL prints it. */
function valuesOf(definition: string): { column: string; values: string[] } | undefined {
  const list = /^CHECK \((\w+) = ANY \(ARRAY\[(.*)\]\)\)$/.exec(definition);
  const one = /^CHECK \((\w+) = ('(?:[^']|'')*'::text)\)$/.exec(definition);
  const [, column, items] = list ?? one ?? [];
  if (!column || !items) return undefined;
  const values = items.match(/'(?:[^']|'')*'::text/g) ?? [];
  if (values.join(", ") !== items) return undefined;
  return { column, values: values.map((item) => item.slice(1, -7).replaceAll("''", "'")) };
}

function unionsOf(table: Table): Map<string, string> {
  const unions = new Map<string, string>();
  for (const { definition } of table.constraints) {
    const found = valuesOf(definition);
    if (!found) continue;
    unions.set(found.column, found.values.map((value) => JSON.stringify(value)).join(" | "));
  }
  return unions;
}

function baseType(table: Table, column: Column): string {
  const isArray = column.type.endsWith("[]");
  const name = column.type.replace(/\[\]$/, "").replace(/\(.*\)/, "");
  const base = typeOf[name];
  if (!base) throw new Error(`${table.name}.${column.name}: no type is known for ${column.type}`);
  return isArray ? `${base}[]` : base;
}

function columnType(table: Table, column: Column, union: string | undefined): string {
  const base = union && column.type === "text" ? union : baseType(table, column);
  const type = column.isNullable && base !== "unknown" ? `${base} | null` : base;
  if (column.isAlways) return `GeneratedAlways<${type}>`;
  return column.isIdentity || column.fallback !== null ? `Generated<${type}>` : type;
}

const pascal = (name: string) =>
  name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function interfaceOf(table: Table): string {
  const unions = unionsOf(table);
  const lines = table.columns.map(
    (column) => `  ${column.name}: ${columnType(table, column, unions.get(column.name))};`,
  );
  return `export interface ${pascal(table.name)} {\n${lines.join("\n")}\n}`;
}

/** `tables.gen.ts`: the tables as Kysely's types. */
export function tablesTs(schema: Schema): string {
  const tables = schema.tables.filter((table) => table.name !== notForCode);
  const body = tables.map(interfaceOf).join("\n\n");
  const kinds = ["Generated", "GeneratedAlways"].filter((kind) => body.includes(`${kind}<`));
  const names = tables.map((table) => `  ${table.name}: ${pascal(table.name)};`);
  const parts = [
    "// Written by `node src/db/generate.ts`: change it by a migration.",
    ...(kinds.length > 0 ? [`import type { ${kinds.join(", ")} } from "kysely";`] : []),
    ...(body ? [body] : []),
    `export interface Tables {\n${names.join("\n")}\n}`,
  ];
  return `${parts.join("\n\n")}\n`;
}
