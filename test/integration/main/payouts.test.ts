import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addPayoutCommands } from "../../../src/main/cli/payouts.ts";
import { dataFolder } from "../../../src/main/folder.ts";
import { duePayout, liveOn, runsOf, stateOf } from "../../support/payouts.ts";
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
  process.env["VEZNE_DATA_DIR"] = folder;
  process.env["VEZNE_VAULT_KEY"] = Buffer.alloc(32, 7).toString("base64");
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the command says, in this process, or the sentence it ends with. */
async function payouts(...words: string[]): Promise<string> {
  const said: string[] = [];
  const program = new Command();
  addPayoutCommands(program, (line) => void said.push(line));
  const all = [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)];
  for (const each of all) each.exitOverride().configureOutput({ writeErr: () => {} });
  return program.parseAsync(["payouts", ...words], { from: "user" }).then(
    () => said.join("\n"),
    (error: Error) => error.message,
  );
}

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
});

test("what a bank denies and has paid is open to verify while it is asked about, else broken", async () => {
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
