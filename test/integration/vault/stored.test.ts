import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  describeStored,
  findStored,
  forgetStored,
  listStored,
  openCard,
  ownerFor,
  type StoredCard,
  storeCard,
} from "../../../src/vault/index.ts";
import { cardOf, NOON, OTHER_PAN, openVault, PAN, panOf, type Vault } from "./opened.ts";

const AT_ONCE = 20;
let vault: Vault;
beforeAll(async () => {
  vault = await openVault();
});
afterAll(() => vault.close());

const store = (customer: string, card = cardOf(PAN), description = "", of = vault.merchant) =>
  storeCard(vault.deps, of, { card, owner: { customer }, description }, NOON);
const find = (token: string, ownerId?: string, of = vault.merchant) =>
  findStored(vault.deps, of, { token, ownerId });
const list = (owner: string, offset = 0, limit = 10, of = vault.merchant) =>
  listStored(vault.deps, of, owner, { offset, limit });
const rowsOf = (id: string) => vault.sql(`select * from cards where id = '${id}'`);

describe("a card that is stored", () => {
  test("is found by its token as it was typed, and opens without its code", async () => {
    const stored = await store("u-1", cardOf(PAN), "Maaş kartım");
    expect(stored).toEqual({
      id: expect.stringMatching(/^crd_[0-9A-Z]{20}$/),
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      ownerId: expect.stringMatching(/^own_[0-9A-Z]{20}$/),
      customer: "u-1",
      description: "Maaş kartım",
      mask: "435508******4358",
      holderMask: "D****K",
      facts: { brand: "VISA", type: "cc", bankId: "AXSS" },
      expiryMonth: 12,
      expiryYear: 2030,
      createdAt: NOON,
    });
    expect(await find(stored.token)).toEqual(stored);
    expect(await find(stored.token, stored.ownerId)).toEqual(stored);
    const opened = await openCard(vault.deps, vault.merchant, stored.id);
    expect(opened).toMatchObject({
      isStored: true,
      card: { mask: stored.mask, expiryMonth: 12, expiryYear: 2030, holder: "Deniz Ak" },
    });
    expect(opened?.card.facts).toEqual(stored.facts);
    expect(opened?.card.pan.open()).toBe(PAN);
    expect(opened?.card.cvv).toBeUndefined();
    expect(inspect([stored, opened], { depth: 9, showHidden: true })).not.toMatch(/4355084355|731/);
  });

  test("keeps its token when it is stored again, and takes over what is newer", async () => {
    const first = await store("u-2", cardOf(PAN, { month: 6, year: 2029 }), "Eski");
    const renewed = await store("u-2", cardOf(PAN, { month: 3, year: 2031 }), "Yeni");
    expect(renewed).toEqual({ ...first, description: "Yeni", expiryMonth: 3, expiryYear: 2031 });
    const older = await store("u-2", cardOf(PAN, { month: 12, year: 2030 }), "");
    expect(older).toEqual(renewed);
    const month = await store("u-2", cardOf(PAN, { month: 4, year: 2031 }), "");
    expect(month).toEqual({ ...renewed, expiryMonth: 4 });
    expect(await find(first.token)).toEqual(month);
    expect(await vault.numberOf(first.id)).toBe(PAN);
    expect((await list(first.ownerId)).total).toBe(1);
  });

  test("is another card for another owner, number or merchant", async () => {
    const mine = await store("u-3");
    const others = [
      await store("u-4"),
      await store("u-3", cardOf(OTHER_PAN)),
      await store("u-3", cardOf(PAN), "", vault.other),
    ];
    const all = [mine, ...others];
    expect(new Set(all.map((each) => each.token)).size).toBe(4);
    expect(new Set(all.map((each) => each.id)).size).toBe(4);
    expect(others[1]?.ownerId).toBe(mine.ownerId);
    expect(others[2]?.ownerId).not.toBe(mine.ownerId);
    const [here] = await rowsOf(mine.id);
    const [same] = await rowsOf(others[0]!.id);
    const [there] = await rowsOf(others[2]!.id);
    expect(here?.["fingerprint"]).toEqual(same?.["fingerprint"]);
    expect(here?.["fingerprint"]).not.toEqual(there?.["fingerprint"]);
  });

  test("may be stored by its owner's id, which another merchant does not have", async () => {
    const { ownerId } = await store("u-5");
    const ask = { card: cardOf(OTHER_PAN), description: "" };
    const second = await storeCard(
      vault.deps,
      vault.merchant,
      { ...ask, owner: { ownerId, customer: "ignored" } },
      NOON,
    );
    expect(second).toMatchObject({ ownerId, customer: "u-5" });
    await expect(
      storeCard(vault.deps, vault.other, { ...ask, owner: { ownerId } }, NOON),
    ).rejects.toMatchObject({ code: "card_owner_unknown" });
  });

  test("is of nobody else: no other merchant or owner finds, changes or opens it", async () => {
    const stored = await store("u-6");
    const stranger = await store("u-7");
    const theirs = { token: stored.token, ownerId: stored.ownerId };
    const refused = { code: "stored_card_not_found" };
    expect(await find(stored.token, undefined, vault.other)).toBeUndefined();
    expect(await find(stored.token, stranger.ownerId)).toBeUndefined();
    expect(await openCard(vault.deps, vault.other, stored.id)).toBeUndefined();
    expect(await list(stored.ownerId, 0, 10, vault.other)).toEqual({ rows: [], total: 0 });
    for (const name of [theirs, { token: stored.token }]) {
      const describe = describeStored(vault.deps, vault.other, name, "x");
      await expect(describe).rejects.toMatchObject(refused);
      const forget = forgetStored(vault.deps, vault.other, name, NOON);
      await expect(forget).rejects.toMatchObject(refused);
    }
    const wrong = { token: stored.token, ownerId: stranger.ownerId };
    const describe = describeStored(vault.deps, vault.merchant, wrong, "x");
    await expect(describe).rejects.toMatchObject(refused);
    const forget = forgetStored(vault.deps, vault.merchant, wrong, NOON);
    await expect(forget).rejects.toMatchObject(refused);
    expect(await find(stored.token)).toEqual(stored);
  });

  test("is described anew", async () => {
    const { token, ownerId } = await store("u-8", cardOf(PAN), "Eski");
    await describeStored(vault.deps, vault.merchant, { token, ownerId }, "Yeni");
    expect(await find(token)).toMatchObject({ description: "Yeni" });
    const unknown = describeStored(vault.deps, vault.merchant, { token: "none" }, "Yeni");
    await expect(unknown).rejects.toMatchObject({ code: "stored_card_not_found" });
  });

  test("keeps its mask of a description in which its number was typed", async () => {
    const grouped = PAN.match(/.{4}/g)!.join(" ");
    const { token, ownerId } = await store("u-10", cardOf(PAN), `my ${grouped} 731`);
    const name = { token, ownerId };
    expect(await find(token)).toMatchObject({ description: "435508******4358" });
    for (const [typed, kept] of [
      [`kart ${PAN}`, "435508******4358"],
      ["1234 5678 9012 3456", "1234 5678 9012 3456"],
      ["Maaş kartım", "Maaş kartım"],
    ] as const) {
      await describeStored(vault.deps, vault.merchant, name, typed);
      expect(await find(token)).toMatchObject({ description: kept });
    }
    await expect(store(`kart-${PAN}`)).rejects.toMatchObject({
      code: "invalid_input",
      details: { field: "user_unique_id", problem: "card_number" },
    });
    expect(await vault.sql("select from card_owners where customer like 'kart-%'")).toEqual([]);
  });

  test("moved to another card's place in the table, opens nothing", async () => {
    const [one, two] = [await store("u-9"), await store("u-9", cardOf(OTHER_PAN))];
    await vault.sql(`update cards set sealed = (select sealed from cards where id = '${one.id}')
      where id = '${two.id}'`);
    await expect(openCard(vault.deps, vault.merchant, two.id)).rejects.toThrow("does not open");
    expect(await vault.numberOf(one.id)).toBe(PAN);
    await forgetStored(vault.deps, vault.merchant, { token: two.token }, NOON);
  });
});

