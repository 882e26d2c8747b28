import { hkdfSync } from "node:crypto";
import { startEmbedded } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
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
  if (!url) throw new ConfigProblem("DATABASE_URL must be an address like postgres://…/name.");
  url.username = APP_ROLE;
  url.password = appPasswordOf(vaultKey);
  return url.toString();
}

async function theirs(ownerUrl: string, config: Config, vaultKey: string, say: Say) {
  const given = config.appDatabaseUrl;
  const app = given ? undefined : { role: APP_ROLE, password: appPasswordOf(vaultKey) };
  await migrate(ownerUrl, { ...(app && { app }), log: say });
  const appUrl = given ?? appUrlOf(ownerUrl, vaultKey);
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
