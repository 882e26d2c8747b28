import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { newPairs } from "../../../../src/main/demo.ts";
import { firmsOf } from "../../../support/firms.ts";
import { goodAccount } from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import {
  bodyOf,
  liveFor,
  MARKET,
  NOTHING,
  platformOf,
  refused,
} from "../../../support/platform.ts";
import { RECURRING, recurringOf } from "../../../support/recurring.ts";
import { line, saleCard, soldOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, goodCard, type TestWorld } from "../../../support/world.ts";

/** Of the conformance checklist: what is deleted, tried again and listed. */

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof platformOf>;
let member: number;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = platformOf(wire);
  member = await shop.enlist();
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const MEMBER = "api/paywall/member";
/** A sale of a line for each member, all of them approved. */
async function due(members: readonly number[], more: object = {}) {
  const products = members.map((each, i) => line(`sku-${i}`, 100, each, more));
  const sale = await soldOn(wire, { detail: { Amount: 100 * members.length }, products });
  bodyOf(await shop.approve(sale));
  return { ...sale, earnings: await shop.earnings(sale) };
}

describe("3. a DELETE with a JSON body", () => {
  const remove = (path: string, input: object) => wire.del(path, input);

  test("deletes a member by either of its names, and its bank account", async () => {
    const id = await shop.enlist();
    const accounts = async () =>
      bodyOf(await wire.get<{ Id: number }[]>(`${MEMBER}/bankaccount`, { memberid: id }));
    const [account] = await accounts();
    expect((await remove(`${MEMBER}/bankaccount`, { Id: account!.Id })).text).toBe(NOTHING);
    expect(await accounts()).toEqual([]);
    expect((await remove(MEMBER, { Id: id })).text).toBe(NOTHING);
    const MemberExternalId = "seller-that-leaves";
    const other = await shop.enlist({ MemberExternalId });
    expect((await remove(MEMBER, { memberExternalId: MemberExternalId })).text).toBe(NOTHING);
    for (const memberid of [id, other]) {
      expect(await wire.get(`${MEMBER}/search`, { memberid })).toMatchObject(refused(198));
    }
  });

  test("deletes a debt", async () => {
    const [{ ProductId: product } = { ProductId: 0 }] = (
      await due([member], { CargoType: 1, CargoCost: 25 })
    ).earnings;
    const debts = () =>
      wire.get<{ DebtId: number }[]>(`${MARKET}/report/debt/product`, { productid: product });
    const [debt] = (await debts()).Body;
    expect((await remove(`${MARKET}/debt/delete/id`, { Id: debt!.DebtId })).text).toBe(NOTHING);
    expect(await debts()).toMatchObject(refused(264));
  });

  test("deletes a stored card", async () => {
    const owner = { RelationalId1: "u-3" };
    const Card = { HolderName: "A B", Number: saleCard.Number, Month: 12, Year: 2030 };
    const stored = await wire.post<{ UniqueCode: string }>("paywall/card", { ...owner, Card });
    const { UniqueCode } = bodyOf(stored);
    expect((await remove("paywall/card", { ...owner, UniqueCode })).text).toBe(NOTHING);
    expect((await wire.get("paywall/card", { relationalid1: "u-3" })).Body).toEqual([]);
  });

  test("stops and deletes a recurring payment, and takes a card off it", async () => {
    const { merchantId } = await firmsOf(world).another("10303");
    const { db, clock, deps } = world;
    const pairs = await inTx(db, (tx) => newPairs({ db, clock, ring: deps.ring }, tx, merchantId));
    const theirs = paywallOf({ url: world.url, pairs });
    const payers = recurringOf(theirs);
    const code = "sub-3";
    const made = bodyOf(await payers.create({ SubscriptionMerchantCode: code }));
    const card = {
      SubscriptionId: made.SubscriptionId,
      UniqueCode: await payers.cardCode(goodCard.pan),
    };
    bodyOf(await theirs.post(`${RECURRING}/card`, card));
    const cards = async () => {
      const asked = { subscriptionid: made.SubscriptionId };
      return bodyOf(await theirs.get<{ Id: number }[]>(`${RECURRING}/card`, asked));
    };
    const [, second] = await cards();
    expect((await theirs.del(`${RECURRING}/card`, { Id: second!.Id })).text).toBe(NOTHING);
    expect(await cards()).toHaveLength(1);
    expect((await payers.stop(code)).text).toBe(NOTHING);
    expect((await payers.query(code)).Body.IsActive).toBe(false);
    expect((await payers.remove(code)).text).toBe(NOTHING);
    expect(await payers.query(code)).toMatchObject(refused(323));
  });
});

