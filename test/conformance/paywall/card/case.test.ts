import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardEntriesOf } from "../../../support/entered-cards.ts";
import { type MarketPayers, marketPayersOf, toldIn } from "../../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, saleCard, sellOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: MarketPayers;
let giveToken: ReturnType<typeof cardEntriesOf>["giveToken"];
let enter: ReturnType<typeof cardEntriesOf>["enter"];
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
  shop = marketPayersOf(world, wire);
  ({ giveToken, enter } = cardEntriesOf(world, wire));
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const WALL = "paywall/card";
type WallCard = Readonly<{ Name: string; UniqueCode: string; Expired: boolean; Month: number }>;
const failed = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });
const plastic = {
  Nickname: "Is",
  HolderName: "Deniz Ak",
  Number: saleCard.Number,
  Month: 12,
  Year: 2030,
};

const add = (RelationalId1: string, card: object = {}, more: object = {}) =>
  wire.post<WallCard>(WALL, { RelationalId1, Card: { ...plastic, ...card }, ...more });
const list = (relationalid1: string, more: object = {}) =>
  wire.get<WallCard[]>(WALL, { relationalid1, ...more });
const codeOf = async (owner: string) => (await list(owner)).Body[0]!.UniqueCode;
const onlyCode = { OwnerName: "", Number: "", ExpireMonth: "", ExpireYear: "", Cvv: "" };
const payBy = (UniqueCode: string, more: object = {}) =>
  sellOn(wire, { card: { ...onlyCode, UniqueCode, ...more } });

describe("a stored card", () => {
  test("is answered as documented", async () => {
    const stored = await add("u-7");
    expect(stored).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
    const shown = {
      Name: "Is",
      CardBin: "552879",
      CardLastFour: "0008",
      CardHolderName: "Deniz Ak",
      CardNumber: "552879******0008",
      Expired: false,
      CardTypeId: 1,
      CardType: "Credit",
      Month: 12,
      Year: 2030,
      UniqueCode: expect.stringMatching(/^[\w-]{20,}$/),
      Details: null,
    };
    expect(stored.Body).toEqual(shown);
    expect((await list("u-7", { includedetails: "True" })).Body).toEqual([
      { ...shown, Details: expect.objectContaining({ CardBrand: "Master Card", CardTypeId: 1 }) },
    ]);
  });

  test("is listed under exactly the names that it was stored with", async () => {
    await add("u-8", {}, { RelationalId2: "a", RelationalId3: "b" });
    expect((await list("u-8", { relationalid2: "a", relationalid3: "b" })).Body).toHaveLength(1);
    const others = [
      ["u-8", {}],
      ["u-8", { relationalid2: "a" }],
      ["u-8", { relationalid2: "b", relationalid3: "a" }],
      ["u-8a", { relationalid3: "b" }],
    ] as const;
    for (const [owner, more] of others) expect((await list(owner, more)).Body).toEqual([]);
    expect(await wire.get(WALL, {})).toMatchObject(failed(2));
  });

  test.each([
    ["no holder", { HolderName: "" }, 104],
    ["a holder of 61 letters", { HolderName: "x".repeat(61) }, 104],
    ["a number of another length", { Number: "552879000000" }, 105],
    ["no number", { Number: "" }, 105],
    ["a month that is none", { Month: 13 }, 107],
    ["no year", { Year: "" }, 108],
    ["a month that has passed", { Month: 2, Year: 2026 }, 106],
  ])("is refused with %s", async (_what, card, code) => {
    expect(await add("u-9", card)).toMatchObject(failed(code));
  });

  test("is renewed and forgotten by its code of the day and its owner's names", async () => {
    await add("u-10");
    const UniqueCode = await codeOf("u-10");
    const named = { RelationalId1: "u-10", UniqueCode };
    expect(await wire.put(WALL, { ...named, Month: 5, Year: 2033 })).toMatchObject({
      ErrorCode: 0,
    });
    expect((await list("u-10")).Body).toMatchObject([{ Month: 5, Year: 2033 }]);
    expect(await wire.put(WALL, { ...named, Month: 5, Year: 2020 })).toMatchObject(failed(106));
    const strange = { ...named, RelationalId1: "u-11" };
    expect(await wire.del(WALL, strange)).toMatchObject(failed(115));
    const made = `${UniqueCode.slice(0, -4)}AAAA`;
    expect(await wire.del(WALL, { ...named, UniqueCode: made })).toMatchObject(failed(118));
    expect(await wire.del(WALL, named)).toMatchObject({ ErrorCode: 0, Result: true, Body: null });
    expect((await list("u-10")).Body).toEqual([]);
    expect(await wire.del(WALL, named)).toMatchObject(failed(115));
    expect(await payBy(UniqueCode)).toMatchObject(failed(22));
  });
});

