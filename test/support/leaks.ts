import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { hasLuhnDigit } from "../../src/lib/luhn.ts";
import { seededCards } from "../../src/simulator/cards.rules.ts";

/** Where a secret was found, and the beginning of what was found. */
export type Leak = string;

/** Every number with which tests pay, whether its last digit checks or not. */
const testNumbers: readonly string[] = [...seededCards.map(({ pan }) => pan), "374245455400126"];

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;
/** GUIDs are digits and dashes too, now and then nothing else. */
const guids = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi;
/** Digits in groups, whatever their number; no letter touches them. */
const runs = /(?<![0-9A-Za-z])\d+(?:[ .\u00a0-]\d+)*(?![0-9A-Za-z])/g;
const cvvNamed = /\b(?:cv[cv]2?(?:val)?|security_?code)\b["'\]>:=\s\\]{1,6}\d{3,4}\b/gi;

/** How issuers begin numbers of a length; of all other long ones one in ten has the digit too. */
const issued: Readonly<Record<number, RegExp>> = {
  13: /^4/,
  14: /^3[68]/,
  15: /^3[47]/,
  16: /^(?:4|50|5[1-5]|6|2[3-6]|35[3-8]|9792)/,
  19: /^[46]/,
};
const isIssued = (digits: string) => issued[digits.length]?.test(digits) ?? false;

/** The numbers with a card's check digit that some of the groups of a run make together. */
function numbersIn(run: string): string[] {
  const groups = run.split(/\D/);
  const joined = groups.flatMap((_, from) =>
    groups
      .slice(from, from + DIGITS_MAX)
      .map((_group, more) => groups.slice(from, from + more + 1).join("")),
  );
  return joined.filter((digits) => isIssued(digits) && hasLuhnDigit(digits));
}

const formsOf = (secret: string) =>
  [secret, Buffer.from(secret).toString("base64"), Buffer.from(secret).toString("hex")].map(
    (form) => form.replace(/=+$/, ""),
  );

/**
 * Everything in a text that must not be there: numbers with a card's check digit, a card code
 * beside its name, and the given secrets as they are, as base64 and as hex.
 */
export function leaksIn(where: string, text: string, secrets: readonly string[]): Leak[] {
  const found = new Set<Leak>();
  for (const [run] of text.replace(guids, "[guid]").matchAll(runs)) {
    if (run.length < DIGITS_MIN) continue;
    for (const digits of numbersIn(run)) found.add(`${where}: card number ${digits.slice(0, 6)}…`);
  }
  for (const [code] of text.matchAll(cvvNamed)) found.add(`${where}: card code (${code})`);
  for (const secret of secrets) {
    if (!formsOf(secret).some((form) => text.includes(form))) continue;
    const what = testNumbers.includes(secret) ? "card number" : "secret";
    found.add(`${where}: ${what} ${secret.slice(0, 6)}…`);
  }
  return [...found];
}

type Table = Readonly<{ name: string; columns: readonly Column[] }>;
type Column = Readonly<{ name: string; isBytes: boolean }>;

const tablesSql = `
  select format('%I.%I', n.nspname, c.relname) as name,
    json_agg(json_build_object('name', format('%I', a.attname),
      'isBytes', a.atttypid = 'bytea'::regtype) order by a.attnum) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
  group by 1 order by 1`;

/**
 * Bytes are read twice: as the letters they spell and as hex. A byte that is no letter is written
 * as three digits, which are nobody's code.
 */
const asText = ({ name, isBytes }: Column): string =>
  isBytes
    ? `regexp_replace(encode(${name}, 'escape'), '\\\\[0-7]{3}', '~', 'g')
      || ' ' || encode(${name}, 'hex')`
    : `${name}::text`;

const rowsSql = ({ name, columns }: Table): string =>
  `select '${name}' as table, num_nonnulls(${columns.map((each) => each.name)}) as values,
    concat_ws(chr(10), ${columns.map(asText)}) as text from ${name}`;

type Row = Readonly<{ table: string; values: number; text: string }>;

/** Every column of a table by itself: which of them leaks is asked only once one does. */
async function leaksOfTable(client: pg.Client, table: Table, secrets: readonly string[]) {
  const leaks = new Set<Leak>();
  for (const column of table.columns) {
    const { rows } = await client.query<{ text: string }>(
      `select ${asText(column)} as text from ${table.name} where ${column.name} is not null`,
    );
    const where = `${table.name}.${column.name}`;
    for (const leak of rows.flatMap(({ text }) => leaksIn(where, text, secrets))) leaks.add(leak);
  }
  return leaks;
}

/** Reads every value of every table, whatever its type, the queue's own tables too. */
export async function leaksInDatabase(url: string, secrets: readonly string[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<Table>(tablesSql);
    const { rows } = await client.query<Row>(tables.map(rowsSql).join(" union all "));
    const all = Map.groupBy(rows, ({ table }) => table);
    const leaks: Leak[] = [];
    for (const table of tables) {
      const text = (all.get(table.name) ?? []).map((row) => row.text).join("\n");
      if (leaksIn("", text, secrets).length === 0) continue;
      leaks.push(...(await leaksOfTable(client, table, secrets)));
    }
    const values = rows.reduce((sum, row) => sum + row.values, 0);
    return { leaks, values, tables: new Set(tables.map(({ name }) => name)) };
  } finally {
    await client.end();
  }
}

/** Reads every value of the bank's book. In its bytes numbers touch each other, as in no dump. */
export function leaksInBook(file: string, secrets: readonly string[]): Leak[] {
  const book = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = book.prepare("select name from sqlite_schema where type = 'table'").all();
    return tables.flatMap(({ name }) => {
      const rows = book.prepare(`select * from "${name}"`).all();
      const text = rows.map((row) => Object.values(row).map(String).join("\t")).join("\n");
      return leaksIn(`the bank's ${name}`, text, secrets);
    });
  } finally {
    book.close();
  }
}

export type Remains = Readonly<{ ownerUrl: string; lines: readonly string[]; bookFile: string }>;

/** What a whole system leaves behind that must hold no card: tables and queue, log, bank's book. */
export async function leaksOf({ ownerUrl, lines, bookFile }: Remains): Promise<Leak[]> {
  const { leaks } = await leaksInDatabase(ownerUrl, testNumbers);
  const inLog = leaksIn("log", lines.join(""), testNumbers);
  return [...leaks, ...inLog, ...leaksInBook(bookFile, testNumbers)];
}