describe("a card that is forgotten", () => {
  test("is erased, is found by nothing and cannot be charged", async () => {
    const { token, id, ownerId } = await store("f-1", cardOf(PAN), "Silinecek");
    const [before] = await rowsOf(id);
    const name = { token, ownerId };
    await forgetStored(vault.deps, vault.merchant, name, NOON);
    expect(await find(token)).toBeUndefined();
    expect(await openCard(vault.deps, vault.merchant, id)).toBeUndefined();
    expect(await list(ownerId)).toEqual({ rows: [], total: 0 });
    for (const again of [
      () => forgetStored(vault.deps, vault.merchant, name, NOON),
      () => describeStored(vault.deps, vault.merchant, name, "x"),
    ]) {
      await expect(again()).rejects.toMatchObject({ code: "stored_card_not_found" });
    }
    const [row] = await rowsOf(id);
    expect(row).toMatchObject({ sealed: null, key_id: null, deleted_at: NOON });
    expect(row).toMatchObject({ mask: "435508******4358", token });
    const rests = inspect(Object.values(row ?? {}).map((value) => hex(value)));
    expect(rests).not.toContain(hex(before?.["sealed"]));
    expect(rests).not.toContain(hex(before?.["fingerprint"]));
  });

  test("may be stored again and has another token then", async () => {
    const first = await store("f-2");
    await forgetStored(vault.deps, vault.merchant, { token: first.token }, NOON);
    const second = await store("f-2");
    expect(second.ownerId).toBe(first.ownerId);
    expect(second.token).not.toBe(first.token);
    expect(second.id).not.toBe(first.id);
    expect(await find(first.token)).toBeUndefined();
    expect(await vault.numberOf(second.id)).toBe(PAN);
  });
});

