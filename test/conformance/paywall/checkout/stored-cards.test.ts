import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { setSwitch } from "../../../../src/merchants/index.ts";
import { saleCard } from "../../../support/sales.ts";
import { typed, type WallPages, wallPagesOf } from "../../../support/wall-pages.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let shop: WallPages;
beforeAll(async () => {
  world = await createWorld();
  shop = wallPagesOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const second = { Nickname: "Ev", Number: "5571135571135575" };

describe("a common payment page of a payer whose cards are stored", () => {
  test("shows those of exactly its ids, by their last digits alone", async () => {
    const code = await shop.store("u-1");
    await shop.store("u-1", second);
    await shop.store({ RelationalId1: "u-1", RelationalId2: "a" }, { Nickname: "Other" });
    const page = await shop.open(await shop.pageFor("u-1"));
    expect(page.status).toBe(200);
    expect(page.rows).toHaveLength(2);
    expect(page.picks).toHaveLength(2);
    expect(page.rows[0]).toMatch(/MASTERCARD[\s\S]*Ev[\s\S]*5575[\s\S]*expires[\s\S]*12\/30/);
    expect(page.rows[1]).toMatch(/Is[\s\S]*0008/);
    expect(page.text).not.toContain("Other");
    // Nothing by which it could be charged, found or told from others of its bank.
    for (const secret of [saleCard.Number, "552879", code, "Deniz Ak"]) {
      expect(page.text).not.toContain(secret);
    }
    expect(page.headers.get("cache-control")).toBe("no-store");
    const other = await shop.pageFor("u-1", { CardWallRelationalId2: "a" });
    expect((await shop.open(other)).rows).toHaveLength(1);
    expect((await shop.open(await shop.pageFor("u-2"))).rows).toEqual([]);
  });

  test("is paid with one of them by 3-D Secure, without its security code", async () => {
    await shop.store("u-3");
    await shop.store("u-3", second);
    const asked = await shop.pageFor("u-3");
    const { picks } = await shop.open(asked);
    const end = await shop.pay(asked, { card: picks[1]! });
    expect(end.url).toContain("healthz?paid");
    expect(end.url).toContain("xact_id=");
    expect((await shop.inquire(asked)).Body).toMatchObject({ SuccessPayment: true });
    const { body } = await world.post("v1/transaction/detail", {
      xact_id: new URL(end.url).searchParams.get("xact_id"),
    });
    const [payment] = body["Data"] as [Readonly<Record<string, unknown>>];
    expect(payment).toMatchObject({ is_succeed: true, is_tds: true, amount: 90.5 });
    expect(payment["card_no_masked"] ?? payment["card_no"]).toMatch(/^552879.*0008$/);
    // Paid, it shows nobody's cards any more.
    expect((await shop.open(asked)).rows).toEqual([]);
  });

  test("tells the instalments of a card that is chosen", async () => {
    await shop.store("u-4", { Number: "4355084355084358" });
    const asked = await shop.pageFor("u-4", { InstallmentSupport: true });
    const { picks } = await shop.open(asked);
    const url = new URL(asked.Link);
    const ask = (body: object) =>
      fetch(`${url.origin}${url.pathname}/bin?lang=en`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
    const answer = await ask({ card: picks[0] });
    expect(answer.status).toBe(200);
    const { options } = (await answer.json()) as {
      options: { key: string; instalments: number }[];
    };
    const three = options.find(({ instalments }) => instalments === 3)!;
    expect((await ask({ card: `${picks[0]}x` })).status).toBe(404);
    const end = await shop.pay(asked, { card: picks[0]!, instalment_key: three.key });
    expect(end.url).toContain("healthz?paid");
  });

  test("stores a card that is typed where the payer wants that, once it has paid", async () => {
    const wanting = { ...typed, store_card: "1" };
    const first = await shop.pageFor("u-5");
    expect((await shop.open(first)).text).toContain("Store my card");
    await shop.pay(first, wanting, { result: "reject" });
    expect(await shop.stored("u-5")).toEqual([]);
    const empty = { ...wanting, pan: "5100050000006661" };
    expect((await shop.pay(await shop.pageFor("u-5"), empty)).url).toContain("unpaid");
    expect(await shop.stored("u-5")).toEqual([]);
    await shop.pay(await shop.pageFor("u-5"), typed);
    expect(await shop.stored("u-5")).toEqual([]);
    await shop.pay(await shop.pageFor("u-5"), wanting);
    const last4 = [{ CardNumber: "552879******0008", Month: 12, Year: 2030 }];
    expect(await shop.stored("u-5")).toMatchObject(last4);
    // Typed once more, it is the same card.
    await shop.pay(await shop.pageFor("u-5"), wanting);
    expect(await shop.stored("u-5")).toHaveLength(1);
    expect((await shop.open(await shop.pageFor("u-5"))).rows).toHaveLength(1);
  });

  test("stores none where cards are stored by a code alone", async () => {
    const needsCode = async (on: boolean) => {
      const { merchantId } = world.merchant;
      await inTx(world.db, (tx) => setSwitch(tx, merchantId, "needsCardCode", on));
      world.deps.reception.forgetAll();
    };
    await needsCode(true);
    const asked = await shop.pageFor("u-6");
    expect((await shop.open(asked)).text).not.toContain("Store my card");
    const end = await shop.pay(asked, { ...typed, store_card: "1" });
    await needsCode(false);
    expect(end.url).toContain("healthz?paid");
    expect(await shop.stored("u-6")).toEqual([]);
  });

  test("tells for how long it shows them", async () => {
    const shown = async (more: object) =>
      (await shop.inquire(await shop.pageFor("u-7", more))).Body;
    const is = { CardWallSupport: true };
    expect(await shown({})).toMatchObject({ ...is, CardWallExpirationMin: 10 });
    const until = { ExpireDateTime: "2026-03-04T12:30:00" };
    expect(await shown(until)).toMatchObject({ ...is, CardWallExpirationMin: 30 });
    const without = await shown({ CardWallSupport: false });
    expect(without).toMatchObject({ CardWallSupport: false, CardWallExpirationMin: 0 });
  });

  test("is for somebody", async () => {
    const nobodys = await shop.generate("");
    expect(nobodys).toMatchObject({ status: 200, ErrorCode: 2, Result: false, Body: null });
    expect(nobodys.Message).toContain("CardWallRelationalId1");
    expect(await shop.generate("u".repeat(251))).toMatchObject({ ErrorCode: 2 });
    expect(await shop.generate(saleCard.Number)).toMatchObject({ ErrorCode: 2 });
    // Without the wish to show cards the ids mean nothing.
    await shop.store("u-8");
    const plain = await shop.open(await shop.pageFor("u-8", { CardWallSupport: false }));
    expect(plain.rows).toEqual([]);
    expect(plain.text).not.toContain("Store my card");
  });
});
