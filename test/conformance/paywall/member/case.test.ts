import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { newPairs } from "../../../../src/main/demo.ts";
import { firmsOf } from "../../../support/firms.ts";
import {
  goodIban,
  identityNumber,
  type MemberBody,
  memberInput,
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
const storedMembers = async (): Promise<number> =>
  (await world.db.pool.query("select count(*)::int as count from members")).rows[0].count;
const account = { CurrencyId: 1, Title: "Ada Kitap Ltd", Iban: goodIban };
const terms = { CalculationType: 1, CalculationValue: 7, Commission: 12 };
const camel = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, each]) => [name[0]!.toLowerCase() + name.slice(1), camel(each)] as const,
  );
  return Object.fromEntries(entries);
};

/** What the documents send, with an IBAN in the place of their dots. */
const documented = {
  IsSubMerchant: true,
  MemberType: 3,
  MemberExternalId: "seller-71",
  MemberName: "Ada Kitap",
  MemberTitle: "Ada Kitap Ltd",
  MemberTaxOffice: "Moda",
  MemberTaxNumber: "1234567890",
  MemberEmail: "s@ada.example",
  MemberPhone: "5300000000",
  MemberAddress: "Kadikoy",
  ContactName: "Ece",
  ContactLastname: "Su",
};

describe("creating a member", () => {
  test("answers the member with its account and its value date, by the documents' names", async () => {
    const answer = await create({
      ...documented,
      BankAccounts: [{ ...account, Iban: "tr33 0006 1005 1978 6457 8413 26" }],
      ValueDate: terms,
    });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
    const { Id } = answer.Body;
    expect(answer.Body).toEqual({
      Id: expect.any(Number),
      ...documented,
      MemberIdentityNumber: "",
      BankAccounts: [{ Id: expect.any(Number), Currency: "TRY", ...account }],
      ValueDate: { Id: expect.any(Number), ...terms },
      InsertDateTime: expect.stringMatching(/^2026-03-04T12:00:00(\.\d{1,7})?$/),
      UpdateDateTime: null,
    });
    expect(answer.text).toContain('"Commission":12.00');
    expect((await wire.get(SEARCH, { memberid: Id })).Body).toEqual(answer.Body);
  });

  test("reads camelCase as PascalCase, also inside", async () => {
    const input = memberInput({ BankAccounts: [account], ValueDate: terms });
    const { Body, ErrorCode } = await create(camel(input) as object);
    expect(ErrorCode).toBe(0);
    expect(Body).toMatchObject(input);
  });

  test("needs neither account nor terms, and a person no tax office", async () => {
    const person = await created({
      MemberType: 1,
      MemberIdentityNumber: identityNumber(1),
      MemberTaxOffice: "",
      MemberTaxNumber: null,
    });
    expect(person).toMatchObject({ BankAccounts: [], ValueDate: null, MemberTaxOffice: "" });
  });

  test("takes the identity number of a person for a tax number, but not of a company", async () => {
    const number = identityNumber(2);
    const sole = { MemberType: 2, MemberTaxNumber: number, MemberIdentityNumber: number };
    expect((await create(memberInput(sole))).ErrorCode).toBe(0);
    expect((await create(memberInput({ MemberTaxNumber: number }))).ErrorCode).toBe(213);
  });

  test("needs no kind of who is no sub-merchant", async () => {
    const { Body } = await create(
      memberInput({ IsSubMerchant: false, MemberType: 0, MemberTaxNumber: "" }),
    );
    expect(Body).toMatchObject({ IsSubMerchant: false, MemberType: 0 });
    const wrong = memberInput({ IsSubMerchant: false, MemberType: "x" });
    expect((await create(wrong)).ErrorCode).toBe(200);
  });

  test("says what is missing in the order of the documents' table", async () => {
    const company = memberInput();
    const given: Record<string, unknown> = {};
    const codes: number[] = [];
    for (const [name, value] of Object.entries(company)) {
      // What stands behind in the order does not speak before its turn.
      const input = { ...given, BankAccounts: [{}], ValueDate: { CalculationType: "x" } };
      codes.push((await create(input)).ErrorCode);
      given[name] = value;
    }
    // A company has no need of the names of a contact, so its accounts are looked at before them.
    const missing = [2, 200, 201, 202, 203, 204, 205, 207, 208, 209, 217, 217];
    expect(codes).toEqual(missing);
    const person = { ...company, MemberType: 1, MemberTaxNumber: "", MemberTaxOffice: "" };
    expect((await create(person)).ErrorCode).toBe(206);
    const known = { ...person, MemberIdentityNumber: identityNumber(3) };
    expect((await create({ ...known, ContactName: " " })).ErrorCode).toBe(210);
    expect((await create({ ...known, ContactLastname: null })).ErrorCode).toBe(211);
  });

  test.each([
    [200, { MemberType: 4 }],
    [200, { MemberType: "x" }],
    [212, { MemberName: "x".repeat(251) }],
    [212, { MemberExternalId: "x".repeat(251), MemberTaxNumber: "1" }],
    [213, { MemberTaxNumber: "1234567891" }],
    [213, { MemberTaxNumber: "123456789", MemberIdentityNumber: "1" }],
    [214, { MemberIdentityNumber: "12345678901", MemberEmail: "x" }],
    [214, { MemberType: 1, MemberIdentityNumber: "10000000147" }],
    [215, { MemberEmail: "s@ada", MemberPhone: "1" }],
    [216, { MemberPhone: "05300000000" }],
    [216, { MemberPhone: "530000000", BankAccounts: [{}] }],
    [217, { BankAccounts: [{ ...account, CurrencyId: 4 }], ValueDate: {} }],
    [217, { BankAccounts: [{ ...account, CurrencyId: 99 }] }],
    [217, { BankAccounts: [{ Title: "", Iban: "" }] }],
    [218, { BankAccounts: [{ ...account, Title: " " }] }],
    [219, { BankAccounts: [{ ...account, Iban: "" }] }],
    [220, { BankAccounts: [{ ...account, Title: "x".repeat(201) }] }],
    [221, { BankAccounts: [{ ...account, Iban: `${goodIban}000000000` }] }],
    [222, { BankAccounts: [{ ...account, Iban: "TR330006100519786457841327" }] }],
    [222, { BankAccounts: [{ ...account, Iban: "TR3300061005197864578413" }] }],
    [226, { BankAccounts: [account, account], ValueDate: {} }],
    [233, { ValueDate: { ...terms, CalculationType: 4 } }],
    [233, { ValueDate: {} }],
    [234, { ValueDate: { ...terms, CalculationValue: 0 } }],
    [234, { ValueDate: { ...terms, CalculationValue: 101 } }],
    [234, { ValueDate: { CalculationType: 2, CalculationValue: 8, Commission: 1 } }],
    [234, { ValueDate: { CalculationType: 3, CalculationValue: 29, Commission: 1 } }],
    [235, { ValueDate: { ...terms, Commission: 100.01 } }],
    [235, { ValueDate: { ...terms, Commission: -1 } }],
    [235, { ValueDate: { CalculationType: 1, CalculationValue: 100 } }],
    [2, { MemberName: { x: 1 } }],
    [2, { MemberName: "Ada\u0000" }],
    [2, { MemberExternalId: "4355084355084358" }],
  ])("answers %i to %j, and keeps nothing", async (code, more) => {
    const before = await storedMembers();
    const answer = await create(memberInput(more));
    expect(answer).toMatchObject({ ErrorCode: code, Result: false, Body: null });
    expect(await storedMembers()).toBe(before);
  });

  test("keeps of a card that was typed into a name its mask alone", async () => {
    const { MemberName } = await created({ MemberName: "Ada 4355 0843 5508 4358" });
    expect(MemberName).not.toContain("4355 0843 5508");
  });

  test("refuses an external id or a number of a living member, unless numbers may be shared", async () => {
    const first = memberInput();
    await create(first);
    const { MemberTaxNumber, MemberExternalId } = first;
    expect(await create(memberInput({ MemberExternalId }))).toMatchObject({
      ErrorCode: 227,
      Body: null,
    });
    expect((await create(memberInput({ MemberTaxNumber }))).ErrorCode).toBe(227);
    const shared = { SkipIdentityExistCheck: true };
    expect((await create(memberInput({ MemberTaxNumber, ...shared }))).ErrorCode).toBe(0);
    expect((await create(memberInput({ MemberExternalId, ...shared }))).ErrorCode).toBe(227);
    const MemberIdentityNumber = identityNumber(4);
    await created({ MemberIdentityNumber });
    expect((await create(memberInput({ MemberIdentityNumber }))).ErrorCode).toBe(227);
  });
});

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
    expect((await change(camel(again) as object)).ErrorCode).toBe(225);
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
  test("by its id or its external id in a JSON body, it is found and sold for no more", async () => {
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

  test("are found by id or external id; by both only who has both", async () => {
    const [one, two] = [await created(), await created()];
    const find = (headers: object) => wire.get(SEARCH, headers);
    const memberexternalid = one.MemberExternalId;
    expect((await find({ memberexternalid })).Body).toEqual(one);
    expect((await find({ memberid: one.Id, memberexternalid })).Body).toEqual(one);
    expect((await find({ memberid: 0, memberexternalid })).Body).toEqual(one);
    expect((await find({ memberid: two.Id, memberexternalid })).ErrorCode).toBe(198);
    expect(await find({ memberid: 999_999_999 })).toMatchObject({
      status: 200,
      ErrorCode: 198,
      Result: false,
      Message: "Üye bulunamadı",
      Body: null,
    });
    expect((await find({})).ErrorCode).toBe(223);
  });

  test("are found also by a GET that brings a body", async () => {
    const { Id } = await created();
    const text = await new Promise<string>((resolve, reject) => {
      const body = JSON.stringify({ MemberId: Id });
      const headers = {
        ...world.pairs,
        memberid: Id,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      };
      const sent = request(`${world.url}/${SEARCH}`, { method: "GET", headers }, (reply) => {
        let read = "";
        reply.setEncoding("utf8").on("data", (part) => {
          read += part;
        });
        reply.on("end", () => resolve(read));
      });
      sent.on("error", reject).end(body);
    });
    expect(JSON.parse(text)).toMatchObject({ ErrorCode: 0, Body: { Id } });
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
