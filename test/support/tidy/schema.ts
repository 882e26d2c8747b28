export type Table = Readonly<{
  name: string;
  columns: readonly string[];
  /** Columns of primary key, unique constraints and unique indexes, in order. */
  keys: readonly Readonly<{ name: string; columns: readonly string[] }>[];
  references: readonly Readonly<{ name: string; columns: readonly string[]; to: string }>[];
}>;

const list = (text: string): string[] => text.split(",").map((each) => each.trim());

/** Reads the page that `src/db/generate.ts` writes. */
export function tablesOf(schema: string): Table[] {
  const indexes = [
    ...schema.matchAll(/^CREATE UNIQUE INDEX (\w+) ON (\w+) USING \w+ \(([^)]*)\)/gm),
  ];
  return [...schema.matchAll(/^create table (\w+) \(\n([\s\S]*?)\n\);/gm)].map((match) => {
    const [, name = "", body = ""] = match;
    const keys = [...body.matchAll(/constraint (\w+) (?:PRIMARY KEY|UNIQUE) \(([^)]*)\)/g)];
    const references = [
      ...body.matchAll(/constraint (\w+) FOREIGN KEY \(([^)]*)\) REFERENCES (\w+)\(/g),
    ];
    return {
      name,
      columns: [...body.matchAll(/^ {2}(\w+) (?!\w+ (?:PRIMARY|UNIQUE|FOREIGN|CHECK)\b)/gm)].map(
        (each) => each[1]!,
      ),
      keys: [
        ...keys.map((key) => ({ name: key[1]!, columns: list(key[2]!) })),
        ...indexes
          .filter((index) => index[2] === name)
          .map((index) => ({ name: index[1]!, columns: list(index[3]!) })),
      ],
      references: references.map((each) => ({
        name: each[1]!,
        columns: list(each[2]!),
        to: each[3]!,
      })),
    };
  });
}

/** By table or by constraint, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  merchants: "is the merchant: its id leads every other table",
  vezne_migrations: "belongs to the database, not to a merchant",
  api_keys_pkey: "a directory: finds the merchant of a key, so it cannot begin with one",
};

/** What keeps the tables from being held apart, and spread, by merchant. */
export function untenanted(tables: readonly Table[], known = exceptions): string[] {
  return tables.flatMap((table) => {
    if (known[table.name]) return [];
    if (!table.columns.includes("merchant_id")) return [`${table.name} has no merchant_id`];
    const loose = [...table.keys, ...table.references]
      .filter((each) => each.columns[0] !== "merchant_id" && !known[each.name])
      .map((each) => `${table.name}: ${each.name} does not begin with merchant_id`);
    const unkeyed = table.keys.length === 0 ? [`${table.name} has no key`] : [];
    return [...loose, ...unkeyed];
  });
}

/** Exceptions for what is no longer there. */
export const idleTables = (tables: readonly Table[]): string[] => {
  const names = tables.flatMap((table) => [table.name, ...table.keys.map((key) => key.name)]);
  return Object.keys(exceptions).filter((name) => !names.includes(name));
};
