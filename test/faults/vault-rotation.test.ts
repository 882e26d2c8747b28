import type { KyselyPlugin } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "../../src/db/pool.ts";
import { after } from "../../src/lib/clock.ts";
import type { CardId } from "../../src/lib/id.ts";
import { keyringOf } from "../../src/lib/seal.ts";
import {
  forgetStored,
  holdCard,
  listVaultKeys,
  rotate,
  storeCard,
  type VaultDeps,
} from "../../src/vault/index.ts";
import { cardOf, NOON, openVault, panOf, type Vault } from "../integration/vault/opened.ts";
import { Life } from "./mortal.ts";

/** Two batches of a rotation, the last one not full. */
const MANY = 600;
const AT_ONCE = 20;

let vault: Vault;
const numbers = new Map<CardId, string>();
let next = 0;

/** A new card of an owner, or held, by a process that has nothing in its memory. */
async function keep(deps: VaultDeps): Promise<CardId> {
  const pan = panOf(next++);
  const { merchant } = vault;
  const ask = { card: cardOf(pan), owner: { customer: "u-1" }, description: "" };
  const id =
    next % 2 === 0
      ? (await storeCard(deps, merchant, ask, NOON)).id
      : await holdCard(deps, merchant, ask.card, NOON, after(NOON, 60_000));
  numbers.set(id, pan);
  return id;
}

beforeAll(async () => {
  vault = await openVault();
  for (let made = 0; made < MANY; made += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => keep(vault.deps)));
  }
});
afterAll(() => vault.close());

/** A database whose process dies before or after one of its statements. */
function mortalDb(db: Db, life: Pick<Life, "step">): Db {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      life.step("before a statement");
      return node;
    },
    transformResult: async ({ result }) => {
      life.step("after a statement");
      return result;
    },
  };
  return { ...db, kysely: db.kysely.withPlugin(plugin) };
}

/** A process of its own: new memory, same database. */
const born = (db: Db = vault.db): VaultDeps => ({
  ...vault.deps,
  db,
  ring: keyringOf(Buffer.alloc(32, 5).toString("base64")),
});

async function statusOf() {
  const keys = await listVaultKeys(vault.db, vault.merchant);
  return {
    active: keys.filter(({ status }) => status === "active").length,
    retiring: keys.filter(({ status }) => status === "retiring").length,
    cards: keys.reduce((sum, { cards }) => sum + cards, 0),
    newest: keys.at(-1)?.id,
  };
}

async function expectAllOpen(): Promise<void> {
  expect(new Map(await vault.allNumbers())).toEqual(numbers);
}

/** The rotation takes so many steps when it is left alone. */
async function stepsOfRotation(): Promise<number> {
  const steps: string[] = [];
  const counting = { step: (name: string) => void steps.push(name) };
  await rotate(born(mortalDb(vault.db, counting)), vault.merchant);
  return steps.length;
}

describe("a rotation whose process dies", () => {
  test("at any step leaves one active key and every card; the next one ends it", async () => {
    const steps = await stepsOfRotation();
    expect(steps).toBeGreaterThan(20);
    const seen = { nothing: 0, switched: 0, midway: 0 };
    for (let at = 1; at <= steps; at += 1) {
      const before = await statusOf();
      expect(before).toMatchObject({ active: 1, retiring: 0, cards: numbers.size });
      const life = new Life();
      life.endAt(at);
      await expect(rotate(born(mortalDb(vault.db, life)), vault.merchant)).rejects.toThrow("died");
      expect(life.diedAt).toBeDefined();

      const dead = await statusOf();
      expect(dead).toMatchObject({ active: 1, cards: numbers.size });
      expect(dead.retiring).toBeLessThanOrEqual(1);
      if (dead.retiring === 0) seen.nothing += 1;
      else seen.switched += 1;
      await keep(born());
      const { kind, cards } = await rotate(born(), vault.merchant);
      if (dead.retiring === 1) {
        expect(kind).toBe("resumed");
        if (cards > 0 && cards < MANY) seen.midway += 1;
      }
      const healed = await statusOf();
      expect(healed).toMatchObject({ active: 1, retiring: 0, cards: numbers.size });
      if (dead.retiring === 1) expect(healed.newest).toBe(dead.newest);
    }
    await expectAllOpen();
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });

  test("may do so again and again while others store and forget", async () => {
    const tokens: string[] = [];
    for (let at = 3; at < 40; at += 5) {
      const life = new Life();
      life.endAt(at);
      const dying = rotate(born(mortalDb(vault.db, life)), vault.merchant).catch(() => {});
      const pan = panOf(next++);
      const ask = { card: cardOf(pan), owner: { customer: "u-2" }, description: "" };
      const { token } = await storeCard(born(), vault.merchant, ask, NOON);
      tokens.push(token);
      await Promise.all([dying, keep(born()), keep(born())]);
      const gone = { token: tokens.shift()! };
      await Promise.all([
        rotate(born(), vault.merchant),
        forgetStored(born(), vault.merchant, gone, NOON),
      ]);
      expect(await statusOf()).toMatchObject({ active: 1, retiring: 0, cards: numbers.size });
    }
    await expectAllOpen();
  });
});

test("two processes that die in one rotation leave it to a third", async () => {
  const lives = [new Life(), new Life()];
  for (const [i, life] of lives.entries()) life.endAt(12 + i * 4);
  const dying = lives.map((life) => rotate(born(mortalDb(vault.db, life)), vault.merchant));
  const ended = await Promise.allSettled(dying);
  expect(ended.some(({ status }) => status === "rejected")).toBe(true);
  await rotate(born(), vault.merchant);
  expect(await statusOf()).toMatchObject({ active: 1, retiring: 0, cards: numbers.size });
  await expectAllOpen();
});
