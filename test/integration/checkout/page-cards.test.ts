import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readToken } from "../../../src/checkout/checkout.store.ts";
import { inTx } from "../../../src/db/transaction.ts";
import { type SecureChange, setSecure } from "../../../src/merchants/index.ts";
import { leaksInDatabase } from "../../support/leaks.ts";
import { saleCard } from "../../support/sales.ts";
import { typed, type WallPages, wallPagesOf } from "../../support/wall-pages.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let shop: WallPages;
beforeAll(async () => {
  world = await createWorld();
  shop = wallPagesOf(world);
});
afterAll(async () => {
  await world.isSound();
  expect(await world.bank.check()).toMatchObject({ ok: true });
  await world.close();
});

/** A payer with a stored card before a page. */
async function come(owner: string, more: object = {}) {
  const code = await shop.store(owner);
  const asked = await shop.pageFor(owner, more);
  const { picks } = await shop.open(asked);
  return { code, asked, pick: picks[0]! };
}
/** Sends a choice and does not follow where the answer leads. */
const choose = (Link: string, fields: Readonly<Record<string, string>>) =>
  fetch(Link, { method: "POST", redirect: "manual", body: new URLSearchParams(fields) });

const change = async (how: SecureChange) => {
  await inTx(world.db, (tx) => setSecure(tx, world.merchant.merchantId, "AXSS", how));
  world.deps.reception.forgetAll();
};

const GONE = "This stored card can no longer be used";

describe("a card on a page", () => {
  test("is known by a name of that page alone", async () => {
    const { code, asked, pick } = await come("p-1");
    const again = await shop.pageFor("p-1");
    const [other] = (await shop.open(again)).picks;
    expect(other).not.toBe(pick);
    // Shown twice, it keeps its name: a tab that is reloaded leaves the other one right.
    expect((await shop.open(asked)).picks).toEqual([pick]);
    const strange = await come("p-2");
    const before = (await shop.taken()).length;
    for (const card of [other!, strange.pick, code, `${pick}A`, "../x"]) {
      const answer = await shop.send(asked, { card });
      expect([answer.status, answer.text.includes(GONE)]).toEqual([422, true]);
    }
    // A page that was made for nobody knows none at all.
    const plain = await shop.pageFor("p-1", { CardWallSupport: false });
    expect((await shop.send(plain, { card: pick })).status).toBe(422);
    expect((await shop.inquire(asked)).Body).toMatchObject({ AnyPayment: false });
    expect(await shop.taken()).toHaveLength(before);
  });

  test("that was deleted meanwhile charges nobody, and says so, at every step", async () => {
    const before = (await shop.taken()).length;
    const open = await come("d-1");
    await shop.forget("d-1", open.code);
    const answer = await shop.send(open.asked, { card: open.pick });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(GONE);
    expect(answer.text).toContain('id="pan"');
    const chosen = await come("d-2");
    const { headers } = await choose(chosen.asked.Link, { card: chosen.pick });
    await shop.forget("d-2", chosen.code);
    const gate = await shop.payer.get(`${world.url}${headers.get("location")}`);
    expect(gate.text).toContain("This card is gone");
    expect(gate.text).toContain(new URL(chosen.asked.Link).pathname);
    expect(gate.form).toBeUndefined();
    expect(await shop.taken()).toHaveLength(before);
    // Another card pays the same page.
    expect((await shop.pay(chosen.asked, typed)).url).toContain("healthz?paid");
  });

  test("that is deleted while its holder is at the bank is charged by that once", async () => {
    const { code, asked, pick } = await come("d-3");
    const resolved = await shop.answered(asked, { card: pick });
    await shop.forget("d-3", code);
    const before = (await shop.taken()).length;
    expect((await shop.payer.comeBack(resolved)).url).toContain("healthz?paid");
    expect(await shop.taken()).toHaveLength(before + 1);
    expect(await shop.stored("d-3")).toEqual([]);
  });

  test("pays once, from two tabs and however often it is sent", async () => {
    const { asked, pick } = await come("t-1");
    const before = (await shop.taken()).length;
    const tabs = await Promise.all([1, 2, 3].map(() => shop.answered(asked, { card: pick })));
    const ends = await Promise.all([...tabs, ...tabs].map((each) => shop.payer.comeBack(each)));
    expect(ends.filter(({ url }) => url.includes("healthz?paid")).length).toBeGreaterThan(0);
    expect(await shop.taken()).toHaveLength(before + 1);
    expect((await shop.inquire(asked)).Body).toMatchObject({ SuccessPayment: true });
  });

  test("is stored once, and not anew by a page that is loaded again", async () => {
    const asked = await shop.pageFor("s-1");
    const resolved = await shop.answered(asked, { ...typed, store_card: "1" });
    await Promise.all([1, 2, 3].map(() => shop.payer.comeBack(resolved)));
    const [card] = await shop.stored("s-1");
    expect(card).toBeDefined();
    await shop.forget("s-1", card!.UniqueCode);
    expect((await shop.payer.comeBack(resolved)).url).toContain("healthz?paid");
    expect(await shop.stored("s-1")).toEqual([]);
  });
});

