import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../src/db/embedded.server.ts";
import { type Embedded, startEmbedded } from "../src/db/embedded.ts";
import { Connection } from "./http.ts";
import { fullLoad, type Measured, steadyLoad } from "./load.ts";
import { rowByRow } from "./row-by-row.ts";
import { openStage, stop, usage } from "./stage.ts";
import { median, round, table } from "./table.ts";

const CONNECTIONS_SQL = 32;
const CONNECTIONS_HTTP = 64;
const ROUNDS = 3;
const ROUND_MS = 6_000;
const WARM_UP_MS = 3_000;
const HALF_LOAD_MS = 5_000;

type Row = Measured & { cpuMs: number; residentMb: number };

let made = 0;
const shared = {
  amount: "150,75",
  domain: "shop.example",
  card_holder: "Deniz Ak",
  pan: "4355084355084358",
  month: 12,
  year: 2030,
  cvc: "000",
};
function bodyOf(): string {
  made += 1;
  return JSON.stringify({ ...shared, reference_no: `B-${process.pid}-${made}` });
}

function payers(url: string, key: string) {
  const headers = { authorization: `Basic ${key}`, "content-type": "application/json" };
  const connections = Array.from(
    { length: CONNECTIONS_HTTP },
    () => new Connection(new URL(url), "/v2/transaction/payment", headers),
  );
  const askers = connections.map((connection) => async () => {
    const reply = await connection.post(bodyOf());
    if (!reply.body.includes('"is_succeed":true')) {
      throw new Error(`not approved: ${reply.status} ${reply.body.slice(0, 400)}`);
    }
  });
  return { askers, close: () => connections.forEach((each) => void each.close()) };
}

async function overHttp(url: string, key: string, forMs: number): Promise<Row> {
  const { askers, close } = payers(url, key);
  const before = await usage(url);
  const result = await fullLoad(askers, forMs);
  const after = await usage(url);
  close();
  const cpuMs = ((after.cpuSeconds - before.cpuSeconds) * 1_000) / result.done;
  return { ...result, cpuMs, residentMb: after.residentMb };
}

async function bareSql(askers: readonly (() => Promise<void>)[], forMs: number): Promise<Row> {
  const before = process.cpuUsage();
  const result = await fullLoad(askers, forMs);
  const used = process.cpuUsage(before);
  const cpuMs = (used.user + used.system) / 1_000 / result.done;
  return { ...result, cpuMs, residentMb: process.memoryUsage.rss() / 2 ** 20 };
}

/** Half of what was measured at full load, and the bank's own mean time meanwhile. */
async function atHalfLoad(url: string, key: string, perSecond: number) {
  const { askers, close } = payers(url, key);
  const before = await bankTime(url);
  const result = await steadyLoad(askers, perSecond, HALF_LOAD_MS);
  const after = await bankTime(url);
  close();
  const calls = after.calls - before.calls;
  return { ...result, bankMs: calls > 0 ? ((after.seconds - before.seconds) * 1_000) / calls : 0 };
}

async function bankTime(url: string): Promise<{ seconds: number; calls: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) =>
    Number(new RegExp(`^vezne_bank_call_seconds_${name}\\{.*\\} (\\S+)`, "m").exec(text)?.[1] ?? 0);
  return { seconds: read("sum"), calls: read("count") };
}

function summary(rows: readonly Row[]) {
  const of = (pick: (row: Row) => number) => median(rows.map(pick));
  return {
    per_second: Math.round(of((row) => row.perSecond)),
    p50_ms: round(of((row) => row.p50Ms)),
    p99_ms: round(of((row) => row.p99Ms)),
    cpu_ms_per_charge: round(of((row) => row.cpuMs)),
    resident_mb_first: Math.round(rows[0]?.residentMb ?? 0),
    resident_mb_last: Math.round(rows.at(-1)?.residentMb ?? 0),
  };
}

