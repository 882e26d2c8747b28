import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import type { MerchantId } from "../../../src/lib/id.ts";
import { type OwnerAsk, ownerFor } from "../../../src/vault/index.ts";
import { NOON, openVault, type Vault } from "./opened.ts";

let vault: Vault;
beforeAll(async () => {
  vault = await openVault();
});
afterAll(() => vault.close());

const owner = (by: OwnerAsk, of: MerchantId = vault.merchant) =>
  ownerFor(vault.db.kysely, of, by, NOON);

test("a customer has one owner for good, and every merchant has its own customers", async () => {
  const first = await owner({ customer: "müşteri@örnek.com" });
  expect(first).toMatch(/^own_[0-9A-Z]{20}$/);
  expect(await owner({ customer: "müşteri@örnek.com" })).toBe(first);
  expect(await owner({ ownerId: first })).toBe(first);
  expect(await owner({ ownerId: first, customer: "somebody else" })).toBe(first);
  expect(await owner({ ownerId: "", customer: "müşteri@örnek.com" })).toBe(first);
  expect(await owner({ customer: "another" })).not.toBe(first);
  expect(await owner({ customer: "müşteri@örnek.com" }, vault.other)).not.toBe(first);
  expect(await vault.sql("select from card_owners where customer = 'somebody else'")).toEqual([]);
});

test("an owner's id is known to its merchant alone", async () => {
  const id = await owner({ customer: "mine" });
  await expect(owner({ ownerId: id }, vault.other)).rejects.toMatchObject({
    code: "card_owner_unknown",
  });
  for (const ownerId of ["own_00000000000000000000", "mine", "'"]) {
    await expect(owner({ ownerId })).rejects.toMatchObject({ code: "card_owner_unknown" });
    await expect(owner({ ownerId, customer: "mine" })).rejects.toMatchObject({
      code: "card_owner_unknown",
    });
  }
});

test("nobody has no owner, and a customer's name has a bound", async () => {
  for (const by of [{}, { ownerId: "", customer: "" }, { customer: undefined }]) {
    await expect(owner(by)).rejects.toMatchObject({
      code: "invalid_input",
      details: { field: "user_unique_id", problem: "missing" },
    });
  }
  expect(await owner({ customer: "ş".repeat(100) })).toMatch(/^own_/);
  await expect(owner({ customer: "ş".repeat(101) })).rejects.toMatchObject({
    code: "invalid_input",
    details: { field: "user_unique_id", problem: "too_long", bound: "100" },
  });
});

test("twenty requests for one new customer get one owner, in transactions or outside", async () => {
  const ask = { customer: "all at once" };
  const many = Array.from({ length: 20 }, (_, i) =>
    i % 2 === 0 ? owner(ask) : inTx(vault.db, (tx) => ownerFor(tx, vault.merchant, ask, NOON)),
  );
  expect(new Set(await Promise.all(many)).size).toBe(1);
});

test("a new owner goes with the transaction that wanted it", async () => {
  const failed = inTx(vault.db, async (tx) => {
    await ownerFor(tx, vault.merchant, { customer: "undone" }, NOON);
    throw new Error("undone");
  });
  await expect(failed).rejects.toThrow("undone");
  expect(await vault.sql("select from card_owners where customer = 'undone'")).toEqual([]);
});

test("no customer of a merchant's has a name of the product's own", async () => {
  const ours = await owner({ house: "order:1" });
  await expect(owner({ customer: "vezne/order:1" })).rejects.toMatchObject({
    code: "invalid_input",
    details: { field: "user_unique_id" },
  });
  expect(await owner({ customer: "order:1" })).not.toBe(ours);
  expect(await owner({ house: "order:1" })).toBe(ours);
});
