import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { newPairs } from "../../../../src/main/demo.ts";
import { firmsOf } from "../../../support/firms.ts";
import {
  goodAccount as account,
  camelCase,
  type MemberBody,
  memberInput,
  goodTerms as terms,
} from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { line, sellOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const MEMBER = "api/paywall/member";
const SEARCH = `${MEMBER}/search`;
const create = (input: object) => wire.post<MemberBody>(MEMBER, input);
async function created(more: object = {}): Promise<MemberBody> {
  const { Body, ErrorCode } = await create(memberInput(more));
  expect(ErrorCode).toBe(0);
  return Body;
}

describe("changing a member", () => {
  const change = (input: object) => wire.put<MemberBody>(MEMBER, input);

  test("answers the changed member, with its account, and says when", async () => {
    const input = memberInput({ BankAccounts: [account] });
    const { Body: before } = await create(input);
    const { Body, ErrorCode } = await change({ ...input, Id: before.Id, MemberName: "Ada" });
    expect(ErrorCode).toBe(0);
    const UpdateDateTime = expect.stringMatching(/^2026-03-04T12:00:00(\.\d{1,7})?$/);
    expect(Body).toEqual({ ...before, MemberName: "Ada", UpdateDateTime });
    expect((await wire.get(SEARCH, { memberid: before.Id })).Body).toEqual(Body);
  });

  test("says so where nothing changes, in any case of its letters", async () => {
    const input = memberInput();
    const { Body } = await create(input);
    const again = { ...input, Id: Body.Id };
    expect(await change(again)).toMatchObject({ ErrorCode: 225, Body: null });
    expect((await change(camelCase(again))).ErrorCode).toBe(225);
  });

  test("refuses no id, wrong fields, who is unknown, and what others have", async () => {
    const [input, other] = [memberInput(), memberInput()];
    const { Body } = await create(input);
    await create(other);
    expect((await change(input)).ErrorCode).toBe(228);
    expect((await change({ ...input, Id: 0 })).ErrorCode).toBe(228);
    expect((await change({ ...input, Id: Body.Id, MemberName: "" })).ErrorCode).toBe(202);
    expect((await change({ ...input, Id: 999_999_999 })).ErrorCode).toBe(198);
    const { MemberExternalId, MemberTaxNumber } = other;
    expect((await change({ ...input, Id: Body.Id, MemberExternalId })).ErrorCode).toBe(227);
    const taken = { ...input, Id: Body.Id, MemberTaxNumber };
    expect((await change(taken)).ErrorCode).toBe(227);
    expect((await change({ ...taken, SkipIdentityExistCheck: true })).ErrorCode).toBe(0);
    // It shares the number by now, and that is not held against a change of something else.
    expect((await change({ ...taken, MemberName: "Ada" })).ErrorCode).toBe(0);
  });
});

describe("deleting a member", () => {
  test("by id or external id in a JSON body, it is found and sold for no more", async () => {
    const [one, two] = [await created(), await created()];
    expect(await wire.del(MEMBER, { Id: one.Id })).toMatchObject({ ErrorCode: 0, Body: null });
    const { MemberExternalId } = two;
    expect((await wire.del(MEMBER, { Id: 0, MemberExternalId })).ErrorCode).toBe(0);
    for (const { Id } of [one, two]) {
      expect(await wire.get(SEARCH, { memberid: Id })).toMatchObject({
        ErrorCode: 198,
        Body: null,
      });
      expect((await wire.del(MEMBER, { Id })).ErrorCode).toBe(198);
      const sold = await sellOn(wire, {
        detail: { Amount: 10 },
        products: [line("sku", 10, Id)],
      });
      expect(sold.ErrorCode).toBe(28);
    }
    const listed = await wire.get<MemberBody[]>(MEMBER, { start: 0, length: 100 });
    expect(listed.Body.map(({ Id }) => Id)).not.toContain(one.Id);
  });

  test("frees its external id and its numbers for another", async () => {
    const input = memberInput();
    const { Body } = await create(input);
    await wire.del(MEMBER, { Id: Body.Id });
    const again = await create(input);
    expect(again.ErrorCode).toBe(0);
    expect(again.Body.Id).not.toBe(Body.Id);
  });

  test("refuses no name, and two names of two members", async () => {
    const [one, two] = [await created(), await created()];
    expect((await wire.del(MEMBER, {})).ErrorCode).toBe(223);
    const both = { Id: one.Id, MemberExternalId: two.MemberExternalId };
    expect((await wire.del(MEMBER, both)).ErrorCode).toBe(198);
    expect((await wire.get(SEARCH, { memberid: one.Id })).ErrorCode).toBe(0);
  });
});

describe("members", () => {
  test("are a bare array by their ids, ten at a time unless a page is asked for", async () => {
    for (let n = 0; n < 12; n += 1) await created();
    const whole = await wire.get<MemberBody[]>(MEMBER, { start: 0, length: 100 });
    const ids = whole.Body.map(({ Id }) => Id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    const first = await wire.get<MemberBody[]>(MEMBER);
    expect(first.Body).toEqual(whole.Body.slice(0, 10));
    const stale = { memberid: "1", productid: "x" };
    const page = await wire.get<MemberBody[]>(MEMBER, { start: 9, length: 3 }, stale);
    expect(page.Body).toEqual(whole.Body.slice(9, 12));
    expect((await wire.get(MEMBER, { start: 10_000 })).Body).toEqual([]);
  });

  test.each([{ length: 101 }, { length: 0 }, { start: -1 }, { start: "x" }])(
    "are not listed by a page of %j",
    async (page) => {
      expect(await wire.get(MEMBER, page)).toMatchObject({ ErrorCode: 2, Body: null });
    },
  );

  test("are found by id or external id, of which one may be an old header", async () => {
    const one = await created();
    const find = (headers: object) => wire.get(SEARCH, headers);
    const memberexternalid = one.MemberExternalId;
    expect((await find({ memberexternalid })).Body).toEqual(one);
    expect((await find({ memberid: one.Id, memberexternalid })).Body).toEqual(one);
    expect((await find({ memberid: 0, memberexternalid })).Body).toEqual(one);
    const nobody = { memberid: 999_999_999, memberexternalid: "nobody's" };
    expect((await find({ ...nobody, memberexternalid })).Body).toEqual(one);
    expect((await find({ ...nobody, memberid: one.Id })).Body).toEqual(one);
    expect(await find(nobody)).toMatchObject({ ErrorCode: 198, Body: null });
    expect(await find({ memberid: 999_999_999 })).toMatchObject({
      status: 200,
      ErrorCode: 198,
      Result: false,
      Message: "Üye bulunamadı",
      Body: null,
    });
    expect((await find({})).ErrorCode).toBe(223);
  });

  test("are not guessed at where each header names another and both are there", async () => {
    const [one, two] = [await created(), await created()];
    const both = { memberid: one.Id, memberexternalid: two.MemberExternalId };
    const told = await wire.get(SEARCH, both);
    expect(told).toMatchObject({ status: 200, ErrorCode: 223, Result: false, Body: null });
    expect(told.Message).toContain("farklı üyelere ait");
    const english = await wire.get(SEARCH, both, { locale: "en" });
    expect(english.Message).toContain("different members");
    await wire.del(MEMBER, { Id: one.Id });
    expect((await wire.get(SEARCH, both)).Body).toEqual(two);
  });

  test("of one merchant are nobody's of another, who may have their ids and numbers", async () => {
    const input = memberInput({ BankAccounts: [account], ValueDate: terms });
    const { Body } = await create(input);
    const { merchantId } = await firmsOf(world).another("10077");
    const merchants = { db: world.db, clock: world.clock, ring: world.deps.ring };
    const pairs = await inTx(world.db, (tx) => newPairs(merchants, tx, merchantId));
    const other = paywallOf({ url: world.url, pairs });
    const { Id } = Body;
    const MemberId = Id;
    const [AccountId] = Body.BankAccounts.map((each) => each.Id);
    const answers = [
      await other.get(SEARCH, { memberid: Id }),
      await other.put(MEMBER, { ...input, Id, MemberName: "Theirs" }),
      await other.del(MEMBER, { Id }),
      await other.post(`${MEMBER}/bankaccount`, { MemberId, ...account, CurrencyId: 2 }),
      await other.get(`${MEMBER}/bankaccount`, { memberid: Id }),
      await other.post(`${MEMBER}/valuedate`, { MemberId, ...terms }),
      await other.get(`${MEMBER}/valuedate`, { memberid: Id }),
    ];
    expect(answers.map(({ ErrorCode }) => ErrorCode)).toEqual(Array(7).fill(198));
    const theirs = { Id: AccountId, ...account, Title: "Theirs" };
    expect((await other.put(`${MEMBER}/bankaccount`, theirs)).ErrorCode).toBe(231);
    expect((await other.del(`${MEMBER}/bankaccount`, { Id: AccountId })).ErrorCode).toBe(231);
    expect((await other.get(MEMBER)).Body).toEqual([]);
    expect((await other.post(MEMBER, input)).ErrorCode).toBe(0);
    expect((await wire.get(SEARCH, { memberid: Id })).Body).toEqual(Body);
  });
});
