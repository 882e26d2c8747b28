import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { after } from "../../../src/lib/clock.ts";
import type { CardId } from "../../../src/lib/id.ts";
import { moveClocks } from "../../../src/merchants/index.ts";
import {
  forgetHeld,
  forgetPassed,
  holdCard,
  merchantsWithPassed,
  openCard,
  storeCard,
} from "../../../src/vault/index.ts";
import { cardOf, NOON, openVault, PAN, panOf, type Vault } from "./opened.ts";

const HOUR_MS = 3_600_000;
let vault: Vault;
beforeAll(async () => {
  vault = await openVault();
});
afterAll(() => vault.close());

const hold = (card = cardOf(PAN), forMs = HOUR_MS, of = vault.merchant) =>
  holdCard(vault.deps, of, card, NOON, after(NOON, forMs));
const forget = (atMs: number, of = vault.merchant) =>
  forgetPassed(vault.deps, of, after(NOON, atMs));
const rowOf = async (id: CardId) =>
  (await vault.sql(`select * from cards where id = '${id}'`))[0] ?? {};

test("a held card opens for its merchant, without its code and without an owner", async () => {
  const id = await hold(cardOf(PAN, { holder: "İpek Şahin\nÇ" }));
  const opened = await openCard(vault.deps, vault.merchant, id);
  expect(opened).toMatchObject({
    isStored: false,
    card: { mask: "435508******4358", expiryMonth: 12, expiryYear: 2030, holder: "İpek Şahin\nÇ" },
  });
  expect(opened?.card.pan.open()).toBe(PAN);
  expect(opened?.card.cvv).toBeUndefined();
  expect(await openCard(vault.deps, vault.other, id)).toBeUndefined();
  expect(await openCard(vault.deps, vault.merchant, "crd_00000000000000000000")).toBeUndefined();
});

test("one number is held as often as it is typed: each try has its own card", async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => hold()));
  expect(new Set(ids).size).toBe(20);
});

test("a held card that is needed no more is forgotten at once, a stored one is not", async () => {
  const id = await hold();
  expect(await forgetHeld(vault.deps, vault.other, id, NOON)).toBe(false);
  expect(await vault.numberOf(id)).toBe(PAN);
  expect(await forgetHeld(vault.deps, vault.merchant, id, NOON)).toBe(true);
  expect(await forgetHeld(vault.deps, vault.merchant, id, NOON)).toBe(false);
  expect(await vault.numberOf(id)).toBeUndefined();
  const row = await rowOf(id);
  expect(row).toMatchObject({ sealed: null, key_id: null, deleted_at: NOON });
  expect(row["fingerprint"]).toHaveLength(0);
  const ask = { card: cardOf(PAN), owner: { customer: "u-1" }, description: "" };
  const stored = await storeCard(vault.deps, vault.merchant, ask, NOON);
  expect(await forgetHeld(vault.deps, vault.merchant, stored.id, NOON)).toBe(false);
  expect(await vault.numberOf(stored.id)).toBe(PAN);
});

test("a held card is erased when its time has passed, and no other with it", async () => {
  await forget(10 * HOUR_MS);
  const [soon, late] = [await hold(cardOf(PAN), HOUR_MS), await hold(cardOf(PAN), 2 * HOUR_MS)];
  const theirs = await hold(cardOf(PAN), HOUR_MS, vault.other);
  const ask = { card: cardOf(PAN), owner: { customer: "u-2" }, description: "" };
  const stored = await storeCard(vault.deps, vault.merchant, ask, NOON);
  expect(await forget(HOUR_MS - 1)).toBe(0);
  expect(await forget(HOUR_MS)).toBe(1);
  expect(await forget(HOUR_MS)).toBe(0);
  expect(await vault.numberOf(soon)).toBeUndefined();
  expect(await rowOf(soon)).toMatchObject({ sealed: null, deleted_at: after(NOON, HOUR_MS) });
  expect(await vault.numberOf(late)).toBe(PAN);
  expect(await vault.numberOf(theirs, vault.other)).toBe(PAN);
  expect(await forget(100 * HOUR_MS)).toBe(1);
  expect(await vault.numberOf(stored.id)).toBe(PAN);
});

test("merchants whose cards have passed are found by their own clocks", async () => {
  for (const of of [vault.merchant, vault.other]) await forget(1_000 * HOUR_MS, of);
  await hold(cardOf(PAN), HOUR_MS);
  await hold(cardOf(PAN), HOUR_MS, vault.other);
  const at = (ms: number) => merchantsWithPassed(vault.db, after(NOON, ms));
  expect(await at(HOUR_MS - 1)).toEqual([]);
  expect(await at(HOUR_MS)).toEqual([vault.merchant, vault.other]);
  await inTx(vault.db, (tx) => moveClocks(tx, [vault.other], HOUR_MS / 2));
  expect(await at(HOUR_MS / 2 - 1)).toEqual([]);
  expect(await at(HOUR_MS / 2)).toEqual([vault.other]);
  for (const of of [vault.merchant, vault.other]) await forget(HOUR_MS, of);
  expect(await at(100 * HOUR_MS)).toEqual([]);
});

test("very many are erased in batches, by three workers at once each card once", async () => {
  const many = 650;
  for (let from = 0; from < many; from += 10) {
    const some = Array.from({ length: 10 }, (_, i) => hold(cardOf(panOf(from + i))));
    await Promise.all(some);
  }
  const counts = await Promise.all([forget(HOUR_MS), forget(HOUR_MS), forget(HOUR_MS)]);
  const last = await forget(HOUR_MS);
  expect(counts.reduce((sum, count) => sum + count, last)).toBe(many);
  expect(
    await vault.sql("select from cards where purge_at is not null and sealed is not null"),
  ).toEqual([]);
});