describe("a payment by a stored card", () => {
  test("needs its code of the day alone, and the security code where that is wanted", async () => {
    await add("p-1");
    const code = await codeOf("p-1");
    expect(await payBy(code)).toMatchObject({ ErrorCode: 0, Result: true });
    expect(await payBy(code, { ForceCvv: true })).toMatchObject(failed(18));
    expect(await payBy(code, { ForceCvv: true, Cvv: "123" })).toMatchObject({ ErrorCode: 0 });
    expect(await payBy("c0ffee")).toMatchObject(failed(21));
    const { page } = await shop.through({ card: { ...onlyCode, UniqueCode: code } });
    expect(toldIn(page.form)).toMatchObject({ status: "Success" });
  });

  test("stores the card that was typed, once it has paid", async () => {
    const CardSave = { Nickname: "Ev", RelationalId1: "p-2", Save: true };
    expect(await sellOn(wire, { card: { CardSave } })).toMatchObject({ ErrorCode: 0 });
    expect((await list("p-2")).Body).toMatchObject([{ Name: "Ev" }]);
    const { page } = await shop.through({
      card: { CardSave: { ...CardSave, RelationalId1: "p-3" } },
    });
    const told = toldIn(page.form);
    expect(told).toMatchObject({ status: "Success", cardSaved: "true" });
    expect(told["cardSavedUniqueCode"]).toBe(await codeOf("p-3"));
    const declined = {
      Number: "5100050000006661",
      CardSave: { ...CardSave, RelationalId1: "p-4" },
    };
    expect(await sellOn(wire, { card: declined })).toMatchObject({ ErrorCode: 1 });
    expect((await list("p-4")).Body).toEqual([]);
    const nobodys = { CardSave: { ...CardSave, RelationalId1: "" } };
    expect(await sellOn(wire, { card: nobodys })).toMatchObject(failed(18));
  });
});

describe("a card that a browser enters", () => {
  const payWith = (TempCardToken: string) => sellOn(wire, { card: { ...onlyCode, TempCardToken } });

  test("is named for one payment, under the token that the shop's server got", async () => {
    const given = await giveToken({ ClientCardSave: true });
    expect(given.Body).toEqual({
      TempTokenId: expect.any(Number),
      Token: expect.any(String),
      ExpiryDateTime: expect.stringMatching(/^2026-03-\d\dT\d\d:\d\d:\d\d/),
      Scope: { ClientCardSave: true, ThreeDSession: false },
    });
    const entered = await enter(given.Body.Token);
    expect(entered).toMatchObject({ status: 200, ErrorCode: 0 });
    expect(entered.headers.get("access-control-allow-origin")).toBe("*");
    const name = entered.Body.CardToken;
    expect(
      await sellOn(wire, { detail: { Amount: 1 }, card: { TempCardToken: name } }),
    ).toMatchObject(failed(26));
    expect(await payWith(name)).toMatchObject({ ErrorCode: 0, Result: true });
    expect(await payWith(name)).toMatchObject(failed(18));
    const again = await enter(given.Body.Token);
    const TempCardToken = again.Body.CardToken;
    const { page } = await shop.through({ card: { ...onlyCode, TempCardToken } });
    expect(toldIn(page.form)).toMatchObject({ status: "Success" });
  });

  test("is not taken without a token, by one that was made up, or after its time", async () => {
    const none = { status: 401, ErrorCode: 4, Message: "token başlığı eksik" };
    expect(await enter("")).toMatchObject(none);
    const over = { status: 401, ErrorCode: 401, Message: expect.stringMatching(/^token /) };
    expect(await enter("AAAA")).toMatchObject(over);
    expect(await giveToken({ ExpiryMin: 31 })).toMatchObject(failed(2));
    const { Token } = (await giveToken()).Body;
    expect(await enter(Token, { CardNumber: "1" })).toMatchObject({ status: 200, ErrorCode: 14 });
    const { CardToken } = (await enter(Token)).Body;
    await world.advance(11 * 60_000);
    expect(await enter(Token)).toMatchObject(over);
    expect(await payWith(CardToken)).toMatchObject(failed(18));
  });

  test("may come from any shop's page: a browser that asks first is told so", async () => {
    const reply = await fetch(`${world.url}/api/paywall/tempcard`, { method: "OPTIONS" });
    expect(reply.status).toBe(204);
    expect(reply.headers.get("access-control-allow-headers")).toContain("token");
  });
});

describe("as time goes on", () => {
  test("a card has another code each day, and the old one is good for nothing", async () => {
    await add("t-1");
    const code = await codeOf("t-1");
    await world.advance(DAY_MS + 60 * 60_000);
    const next = await codeOf("t-1");
    expect(next).not.toBe(code);
    expect(await payBy(code)).toMatchObject(failed(21));
    expect(await payBy(next)).toMatchObject({ ErrorCode: 0 });
  });

  test("a card whose month has passed is shown as expired, and pays nothing", async () => {
    await add("t-2", { Month: 3, Year: 2026 });
    await world.advance(31 * DAY_MS);
    expect((await list("t-2")).Body).toMatchObject([{ Expired: true }]);
    expect(await payBy(await codeOf("t-2"))).toMatchObject(failed(19));
  });
});
