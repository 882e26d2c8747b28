import { type Db, openDb } from "../../db/pool.ts";
import { type Keyring, keyringOf } from "../../lib/seal.ts";
import { ConfigProblem, readConfig } from "../config.ts";
import { dataFolder, defaultDataFolder, type Running } from "../folder.ts";

/** The Vezne that runs on this data folder. */
export async function findRunning(): Promise<Running> {
  const folder = dataFolder(defaultDataFolder());
  const running = await folder.running();
  if (running) return running;
  throw new ConfigProblem(
    `No Vezne has been started on ${folder.path}. ` +
      "Run `npm start` first, or name its folder with VEZNE_DATA_DIR.",
  );
}

/** The keys of the running Vezne: of `VEZNE_VAULT_KEY`, or of the data folder. */
export async function findRing(): Promise<Keyring> {
  const { vaultKey } = readConfig(process.env);
  return keyringOf(vaultKey ?? (await dataFolder(defaultDataFolder()).secrets()).vaultKey);
}

/** Opens the running Vezne's database for one command and closes it afterwards. */
export async function withDb<T>(work: (db: Db, running: Running) => Promise<T>): Promise<T> {
  const running = await findRunning();
  const db = openDb({
    url: running.databaseUrl,
    max: 4,
    applicationName: "vezne-cli",
    onError: () => {},
  });
  try {
    await db.pool.query("select").catch(() => {
      throw new ConfigProblem("The database does not answer. Is Vezne running? Try `npm start`.");
    });
    return await work(db, running);
  } finally {
    await db.close();
  }
}
