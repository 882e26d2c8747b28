import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { staleFiles } from "../../src/db/generate.ts";
import { APP_ROLE } from "../../src/db/grants.ts";
import { MIGRATIONS_FOLDER, migrate } from "../../src/db/migrate.ts";
import { appPassword, asOwner, emptyDatabase, type TestDatabase } from "../support/database.ts";

/** The newest file of a version that has data of its own, all of which the later files change. */
const OLD = "0011_recurring.sql";
const tables = ["payouts", "payout_runs", "numbered_links", "sales"] as const;

let database: TestDatabase;
let folder: string;
let later: string[];
let before: Rows;
let after: Rows;

type Row = Readonly<Record<string, unknown>>;
type Rows = Record<(typeof tables)[number], Row[]>;
const owner = (text: string) => asOwner(database.ownerUrl, text);
async function rows(): Promise<Rows> {
  const lists = tables.map((name) => `'${name}', (select jsonb_agg(to_jsonb(t)) from ${name} t)`);
  return (await owner(`select jsonb_build_object(${lists.join(", ")}) as all`)).rows[0].all as Rows;
}

type Payout = Readonly<{ state: string; account?: string; isBound?: boolean; isDue: boolean }>;
const guid = (number: number) => `00000000-0000-0000-0000-00000000000${number}`;
/** An amount of each kind and in each state in which that version left one. */
function payout(number: number, kind: "daily" | "order" | "direct", of: Payout): string {
  const party = { daily: "'member', 7", order: "'platform', null", direct: "'other', null" }[kind];
  const span = kind === "order" ? "'2026-01-01', '2026-01-02'" : "null, null";
  const ended = of.state === "paid" || of.state === "failed" ? "now()" : "null";
  return `insert into payouts (merchant_id, number, kind, guid, party, member, connection, currency,
      amount_minor, count, date_from, date_to, title, iban, description, details, state, runs,
      failure, is_bound, due_at, created_at, settled_at)
    values ('m', ${number}, '${kind}', '${guid(number)}', ${party}, 1, 'TRY', 5, 1, ${span},
      ${of.account ?? "null, null"}, 'd', '{}', '${of.state}', 1, '', ${of.isBound ?? false},
      ${of.isDue ? "now()" : "null"}, now(), ${ended});`;
}
const runId = (number: number) => `out_${String(number).padStart(20, "0")}`;
function run(number: number, state: string, [title, iban]: readonly [string, string]): string {
  const ended = state === "paid" || state === "refused" ? "now()" : "null";
  return `insert into payout_runs (merchant_id, id, payout, run, state, amount_minor, title, iban,
      bank_reference, message, opened_at, settled_at)
    values ('m', '${runId(number)}', ${number}, 1, '${state}', 5, '${title}', '${iban}',
      'x', '', now(), ${ended});`;
}
const known = ["Ece Tan", "TR1"] as const;
const oldRows = [
  // What the rows point to is not of this test.
  "set session_replication_role = replica;",
  payout(1, "daily", { state: "queued", isDue: true }),
  payout(2, "order", { state: "sending", isDue: true }),
  payout(3, "direct", { state: "paid", account: "'Ece Tan', 'TR1'", isDue: false }),
  payout(4, "daily", { state: "failed", isBound: true, isDue: true }),
  payout(5, "order", { state: "failed", isDue: false }),
  run(1, "doubtful", known),
  run(2, "open", known),
  run(3, "paid", known),
  run(4, "refused", known),
  // Nobody knew an account to pay to.
  run(5, "refused", ["", ""]),
  `insert into numbered_links values ('m', 1, 'a', null, '{}'), ('m', 2, 'b', 'c', '{}');`,
  `insert into sales (merchant_id, number, code, payment_id, waits_for_end, currency, amount_minor,
      details, created_at)
    values ('m', 1, 'c', 'pay_00000000000000000000', false, 'TRY', 1, '{}', now());`,
].join("\n");

beforeAll(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "vezne-rows-"));
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => file.endsWith(".sql")).sort();
  const old = files.filter((file) => file <= OLD);
  for (const file of old) {
    await copyFile(path.join(MIGRATIONS_FOLDER, file), path.join(folder, file));
  }
  expect(await migrate(database.ownerUrl, { folder })).toEqual(old);
  await owner(oldRows);
  before = await rows();
  later = files.filter((file) => file > OLD);
  const app = { role: APP_ROLE, password: appPassword() };
  expect(await migrate(database.ownerUrl, { app })).toEqual(later);
  after = await rows();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

test("a database with rows becomes the newest as an empty one does", async () => {
  expect(later.length).toBeGreaterThan(6);
  expect(await staleFiles(database.ownerUrl)).toEqual([]);
  const { rows: unchecked } = await owner(
    "select conname from pg_constraint where not convalidated",
  );
  expect(unchecked).toEqual([]);
});

test("its rows stay as they were; one that went nowhere names no account", async () => {
  expect(before.payouts).toHaveLength(5);
  const added: Record<keyof Rows, Row> = {
    payouts: { account_no: null, batch: null },
    payout_runs: { account_no: null, verdict: null, marked_by: null },
    numbered_links: {},
    sales: { entered_card: null },
  };
  for (const table of tables) {
    const toSame = (row: Row) => expect.objectContaining({ ...row, ...added[table] });
    const changed = before[table].map((row) => (row["iban"] === "" ? { ...row, iban: null } : row));
    expect(after[table]).toHaveLength(before[table].length);
    expect(after[table]).toEqual(expect.arrayContaining(changed.map(toSame)));
  }
});

test.each([
  ["a paid payout is asked about again once it is bound", 3, "is_bound = true, due_at = now()"],
  ["a refused one rests", 4, "is_bound = false, due_at = null"],
])("now %s", async (_, number, set) => {
  await owner(`update payouts set ${set} where number = ${number}`);
});

test.each([
  ["open_is_due", "update payouts set due_at = now() where number = 5"],
  ["hand_alone_is_of_batch", "update payouts set kind = 'hand', connection = null, due_at = null"],
  ["account_is_whole", "update payouts set account_no = '7' where number = 3"],
  ["goes_to_one_place", `update payout_runs set iban = null where id = '${runId(3)}'`],
  ["goes_to_one_place", `update payout_runs set iban = '' where id = '${runId(5)}'`],
  ["only_hand_returns", `update payout_runs set state = 'returned' where id = '${runId(3)}'`],
  ["one_number_per_link", "update numbered_links set link_id = 'a' where number = 2"],
])("%s holds for its rows from now on", async (constraint, change) => {
  await expect(owner(`set session_replication_role = replica; ${change}`)).rejects.toMatchObject({
    constraint,
  });
});
