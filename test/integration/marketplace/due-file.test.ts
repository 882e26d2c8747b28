import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkPlace, writeDueFile } from "../../../src/main/cli/due-file.ts";
import { dueTransfers } from "../../../src/marketplace/index.ts";
import { seedDebts, seedEarnings } from "../../support/earnings.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const DAY = "2026-03-09";
let world: TestWorld;
let folder: string;
beforeAll(async () => {
  world = await createWorld();
  folder = await mkdtemp(path.join(tmpdir(), "vezne-due-"));
  const member = { day: DAY, party: "member" } as const;
  await seedEarnings(world, [
    { ...member, minor: 100_000, member: 1, description: "Mart" },
    { ...member, minor: 20_000, member: 1, description: "Mart" },
    { ...member, minor: 300, member: 1, currency: "USD" },
    { ...member, minor: 500, member: 2 },
    { ...member, day: "2026-03-10", minor: 9, member: 2 },
    { day: "2026-03-07", minor: 700, member: 2 },
  ]);
  await seedDebts(world, [
    { day: DAY, minor: -10_000, member: 1 },
    { day: DAY, minor: -600, member: 2 },
  ]);
  await world.db.pool.query(
    `insert into member_accounts (merchant_id, number, member, currency, title, iban, created_at)
     values ($1, 1, 1, 'TRY', 'Ada Ltd', 'TR560006200000000000100011', $2)`,
    [world.merchant.merchantId, world.clock()],
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await world.close();
});

const due = (day = DAY) => dueTransfers(world.db, world.merchant.merchantId, day);

test("each receiver has one line for each currency, with what it owes taken off", async () => {
  const { transfers, homeless, hasMore } = await due();
  const total = { member: 1n, title: "Ada Ltd", currency: "TRY", amountMinor: 110_000n, count: 3 };
  expect(transfers).toMatchObject([
    { party: "platform", member: null, amountMinor: 700n, iban: "TR560006200000000000100011" },
    { ...total, number: null, iban: "TR560006200000000000100011", description: "Mart" },
  ]);
  expect(hasMore).toBe(false);
  // Who has no account of the currency stands apart, and who owes more than it is due nowhere.
  const lone = { member: 1n, currency: "USD", amountMinor: 300n, iban: "", title: "Üye 1 Ltd" };
  expect(homeless).toMatchObject([lone]);
  expect(homeless[0]?.description).toBe("Hakediş 09.03.2026");
});

test("what an earlier day left over is in it too", async () => {
  expect((await due("2026-03-08")).transfers).toEqual([]);
  const { transfers } = await due("2026-03-11");
  expect(transfers.map(({ amountMinor }) => amountMinor)).toEqual([700n, 110_000n]);
});

test("a CSV file holds the same", async () => {
  const file = path.join(folder, "due.csv");
  await writeDueFile(file, "csv", await due());
  const lines = (await readFile(file, "utf8")).split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines[2]).toContain('"Ada Ltd","1100.00","TRY","1","3","Mart"');
});

/** The text of a part of an archive, by its local header. */
function partOf(archive: Buffer, name: string): string {
  for (let at = archive.indexOf("PK\u0003\u0004"); at >= 0; ) {
    const [nameLength, extraLength] = [
      archive.readUInt16LE(at + 26),
      archive.readUInt16LE(at + 28),
    ];
    const from = at + 30 + nameLength + extraLength;
    if (archive.toString("utf8", at + 30, at + 30 + nameLength) === name) {
      const packed = archive.subarray(from);
      return inflateRawSync(packed, { finishFlush: 2 }).toString("utf8");
    }
    at = archive.indexOf("PK\u0003\u0004", from);
  }
  throw new Error(`There is no ${name}`);
}

test("an Excel file has amounts that can be added, texts that stay texts, and totals", async () => {
  const file = path.join(folder, "due.xlsx");
  await writeDueFile(file, "xlsx", await due());
  const archive = await readFile(file);
  const sheet = partOf(archive, "xl/worksheets/sheet1.xml");
  // The head, two transfers, a line apart and the total of the one currency.
  expect(sheet.match(/<row /g)).toHaveLength(5);
  expect(sheet).toContain("<v>1100</v>");
  expect(sheet).toContain("<v>1107</v>");
  const texts = partOf(archive, "xl/sharedStrings.xml");
  expect(texts).toContain("TR560006200000000000100011");
  expect(texts).toContain("Toplam, 2 ödeme");
  const apart = partOf(archive, "xl/worksheets/sheet2.xml");
  expect(apart.match(/<row /g)).toHaveLength(2);
  expect(texts).toContain("USD hesabı tanımlı değil");
});

test("a file that cannot be written leaves the one that stands there as it is", async () => {
  const file = path.join(folder, "kept.csv");
  await writeDueFile(file, "csv", await due());
  const before = await readFile(file, "utf8");
  await expect(checkPlace(path.join(folder, "nowhere", "due.csv"))).rejects.toThrow("ENOENT");
  await mkdir(`${file}.part`);
  await expect(checkPlace(file)).rejects.toThrow("EISDIR");
  await expect(writeDueFile(file, "csv", await due())).rejects.toThrow("EISDIR");
  expect(await readFile(file, "utf8")).toBe(before);
});
