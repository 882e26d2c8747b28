import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inTx, within } from "../../../src/db/transaction.ts";
import { after, DAY_MS } from "../../../src/lib/clock.ts";
import type { CardId, MerchantId } from "../../../src/lib/id.ts";
import { keyringOf } from "../../../src/lib/seal.ts";
import {
  forgetHeld,
  forgetPassed,
  forgetStored,
  holdCard,
  listVaultKeys,
  openCard,
  rotate,
  storeCard,
} from "../../../src/vault/index.ts";
import { leaksInDatabase } from "../../support/leaks.ts";
import { cardOf, NOON, openVault, PAN, panOf, type Vault } from "./opened.ts";

/** More than two batches of a rotation. */
const MANY = 1_200;
const AT_ONCE = 20;

let vault: Vault;
const numbers = new Map<CardId, string>();
let next = 0;

async function store(count: number, of: MerchantId = vault.merchant): Promise<CardId[]> {
  const ids: CardId[] = [];
  for (let made = 0; made < count; made += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - made) }, async () => {
      const pan = panOf(next++);
      const ask = { card: cardOf(pan), owner: { customer: `u-${next % 50}` }, description: "" };
      const { id } = await storeCard(vault.deps, of, ask, NOON);
      numbers.set(id, pan);
      return id;
    });
    ids.push(...(await Promise.all(batch)));
  }
  return ids;
}

const keys = (of: MerchantId = vault.merchant) => listVaultKeys(vault.db, of);

/** Every card that is not forgotten opens as it was typed. */
async function expectAllOpen(of: MerchantId = vault.merchant): Promise<number> {
  const opened = await vault.allNumbers(of);
  expect(opened).toEqual(opened.map(([id]) => [id, numbers.get(id)]));
  return opened.length;
}

beforeAll(async () => {
  vault = await openVault();
  await store(MANY);
  await store(30, vault.other);
});
afterAll(() => vault.close());
beforeEach(() => vault.clock.advance(DAY_MS));

test("a merchant without a key has nothing to rotate, and gets none by it", async () => {
  const fresh = await openVault();
  expect(await rotate(fresh.deps, fresh.merchant)).toEqual({ kind: "nothing", cards: 0 });
  expect(await listVaultKeys(fresh.db, fresh.merchant)).toEqual([]);
  await fresh.close();
});

test("every card is put under a new key, and the old key is deleted", async () => {
  const [old, ...others] = await keys();
  expect(old).toMatchObject({ status: "active", cards: MANY, createdAt: NOON });
  expect(others).toEqual([]);
  const before = await vault.sql("select id, sealed from cards order by id");
  const seen: { done: number; total: number }[] = [];
  const rotated = await rotate(vault.deps, vault.merchant, (at) => void seen.push(at));
  expect(rotated).toEqual({ kind: "rotated", cards: MANY });
  expect(seen).toEqual([0, 500, 1_000, MANY].map((done) => ({ done, total: MANY })));
  expect(await keys()).toEqual([
    { id: expect.anything(), status: "active", cards: MANY, createdAt: vault.clock() },
  ]);
  expect((await keys())[0]?.id).not.toBe(old?.id);
  expect(await expectAllOpen()).toBe(MANY);
  const sealed = new Map(before.map((row) => [row["id"], row["sealed"] as Buffer]));
  const rows = await vault.sql(
    `select id, sealed from cards where merchant_id = '${vault.merchant}'`,
  );
  for (const { id, sealed: now } of rows) {
    expect((now as Buffer).equals(sealed.get(id)!)).toBe(false);
  }
});

test("another merchant's keys and cards are left alone", async () => {
  const before = await vault.sql(`select * from cards where merchant_id = '${vault.other}'`);
  const theirs = await keys(vault.other);
  await rotate(vault.deps, vault.merchant);
  expect(await keys(vault.other)).toEqual(theirs);
  const now = await vault.sql(`select * from cards where merchant_id = '${vault.other}'`);
  expect(now).toEqual(before);
  expect(await expectAllOpen(vault.other)).toBe(30);
});

