import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  goodAccount as account,
  camelCase,
  goodIban,
  identityNumber,
  type MemberBody,
  memberInput,
  goodTerms as terms,
} from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
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
  test("answers the member with its account and value date, by the documents' names", async () => {
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
    const { Body, ErrorCode } = await create(camelCase(input));
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

  test("refuses what a living member has: its external id, and numbers unless shared", async () => {
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
