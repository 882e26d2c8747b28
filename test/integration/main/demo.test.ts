import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, openDb } from "../../../src/db/pool.ts";
import { inTx } from "../../../src/db/transaction.ts";
import { fakeClock } from "../../../src/lib/clock.ts";
import type { MerchantId } from "../../../src/lib/id.ts";
import { keyringOf } from "../../../src/lib/seal.ts";
import { prepareDemo } from "../../../src/main/demo.ts";
import { type DataFolder, type Demo, dataFolder } from "../../../src/main/folder.ts";
import { readSettings, saveSettings } from "../../../src/marketplace/index.ts";
import { createReception, listMerchants, readMerchant } from "../../../src/merchants/index.ts";
import { freshDatabase, patient, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let db: Db;
let folder: DataFolder;
const clock = fakeClock("2026-03-04T12:00:00+03:00");
const ring = keyringOf(Buffer.alloc(32, 9).toString("base64"));
const urls = { api: "http://127.0.0.1:1", bank: "http://127.0.0.1:2" };

beforeAll(async () => {
  database = await freshDatabase();
  db = openDb({ ...patient, url: database.appUrl, max: 4 });
  folder = dataFolder(await mkdtemp(path.join(tmpdir(), "vezne-demo-")));
});
afterAll(async () => {
  await db.close();
  await database.drop();
  await rm(folder.path, { recursive: true, force: true });
});

const signIn = (key: string) =>
  createReception({ db, clock, ring }).signIn(`Basic ${key}`, "127.0.0.1", ["secret"]);

test("a second start keeps the demo merchant and its keys", async () => {
  const first = await prepareDemo({ db, clock, ring }, folder, urls, "token");
  const second = await prepareDemo({ db, clock, ring }, folder, urls, "token");
  expect(second.paynet).toEqual(first.paynet);
  expect(second.paywall).toEqual(first.paywall);
  expect(await listMerchants(db)).toHaveLength(1);
});

test("a bank that listens elsewhere is found there by every contract", async () => {
  await prepareDemo({ db, clock, ring }, folder, { ...urls, bank: "http://127.0.0.1:3" }, "token");
  const [merchant] = await listMerchants(db);
  const { pos } = (await readMerchant(db, ring, merchant?.id as MerchantId)) ?? { pos: [] };
  expect(pos).toHaveLength(7);
  for (const each of pos) expect(each.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:3\/[a-z-]+$/);
});

test("a demo merchant whose keys were lost gets new ones that open the door", async () => {
  const lost = await folder.demo();
  await rm(folder.file("demo.json"));
  const found = await prepareDemo({ db, clock, ring }, folder, urls, "token");
  expect(found.paynet.secret_key).not.toBe(lost?.paynet.secret_key);
  await expect(signIn(found.paynet.secret_key)).resolves.toMatchObject({
    merchant: { companyCode: "10001" },
  });
  const { apikeyprivate: key, apiclientprivate: client } = found.paywall;
  const pair = createReception({ db, clock, ring });
  await expect(
    pair.signInPair({ key, client }, "127.0.0.1", "paywall_private"),
  ).resolves.toMatchObject({ merchant: { companyCode: "10001" } });
});

test("what its operator set of the marketplace stays over a start", async () => {
  const [merchant] = await listMerchants(db);
  const id = merchant?.id as MerchantId;
  const settings = await readSettings(db, id);
  const changed = { ...settings, platformDays: 3 };
  await inTx(db, (tx) => saveSettings(tx, id, changed));
  await prepareDemo({ db, clock, ring }, folder, urls, "token");
  expect(await readSettings(db, id)).toEqual(changed);
});

test("a file of an older start gets pairs, and keeps the keys it had", async () => {
  const { paywall: _, ...older } = (await folder.demo()) as Demo;
  await folder.writeDemo(older as Demo);
  const found = await prepareDemo({ db, clock, ring }, folder, urls, "token");
  expect(found.paynet).toEqual(older.paynet);
  expect(found.paywall.apikeypublic).toHaveLength(344);
});

test("the demo merchant is a marketplace whose own earnings wait for an order", async () => {
  const [merchant] = await listMerchants(db);
  const id = merchant?.id as MerchantId;
  expect(await readSettings(db, id)).toMatchObject({
    distribution: "payout",
    hasManualTrigger: true,
  });
  const { rows } = await db.pool.query(
    "select currency from platform_accounts where merchant_id = $1 order by currency",
    [id],
  );
  expect(rows.map((row) => row.currency)).toEqual(["EUR", "TRY", "USD"]);
});