test("a rotation of no cards makes a new key too", async () => {
  const fresh = await openVault();
  const at = after(NOON, 1_000);
  const id = await holdCard(fresh.deps, fresh.merchant, cardOf(PAN), NOON, at);
  await forgetHeld(fresh.deps, fresh.merchant, id, NOON);
  const [old] = await listVaultKeys(fresh.db, fresh.merchant);
  expect(await rotate(fresh.deps, fresh.merchant)).toEqual({ kind: "rotated", cards: 0 });
  const [now, ...others] = await listVaultKeys(fresh.db, fresh.merchant);
  expect(others).toEqual([]);
  expect(now?.id).not.toBe(old?.id);
  await fresh.close();
});

/** A rotation, and when it has found cards to put under another key. */
function begunRotation() {
  const begun = Promise.withResolvers<unknown>();
  const end = rotate(vault.deps, vault.merchant, () => begun.resolve(undefined));
  return { begun: Promise.race([begun.promise, end]), end };
}

test("three rotations at once make one new key and lose no card", async () => {
  const [old] = await keys();
  const running = await inTx(vault.db, async (tx) => {
    // None ends while somebody has a card: each has begun before the first is through.
    await sql`select from cards where merchant_id = ${vault.merchant} limit 1 for update`.execute(
      tx,
    );
    const all = [1, 2, 3].map(begunRotation);
    await Promise.all(all.map(({ begun }) => begun));
    return all;
  });
  const done = await Promise.all(running.map(({ end }) => end));
  expect(done.map(({ kind }) => kind).toSorted()).toEqual(["resumed", "resumed", "rotated"]);
  expect(done.reduce((sum, { cards }) => sum + cards, 0)).toBe(MANY);
  const [now, ...others] = await keys();
  expect(others).toEqual([]);
  expect(now).toMatchObject({ status: "active", cards: MANY });
  expect(now?.id).not.toBe(old?.id);
  expect(await expectAllOpen()).toBe(MANY);
});

/** Four rotations, and more where what goes on beside them is slow. */
async function rotateUntil(isEnough: () => boolean): Promise<void> {
  for (let round = 0; round < 4 || !isEnough(); round += 1) {
    await rotate(vault.deps, vault.merchant);
  }
}

test("no card is lost that is stored, held, opened or forgotten beside rotations", async () => {
  const doomed = await store(100);
  const [one] = doomed;
  let isOver = false;
  let stored = 0;
  const held: CardId[] = [];
  const rotations = (async () => {
    await rotateUntil(() => stored > 10 && held.length > 10);
    isOver = true;
  })();
  const storing = (async () => {
    while (!isOver) stored += (await store(AT_ONCE)).length;
  })();
  const holding = (async () => {
    while (!isOver) {
      const id = await holdCard(vault.deps, vault.merchant, cardOf(PAN), NOON, after(NOON, 1_000));
      numbers.set(id, PAN);
      held.push(id);
      expect(await vault.numberOf(id)).toBe(PAN);
    }
  })();
  const forgetting = (async () => {
    const tokens = await vault.sql(
      `select token from cards where id in (${doomed.map((id) => `'${id}'`).join()})`,
    );
    for (const { token } of tokens as { token: string }[]) {
      await forgetStored(vault.deps, vault.merchant, { token }, NOON);
    }
  })();
  await Promise.all([rotations, storing, holding, forgetting]);
  expect(await openCard(vault.deps, vault.merchant, one!)).toBeUndefined();
  const now = await keys();
  expect(now).toHaveLength(1);
  expect(await expectAllOpen()).toBe(MANY + stored + held.length);
  expect(now[0]?.cards).toBe(MANY + stored + held.length);
  expect(await forgetPassed(vault.deps, vault.merchant, after(NOON, 1_000))).toBe(held.length);
});