describe("16. what a transfer failed to pay, at one address", () => {
  const RETRY = `${MARKET}/earning/put/retry/product`;

  test("is tried again by its product, its payment and its own number", async () => {
    const members = [];
    for (let i = 0; i < 3; i += 1) members.push(await shop.enlist({ BankAccounts: [] }));
    const sale = await due(members);
    const [one, two, three] = sale.earnings;
    const statuses = async () =>
      (await shop.earnings(sale)).map((each) => each.SubMerchantEarningStatusId);
    expect(await wire.put(RETRY, { Id: one!.SubMerchantEarningId })).toMatchObject(refused(369));
    // Members are due on 11 March, and have no account to be paid to at 17:00 of that day.
    await liveFor(world, 7 * DAY_MS + 5 * 3_600_000);
    expect(await statuses()).toEqual([5, 5, 5]);
    for (const MemberId of members) {
      bodyOf(await wire.post(`${MEMBER}/bankaccount`, { MemberId, ...goodAccount }));
    }

    const byId = { Id: one!.SubMerchantEarningId };
    expect((await wire.put(RETRY, byId)).text).toBe(NOTHING);
    expect(await statuses()).toEqual([6, 5, 5]);
    expect(await wire.put(RETRY, byId)).toMatchObject(refused(367));
    const byProduct = { ProductId: two!.ProductId, ApplyAll: false };
    expect((await wire.put(RETRY, byProduct)).text).toBe(NOTHING);
    expect(await statuses()).toEqual([6, 6, 5]);
    const byPayment = { PaymentId: sale.PaymentId, ChangeReflectionDate: true };
    const dated = { ...byPayment, ReflectionDate: "2026-03-13" };
    expect((await wire.put(RETRY, dated)).text).toBe(NOTHING);
    expect(await statuses()).toEqual([6, 6, 6]);

    await liveFor(world, DAY_MS);
    expect(await statuses()).toEqual([4, 4, 6]);
    await liveFor(world, DAY_MS);
    const paid = await shop.earnings(sale);
    expect(paid.map((each) => each.SubMerchantEarningStatusId)).toEqual([4, 4, 4]);
    const days = paid.map((each) => each.SubMerchantReflectionDate.slice(0, 10));
    expect(days).toEqual(["2026-03-11", "2026-03-11", "2026-03-13"]);
    expect(await wire.put(RETRY, byId)).toMatchObject(refused(368));
    expect(three!.ProductId).toBe(sale.Products[2]!.Id);
  });
});

describe("17. what a member is due, page by page", () => {
  type Page = Readonly<{
    Data: readonly Readonly<{ Id: number; IsSubMerchant: boolean; ReflectionDate: string }>[];
    TotalRecord: number;
  }>;
  const report = (asked: object) =>
    wire.get<Page>(`${MARKET}/report/earning/member`, { start: 0, length: 50, ...asked });

  test("is 50 rows at most, between two days of reflection, both of them in it", async () => {
    const memberid = await shop.enlist();
    const ids: number[] = [];
    const days = ["2026-03-17", "2026-03-18", "2026-03-19"];
    for (const ReflectionDate of days) {
      const [{ SubMerchantEarningId: Id } = { SubMerchantEarningId: 0 }] = (await due([memberid]))
        .earnings;
      bodyOf(await wire.put(`${MARKET}/earning/reflection/id`, { Id, ReflectionDate }));
      ids.push(Id);
    }
    const found = async (asked: object) => {
      const { Data, TotalRecord } = bodyOf(await report({ memberid, ...asked }));
      expect(TotalRecord).toBe(Data.length);
      return Data.map(({ Id }) => Id);
    };
    expect(await found({})).toEqual(ids);
    expect(await found({ datefrom: "2026-03-18" })).toEqual(ids.slice(1));
    expect(await found({ dateto: "2026-03-18" })).toEqual(ids.slice(0, 2));
    expect(await found({ datefrom: "2026-03-18", dateto: "2026-03-18" })).toEqual([ids[1]]);
    // All of them were approved today, and today is before each of these days.
    expect(await found({ datefrom: "2026-03-01", dateto: "2026-03-16" })).toEqual([]);
    expect(await report({ memberid, length: 51 })).toMatchObject(refused(2));
    expect(await report({ memberid, length: 50 })).toMatchObject({ ErrorCode: 0 });
  });
});
