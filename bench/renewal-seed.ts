import { randomBytes } from "node:crypto";
import pg from "pg";
import { type MerchantId, newId } from "../src/lib/id.ts";
import { Secret } from "../src/lib/secret.ts";
import { readActiveKey } from "../src/vault/active-key.ts";
import type { DataKey } from "../src/vault/data-key.ts";
import type { VaultDeps } from "../src/vault/deps.ts";
import { readCard } from "../src/vault/index.ts";
import { newCardRow } from "../src/vault/new-card.ts";
import { inParts } from "./in-parts.ts";

/** What is seeded: the orders of one merchant, of which every so manyth is due at `now`. */
export type Seed = Readonly<{ orders: number; dueEvery: number; now: Date }>;

/** Invoice numbers, far from those that the product gives. Two terms for each order. */
const FIRST_INVOICE = 20_000_000;
/** Past whatever is seeded. */
const NEXT_NUMBER = 90_000_000;
const FIRST_CARD = 100_001;
/** Days on which orders came, as many on each. */
const DAYS = 100;
const CHUNK_ORDERS = 20_000;
const CHUNK_CARDS = 2_000;
const terms = JSON.stringify({
  name: "Deniz Ak",
  email: "deniz@payer.example",
  phone: "5321112233",
  description: "Aidat",
  sendsMail: false,
  sendsSms: false,
  needsCode: false,
  locale: "tr",
});

/**
 * The orders of the merchant $1 from the $2th to the $3th, $6 for each day. Those that came on one
 * day fall due on one day: those of every $5th at some second of the day before $4, in no order;
 * the others two months later or still later.
 */
const orders = `
  select n, md5('order ' || n)::uuid::text as id, day / $5 * $6 + n % $6 as card,
    case when day % $5 = 0 then $4::timestamptz - (1 + hash % 86400) * interval '1 second'
      else $4::timestamptz + (60 + day) * interval '1 day'
        + (hash % 86400) * interval '1 second' end as begin_at
  from (select n, n / $6 as day, (n * 2654435761) % 4294967296 as hash
    from generate_series($2::bigint, $3::bigint) n)`;

const statements = [
  `insert into subscriptions (merchant_id, id, status, reference, reference_slot, currency,
     amount_minor, interval, interval_count, period, begin_at, plan_numbers, is_fixed_price,
     renews, adds_commission, daily_attempts, attempt_days, draws_at_card, terms, accepted_at,
     accepted_from, created_at)
   select $1, id, 'active', 'B-' || n, '', 'TRY', 9900, 'month', 2, 1, begin_at,
     array[${FIRST_INVOICE} + n * 2], true, false, false, 3, 3, false, '${terms}', $4, '127.0.0.1',
     $4
   from (${orders})`,
  `insert into invoices (merchant_id, number, invoice_no, subscription_id, term, term_slot, status,
     drawn_from, amount_minor, is_told, due_at, created_at)
   select $1, number, number::text, id, term, term, 'waiting', at, 9900, false, at, $4
   from (${orders}), generate_series(0, 1) term,
     lateral (select ${FIRST_INVOICE} + n * 2 + term as number,
       (begin_at at time zone 'Europe/Istanbul' + term * interval '1 month')
         at time zone 'Europe/Istanbul' as at)`,
  `insert into subscription_cards (merchant_id, number, subscription_id, card, position, created_at)
   select $1, ${FIRST_CARD} + n, id, ${FIRST_CARD} + card, 1, $4
   from (${orders})`,
];

async function insert(client: pg.Client, table: string, rows: readonly object[]): Promise<void> {
  const text = `insert into ${table}
    select * from json_populate_recordset(null::${table}, $1::json)`;
  await client.query(text, [JSON.stringify(rows)]);
}
const hex = (bytes: Buffer) => `\\x${bytes.toString("hex")}`;

/** A card of a payer of its own, sealed as the vault seals it. */
function newPayer(deps: VaultDeps, merchant: MerchantId, key: DataKey, n: number) {
  const now = deps.clock();
  const typed = { pan: new Secret("4355084355084358"), month: 12, year: 2030, holder: "Deniz Ak" };
  const name = { merchantId: merchant, id: newId("crd", now) };
  const row = newCardRow(deps.ring, key, name, readCard(typed, now, true), now);
  const bytes = { sealed: hex(row.sealed), fingerprint: hex(row.fingerprint) };
  const owner = newId("own", now);
  const token = randomBytes(32).toString("base64url");
  const shared = { merchant_id: merchant, created_at: now };
  return {
    owner: { ...shared, id: owner, customer: `payer ${n}` },
    card: { ...row, ...bytes, owner_id: owner, token },
    known: { ...shared, number: FIRST_CARD + n, card_id: row.id, label: "" },
  };
}

async function seedCards(deps: VaultDeps, url: string, merchant: MerchantId, most: number) {
  const key = await readActiveKey(deps, merchant);
  await inParts(url, "sealing cards", [most, CHUNK_CARDS], async (client, from, to) => {
    const made = Array.from({ length: to - from }, (_, i) =>
      newPayer(deps, merchant, key, from + i),
    );
    const tables = { card_owners: "owner", cards: "card", payer_cards: "known" } as const;
    for (const [table, part] of Object.entries(tables)) {
      const rows = made.map((each) => each[part]);
      await insert(client, table, rows);
    }
  });
}

/** As the product would find them: its counters ahead, statistics made, all on the disk. */
async function finish(url: string, merchant: MerchantId): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const counters = ["invoice", "plan", "payer_card", "subscription_card"];
    const text = "insert into counters select $1, name, $2 from unnest($3::text[]) name";
    await client.query(text, [merchant, NEXT_NUMBER, counters]);
    await client.query("vacuum (analyze)");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

/**
 * Seeds orders of two monthly terms. The card of each due order is its own; the others share those
 * cards, as a payer with several orders would.
 */
export async function seedOrders(
  deps: VaultDeps,
  url: string,
  merchant: MerchantId,
  { orders: count, dueEvery, now }: Seed,
): Promise<void> {
  await seedCards(deps, url, merchant, count / dueEvery);
  const label = `seeding ${count.toLocaleString("en")} orders`;
  await inParts(url, label, [count, CHUNK_ORDERS], async (client, from, to) => {
    const values = [merchant, from, to - 1, now, dueEvery, count / DAYS];
    for (const text of statements) await client.query(text, values);
  });
  await finish(url, merchant);
}