const hex = (value: unknown): string =>
  Buffer.isBuffer(value) ? value.toString("hex") : String(value);

describe("a list of an owner's cards", () => {
  test("gives pages, the newest card first and each card once, and the number of all", async () => {
    const stored: StoredCard[] = [];
    for (let i = 0; i < 7; i += 1) stored.push(await store("l-1", cardOf(panOf(i))));
    const gone = await store("l-1", cardOf(panOf(7)));
    await forgetStored(vault.deps, vault.merchant, { token: gone.token }, NOON);
    await store("l-2", cardOf(panOf(0)));
    const { ownerId } = stored[0]!;
    const pages = [];
    for (let offset = 0; offset < 9; offset += 3) pages.push(await list(ownerId, offset, 3));
    expect(pages.map((page) => page.rows.length)).toEqual([3, 3, 1]);
    expect(pages.map((page) => page.total)).toEqual([7, 7, 7]);
    expect(pages.flatMap((page) => page.rows)).toEqual(stored.toReversed());
  });

  test("is empty for an owner that nobody knows", async () => {
    expect(await list("own_nobody")).toEqual({ rows: [], total: 0 });
  });
});

describe("together", () => {
  test("twenty requests that store one card get one token", async () => {
    const many = Array.from({ length: AT_ONCE }, (_, i) => store("t-1", cardOf(PAN), `d-${i}`));
    const stored = await Promise.all(many);
    expect(new Set(stored.map(({ token, id, ownerId }) => `${token} ${id} ${ownerId}`)).size).toBe(
      1,
    );
    const { token, ownerId } = stored[0]!;
    expect((await list(ownerId)).total).toBe(1);
    expect((await find(token))?.description).toMatch(/^d-\d+$/);
    expect(await vault.numberOf(stored[0]!.id)).toBe(PAN);
  });

  test("twenty requests of one new customer get one owner, and each its card", async () => {
    const many = Array.from({ length: AT_ONCE }, (_, i) => store("t-2", cardOf(panOf(i))));
    const stored = await Promise.all(many);
    expect(new Set(stored.map((each) => each.ownerId)).size).toBe(1);
    expect((await list(stored[0]!.ownerId)).total).toBe(AT_ONCE);
    const owners = await vault.sql("select id from card_owners where customer = 't-2'");
    expect(owners).toHaveLength(1);
  });

  test("the first cards of a merchant that come at once are under one key", async () => {
    const fresh = await openVault();
    const many = Array.from({ length: AT_ONCE }, (_, i) =>
      storeCard(
        fresh.deps,
        fresh.merchant,
        { card: cardOf(panOf(i)), owner: { customer: `k-${i}` }, description: "" },
        NOON,
      ),
    );
    const stored = await Promise.all(many);
    expect(await fresh.sql("select status from vault_keys")).toEqual([{ status: "active" }]);
    for (const [i, each] of stored.entries()) expect(await fresh.numberOf(each.id)).toBe(panOf(i));
    await fresh.close();
  });

  test("storing and forgetting one card leaves it whole or gone, and never twice", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { token } = await store("t-3");
      const done = await Promise.allSettled([
        store("t-3"),
        forgetStored(vault.deps, vault.merchant, { token }, NOON),
        store("t-3"),
        forgetStored(vault.deps, vault.merchant, { token }, NOON),
      ]);
      expect(done.filter(({ status }) => status === "rejected")).toHaveLength(1);
      const owner = await ownerFor(vault.db.kysely, vault.merchant, { customer: "t-3" }, NOON);
      const { rows } = await list(owner);
      expect(rows.length).toBeLessThanOrEqual(1);
      for (const each of rows) expect(await vault.numberOf(each.id)).toBe(PAN);
      expect(await find(token)).toBeUndefined();
    }
  });
});