/** From the start command on a prepared data folder to the first approved payment. */
async function coldStart(folder: string): Promise<number> {
  // A port that is known, as a user's is: only then API and worker start side by side.
  const ports = { VEZNE_PORT: String(await freePort()), VEZNE_BANK_PORT: "0" };
  const env = { ...process.env, VEZNE_DATA_DIR: folder, ...ports };
  const run = async () => {
    const startedAt = performance.now();
    const started = spawn(process.execPath, ["src/main/cli.ts", "start"], { env, stdio: "pipe" });
    let said = "";
    started.stdout.on("data", (text) => (said += text));
    started.stderr.on("data", (text) => (said += text));
    while (!said.includes("A first payment")) {
      if (started.exitCode !== null) throw new Error(`npm start failed: ${said}`);
      await pause(10);
    }
    const demo = JSON.parse(await readFile(path.join(folder, "demo.json"), "utf8"));
    const { askers, close } = payers(demo.urls.api, demo.paynet.secret_key);
    await askers[0]?.();
    const tookMs = performance.now() - startedAt;
    close();
    await stop(started);
    return tookMs;
  };
  await run();
  return run();
}

const head = ["", "charges/s", "p50 ms", "p99 ms", "CPU ms", "MB first", "MB last"];
const row = (name: string, line: ReturnType<typeof summary>) => [
  name,
  ...Object.values(line).map(String),
];

async function measure(database: Embedded, folder: string, say: (line: string) => void) {
  const stage = await openStage(database, folder);
  const { url, key, merchant, api, instant } = stage;
  const sql = await rowByRow(url, merchant, CONNECTIONS_SQL);
  say("warming up");
  await bareSql(sql.askers, WARM_UP_MS);
  await overHttp(instant.url, key, WARM_UP_MS);
  await overHttp(api.url, key, WARM_UP_MS);
  const rows: { a: Row[]; b: Row[]; c: Row[] } = { a: [], b: [], c: [] };
  for (let i = 1; i <= ROUNDS; i += 1) {
    rows.a.push(await bareSql(sql.askers, ROUND_MS));
    rows.b.push(await overHttp(instant.url, key, ROUND_MS));
    rows.c.push(await overHttp(api.url, key, ROUND_MS));
    const shown = [rows.a, rows.b, rows.c].map((each) => Math.round(each.at(-1)?.perSecond ?? 0));
    say(`round ${i} of ${ROUNDS}: a ${shown[0]}, b ${shown[1]}, c ${shown[2]} charges/s`);
  }
  const [a, b, c] = [summary(rows.a), summary(rows.b), summary(rows.c)];
  const halfLoad = await atHalfLoad(instant.url, key, b.per_second / 2);
  const overBank = await atHalfLoad(api.url, key, c.per_second / 2);
  await sql.close();
  await stage.close();
  return {
    a,
    b,
    c,
    half_load_p50_ms: round(halfLoad.p50Ms),
    half_load_above_bank_ms: round(overBank.p50Ms - overBank.bankMs),
    statements: sql.statements.length,
  };
}

/** `npm run bench -- charge [--json]`. Everything is started, measured alternating, and removed. */
export async function charge(isJson: boolean): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const folder = await mkdtemp(path.join(tmpdir(), "vezne-bench-"));
  await chmod(folder, 0o711);
  try {
    const database = await startEmbedded({ folder: path.join(folder, "db") });
    const result = await measure(database, folder, say).finally(() => database.stop());
    say("measuring the start");
    const startMs = await coldStart(path.join(folder, "start"));
    const { a, b, c } = result;
    const ratios = {
      ratio_http: round(b.per_second / a.per_second),
      ratio_simulator: round(c.per_second / a.per_second),
      half_load_p50_ms: result.half_load_p50_ms,
      half_load_above_bank_ms: result.half_load_above_bank_ms,
      start_to_first_charge_ms: Math.round(startMs),
    };
    if (isJson) {
      process.stdout.write(`${JSON.stringify({ ...ratios, a, b, c }, null, 2)}\n`);
      return;
    }
    const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
    process.stdout.write(`
${cpus().length} x ${cpus()[0]?.model}, ${memory}, Node ${process.version}

${table(head, [
  row("a  the same statements one charge at a time, pg, 32 connections", a),
  row("b  v2/transaction/payment over HTTP, 64 connections, instant bank", b),
  row("c  the same through the bank simulator over NestPay", c),
])}

ratio b/a                          ${ratios.ratio_http}
ratio c/a                          ${ratios.ratio_simulator}
p50 of b at half load              ${ratios.half_load_p50_ms} ms
p50 of c at half load, above the bank's own mean time
                                   ${ratios.half_load_above_bank_ms} ms
start to first approved charge     ${ratios.start_to_first_charge_ms} ms
`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
