import pg from "pg";
import { hasLuhnDigit } from "../../src/lib/luhn.ts";

/** Where a secret was found, and the beginning of what was found. */
export type Leak = string;

const grouped = /(?<![0-9A-Za-z])\d(?:[ .-]?\d){14,15}(?![0-9A-Za-z])/g;
const cvvNamed = /\b(?:cv[cv]2?(?:val)?|security_?code)\b["'\]>:=\s\\]{1,6}\d{3,4}\b/gi;

/**
 * Everything in a text that must not be there: numbers with a card's check digit, a card code
 * beside its name, and the given secrets as they are, as base64 and as hex.
 */
export function leaksIn(where: string, text: string, secrets: readonly string[]): Leak[] {
  const found: Leak[] = [];
  for (const [number] of text.matchAll(grouped)) {
    const digits = number.replaceAll(/\D/g, "");
    if (hasLuhnDigit(digits)) found.push(`${where}: card number ${digits.slice(0, 6)}…`);
  }
  for (const [code] of text.matchAll(cvvNamed)) found.push(`${where}: card code (${code})`);
  for (const secret of secrets) {
    const forms = [
      secret,
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
    ];
    if (forms.some((form) => text.includes(form.replace(/=+$/, "")))) {
      found.push(`${where}: secret ${secret.slice(0, 6)}…`);
    }
  }
  return found;
}

type Column = Readonly<{ schema: string; table: string; name: string; type: string }>;

const columnsSql = `
  select table_schema as schema, table_name as "table", column_name as name, udt_name as type
  from information_schema.columns join information_schema.tables using (table_schema, table_name)
  where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
  order by 1, 2, ordinal_position`;

/** Bytes are read twice: as the letters they spell and as hex. */
const asText = ({ name, type }: Column): string =>
  type === "bytea"
    ? `encode("${name}", 'escape') || ' ' || encode("${name}", 'hex')`
    : `"${name}"::text`;

/** Reads every value of every table, whatever its type, the queue's own tables too. */
export async function leaksInDatabase(url: string, secrets: readonly string[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: columns } = await client.query<Column>(columnsSql);
    const leaks: Leak[] = [];
    let values = 0;
    for (const column of columns) {
      const { rows } = await client.query<{ value: string }>(
        `select ${asText(column)} as value from "${column.schema}"."${column.table}"
          where "${column.name}" is not null`,
      );
      values += rows.length;
      const where = `${column.schema}.${column.table}.${column.name}`;
      for (const { value } of rows) leaks.push(...leaksIn(where, value, secrets));
    }
    return {
      leaks,
      values,
      tables: new Set(columns.map((each) => `${each.schema}.${each.table}`)),
    };
  } finally {
    await client.end();
  }
}
