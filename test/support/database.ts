import pg from "pg";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { migrate } from "../../src/db/migrate.ts";
import { startThrowaway } from "../../src/db/throwaway.ts";

/** Every test database is a copy of this one. */
const TEMPLATE = "template_vezne";
/** Stands for a database's name in an address. */
const NAME = "__name__";
const smallerSizes = { shared_buffers: "64MB", max_wal_size: "1GB", min_wal_size: "80MB" };

declare module "vitest" {
  interface ProvidedContext {
    ownerUrl: string;
    appUrl: string;
    appPassword: string;
  }
}

/** One server for the whole run, in a folder that is removed when the run ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startThrowaway({ settings: smallerSizes });
  try {
    await server.ensureDatabase(TEMPLATE);
    await migrate(server.ownerUrl(TEMPLATE), { app: server.app });
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide("ownerUrl", server.ownerUrl(NAME));
  project.provide("appUrl", server.appUrl(NAME));
  project.provide("appPassword", server.app.password);
  return () => server.stop();
}

/** How tests open connections: many at once wait for one another, on a slow machine for long. */
export const patient = {
  ...{ connectTimeoutMs: 20_000, applicationName: "test" },
  onError: () => {},
} as const;

export type TestDatabase = Readonly<{
  ownerUrl: string;
  /** Signs in as the application's role. */
  appUrl: string;
  drop(): Promise<void>;
}>;

/** The password of the application's role on the test server. */
export const appPassword = (): string => inject("appPassword");

/** Runs one statement as the owner of the server. */
export async function asOwner(ownerUrl: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on("error", () => {}); // The statement fails too.
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

let made = 0;

async function create(template: string): Promise<TestDatabase> {
  made += 1;
  const name = `test_${process.pid}_${made}_${Math.floor(performance.now())}`;
  const serverUrl = inject("ownerUrl").replace(NAME, "postgres");
  await asOwner(serverUrl, `create database ${name} template ${template}`);
  return {
    ownerUrl: inject("ownerUrl").replace(NAME, name),
    appUrl: inject("appUrl").replace(NAME, name),
    drop: async () => {
      await asOwner(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** A migrated database of the caller's own. */
export const freshDatabase = (): Promise<TestDatabase> => create(TEMPLATE);

/** A database without a table. */
export const emptyDatabase = (): Promise<TestDatabase> => create("template0");