test("a process that remembers the old key stores under the new one after a rotation", async () => {
  const elsewhere = { ...vault.deps, ring: keyringOf(Buffer.alloc(32, 5).toString("base64")) };
  const hold = () => holdCard(elsewhere, vault.merchant, cardOf(PAN), NOON, after(NOON, 60_000));
  const before = await hold();
  await rotate(vault.deps, vault.merchant);
  const behind = await hold();
  expect(await keys()).toHaveLength(1);
  for (const id of [before, behind]) expect(await vault.numberOf(id)).toBe(PAN);
  expect((await openCard(elsewhere, vault.merchant, before))?.card.pan.open()).toBe(PAN);
  await forgetPassed(vault.deps, vault.merchant, after(NOON, 60_000));
});

test("a card on its way into the table holds up the rotation and is not missed", async () => {
  const { deps, db } = vault;
  const [old] = await keys();
  const { id, rotation } = await inTx(db, async (tx) => {
    const inside = { ...deps, db: within(db, tx) };
    const held = await holdCard(inside, vault.merchant, cardOf(PAN), NOON, after(NOON, 60_000));
    const waiting = rotate(deps, vault.merchant);
    await pause(200);
    expect(await keys()).toEqual([old]);
    return { id: held, rotation: () => waiting };
  });
  expect(await rotation()).toMatchObject({ kind: "rotated" });
  numbers.set(id, PAN);
  const [now, ...others] = await keys();
  expect(others).toEqual([]);
  expect(now?.cards).toBe((old?.cards ?? 0) + 1);
  await expectAllOpen();
});

test("a card that was changed in the table stops the rotation, by its name", async () => {
  const [id] = await store(1);
  const [original] = await vault.sql(`select encode(sealed, 'hex') from cards where id = '${id}'`);
  await vault.sql(`update cards set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)
    where id = '${id}'`);
  await expect(rotate(vault.deps, vault.merchant)).rejects.toThrow(`${id} does not open`);
  await vault.sql(`update cards set sealed = '\\x${original?.["encode"]}' where id = '${id}'`);
  expect(await rotate(vault.deps, vault.merchant)).toMatchObject({ kind: "resumed" });
  expect(await keys()).toHaveLength(1);
  await expectAllOpen();
});

test("with another root key nothing opens, and the sentence names it", async () => {
  const wrong = { ...vault.deps, ring: keyringOf(Buffer.alloc(32, 6).toString("base64")) };
  await expect(rotate(wrong, vault.other)).rejects.toThrow("VEZNE_VAULT_KEY");
  const [id] = (await vault.sql(
    `select id from cards where merchant_id = '${vault.other}' limit 1`,
  )) as { id: CardId }[];
  await expect(openCard(wrong, vault.other, id!.id)).rejects.toThrow("VEZNE_VAULT_KEY");
});

test("no number, holder or key rests in the tables, whatever was done", async () => {
  const { ring } = vault.deps;
  const keysOfRing = [ring.vault, ring.cards, ring.sealing].map((key) => key.toString("base64"));
  const secrets = [...keysOfRing, ...[...numbers.values()].slice(0, 50), "Deniz Ak"];
  const { leaks, values, tables } = await leaksInDatabase(vault.database.ownerUrl, secrets);
  expect(leaks).toEqual([]);
  expect(values).toBeGreaterThan(MANY * 10);
  expect([...tables]).toEqual(expect.arrayContaining(["public.cards", "public.vault_keys"]));
  await vault.sql(`update cards set description = '${numbers.values().next().value}'
    where id in (select id from cards limit 1)`);
  const planted = await leaksInDatabase(vault.database.ownerUrl, secrets);
  expect(new Set(planted.leaks.map((leak) => leak.split(":")[0]))).toEqual(
    new Set(["public.cards.description"]),
  );
});
