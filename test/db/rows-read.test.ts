import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dropIdle, dropUncharged, wantedCalls } from "../../src/checkout/index.ts";
import { readLink } from "../../src/checkout/link.store.ts";
import { type Db, onOneView, openDb } from "../../src/db/pool.ts";
import { inTx } from "../../src/db/transaction.ts";
import type { MerchantId, SessionId } from "../../src/lib/id.ts";
import { listPayments, listRuns } from "../../src/main/verify/at-bank.store.ts";
import { rowsOf } from "../../src/main/verify/pages.ts";
import { merchantsToPay } from "../../src/marketplace/distribution.store.ts";
import { isMemberDue, readDebts } from "../../src/marketplace/earnings.store.ts";
import { claimReturn } from "../../src/marketplace/watches.store.ts";
import { listTransactions, readStories } from "../../src/payments/index.ts";
import { readDoubtful } from "../../src/payouts/verdicts.store.ts";
import { asOwner, freshDatabase, type TestDatabase } from "../support/database.ts";

const MERCHANT: MerchantId = "mer_00000000000000000001";
const ROWS = 6_000;
const NOW = new Date("2026-03-04T12:00:00Z");
const PAST = "2026-01-01";
const FUTURE = "2027-01-01";

let database: TestDatabase;
let db: Db;

/** An id of so many, as SQL over `g`. */
const id = (prefix: string, of = "g") => `'${prefix}_' || lpad((${of})::text, 20, '0')`;
const uuid = `lpad(g::text, 8, '0') || '-0000-4000-8000-000000000000'`;

/** Rows of a table: what all have, and over `g` what each has. Nothing of them is looked up. */
const fill = (table: string, count: number, all: object, each: Record<string, string>) => {
  const pairs = Object.entries(each).map(([name, value]) => `'${name}', ${value}`);
  const same = JSON.stringify({ merchant_id: MERCHANT, ...all });
  return asOwner(
    database.ownerUrl,
    `set session_replication_role = replica;
    insert into ${table} select r.* from generate_series(1, ${count}) g,
      lateral jsonb_populate_record(null::${table},
        '${same}'::jsonb || jsonb_build_object(${pairs.join(", ")})) r
      on conflict do nothing`,
  );
};

const money = { currency: "TRY", amount_minor: 100, commission_minor: 0, commission_tax_minor: 0 };
const tables: Record<string, (count: number) => Promise<unknown>> = {
  payments: (count) =>
    fill(
      "payments",
      count,
      {
        ...{ ...money, version: 1, status: "captured", pos_id: "pos", company_minor: 0 },
        ...{ reference_slot: "", shares_reference: false, captured_minor: 100, refunded_minor: 0 },
        ...{ rate_ppm: 0, commission_tax_ppm: 0, is_commission_added: false, instalments: 0 },
        ...{ card_mask: "123456****1234", card_holder: "A", card_brand: "visa", card_type: "cc" },
        ...{ card_bank_id: "ZIRA", captured_at: PAST, details: {}, created_at: PAST },
      },
      { id: id("pay"), live_attempt_id: id("att"), reference: "g::text" },
    ),
  payment_attempts: (count) =>
    fill(
      "payment_attempts",
      count,
      {
        ...{ ...money, kind: "sale", status: "approved", refunded_before_minor: 0 },
        ...{ bank_reference: "b", ask_hash: "h", inquiries: 0, not_found_count: 0 },
        ...{ opened_at: PAST, settled_at: PAST },
      },
      {
        ...{ id: id("att"), payment_id: id("pay"), xact: "g" },
        request_key: `'checkout:' || ${id("tok")}`,
      },
    ),
  events: (count) =>
    fill(
      "events",
      count,
      { type: "payment.captured", created_at: PAST },
      {
        ...{ id: id("evt"), subject_id: id("pay") },
        payload: `jsonb_build_object('attempt_id', ${id("att")})`,
      },
    ),
  pay_links: (count) =>
    fill(
      "pay_links",
      count,
      {
        ...{ status: "paid", amount_minor: 100, currency: "TRY", is_multi: false },
        ...{ terms: { callbackUrl: "https://shop.example" }, expires_at: PAST, created_at: PAST },
      },
      { id: uuid, reference: "g::text", paid_by_id: id("pay") },
    ),
  checkout_sessions: (count) =>
    fill(
      "checkout_sessions",
      count,
      {
        ...{ kind: "link", amount_minor: 100, currency: "TRY", version: 1, terms: {} },
        ...{ expires_at: PAST, created_at: PAST },
      },
      { id: id("ses"), link_id: uuid, charged_token_id: id("tok") },
    ),
  // In every tenth session no card was tried.
  checkout_tokens: (count) =>
    fill(
      "checkout_tokens",
      count,
      {
        ...{ session_version: 1, status: "authenticated", planned: {}, saves_card: false },
        ...{ returned_at: PAST, level: "full", created_at: PAST },
      },
      {
        ...{ id: id("tok"), guid: uuid, payment_id: id("pay") },
        session_id: `${id("ses", "case when g % 10 = 0 then g - 1 else g end")}`,
      },
    ),
};

