import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodIban, type MemberBody, memberInput, otherIban } from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { line, sellOn, soldOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

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

const ACCOUNT = "api/paywall/member/bankaccount";
const MARKET = "api/paywall/marketplace";
const VALUE_DATE = "api/paywall/member/valuedate";
const created = async (more: object = {}) =>
  (await wire.post<MemberBody>("api/paywall/member", memberInput(more))).Body;
const account = { CurrencyId: 2, Title: "Ada Kitap Ltd", Iban: goodIban };

describe("bank accounts", () => {
  type Account = Readonly<{ Id: number; CurrencyId: number; Title: string }>;
  const list = async (memberid: number) => (await wire.get<Account[]>(ACCOUNT, { memberid })).Body;

  test("are added, listed, changed and deleted one by one, each answered by null", async () => {
    const { Id: MemberId } = await created();
    expect(await list(MemberId)).toEqual([]);
    const added = await wire.post(ACCOUNT, { memberId: MemberId, currencyId: 2, ...account });
    expect(added).toMatchObject({ ErrorCode: 0, Result: true, Body: null });
    await wire.post(ACCOUNT, { MemberId, ...account, CurrencyId: 7, Iban: otherIban });
    const [dollars, pounds] = await list(MemberId);
    expect(dollars).toEqual({ Id: expect.any(Number), Currency: "USD", ...account });
    expect(pounds).toMatchObject({ CurrencyId: 7, Currency: "GBP", Iban: otherIban });
    const { Id } = dollars!;
    const changed = await wire.put(ACCOUNT, { Id, ...account, Title: "Ada Ltd", CurrencyId: 3 });
    expect(changed).toMatchObject({ ErrorCode: 0, Body: null });
    expect((await list(MemberId))[0]).toMatchObject({ Id, CurrencyId: 3, Title: "Ada Ltd" });
    expect(await wire.del(ACCOUNT, { Id })).toMatchObject({ ErrorCode: 0, Body: null });
    expect(await list(MemberId)).toEqual([pounds]);
    // Its currency is free again.
    expect((await wire.post(ACCOUNT, { MemberId, ...account, CurrencyId: 3 })).ErrorCode).toBe(0);
  });

  test("are one for each currency, also after a change", async () => {
    const { Id: MemberId } = await created({ BankAccounts: [account] });
    expect((await wire.post(ACCOUNT, { MemberId, ...account })).ErrorCode).toBe(229);
    await wire.post(ACCOUNT, { MemberId, ...account, CurrencyId: 1 });
    const [, lira] = await list(MemberId);
    expect((await wire.put(ACCOUNT, { Id: lira!.Id, ...account })).ErrorCode).toBe(229);
    expect((await list(MemberId))[1]).toEqual(lira);
  });

  test("refuse a change of nothing, though it writes the IBAN in another way", async () => {
    const { BankAccounts } = await created({ BankAccounts: [account] });
    const [own] = BankAccounts;
    const same = { Id: own?.Id, ...account, Iban: "tr33 0006 1005 1978 6457 8413 26" };
    expect(await wire.put(ACCOUNT, same)).toMatchObject({ ErrorCode: 232, Body: null });
  });

  test.each([
    [228, { MemberId: undefined }],
    [228, { MemberId: 0, CurrencyId: 99 }],
    [217, { CurrencyId: undefined, Title: "" }],
    [217, { CurrencyId: 6 }],
    [218, { Title: "", Iban: "" }],
    [219, { Iban: "" }],
    [220, { Title: "x".repeat(201), Iban: "x" }],
    [221, { Iban: `TR33${"0".repeat(31)}` }],
    [222, { Iban: "TR330006100519786457841327" }],
    [222, { Iban: "DE8937040044053201300" }],
    [198, { MemberId: 999_999_999 }],
  ])("answer %i to a new one of %j", async (code, more) => {
    const { Id: MemberId } = await created();
    const answer = await wire.post(ACCOUNT, { MemberId, ...account, ...more });
    expect(answer).toMatchObject({ ErrorCode: code, Result: false, Body: null });
    expect(await list(MemberId)).toEqual([]);
  });

  test("are of a member and have ids, which must be said and known", async () => {
    expect((await wire.get(ACCOUNT)).ErrorCode).toBe(228);
    expect((await wire.get(ACCOUNT, { memberid: 999_999_999 })).ErrorCode).toBe(198);
    expect((await wire.put(ACCOUNT, account)).ErrorCode).toBe(230);
    expect((await wire.del(ACCOUNT, {})).ErrorCode).toBe(230);
    const unknown = { Id: 999_999_999 };
    expect((await wire.put(ACCOUNT, { ...unknown, ...account, Iban: "x" })).ErrorCode).toBe(222);
    expect((await wire.put(ACCOUNT, { ...unknown, ...account })).ErrorCode).toBe(231);
    expect((await wire.del(ACCOUNT, unknown)).ErrorCode).toBe(231);
  });
});

describe("the value date of a member", () => {
  const read = (memberid: number) => wire.get(VALUE_DATE, { memberid });
  const set = (input: object) => wire.post(VALUE_DATE, input);
  const thursday = { CalculationType: 2, CalculationValue: 4, Commission: 8.5 };

  test("is what was set last; every setting stays in the history with its moment", async () => {
    const { Id: MemberId } = await created();
    expect(await read(MemberId)).toMatchObject({ ErrorCode: 236, Body: null });
    expect(await set({ MemberId, ...thursday })).toMatchObject({ ErrorCode: 0, Body: null });
    const first = await read(MemberId);
    expect(first.Body).toEqual({ Id: expect.any(Number), ...thursday });
    expect(first.text).toContain('"Commission":8.50');
    await world.advance(DAY_MS);
    const monthly = { CalculationType: 3, CalculationValue: 28, Commission: 0.125 };
    await set({ memberId: MemberId, calculationType: 3, calculationValue: 28, commission: 0.125 });
    expect((await read(MemberId)).Body).toMatchObject(monthly);
    const { rows } = await world.db.pool.query(
      `select kind, value, commission_ppm::int as ppm, effective_from as at
       from member_value_dates where member = $1 order by number`,
      [MemberId],
    );
    const now = world.clock().getTime();
    expect(rows).toEqual([
      { kind: "day_of_week", value: 4, ppm: 85_000, at: new Date(now - DAY_MS) },
      { kind: "day_of_month", value: 28, ppm: 1_250, at: new Date(now) },
    ]);
    const { Body } = await wire.get("api/paywall/member/search", { memberid: MemberId });
    expect(Body).toMatchObject({ ValueDate: monthly });
  });

  test("that is changed counts for approvals made afterwards, and for no earlier one", async () => {
    const { Id: MemberId } = await created({ ValueDate: thursday });
    const products = [line("a", 50, MemberId), line("b", 50, MemberId)];
    const sale = await soldOn(wire, { detail: { Amount: 100 }, products });
    const { PaymentId } = sale;
    const approve = async (i: number) => {
      const ProductIds = [sale.Products[i]!.Id];
      await wire.post(`${MARKET}/approve/pw/product`, { PaymentId, ProductIds });
    };
    await approve(0);
    await set({ MemberId, CalculationType: 1, CalculationValue: 100, Commission: 50 });
    await approve(1);
    const due = await wire.get<Record<string, unknown>[]>(`${MARKET}/report/earning/payment`, {
      paymentid: PaymentId,
    });
    expect(due.Body.map((each) => each["SubMerchantEarning"])).toEqual([45.75, 25]);
  });

  test.each([
    [228, { MemberId: 0 }],
    [233, { CalculationType: 0, CalculationValue: 0 }],
    [233, { CalculationType: undefined }],
    [234, { CalculationValue: 8, Commission: 101 }],
    [234, { CalculationValue: "x" }],
    [235, { Commission: 100.0001 }],
    [235, { Commission: undefined }],
    [235, { Commission: 8.12345 }],
    [198, { MemberId: 999_999_999 }],
  ])("answers %i to %j, and stays", async (code, more) => {
    const { Id: MemberId } = await created({ ValueDate: thursday });
    const answer = await set({ MemberId, ...thursday, Commission: 1, ...more });
    expect(answer).toMatchObject({ ErrorCode: code, Result: false, Body: null });
    expect((await read(MemberId)).Body).toMatchObject(thursday);
  });

  test("says all that a commission has to be, as a line with one of its own does", async () => {
    const { Id: MemberId } = await created();
    const all = /0 ile 100 arasında.*dört ondalıklı/;
    expect((await set({ MemberId, ...thursday, Commission: 8.12345 })).Message).toMatch(all);
    const own = { MemberCustomCommission: true, MemberCommission: 8.12345 };
    const detail = { Amount: 10 };
    const sold = await sellOn(wire, { detail, products: [line("a", 10, MemberId, own)] });
    expect(sold).toMatchObject({ ErrorCode: 235, Message: expect.stringMatching(all) });
  });

  test("takes the bounds of each kind, and all that there is as commission", async () => {
    const { Id: MemberId } = await created();
    for (const [CalculationType, least, most] of [
      [1, 1, 100],
      [2, 1, 7],
      [3, 1, 28],
    ] as const) {
      for (const CalculationValue of [least, most]) {
        for (const Commission of [0, 100]) {
          const asked = { CalculationType, CalculationValue, Commission };
          expect((await set({ MemberId, ...asked })).ErrorCode).toBe(0);
          expect((await read(MemberId)).Body).toMatchObject(asked);
        }
      }
    }
  });

  test("is asked for by a member that there is", async () => {
    expect((await wire.get(VALUE_DATE)).ErrorCode).toBe(228);
    expect((await read(999_999_999)).ErrorCode).toBe(198);
  });
});
