import { openDb } from "../db/pool.ts";
import { keyringOf } from "../lib/seal.ts";
import { buildAssets } from "./assets.ts";
import { keepRunning } from "./children.ts";
import { systemClock } from "./clock.ts";
import { type Config, ConfigProblem, readConfig } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { prepareDemo } from "./demo.ts";
import {
  type DataFolder,
  type Demo,
  dataFolder,
  defaultDataFolder,
  type Secrets,
} from "./folder.ts";

type Say = (line: string) => void;

/** Things to close, last opened first. */
type Opened = { name: string; stop(): Promise<void> }[];

async function secretsOf(config: Config, folder: DataFolder): Promise<Secrets> {
  if (!config.isProduction) {
    const made = await folder.secrets();
    return { ...made, vaultKey: config.vaultKey ?? made.vaultKey };
  }
  if (!config.vaultKey || !config.databaseUrl) {
    throw new ConfigProblem("Production needs VEZNE_VAULT_KEY and DATABASE_URL of its own.");
  }
  return { vaultKey: config.vaultKey, token: "" };
}

async function startBank(config: Config, folder: DataFolder, token: string, say: Say) {
  return keepRunning(
    {
      name: "simulator",
      logFolder: folder.file("logs"),
      env: {
        VEZNE_BANK_PORT: String(config.bankPort),
        VEZNE_BANK_BOOK: folder.file("bank.sqlite"),
        VEZNE_BANK_TOKEN: token,
      },
    },
    say,
  );
}

async function openDemo(
  database: Database,
  secrets: Secrets,
  folder: DataFolder,
  urls: Demo["urls"],
) {
  const db = openDb({
    url: database.appUrl,
    max: 2,
    applicationName: "vezne-start",
    onError: () => {},
  });
  try {
    const deps = { db, clock: systemClock, ring: keyringOf(secrets.vaultKey) };
    return await prepareDemo(deps, folder, urls, secrets.token);
  } finally {
    await db.close();
  }
}

const firstSale = {
  amount: "150,75",
  reference_no: "ORD-1",
  domain: "shop.example",
  card_holder: "Deniz Ak",
  pan: "4355084355084358",
  month: 12,
  year: 2030,
  cvc: "000",
};

const curlOf = (demo: Demo): string => `curl -s ${demo.urls.api}/v2/transaction/payment \\
  -H 'Authorization: Basic ${demo.paynet.secret_key}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(firstSale)}'`;

function greet(demo: Demo | undefined, apiUrl: string, folder: DataFolder, tookMs: number): string {
  const took = `Vezne is up (${(tookMs / 1_000).toFixed(1)} s).`;
  if (!demo) return `${took}\n\n  API   ${apiUrl}\n`;
  return `${took}

  API              ${demo.urls.api}
  Bank simulator   ${demo.urls.bank}
  Data and logs    ${folder.path}

  Demo merchant's keys (also in ${folder.file("demo.json")})
  secret key       ${demo.paynet.secret_key}
  publishable key  ${demo.paynet.publishable_key}
  marketplace      both pairs of headers: "paywall" in the same file

A first payment:

${curlOf(demo)}

\`npx vezne verify\` checks the books, \`npx vezne --help\` shows the rest. Ctrl+C stops everything.
`;
}

/** Where browsers reach the API, if that is known before it listens. */
const publicUrlOf = ({ publicUrl, host, port }: Config): string | undefined =>
  publicUrl ?? (port === 0 || host.includes(":") ? undefined : `http://${host}:${port}`);

type Keep = <Thing extends { stop(): Promise<void> }>(name: string, thing: Thing) => Thing;
type ServersAsk = Readonly<{
  config: Config;
  env: Readonly<Record<string, string>>;
  logFolder: string;
  keep: Keep;
  say: Say;
}>;

/** The API and the worker, side by side where the worker can be told the address. */
async function startServers({ config, env, logFolder, keep, say }: ServersAsk) {
  const starting = keepRunning({ name: "api", env, logFolder }, say).then((it) => keep("api", it));
  // The worker writes into receipts where browsers reach the API.
  const startWorker = async (publicUrl: string) => {
    const told = { ...env, VEZNE_PUBLIC_URL: publicUrl };
    keep("worker", await keepRunning({ name: "worker", env: told, logFolder }, say));
  };
  const publicUrl = publicUrlOf(config);
  const [api] = await Promise.all([
    starting,
    publicUrl ? startWorker(publicUrl) : starting.then(({ url }) => startWorker(url)),
  ]);
  return api;
}

async function openAll(config: Config, folder: DataFolder, opened: Opened, say: Say) {
  const keep: Keep = (name, thing) => {
    opened.push({ name, stop: () => thing.stop() });
    return thing;
  };
  const secrets = await secretsOf(config, folder);
  const assets = folder.file("assets");
  const building = buildAssets(assets);
  const bankStarting = config.isProduction
    ? Promise.resolve(undefined)
    : startBank(config, folder, secrets.token, say);
  // Whichever fails first is told; the other must still be closed.
  const [database, bank, built] = await Promise.allSettled([
    openDatabase(config, folder.path, secrets.vaultKey, say).then((it) => keep("database", it)),
    bankStarting.then((it) => it && keep("bank", it)),
    building,
  ]);
  if (database.status === "rejected") throw database.reason;
  if (bank.status === "rejected") throw bank.reason;
  if (built.status === "rejected") throw built.reason;
  const env = {
    VEZNE_APP_DATABASE_URL: database.value.appUrl,
    VEZNE_VAULT_KEY: secrets.vaultKey,
    VEZNE_TOKEN: secrets.token,
    VEZNE_BANK_URL: bank.value?.url ?? "",
    VEZNE_ASSETS: assets,
  };
  const api = await startServers({ config, env, logFolder: folder.file("logs"), keep, say });
  await folder.writeRunning({
    pid: process.pid,
    apiUrl: api.url,
    bankUrl: bank.value?.url ?? null,
    token: secrets.token,
    databaseUrl: database.value.appUrl,
    ownerUrl: database.value.ownerUrl,
  });
  const urls = { api: api.url, bank: bank.value?.url ?? "", dashboard: null };
  const demo = bank.value && (await openDemo(database.value, secrets, folder, urls));
  return { api, demo };
}

async function closeAll(opened: Opened): Promise<void> {
  // The API and the worker first, then the bank they talk to, then the database.
  const order = ["api", "worker", "bank", "database"];
  for (const name of order) {
    for (const each of opened.filter((one) => one.name === name)) await each.stop();
  }
}

function stopOnSignals(opened: Opened, say: Say): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    say("Stopping: requests in flight end first.");
    await closeAll(opened);
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, stop);
}

/** Starts everything a user needs and prints how to reach it. Resolves when all of it is up. */
export async function start(say: Say): Promise<void> {
  const startedAt = performance.now();
  const config = readConfig(process.env);
  const folder = dataFolder(defaultDataFolder());
  await folder.prepare().catch((error: Error) => {
    throw new ConfigProblem(`The folder ${folder.path} cannot be used: ${error.message}.`);
  });
  const opened: Opened = [];
  stopOnSignals(opened, say);
  try {
    const { api, demo } = await openAll(config, folder, opened, say);
    say(greet(demo, api.url, folder, performance.now() - startedAt));
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}