/** How many rows of a table `run` reads. */
async function rowsRead(table: string, run: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(db.kysely);
    const { rows } = await sql<{ n: number }>`
      select (seq_tup_read + idx_tup_fetch)::integer as n from pg_stat_user_tables
      where relname = ${table}`.execute(db.kysely);
    return rows[0]!.n;
  };
  const before = await count();
  await run();
  return (await count()) - before;
}

beforeAll(async () => {
  database = await freshDatabase();
  db = openDb({ url: database.appUrl, max: 1, applicationName: "rows", onError: () => {} });
  await fill(
    "merchants",
    1,
    { id: MERCHANT, status: "active", mode: "sandbox" },
    {
      ...{ company_code: "'1'", name: "'A'", clock_offset_ms: "0", may_sell_without_3d: "true" },
      ...{ commission_tax_ppm: "0", company_share_ppm: "0", created_at: "now()" },
      ...{ needs_card_code: "false", may_call_inside: "false", draw_gap_minutes: "120" },
    },
  );
  // What is known of these tables is how they were when they were young.
  for (const [table, rows] of Object.entries(tables)) {
    await asOwner(database.ownerUrl, `alter table ${table} set (autovacuum_enabled = false)`);
    await rows(25);
    await asOwner(database.ownerUrl, `analyze ${table}`);
    await rows(ROWS);
  }
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test("where nothing is due to be paid, what waits is not walked through", async () => {
  const settings = { distribution: "payout", has_manual_trigger: false, platform_days: 1 };
  await fill("marketplace_settings", 1, settings, {});
  const open = {
    ...{ sale: 1, product: 1, member: 1, currency: "TRY", commission_ppm: 0, state: "open" },
    ...{ is_retried: false, is_held: false, calculated_at: PAST, approval_id: "apr" },
  };
  const waits = { ...open, party: "member", amount_minor: 100 };
  const later = { ...waits, reflection_date: FUTURE, pay_date: FUTURE };
  await fill("earnings", ROWS, later, { number: "g", product: "g" });
  // Nothing is due of these, whose day was long ago.
  const nothing = { ...open, party: "platform", amount_minor: 0 };
  const before = { ...nothing, reflection_date: PAST, pay_date: PAST };
  await fill("earnings", ROWS, before, { number: "g + 10000", product: "g" });
  for (const known of ["nothing is known", "all is known"]) {
    const read = await rowsRead("earnings", async () =>
      expect(await merchantsToPay(db, NOW)).toEqual([]),
    );
    expect({ known, read }).toEqual({ known, read: 0 });
    await asOwner(database.ownerUrl, "analyze earnings");
  }
});

test("debts are found by their member or product, and approvals by their sale", async () => {
  const debt = { kind: "cargo", currency: "TRY", amount_minor: 1, pay_date: FUTURE, state: "open" };
  const rest = { is_held: false, calculated_at: PAST };
  const each = { number: "g", sale: "g", product: "g", member: "g" };
  await fill("debts", ROWS, { ...debt, ...rest }, each);
  const approval = { calculator: "rates", same_date: false, description: "", approved_at: PAST };
  await fill("approvals", ROWS, approval, { id: id("apr"), sale: "g" });
  const watched = { merchantId: MERCHANT, number: 1n, sale: 5n } as Parameters<
    typeof claimReturn
  >[1];
  const look = async () => {
    const [found] = await readDebts(db.kysely, MERCHANT, { products: [7n] });
    expect(found?.number).toBe(7n);
    expect(await isMemberDue(db.kysely, { merchantId: MERCHANT, number: -1n })).toBe(false);
  };
  expect(await rowsRead("debts", look)).toBeLessThan(10);
  const claim = () => inTx(db, (tx) => claimReturn(tx, watched));
  const all = () => sql`select from approvals a where a.sale = 5`.execute(db.kysely);
  expect(await rowsRead("approvals", claim)).toBeLessThan(10);
  expect(await rowsRead("approvals", all)).toBeGreaterThan(0);
});

test("verify walks through payments and runs once, whatever of them is at a bank", async () => {
  const run = { run: 1, state: "refused", amount_minor: 1, title: "A", iban: "TR1", message: "" };
  const ended = { opened_at: PAST, settled_at: PAST, inquiries: 0, not_found_count: 0 };
  await fill("payout_runs", ROWS, { ...run, ...ended }, { id: id("out"), payout: "g" });
  type Page = (...at: Parameters<typeof listPayments>) => Promise<readonly { id: string }[]>;
  const stories: Page = async (...at) => (await readStories(...at)).map(({ payment }) => payment);
  const walks: [string, Page][] = [
    ["payments", listPayments],
    ["payout_runs", listRuns],
    ["payments", stories],
  ];
  for (const [table, list] of walks) {
    const page = (after: string) => onOneView(db, (view) => list(view, MERCHANT, after, 500));
    const pages = rowsOf(page, 500);
    const read = await rowsRead(table, async () =>
      expect((await Array.fromAsync(pages)).length).toBe(ROWS),
    );
    expect(read).toBe(ROWS);
  }
  const doubtful = () => readDoubtful(db.kysely, MERCHANT, 20);
  expect(await rowsRead("payout_runs", doubtful)).toBe(0);
});

test("operations are counted without their payments where nothing is asked of those", async () => {
  const span = { from: new Date(0), to: NOW, withDeclined: true, offset: 0, limit: 10 };
  const list = async () =>
    expect(await listTransactions(db, MERCHANT, span)).toMatchObject({
      total: ROWS,
      totalMinor: BigInt(ROWS) * 100n,
    });
  expect(await rowsRead("payments", list)).toBe(10);
});

test("links, and calls that links want, look up what they name alone", async () => {
  await sql`set enable_nestloop = off`.execute(db.kysely); // As stale numbers have it at times.
  const link = async () => {
    const name = { id: "00005000-0000-4000-8000-000000000000" };
    expect((await readLink(db.kysely, MERCHANT, name))?.paidBy?.posId).toBe("pos");
  };
  expect(await rowsRead("payments", link)).toBeLessThan(5);
  const events = [31, 4_003, 5_001].map((n) => `evt_${`${n}`.padStart(20, "0")}`);
  const calls = async () => expect(await wantedCalls(db, MERCHANT, events)).toHaveLength(3);
  expect(await rowsRead("payment_attempts", calls)).toBe(3);
  await sql`set enable_nestloop = on`.execute(db.kysely);
});

test("a session is deleted with its tries without a look at other sessions", async () => {
  await asOwner(
    database.ownerUrl,
    `update payments set status = 'voided', captured_minor = 0, captured_at = null,
      live_attempt_id = null where id <= 'pay_00000000000000000090'`,
  );
  const gone = Array.from(
    { length: 80 },
    (_, n): SessionId => `ses_${`${n + 1}`.padStart(20, "0")}`,
  );
  const drop = () => inTx(db, (tx) => dropUncharged(tx, MERCHANT, gone, NOW));
  expect(await rowsRead("checkout_sessions", drop)).toBeLessThan(1_000);
});

test("sessions without a card are deleted, also behind thousands with one", async () => {
  const all = () => sql<{ n: number }>`select count(*)::integer as n from checkout_sessions`;
  const left = async () => (await all().execute(db.kysely)).rows[0]!.n;
  const before = await left();
  const dropped = await dropIdle(db, MERCHANT, NOW);
  expect(dropped).toBeGreaterThan(500);
  expect(await left()).toBe(before - dropped);
  expect(await dropIdle(db, MERCHANT, NOW)).toBe(0);
});

test("whether a card is under a key is asked by the key", async () => {
  const card = {
    ...{ sealed: "\\x00", fingerprint: "\\x00", mask: "123456****1234", holder_mask: "A" },
    ...{ brand: "visa", type: "cc", bank_id: "ZIRA", expiry_month: 1, expiry_year: 2030 },
    ...{ key_id: "key_00000000000000000001", purge_at: FUTURE, description: "", created_at: PAST },
  };
  await fill("cards", ROWS, card, { id: id("crd") });
  const key = { wrapped: "\\x00", status: "retiring", created_at: PAST };
  await fill("vault_keys", 1, key, { id: id("key", "2") });
  const drop = () => sql`delete from vault_keys where merchant_id = ${MERCHANT}`.execute(db.kysely);
  expect(await rowsRead("cards", drop)).toBe(0);
});
