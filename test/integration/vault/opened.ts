import { type Db, openDb } from "../../../src/db/pool.ts";
import { fakeClock } from "../../../src/lib/clock.ts";
import type { CardId, MerchantId } from "../../../src/lib/id.ts";
import { hasLuhnDigit } from "../../../src/lib/luhn.ts";
import { keyringOf } from "../../../src/lib/seal.ts";
import { Secret } from "../../../src/lib/secret.ts";
import { demoMerchant } from "../../../src/main/demo.ts";
import { type Enrolled, enroll } from "../../../src/merchants/index.ts";
import { readCard } from "../../../src/vault/card.rules.ts";
import { type Card, openCard, type VaultDeps } from "../../../src/vault/index.ts";
import { asOwner, freshDatabase, patient, type TestDatabase } from "../../support/database.ts";

/** A Wednesday noon in Istanbul. */
export const NOON = new Date("2026-03-04T12:00:00+03:00");
export const PAN = "4355084355084358";
export const OTHER_PAN = "5571135571135575";

/** A typed card, with its security code. */
export const cardOf = (
  pan: string,
  more: { year?: number; month?: number; holder?: string } = {},
) =>
  readCard(
    {
      pan: new Secret(pan),
      month: more.month ?? 12,
      year: more.year ?? 2030,
      cvv: new Secret("731"),
      holder: more.holder ?? "Deniz Ak",
    },
    NOON,
    true,
  );

/** As many different numbers as anybody wants, each with its check digit. */
export function panOf(i: number): string {
  const body = `435508${String(i).padStart(9, "0")}`;
  return [..."0123456789"].map((digit) => body + digit).find(hasLuhnDigit)!;
}

/** Fewer than there are connections. */
const AT_ONCE = 20;

export type Vault = Readonly<{
  deps: VaultDeps;
  clock: ReturnType<typeof fakeClock>;
  db: Db;
  /** Two merchants, so that every test can look whether one sees the other's. */
  merchant: MerchantId;
  other: MerchantId;
  database: TestDatabase;
  /** What opens under an id, as it was typed. */
  numberOf(id: CardId, of?: MerchantId): Promise<string | undefined>;
  /** Every card of a merchant that is not forgotten, with what it opens as. */
  allNumbers(of?: MerchantId): Promise<[CardId, string | undefined][]>;
  sql(statement: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}>;

async function enrolled(deps: VaultDeps, companyCode: string): Promise<MerchantId> {
  const ask = { ...demoMerchant("http://127.0.0.1:1"), companyCode };
  return ((await enroll(deps, ask)) as Enrolled).merchantId;
}

/** The vault on a database of its own. */
export async function openVault(): Promise<Vault> {
  const clock = fakeClock(NOON.toISOString());
  const database = await freshDatabase();
  const url = database.appUrl;
  const db = openDb({ ...patient, url, max: 24 });
  const deps = { db, clock, ring: keyringOf(Buffer.alloc(32, 5).toString("base64")) };
  const merchant = await enrolled(deps, "10001");
  const other = await enrolled(deps, "10002");
  const opened = async (id: CardId, of = merchant): Promise<Card | undefined> =>
    (await openCard(deps, of, id))?.card;
  const numberOf: Vault["numberOf"] = async (id, of) => (await opened(id, of))?.pan.open();
  const sql: Vault["sql"] = async (statement) => (await asOwner(database.ownerUrl, statement)).rows;
  return {
    deps,
    clock,
    db,
    merchant,
    other,
    database,
    numberOf,
    sql,
    allNumbers: async (of = merchant) => {
      const rows = await sql(
        `select id from cards where merchant_id = '${of}' and sealed is not null order by id`,
      );
      const all: [CardId, string | undefined][] = [];
      for (let from = 0; from < rows.length; from += AT_ONCE) {
        const ids = rows.slice(from, from + AT_ONCE).map(({ id }) => id as CardId);
        const numbers = await Promise.all(ids.map((id) => numberOf(id, of)));
        all.push(...ids.map((id, i): (typeof all)[number] => [id, numbers[i]]));
      }
      return all;
    },
    close: async () => {
      await db.close();
      await database.drop();
    },
  };
}
