import type { DatabaseSync } from "node:sqlite";
import { assert } from "../lib/assert.ts";
import { type Clock, DAY_MS, istanbulDay, startOfIstanbulDay } from "../lib/clock.ts";
import { accountStore } from "./accounts.store.ts";
import { createWaits } from "./bank-wait.ts";
import { bookStore, type MerchantRow } from "./book.store.ts";
import { type ClockState, virtualMs } from "./clock.rules.ts";
import type { FaultRule } from "./faults.rules.ts";
import { idsOf } from "./ids.rules.ts";
import { faultStore, logStore } from "./log.store.ts";
import { DEFAULT_SEED, seedBook, settingStore } from "./setting.store.ts";
import { sessionStore } from "./threeds.store.ts";

export const merchantKey = (prefix: string, merchantNo: string) => `${prefix} ${merchantNo}`;

/**
 * Closes every open batch of an earlier Istanbul day at the last second of its own day, and says
 * when the next one will be due.
 */
function closeEarlierDays(book: ReturnType<typeof bookStore>, atMs: number): number {
  const startOfDay = (ms: number): number => {
    const start = startOfIstanbulDay(istanbulDay(new Date(ms)));
    assert(start, "the clock stands on a calendar day");
    return start.getTime();
  };
  const today = startOfDay(atMs);
  for (const { id, openedMs } of book.openBatchesBefore(today)) {
    book.closeBatch(id, startOfDay(openedMs) + DAY_MS - 1_000);
  }
  return today + DAY_MS;
}

function openStores(db: DatabaseSync, wantedSeed: string | undefined) {
  const settings = settingStore(db);
  if (settings.seed() === undefined) seedBook(db, settings, wantedSeed ?? DEFAULT_SEED);
  const [book, sessions] = [bookStore(db), sessionStore(db)];
  const [log, faults] = [logStore(db), faultStore(db)];
  return { settings, book, sessions, log, faults, accounts: accountStore(db) };
}

/** Finds merchants in memory: there are few, and every request asks for one. */
function merchantsOf(merchants: () => ReadonlyMap<string, MerchantRow>) {
  const all = () => [...merchants().values()];
  return {
    findMerchant: (prefix: string, merchantNo: string): MerchantRow | undefined =>
      merchants().get(merchantKey(prefix, merchantNo)),
    readMerchant: (id: number): MerchantRow => {
      const found = all().find((each) => each.id === id);
      assert(found, "a session belongs to a merchant of the book");
      return found;
    },
    /** A merchant beside this one, for what a store can do to another. */
    otherMerchant: (id: number): MerchantRow => {
      const at = all().findIndex((each) => each.id === id);
      return all()[(at + 1) % all().length]!;
    },
  };
}

/**
 * The bank behind its counter: the book's statements and what is kept in memory because it seldom
 * changes. `refresh` reads that again; nothing here is true that the book does not say.
 */
export function createDesk(db: DatabaseSync, clock: Clock, wantedSeed: string | undefined) {
  const stores = openStores(db, wantedSeed);
  const { settings, book, faults } = stores;
  let seed = DEFAULT_SEED;
  let ids = idsOf(seed);
  let merchants = new Map<string, MerchantRow>();
  let clockState: ClockState = settings.clock();
  let rules: FaultRule[] | undefined;
  let nextMidnightMs = 0;
  const realMs = () => clock().getTime();
  const nowMs = () => virtualMs(clockState, realMs());
  function refresh(): void {
    seed = settings.seed() ?? DEFAULT_SEED;
    ids = idsOf(seed);
    clockState = settings.clock();
    rules = undefined;
    nextMidnightMs = 0;
    merchants = new Map(settings.merchants().map((m) => [merchantKey(m.prefix, m.merchantNo), m]));
  }

  function closeDays(): void {
    const atMs = nowMs();
    if (atMs >= nextMidnightMs) nextMidnightMs = closeEarlierDays(book, atMs);
  }

  refresh();
  return {
    db,
    ...stores,
    refresh,
    closeDays,
    realMs,
    nowMs,
    /** Orders whose execution a late fault has put off. */
    running: new Set<string>(),
    waits: createWaits(nowMs),
    seed: () => seed,
    ids: () => ids,
    clockState: () => clockState,
    pace: () => ({ isFrozen: clockState.frozenAtMs !== null, rate: clockState.rate }),
    rules: (): FaultRule[] => {
      rules ??= faults.faults();
      return rules;
    },
    forgetRules: (): void => {
      rules = undefined;
    },
    ...merchantsOf(() => merchants),
  };
}
export type Desk = ReturnType<typeof createDesk>;
