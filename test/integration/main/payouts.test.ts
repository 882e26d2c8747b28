import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addMarketplaceCommands } from "../../../src/main/cli/marketplace.ts";
import { addPayoutCommands } from "../../../src/main/cli/payouts.ts";
import { dataFolder } from "../../../src/main/folder.ts";
import { distribute } from "../../../src/marketplace/index.ts";
import type { Payout } from "../../../src/payouts/payout.rules.ts";
import { seedEarnings } from "../../support/earnings.ts";
import { duePayout, liveOn, runsOf, stateOf } from "../../support/payouts.ts";
import { paywallOf } from "../../support/paywall.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let folder: string;
beforeAll(async () => {
  world = await createWorld();
  folder = await mkdtemp(path.join(tmpdir(), "vezne-payouts-"));
  const { url: bankUrl, token } = world.bank;
  const { appUrl: databaseUrl, ownerUrl } = world.database;
  const place = { pid: process.pid, apiUrl: world.url, bankUrl, token, databaseUrl, ownerUrl };
  await dataFolder(folder).writeRunning(place);
  vi.stubEnv("VEZNE_DATA_DIR", folder);
  vi.stubEnv("VEZNE_VAULT_KEY", Buffer.alloc(32, 7).toString("base64"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a command says, in this process, or the sentence it ends with. */
async function command(...words: string[]): Promise<string> {
  const said: string[] = [];
  const program = new Command();
  for (const add of [addPayoutCommands, addMarketplaceCommands]) {
    add(program, (line) => void said.push(line));
  }
  const all = [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)];
  for (const each of all) each.exitOverride().configureOutput({ writeErr: () => {} });
  return program.parseAsync(words, { from: "user" }).then(
    () => said.join("\n"),
    (error: Error) => error.message,
  );
}
const payouts = (...words: string[]) => command("payouts", ...words);
const marketplace = (...words: string[]) => command("marketplace", ...words);

/** A transfer that the bank has made and says nothing of, for a day as far as it knows. */
async function inDoubt() {
  await world.bank.fault("reset_after_commit", { op: "transfer" });
  const receiver = { title: "Ece Su", accountNo: "770000146" };
  const payout = await duePayout(world, { party: "other", receiver, amountMinor: 7_550n });
  await world.advance(0);
  const flag =
    "update payout_runs set flagged_at = opened_at where state = 'doubtful' returning id";
  const { rows } = await world.db.pool.query<{ id: string }>(flag);
  return { payout, id: rows[0]!.id };
}

const why = ["--reason", "sorduk: 4355 0843 5508 4358 kartı değil", "--by", "Ada"];

test("there is nothing to look at, and nothing was settled, at first", async () => {
  expect(await payouts("doubtful")).toBe("There is no transfer that a person must look at.");
  expect(await payouts("doubtful", "10001", "--settled")).toContain("No person has settled");
  expect(await payouts("doubtful", "99999")).toBe("There is no merchant with the code 99999.");
});

test("a transfer in doubt is listed, and settled with who says so and why", async () => {
  const { payout, id } = await inDoubt();
  await world.bank.admin("POST", "/faults", {
    ...{ action: "http_500", match: { op: "transfer_status" } },
  });
  const line = `10001 +${id} +${payout.number} +75\\.50 +TRY +Ece Su +2026-03-04 12:00 +in doubt`;
  expect(await payouts("doubtful")).toMatch(new RegExp(line));
  expect(await payouts("doubtful", "10001")).toContain("--unpaid --reason");
  const settle = (...words: string[]) => payouts("settle", "10001", id, ...words);
  for (const [words, sentence] of [
    [why, "Say one of --paid <the bank's reference> and --unpaid."],
    [["--paid", "FT1", "--unpaid", ...why], "Say one of --paid"],
    [["--paid", " ", ...why], "Say something after --paid."],
    [["--paid", "F".repeat(101), ...why], "--paid takes at most 100 characters."],
    [["--unpaid", "--reason", " "], "Say something after --reason."],
    [["--unpaid", ...why, "--by", " "], "Say with --by who does this."],
    [["--unpaid"], "required option '--reason <text>' not specified"],
  ] as const) {
    expect(await settle(...words)).toContain(sentence);
  }
  expect(await payouts("settle", "10001", "out_1", "--unpaid", ...why)).toContain("is no run");
  const other = `out_${"0".repeat(20)}`;
  expect(await payouts("settle", "10001", other, "--unpaid", ...why)).toBe(
    "This merchant has no such run.",
  );
  expect((await stateOf(world, payout)).state).toBe("sending");
  expect(await settle("--paid", "FT-77", ...why)).toMatch(
    /^Settled as paid, FT-77, by Ada: sorduk/,
  );
  expect(await settle("--unpaid", ...why)).toContain("Nobody has to look at this run");
  expect((await stateOf(world, payout)).state).toBe("paid");
  const kept = await payouts("doubtful", "10001", "--settled");
  expect(kept).toMatch(new RegExp(`${id} +${payout.number} +paid FT-77 +Ada +sorduk.*nothing: `));
  expect(kept).toContain("435508******4358");
  await world.bank.clearFaults();
});

/** What the program says, in a process of its own. */
async function vezne(...words: string[]): Promise<string> {
  const cli = path.resolve("src/main/cli.ts");
  return (await promisify(execFile)(process.execPath, [cli, ...words])).stdout;
}

test("the bank's own book shows the last transfers, or those of one reference", async () => {
  await world.bank.clearFaults();
  const payout = await duePayout(world, { amountMinor: 4_321n });
  await world.advance(0);
  const [run] = await runsOf(world, payout);
  const name = run!.id.slice("out_".length);
  const last = await vezne("bank", "transfers", "--limit", "1");
  const at = "2026-03-04 12:\\d\\d";
  const line = `880000001 +${name} +43\\.21 +TRY +TR56\\d{22} .* paid +${at} +Hakediş`;
  expect(last).toMatch(new RegExp(`^ *account .*\\n${line}\\n$`));
  expect(await vezne("bank", "transfers", "--reference", run!.id)).toBe(last);
  const most = "--limit must be a whole number from 1 to 10000";
  await expect(vezne("bank", "transfers", "--limit", "10001")).rejects.toThrow(most);
});

test("what a bank denies and has paid is open while it is asked about, else broken", async () => {
  await world.bank.fault("not_found_for", { op: "transfer" }, { seconds: 90_000 });
  const payout = await duePayout(world);
  await liveOn(
    world,
    [190, 80, 30, 60, 120, 180].map((seconds) => seconds * 1_000),
  );
  const [run] = await runsOf(world, payout);
  expect(run?.state).toBe("refused");
  const what = `transfer ${run!.id.slice("out_".length)}: refused here, paid at the bank`;
  const said = await vezne("verify");
  expect(said).toMatch(/^open {4}I5 what the bank paid out.*, 1 that the bank has denied/m);
  expect(said).toContain(`    open  ${what}\n`);
  expect(said).toContain("The books balance.");
  const free = (to: string) => `update payouts set ${to} where number = ${payout.number}`;
  await world.db.pool.query(free("is_bound = false, due_at = null"));
  await expect(world.isSound()).rejects.toThrow(what);
  await world.db.pool.query(free(`is_bound = true, due_at = '${world.clock().toISOString()}'`));
  await liveOn(world, [90_000_000, 0]);
  expect((await stateOf(world, payout)).state).toBe("paid");
  expect(await vezne("verify")).toMatch(/^ok {6}I5 what the bank paid out/m);
});

test("a run is known by the bank's name of it too, and the bank itself comes first", async () => {
  const { payout, id } = await inDoubt();
  const said = await payouts("settle", "10001", id.slice("out_".length), "--unpaid", ...why);
  expect(said).toContain("The bank itself says what became of it");
  expect((await stateOf(world, payout)).state).toBe("paid");
  expect(await runsOf(world, payout)).toMatchObject([{ isJudged: false, flaggedAt: null }]);
  expect((await world.isSound()).flagged).toEqual([]);
});

test("payouts are listed with whom they go to, how they stand, and why one failed", async () => {
  const receiver = { title: "Deniz Ak", iban: "TR330006100519786457849901" };
  const closed = await duePayout(world, { party: "other", receiver, amountMinor: 1_234n });
  const homeless = await duePayout(world, { currency: "GBP", connection: 4n, amountMinor: 99n });
  await world.advance(0);
  const row = ({ number }: Payout, what: string, why: string) =>
    expect.stringMatching(`^ *10001 +${number} +direct +${what} +failed +2026-.* ${why}$`);
  const all = await payouts("list");
  expect(all.split("\n").slice(0, 3)).toEqual([
    expect.stringMatching(/^merchant +number +kind +to +amount +currency +state +when +reason$/),
    row(homeless, "platform +0\\.99 +GBP", "There is no account to pay to"),
    row(closed, "Deniz Ak +12\\.34 +TRY", "Alıcı hesabı kapalı"),
  ]);
  expect(all).toMatch(/ paid +2026-03-04 12:\d\d$/m);
  expect(await payouts("list", "10001", "--state", "failed", "--limit", "2")).toContain("--limit");
  expect(await payouts("list", "--state", "queued")).toBe("There is no such payout.");
  const { number } = await duePayout(world);
  const queued = await payouts("list", "--state", "queued");
  expect(queued.split("\n")).toEqual([expect.any(String), expect.stringContaining(`${number}`)]);
  await world.advance(0);
  expect(await payouts("list", "--since", "2099-01-01")).toBe("There is no such payout.");
  expect(await payouts("list", "--since", "2026-03-04", "--limit", "1")).toContain(`${number}`);
  for (const [words, sentence] of [
    [["--state", "lost"], "--state is one of queued, sending, paid, failed."],
    [["--since", "2026-02-30"], '--since is no day, yyyy-MM-dd: "2026-02-30".'],
    [["--limit", "1001"], "--limit is a whole number, 1 to 1000."],
  ] as const) {
    expect(await payouts("list", ...words)).toBe(sentence);
  }
});

test("the newest payout is listed first, whatever block its number is of", async () => {
  const { number: before } = await duePayout(world);
  const older = await duePayout(world, { number: before + 5_000n });
  await world.advance(60_000);
  const newer = await duePayout(world);
  const [, first, second] = (await payouts("list", "--limit", "2")).split("\n");
  expect([first, second]).toEqual([
    expect.stringContaining(` ${newer.number} `),
    expect.stringContaining(` ${older.number} `),
  ]);
  await world.advance(0);
});

test("a currency without an account is given one, and its order is paid to it", async () => {
  const at = ["--title", "Örnek A.Ş.", "--iban"];
  const account = (currency: string, iban: string) =>
    marketplace("account", "10001", currency, ...at, iban);
  expect(await account("GBP", "TR330006100519786457841327")).toBe("The IBAN is not valid.");
  expect(await account("JPY", "TR330006100519786457841326")).toBe(
    "The currency is one of TRY, USD, EUR, GBP.",
  );
  await seedEarnings(world, [{ day: "2026-03-02", minor: 500, currency: "GBP" }]);
  const wire = paywallOf(world);
  const order = { CurrencyId: 7, DateFrom: "2026-03-02", DateTo: "2026-03-02" };
  const start = () => wire.post("api/paywall/marketplace/manual/trigger/start", order);
  expect(await start()).toMatchObject({ ErrorCode: 261 });
  expect(await account("gbp", "TR33 0006 1005 1978 6457 8413 26")).toContain(
    "GBP of 10001 goes to Örnek A.Ş., TR330006100519786457841326.",
  );
  expect(await start()).toMatchObject({ ErrorCode: 0 });
  await world.advance(0);
  expect(await payouts("list", "--limit", "1")).toMatch(/ order +platform Ö.* 5\.00 +GBP +paid /);
  const shown = await marketplace("show", "10001");
  expect(shown).toMatch(
    /^distribution +payout\nmanual-trigger +on\nplatform-days +1\norder-days +none$/m,
  );
  expect(shown).toMatch(/^GBP +Örnek A\.Ş\. +TR330006100519786457841326$/m);
  expect(shown).toMatch(/^ *4 +Sim +simulator +GBP +880000001 +main +open$/m);
  expect(shown).not.toContain("SIMPAY");
  await world.db.pool.query("update payout_connections set is_open = false where currency = 'GBP'");
  expect(await marketplace("show", "10001")).toContain("There is no main connection of GBP.");
  expect(await account("GBP", "TR330006100519786457841326")).toContain("Nothing pays GBP yet");
});

test("a marketplace goes back from files to orders, and nothing leaves by itself", async () => {
  const set = (...words: string[]) => marketplace("set", "10001", ...words);
  await seedEarnings(world, [{ day: "2026-03-02", minor: 5_000 }]);
  expect(await set("distribution", "excel", "manual-trigger", "off")).toBe(
    "The marketplace 10001 has distribution excel, manual-trigger off now.",
  );
  for (const [words, sentence] of [
    [["distribution", "payout", "manual-trigger"], "Say the value of manual-trigger after it."],
    [["distribution", "payout", "distribution", "excel"], "Say distribution once."],
    [["distribution", "payout", "platform-days", "0"], "Say a number of days, 1 to 30."],
    [["distribution", "developer", "manual-trigger", "on"], "say `manual-trigger off` in the same"],
    [["platform-days", "2", "speed", "9"], "Say what to set, one of distribution, manual-"],
  ] as const) {
    expect(await set(...words)).toContain(sentence);
  }
  expect(await marketplace("show", "10001")).toMatch(/excel\n.* off\nplatform-days +1\n/);
  expect(await set("manual-trigger", "on", "distribution", "payout")).toContain("payout now.");
  expect(
    await distribute(world.deps.marketplace, (error) => {
      throw error;
    }),
  ).toBe(0);
  expect(await set("order-days", "90")).toBe("The marketplace 10001 has order-days 90 now.");
});
