import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { MerchantRow } from "./book.store.ts";
import type { CardSeed } from "./cards.rules.ts";
import { seededCards } from "./cards.rules.ts";
import { type ClockState, realTime } from "./clock.rules.ts";
import { seededMerchants } from "./merchants.rules.ts";

export const DEFAULT_SEED = "vezne";

/** A card is known by this alone; the number itself is never written. */
export const panSha = (pan: string, seed: string): Buffer =>
  hash("sha256", `${pan}|${seed}`, "buffer");

type Step = Readonly<{ name: string; movedMs: number }>;

/** The slow-moving part of the book: seed, merchants, cards, clock. */
export function settingStore(db: DatabaseSync) {
  const seedOf = db.prepare("select value from book where name = 'seed'");
  const putSeed = db.prepare("insert or replace into book (name, value) values ('seed', ?)");
  const stepOf = db.prepare("select value from book where name = 'clock_step'");
  const putStep = db.prepare("insert or replace into book (name, value) values ('clock_step', ?)");
  const merchants = db.prepare(`select id, prefix, eft_code as eftCode, bank_name as bankName,
    dialect, merchant_no as merchantNo, user, password, store_key as storeKey
    from merchant order by id`);
  const addMerchant = db.prepare(`insert into merchant (prefix, eft_code, bank_name, dialect,
    merchant_no, user, password, store_key) values (?, ?, ?, ?, ?, ?, ?, ?)`);
  const putCard = db.prepare(`insert into card (pan_sha, bin8, last4, brand, program, issuer_eft,
    kind, limit_kurus, behaviour, authentication, code_kind)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (pan_sha) do update set brand = excluded.brand, program = excluded.program,
    issuer_eft = excluded.issuer_eft, kind = excluded.kind, limit_kurus = excluded.limit_kurus,
    behaviour = excluded.behaviour, authentication = excluded.authentication,
    code_kind = excluded.code_kind returning id`);
  const readClock = db.prepare(
    "select offset_ms as offsetMs, frozen_at_ms as frozenAtMs, rate from clock where id = 1",
  );
  const writeClock = db.prepare("insert or replace into clock values (1, ?, ?, ?)");
  return {
    seed: () => (seedOf.get() as { value: string } | undefined)?.value,
    setSeed: (seed: string): void => void putSeed.run(seed),
    merchants: () => merchants.all() as unknown as MerchantRow[],
    putCard: (card: CardSeed, seed: string): number => {
      const ends = [card.pan.slice(0, 8), card.pan.slice(-4)] as const;
      const who = [card.brand, card.program, card.issuerEft, card.kind] as const;
      const sha = panSha(card.pan, seed);
      const how = [card.limitKurus, card.behaviour, card.authentication, card.codeKind] as const;
      return (putCard.get(sha, ...ends, ...who, ...how) as { id: number }).id;
    },
    clock: () => (readClock.get() as ClockState | undefined) ?? realTime,
    setClock: (state: ClockState): void =>
      void writeClock.run(state.offsetMs, state.frozenAtMs, state.rate),
    /** The newest step of the clock that had a name, and how far it went. */
    lastStep: (): Step | undefined => {
      const row = stepOf.get() as { value: string } | undefined;
      return row && (JSON.parse(row.value) as Step);
    },
    setStep: (step: Step): void => void putStep.run(JSON.stringify(step)),
    addSeededMerchants: (): void => {
      for (const m of seededMerchants) {
        const names = [m.prefix, m.eftCode, m.bankName, m.dialect, m.clientId] as const;
        addMerchant.run(...names, m.user, m.password, m.storeKey);
      }
    },
  };
}
export type SettingStore = ReturnType<typeof settingStore>;

/** Fills an empty book. One transaction, so that a crash leaves it empty or whole. */
export function seedBook(db: DatabaseSync, settings: SettingStore, seed: string): void {
  db.exec("begin immediate");
  try {
    settings.setSeed(seed);
    settings.addSeededMerchants();
    for (const card of seededCards) settings.putCard(card, seed);
    db.exec("commit");
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}

/** Empties the book; `seedBook` fills it again. */
export function clearBook(db: DatabaseSync): void {
  const tables = `request_log fault_rule transfer account_balance txn threeds_session orders batch
    card merchant clock book`;
  db.exec("pragma foreign_keys = off");
  try {
    db.exec(`begin; ${tables
      .split(/\s+/)
      .map((table) => `delete from ${table};`)
      .join(" ")}
      delete from sqlite_sequence; commit`);
  } finally {
    db.exec("pragma foreign_keys = on");
  }
}
