import type pg from "pg";

/** The shape of a migrated database, read from its catalogue. Everything is in a stable order. */
export type Column = Readonly<{
  name: string;
  type: string;
  isNullable: boolean;
  fallback: string | null;
  /** `generated always`, be it an identity or an expression: nobody may write it. */
  isAlways: boolean;
  isIdentity: boolean;
  comment: string | null;
}>;
export type Table = Readonly<{
  name: string;
  comment: string | null;
  columns: Column[];
  constraints: { name: string; definition: string }[];
  indexes: string[];
  triggers: string[];
  /** What the application's role may do, in the words of `grant`. */
  grants: string[];
}>;
export type Schema = Readonly<{ tables: Table[]; functions: string[]; views: string[] }>;

const tablesSql = `
  select c.relname as name, obj_description(c.oid, 'pg_class') as comment,
    (select jsonb_agg(jsonb_build_object(
        'name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod),
        'isNullable', not a.attnotnull,
        'fallback', pg_get_expr(d.adbin, d.adrelid),
        'isAlways', a.attidentity = 'a' or a.attgenerated <> '',
        'isIdentity', a.attidentity <> '',
        'comment', col_description(c.oid, a.attnum)) order by a.attnum)
      from pg_attribute a
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'name', k.conname, 'definition', pg_get_constraintdef(k.oid, true))
        order by k.contype <> 'p', k.contype, k.conname collate "C"), '[]')
      from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
    ) as constraints,
    (select coalesce(jsonb_agg(pg_get_indexdef(i.indexrelid, 0, true)
        order by pg_get_indexdef(i.indexrelid, 0, true) collate "C"), '[]')
      from pg_index i where i.indrelid = c.oid
        and not exists (select from pg_constraint k
          where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))) as indexes,
    (select coalesce(jsonb_agg(pg_get_triggerdef(t.oid, true) order by t.tgname collate "C"), '[]')
      from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
    (select coalesce(jsonb_agg(lower(g.privilege_type) order by g.privilege_type), '[]')
      from aclexplode(c.relacl) g where g.grantee = to_regrole($1)) as grants
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
  order by c.relname collate "C"`;

const functionsSql = `
  select pg_get_functiondef(p.oid) as text from pg_proc p
  where p.pronamespace = current_schema()::regnamespace and p.prokind in ('f', 'p')
  order by p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`;

const viewsSql = `
  select format(E'create view %I as\\n%s', c.relname, pg_get_viewdef(c.oid, true)) as text
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('v', 'm')
  order by c.relname collate "C"`;

/** Reads what is there, with the rights of the role `app`. */
export async function readSchema(client: pg.Client, app: string): Promise<Schema> {
  const tables = await client.query<Table>(tablesSql, [app]);
  const functions = await client.query<{ text: string }>(functionsSql);
  const views = await client.query<{ text: string }>(viewsSql);
  return {
    tables: tables.rows,
    functions: functions.rows.map((row) => row.text.trim()),
    views: views.rows.map((row) => row.text.trim()),
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

function columnSql(column: Column): string {
  const parts = [column.name, column.type];
  if (!column.isNullable) parts.push("not null");
  if (column.isIdentity) {
    parts.push(`generated ${column.isAlways ? "always" : "by default"} as identity`);
  } else if (column.fallback !== null) {
    parts.push(
      column.isAlways
        ? `generated always as (${column.fallback}) stored`
        : `default ${column.fallback}`,
    );
  }
  return parts.join(" ");
}

function tableSql(table: Table, app: string): string {
  const inside = [
    ...table.columns.map(columnSql),
    ...table.constraints.map((one) => `constraint ${one.name} ${one.definition}`),
  ];
  const lines = [`create table ${table.name} (`, `  ${inside.join(",\n  ")}`, ");"];
  for (const index of [...table.indexes, ...table.triggers]) lines.push(`${index};`);
  if (table.comment !== null) {
    lines.push(`comment on table ${table.name} is ${quoted(table.comment)};`);
  }
  for (const column of table.columns) {
    if (column.comment === null) continue;
    lines.push(`comment on column ${table.name}.${column.name} is ${quoted(column.comment)};`);
  }
  if (table.grants.length > 0) {
    lines.push(`grant ${table.grants.join(", ")} on ${table.name} to ${app};`);
  }
  return lines.join("\n");
}

/** `schema.sql`: what all migrations together have made, to be read and reviewed. */
export function schemaSql(schema: Schema, app: string): string {
  const parts = [
    "-- Written by `node src/db/generate.ts`: change it by a migration.",
    ...schema.functions.map((one) => `${one};`),
    ...schema.tables.map((table) => tableSql(table, app)),
    ...schema.views,
  ];
  return `${parts.join("\n\n")}\n`;
}
