import pg from "pg";
import type { MerchantId } from "../src/lib/id.ts";
import { inParts } from "./in-parts.ts";

/** What is seeded: so many of the platform's earnings, which became due up to yesterday. */
export type Seed = Readonly<{ earnings: number; today: string }>;

/** Days on which earnings became due, as many on each. */
export const DAYS = 365;
/** Products of each payment, approved together. */
const PRODUCTS = 5;
const CHUNK = 25_000;
/** Past whatever is seeded. */
const NEXT_NUMBER = 90_000_000;
/** Numbers of members that the product gives begin here; the first one is seeded. */
const MEMBER = 100_001;

const id = (prefix: string, n: string) => `'${prefix}_' || lpad((${n})::text, 20, '0')`;

/** The payments of the merchant $1 from the $2th to the $3th, made at $4. */
const payments = `from generate_series($2::bigint / ${PRODUCTS}, $3::bigint / ${PRODUCTS}) s
  where $4::timestamptz is not null and $5::date is not null
    and $6::bigint > 0`;
/** Its earnings from the $2th to the $3th, $6 a day, day after day; the currencies in turn. */
const earnings = `from (select n, n / ${PRODUCTS} as s,
    case n % 2 when 0 then 'TRY' else 'USD' end as currency,
    $5::date - ${DAYS} + least(n / $6::bigint, ${DAYS - 1})::integer as day
    from generate_series($2::bigint, $3::bigint) n
    where $4::timestamptz is not null) e`;

const statements = [
  `insert into sales (merchant_id, number, code, payment_id, waits_for_end, currency, amount_minor,
     details, created_at)
   select $1, s, 'B-' || s, ${id("pay", "s")}, false, 'TRY', 100, '{}', $4 ${payments}`,
  `insert into approvals
   select $1, ${id("apr", "s")}, s, 'rates', false, '', $4 ${payments}`,
  `insert into sale_products (merchant_id, number, sale, external_id, name, category, description,
     amount_minor, captured_minor, member, approval_id)
   select $1, n, s, 'p', 'Kitap', 'K', 'd', 20000, 20000, ${MEMBER}, ${id("apr", "s")} ${earnings}`,
  `insert into earnings (merchant_id, number, approval_id, sale, product, party, member, currency,
     amount_minor, commission_ppm, reflection_date, pay_date, state, calculated_at)
   select $1, n, ${id("apr", "s")}, s, n, 'platform', ${MEMBER}, currency, 100 + n % 9900, 120000,
     day, day, 'open', $4 ${earnings}`,
];

/** As the product would find them: a member, counters ahead, statistics made, all on the disk. */
async function finish(url: string, merchant: MerchantId, now: Date): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `insert into members (merchant_id, number, external_id, external_slot, is_sub_merchant, kind,
         name, title, tax_office, tax_number, identity_number, email, phone, address, contact_name,
         contact_lastname, created_at)
       values ($1, ${MEMBER}, 'm-1', '', true, 'company', 'Ada', 'Ada Ltd', 'Moda', '', '',
         'ada@shop.example', '5300000000', 'Moda', 'Ece', 'Su', $2)`,
      [merchant, now],
    );
    await client.query(
      `insert into member_value_dates values ($1, 1, ${MEMBER}, 'plus_day', 7, 120000, $2)`,
      [merchant, now],
    );
    const counters = ["member", "product", "earning", "value_date", "xact"];
    await client.query(
      `insert into counters select $1, name, $2 from unnest($3::text[]) name
       on conflict (merchant_id, name) do update set next_value = excluded.next_value`,
      [merchant, NEXT_NUMBER, counters],
    );
    await client.query("vacuum (analyze)");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

/** Seeds waiting earnings, two currencies in turn, over a year that ended yesterday. */
export async function seedEarnings(
  url: string,
  merchant: MerchantId,
  { earnings: count, today }: Seed,
  now: Date,
): Promise<void> {
  const label = `seeding ${count.toLocaleString("en")} earnings`;
  await inParts(url, label, [count, CHUNK], async (client, from, to) => {
    const values = [merchant, from, to - 1, now, today, Math.ceil(count / DAYS)];
    for (const text of statements) await client.query(text, values);
  });
  await finish(url, merchant, now);
}
