import { nextBusinessDay } from "../../src/lib/business-day.ts";
import { newId } from "../../src/lib/id.ts";
import type { TestWorld } from "./world.ts";

type Currency = "TRY" | "USD" | "EUR" | "GBP";
/** An earning as a test says it: a day and an amount in minor units. */
export type Due = Readonly<{
  day: string;
  minor: number;
  party?: "platform" | "member";
  member?: number;
  currency?: Currency;
  /** What its approval says of the transfer. */
  description?: string;
}>;

const FIRST = 9_000_000n;
let made = FIRST;
const next = () => {
  made += 1n;
  return made;
};

/** Stores members that are not there yet, without an account. */
async function seedMembers(world: TestWorld, numbers: readonly number[]): Promise<void> {
  await world.db.pool.query(
    `insert into members (merchant_id, number, external_id, external_slot, is_sub_merchant, kind,
       name, title, tax_office, tax_number, identity_number, email, phone, address, contact_name,
       contact_lastname, created_at)
     select $1, n, 'member-' || n, '', true, 'company', 'Üye ' || n, 'Üye ' || n || ' Ltd', 'Moda',
       '', '', 'uye@shop.example', '5300000000', 'Moda', 'Ece', 'Su', $3
     from unnest($2::bigint[]) n on conflict do nothing`,
    [world.merchant.merchantId, numbers, world.clock()],
  );
}

/** Stores one sale with a line for each earning, approved, and gives the earnings' numbers. */
export async function seedEarnings(world: TestWorld, all: readonly Due[]): Promise<bigint[]> {
  const { db, clock, merchant } = world;
  const id = merchant.merchantId;
  await seedMembers(world, [...new Set(all.map(({ member = 1 }) => member))]);
  const sale = next();
  await db.pool.query(
    `insert into sales (merchant_id, number, code, payment_id, waits_for_end, currency,
       amount_minor, details, created_at) values ($1, $2, $3, $4, false, 'TRY', 1, '{}', $5)`,
    [id, sale, `seed-${sale}`, newId("pay", clock()), clock()],
  );
  const numbers: bigint[] = [];
  for (const due of all) numbers.push(await seedEarning(world, sale, due));
  return numbers;
}

async function seedEarning({ db, clock, merchant }: TestWorld, sale: bigint, due: Due) {
  const { day, minor, party = "platform", member = 1, currency = "TRY", description = "" } = due;
  const id = merchant.merchantId;
  const approval = newId("apr", clock());
  await db.pool.query("insert into approvals values ($1, $2, $3, 'rates', false, $4, $5)", [
    ...[id, approval, sale, description, clock()],
  ]);
  const product = next();
  await db.pool.query(
    `insert into sale_products (merchant_id, number, sale, external_id, name, category, description,
       amount_minor, captured_minor, member, approval_id)
     values ($1, $2, $3, 'p', 'p', 'p', 'p', 1, 1, $4, $5)`,
    [id, product, sale, member, approval],
  );
  const number = next();
  await db.pool.query(
    `insert into earnings (merchant_id, number, approval_id, sale, product, party, member, currency,
       amount_minor, commission_ppm, reflection_date, pay_date, state, calculated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13)`,
    [
      ...[id, number, approval, sale, product, party, member, currency, minor, day],
      ...[nextBusinessDay(day), minor === 0 ? "closed" : "open", clock()],
    ],
  );
  return number;
}

/** What the platform owes a member beside its earnings; below zero, what the member owes back. */
export type Owed = Readonly<{
  day: string;
  minor: number;
  member?: number;
  currency?: Currency;
}>;

/** Stores debts of products of their own, and gives their numbers. */
export async function seedDebts(world: TestWorld, all: readonly Owed[]): Promise<bigint[]> {
  const { db, clock, merchant } = world;
  const id = merchant.merchantId;
  const numbers: bigint[] = [];
  for (const { day, minor, member = 1, currency = "TRY" } of all) {
    const [earning] = await seedEarnings(world, [{ day, minor: 0, member, party: "member" }]);
    const number = next();
    await db.pool.query(
      `insert into debts (merchant_id, number, sale, product, member, kind, currency, amount_minor,
         pay_date, state, calculated_at)
       select $1, $3, sale, product, $4, $5, $6, $7, $8, 'open', $9 from earnings
       where merchant_id = $1 and number = $2`,
      [
        id,
        earning,
        number,
        member,
        minor < 0 ? "clawback" : "cargo",
        currency,
        minor,
        day,
        clock(),
      ],
    );
    numbers.push(number);
  }
  return numbers;
}

/** In which payout each of these earnings is, by the payout's GUID; null of those in none. */
export async function payoutsOf(
  { db, merchant }: TestWorld,
  numbers: readonly bigint[],
): Promise<(string | null)[]> {
  const { rows } = await db.pool.query<{ guid: string | null }>(
    `select p.guid from unnest($2::bigint[]) with ordinality n (number, place)
     join earnings e on e.merchant_id = $1 and e.number = n.number
     left join payouts p on p.merchant_id = e.merchant_id and p.number = e.payout
     order by n.place`,
    [merchant.merchantId, numbers],
  );
  return rows.map(({ guid }) => guid);
}
