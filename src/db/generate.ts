/**
 * Writes `schema.sql` and `tables.gen.ts` from a freshly migrated database. With `--check` it
 * writes nothing, names the files that differ, and ends with 1 when there are any.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { APP_ROLE } from "./grants.ts";
import { migrate } from "./migrate.ts";
import { readSchema, schemaSql } from "./schema.ts";
import { tablesTs } from "./tables.ts";
import { startThrowaway } from "./throwaway.ts";

const DATABASE = "generate";

/** File name and content of everything that follows from the migrated database at `ownerUrl`. */
export async function generated(ownerUrl: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const schema = await readSchema(client, APP_ROLE);
    return new Map([
      ["schema.sql", schemaSql(schema, APP_ROLE)],
      ["tables.gen.ts", tablesTs(schema)],
    ]);
  } finally {
    await client.end();
  }
}

/** The generated files that are not as the database at `ownerUrl` says. */
export async function staleFiles(ownerUrl: string): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, text] of await generated(ownerUrl)) {
    const now = await readFile(path.join(import.meta.dirname, name), "utf8").catch(() => "");
    if (now.replaceAll("\r\n", "\n") !== text) stale.push(name);
  }
  return stale;
}

async function main(isCheck: boolean): Promise<void> {
  const server = await startThrowaway();
  try {
    await server.ensureDatabase(DATABASE);
    const url = server.ownerUrl(DATABASE);
    await migrate(url, { app: server.app });
    const stale = await staleFiles(url);
    if (isCheck && stale.length > 0) {
      const files = stale.join(" and ");
      process.stderr.write(`Run "node src/db/generate.ts": ${files} is out of date.\n`);
      process.exitCode = 1;
      return;
    }
    if (isCheck) return;
    for (const [name, text] of await generated(url)) {
      await writeFile(path.join(import.meta.dirname, name), text);
    }
  } finally {
    await server.stop();
  }
}

if (import.meta.main) await main(process.argv.includes("--check"));
