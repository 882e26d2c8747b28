import { hkdfSync } from "node:crypto";
import { startEmbedded } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { isUnavailable } from "../db/transaction.ts";
import { type Config, ConfigProblem } from "./config.ts";

const DATABASE = "vezne";
const APP_ROLE = "vezne_app";

export type Database = Readonly<{
  ownerUrl: string;
  appUrl: string;
  /** Whether it came with Vezne and ends with it. */
  isEmbedded: boolean;
  stop(): Promise<void>;
}>;

/** The application's password on a server of the user's: made of the vault key, kept nowhere. */
const appPasswordOf = (vaultKey: string): string =>
  Buffer.from(
    hkdfSync("sha256", Buffer.from(vaultKey, "base64"), "vezne", "app-role", 24),
  ).toString("base64url");

function appUrlOf(ownerUrl: string, vaultKey: string): string {
  const url = URL.parse(ownerUrl);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new ConfigProblem(
      "DATABASE_URL must be an address like postgres://user:password@host/name.",
    );
  }
  url.username = APP_ROLE;
  url.password = appPasswordOf(vaultKey);
  return url.toString();
}

/** Migrates a database of the user's and gives the application's role what it needs. */
export async function migrateTheirs(
  ownerUrl: string,
  config: Config,
  vaultKey: string,
  say: Say,
): Promise<{ appUrl: string; applied: string[] }> {
  const given = config.appDatabaseUrl;
  const appUrl = given ?? appUrlOf(ownerUrl, vaultKey);
  const app = given ? undefined : { role: APP_ROLE, password: appPasswordOf(vaultKey) };
  try {
    return { appUrl, applied: await migrate(ownerUrl, { ...(app && { app }), log: say }) };
  } catch (error) {
    if (!isUnavailable(error) && !isRefused(error)) throw error;
    const where = URL.parse(ownerUrl)?.host;
    const why = (error as Error).message;
    throw new ConfigProblem(`The database of DATABASE_URL at ${where} lets nobody in: ${why}.`);
  }
}

/** Wrong password or name of a role, or no such database: classes 28 and 3D of SQLSTATE. */
const isRefused = (error: unknown): boolean =>
  /^(28|3D)/.test(String((error as { code?: unknown }).code ?? ""));

async function theirs(ownerUrl: string, config: Config, vaultKey: string, say: Say) {
  const { appUrl } = await migrateTheirs(ownerUrl, config, vaultKey, say);
  return { ownerUrl, appUrl, isEmbedded: false, stop: async () => {} };
}

type Say = (line: string) => void;

/** The database, ready and migrated: the user's with `DATABASE_URL`, else the one we bring. */
export async function openDatabase(
  config: Config,
  folder: string,
  vaultKey: string,
  say: Say,
): Promise<Database> {
  if (config.databaseUrl) return theirs(config.databaseUrl, config, vaultKey, say);
  const server = await startEmbedded({ folder, log: say });
  try {
    await server.ensureDatabase(DATABASE);
    await migrate(server.ownerUrl(DATABASE), { app: server.app, log: say });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ownerUrl: server.ownerUrl(DATABASE),
    appUrl: server.appUrl(DATABASE),
    isEmbedded: true,
    stop: () => server.stop(),
  };
}
