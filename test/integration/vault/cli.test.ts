import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, openDb } from "../../../src/db/pool.ts";
import { after } from "../../../src/lib/clock.ts";
import type { CardId, MerchantId } from "../../../src/lib/id.ts";
import { keyringOf } from "../../../src/lib/seal.ts";
import { systemClock } from "../../../src/main/clock.ts";
import { demoMerchant } from "../../../src/main/demo.ts";
import { dataFolder } from "../../../src/main/folder.ts";
import { enroll, listMerchants } from "../../../src/merchants/index.ts";
import { holdCard, listVaultKeys, openCard, type VaultDeps } from "../../../src/vault/index.ts";
import { WholeProduct } from "../../faults/whole.ts";
import { patient } from "../../support/database.ts";
import { cardOf, panOf } from "./opened.ts";

const CLI = path.join(import.meta.dirname, "../../../src/main/cli.ts");
const MANY = 3_000;
const AT_ONCE = 20;

let product: WholeProduct;
let db: Db;
let deps: VaultDeps;
let merchant: MerchantId;
const numbers = new Map<CardId, string>();

beforeAll(async () => {
  product = await WholeProduct.create();
  await product.start();
  const folder = dataFolder(product.folder);
  const { databaseUrl = "" } = (await folder.running()) ?? {};
  db = openDb({ ...patient, url: databaseUrl, max: 12 });
  deps = { db, clock: systemClock, ring: keyringOf((await folder.secrets()).vaultKey) };
  merchant = (await listMerchants(db))[0]?.id as MerchantId;
});
afterAll(async () => {
  await db.close();
  expect(await product.stop()).toBe(0);
  await product.remove();
});

async function hold(count: number): Promise<void> {
  const now = systemClock();
  for (let made = 0; made < count; made += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, async (_, i) => {
      const pan = panOf(numbers.size + i);
      const card = cardOf(pan);
      return [await holdCard(deps, merchant, card, now, after(now, 3_600_000)), pan] as const;
    });
    for (const [id, pan] of await Promise.all(batch)) numbers.set(id, pan);
  }
}

const env = () => ({ ...process.env, VEZNE_DATA_DIR: product.folder });
const statusLines = async () => {
  const { said } = await product.command("vault", "status");
  return said.trim().split("\n");
};

async function expectAllOpen(): Promise<void> {
  const all = [...numbers];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const batch = all.slice(from, from + AT_ONCE);
    const opened = batch.map(async ([id]) => {
      return [id, (await openCard(deps, merchant, id))?.card.pan.open()];
    });
    expect(await Promise.all(opened)).toEqual(batch);
  }
}

test("before the first card there is no key, and nothing to rotate", async () => {
  expect(await statusLines()).toEqual([expect.stringContaining("There is no data key yet")]);
  expect(await product.command("vault", "rotate")).toEqual({
    code: 0,
    said: "10001  has no data key yet, so there is nothing to rotate.\n",
  });
});

test("status lists each merchant's keys, their age and their cards", async () => {
  await hold(100);
  const [title, line, ...others] = await statusLines();
  expect(title).toMatch(/^merchant +key +state +age +cards$/);
  expect(line).toMatch(/^ *10001 +key_[0-9A-Z]{20} +active +today +100$/);
  expect(others).toEqual([]);
});

test("rotate tells in plain lines how far it is, where no terminal is", async () => {
  const { code, said } = await product.command("vault", "rotate", "--company", "10001");
  expect(code).toBe(0);
  expect(said).toMatch(/^10001 {2}has a new data key; 100 cards put under it\.$/m);
  expect(said).toMatch(/^10001: 0 of 100 \(0 %\)$/m);
  expect(said).toMatch(/^10001: 100 of 100 \(100 %\), [\d,]+\/s$/m);
  expect(said).not.toMatch(/█|\r/);
  await expectAllOpen();
});

test("a merchant that is not there is named", async () => {
  for (const command of ["rotate", "status"]) {
    expect(await product.command("vault", command, "--company", "404")).toEqual({
      code: 1,
      said: "There is no merchant with the code 404.\n",
    });
  }
});

test("a merchant whose card does not open holds up no other, and the command fails", async () => {
  const ask = { ...demoMerchant("http://127.0.0.1:1"), companyCode: "10002" };
  const second = (await enroll(deps, ask))?.merchantId as MerchantId;
  const now = systemClock();
  const id = await holdCard(deps, second, cardOf(panOf(0)), now, after(now, 3_600_000));
  const [key] = await listVaultKeys(db, second);
  const [victim] = numbers.keys();
  const flip = (of: MerchantId, card: CardId) =>
    db.pool.query(
      `update cards set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)
        where merchant_id = $1 and id = $2`,
      [of, card],
    );
  await flip(merchant, victim!);
  const { code, said } = await product.command("vault", "rotate");
  expect(code).toBe(1);
  expect(said).toMatch(
    new RegExp(`^10001 {2}is not finished\\. The card .*${victim} does not`, "m"),
  );
  expect(said).toMatch(/^10002 {2}has a new data key; 1 card put under it\.$/m);
  expect(said).toMatch(/Nothing is lost/);
  expect((await listVaultKeys(db, second)).map((each) => each.id)).not.toContain(key?.id);
  expect((await openCard(deps, second, id))?.card.pan.open()).toBe(panOf(0));
  expect((await statusLines()).filter((line) => line.includes("retiring"))).toHaveLength(1);
  await flip(merchant, victim!);
  expect((await product.command("vault", "rotate", "--company", "10001")).said).toMatch(
    /^10001 {2}an earlier rotation is brought to its end; 100 cards .* Run this again/m,
  );
  expect(await listVaultKeys(db, merchant)).toHaveLength(1);
  await expectAllOpen();
});

/** Rotates in a process of its own and kills it without a warning once it has begun. */
async function killedRotation(afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [CLI, "vault", "rotate"], { env: env() });
  const gone = once(child, "exit");
  await Promise.race([once(child.stderr, "data"), gone]);
  await pause(afterMs);
  child.kill("SIGKILL");
  await gone;
}

test("a rotation that is killed and run again, time after time, loses no card", async () => {
  await hold(MANY);
  let interrupted = 0;
  for (const afterMs of [0, 20, 60, 120, 200]) {
    await killedRotation(afterMs);
    const keys = await listVaultKeys(db, merchant);
    expect(keys.filter(({ status }) => status === "active")).toHaveLength(1);
    expect(keys.reduce((sum, { cards }) => sum + cards, 0)).toBe(numbers.size);
    if (keys.length > 1) interrupted += 1;
  }
  expect(interrupted).toBeGreaterThan(0);
  await Promise.all([product.command("vault", "rotate"), product.command("vault", "rotate")]);
  const [only, ...others] = await listVaultKeys(db, merchant);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ status: "active", cards: numbers.size });
  await expectAllOpen();
});