describe("a contract whose page takes the money by itself", () => {
  test("is paid once with a stored card, and stores one that was typed", async () => {
    await change({ threeDModel: "3d_pay" });
    const { asked, pick } = await come("b-1");
    const before = (await shop.taken()).length;
    const resolved = await shop.answered(asked, { card: pick });
    const ends = await Promise.all([1, 2].map(() => shop.payer.comeBack(resolved)));
    expect(ends.map(({ url }) => url.includes("healthz?paid"))).toEqual([true, true]);
    await shop.pay(await shop.pageFor("b-2"), { ...typed, store_card: "1" });
    await change({ threeDModel: "3d" });
    expect(await shop.taken()).toHaveLength(before + 2);
    expect(await shop.stored("b-2")).toHaveLength(1);
  });
});

describe("the code of a stored card", () => {
  test("is asked for where 3-D Secure may ask the holder nothing", async () => {
    const { asked, pick } = await come("c-1");
    expect((await shop.open(asked)).text).not.toContain('id="stored_cvc"');
    await change({ acceptsHalfSecure: true });
    expect((await shop.open(asked)).text).toContain('id="stored_cvc"');
    for (const stored_cvc of ["", " ", "12", "12a"]) {
      const answer = await shop.send(asked, { card: pick, stored_cvc });
      expect([answer.status, answer.text.includes("security code is wrong")]).toEqual([422, true]);
    }
    // Nor does it go without one where another process has kept what was typed.
    const { headers } = await choose(asked.Link, { card: pick, stored_cvc: "123" });
    const gateUrl = `${world.url}${headers.get("location")}`;
    const guid = new URL(gateUrl).searchParams.get("token_id")!;
    const { merchantId } = world.merchant;
    const token = await readToken(world.db.kysely, merchantId, { guid });
    world.deps.checkout.cvvs.take(token!.id);
    const gate = await shop.payer.get(gateUrl);
    expect(gate.text).toContain('id="cvc"');
    expect(gate.form?.action).not.toContain(world.bank.url);
    const end = await shop.pay(asked, { card: pick, stored_cvc: "123" });
    await change({ acceptsHalfSecure: false });
    expect(end.url).toContain("healthz?paid");
  });
});

describe("the time of a page", () => {
  test("ends the cards with it", async () => {
    const { asked, pick } = await come("e-1");
    await world.advance(11 * 60_000);
    const late = await shop.open(asked);
    expect([late.status, late.rows]).toEqual([410, []]);
    expect(late.text).not.toContain("0008");
    const sent = await shop.send(asked, { card: pick });
    expect(sent.status).toBe(410);
    const { origin, pathname } = new URL(asked.Link);
    const bin = await fetch(`${origin}${pathname}/bin`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ card: pick }),
    });
    expect(bin.status).toBe(404);
  });

  test("may see a card expire, which is shown as such and charges nobody", async () => {
    await shop.store("e-2", { Number: "5571135571135575" });
    await shop.store("e-2", { Month: 3, Year: 2026 });
    const now = world.clock().getTime();
    await world.advance(Date.parse("2026-03-31T23:50:00+03:00") - now);
    const until = { ExpireDateTime: "2026-04-01T01:00:00" };
    const asked = await shop.pageFor("e-2", until);
    const { picks } = await shop.open(asked);
    expect(picks).toHaveLength(2);
    await world.advance(15 * 60_000);
    const before = (await shop.taken()).length;
    const answer = await shop.send(asked, { card: picks[0]! });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain("This card has expired");
    expect(await shop.taken()).toHaveLength(before);
    const page = await shop.open(asked);
    // The one that is left comes first.
    expect(page.picks).toEqual([picks[1]]);
    expect(page.rows[1]).toMatch(/disabled[\s\S]*0008[\s\S]*03\/26[\s\S]*Expired/);
    expect((await shop.pay(asked, { card: picks[1]! })).url).toContain("healthz?paid");
  });
});

test("nothing of all this leaves a card's number in the database", async () => {
  const numbers = [saleCard.Number, "5571135571135575"];
  const { leaks } = await leaksInDatabase(world.database.ownerUrl, numbers);
  expect(leaks).toEqual([]);
});
