import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodAccount } from "../../../support/members.ts";
import { bankTransfers } from "../../../support/payouts.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import {
  bodyOf,
  liveFor,
  platformOf,
  refused,
  setBalance,
  TRIGGER,
} from "../../../support/platform.ts";
import { line, soldOn } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

/**
 * Of the conformance checklist: orders of the platform's own earnings. All of it is sold, approved
 * and paid from the first of February 2027 on, a Monday, and members fall due with the platform.
 */

const [LIRA, DOLLAR, EURO] = [1, 2, 3];

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof platformOf>;
let member: number;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  shop = platformOf(wire);
  await liveFor(world, 334 * DAY_MS);
  const terms = { CalculationType: 1, CalculationValue: 1, Commission: 10 };
  const BankAccounts = [LIRA, DOLLAR, EURO].map((CurrencyId) => ({ ...goodAccount, CurrencyId }));
  member = await shop.enlist({ BankAccounts, ValueDate: terms });
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

type Pool = Readonly<{ DateFrom: string; DateTo: string; Earning: number; Count: number }>;
type Order = Pool & Readonly<{ JobId: string }>;
type Results = Readonly<{ Result: boolean; ResultMessage: string }>[];
type Followed = Order & Readonly<{ AnySuccess: boolean; Results: Results }>;

const pending = (datefrom: string, dateto: string, currencyid = LIRA) =>
  wire.get<Pool>(`${TRIGGER}/pending`, { datefrom, dateto, currencyid });
const start = (DateFrom: string, DateTo: string, more: object = {}) =>
  wire.post<Order>(`${TRIGGER}/start`, { CurrencyId: LIRA, DateFrom, DateTo, ...more });
const inquiry = async (jobid: string) =>
  bodyOf(await wire.get<Followed>(`${TRIGGER}/inquiry`, { jobid }));

/** A sale of 100.00 approved today: what the platform is due of it tomorrow, with its member. */
async function dueTomorrow(CurrencyId = LIRA, Payout?: object) {
  const detail = { Amount: 100, CurrencyId };
  const sale = await soldOn(wire, { detail, products: [line("sku", 100, member)] });
  bodyOf(await shop.approve(sale, "pw", { Payout }));
  const [earned] = await shop.earnings(sale);
  const now = async () => (await shop.earnings(sale))[0]!;
  return { ...earned!, now };
}
/** The noon of a day; what is paid by itself leaves at 16:00. */
async function liveTo(day: string): Promise<void> {
  const noon = new Date(`${day}T12:00:00+03:00`).getTime();
  await liveFor(world, noon - world.clock().getTime());
}
const carriedOut = () => liveFor(world, 0);
/** What the bank has paid to the platform itself, in hundredths. */
async function paidToPlatform(): Promise<number[]> {
  const { rows } = await world.db.pool.query<{ iban: string }>(
    "select iban from platform_accounts",
  );
  const ibans = rows.map(({ iban }) => iban);
  const all = await bankTransfers(world);
  const mine = all.filter(({ iban, state }) => state === "paid" && ibans.includes(iban));
  return mine.map(({ amountKurus }) => amountKurus);
}
const hundredths = (amount: number) => Math.round(amount * 100);

describe("11. what waits", () => {
  test("is a success of zeros where nothing does", async () => {
    const none = await pending("2027-01-01", "2027-01-31");
    expect(none).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
    const days = { DateFrom: "2027-01-01T00:00:00", DateTo: "2027-01-31T00:00:00" };
    expect(none.Body).toEqual({ ...days, Earning: 0, Count: 0 });
  });
  test("is asked for 40 days at most", async () => {
    expect(await pending("2027-01-01", "2027-02-09")).toMatchObject({ ErrorCode: 0 });
    expect(await pending("2027-01-01", "2027-02-10")).toMatchObject(refused(550));
  });
});

describe("12. an order that ends today", () => {
  test("is refused, and with TestMode it is taken and really pays", async () => {
    const earned = await dueTomorrow(DOLLAR);
    await liveTo("2027-02-02");
    const today = ["2027-02-01", "2027-02-02"] as const;
    expect(await start(...today, { CurrencyId: DOLLAR })).toMatchObject(refused(29));
    const taken = await start(...today, { CurrencyId: DOLLAR, TestMode: true });
    const { JobId, Count, Earning } = bodyOf(taken);
    expect([Count, Earning]).toEqual([1, earned.MerchantEarning]);
    expect(await earned.now()).toMatchObject({ MerchantEarningStatusId: 2 });
    await carriedOut();
    expect(await inquiry(JobId)).toMatchObject({ AnySuccess: true, Results: [{ Result: true }] });
    expect(await paidToPlatform()).toEqual([hundredths(Earning)]);
    expect(await earned.now()).toMatchObject({ MerchantEarningStatusId: 4 });
    expect(await pending(...today, DOLLAR)).toMatchObject({ Body: { Earning: 0, Count: 0 } });
  });
});

describe("13. orders for days that were paid", () => {
  test("are refused, taken with SkipExistsControl, and free beside those days", async () => {
    const february = await dueTomorrow(LIRA, { DescriptionApply: true, Description: "Kitaplar" });
    await liveTo("2027-02-27");
    const last = await dueTomorrow(LIRA, { DescriptionApply: true, Description: "Defterler" });
    await liveTo("2027-02-28");
    const march = await dueTomorrow(LIRA, { DescriptionApply: false, Description: "Kalemler" });
    await liveTo("2027-03-06");
    const whole = bodyOf(await start("2027-02-01", "2027-02-28"));
    const both = february.MerchantEarning + last.MerchantEarning;
    expect([whole.Count, whole.Earning]).toEqual([2, both]);
    await carriedOut();
    expect(await inquiry(whole.JobId)).toMatchObject({ AnySuccess: true });

    expect(await start("2027-02-28", "2027-03-05")).toMatchObject(refused(29));
    // The bank has no money for the days beside: the order was given, and is in nobody's way.
    await setBalance(world, 0);
    const beside = bodyOf(await start("2027-03-01", "2027-03-05"));
    expect([beside.Count, beside.Earning]).toEqual([1, march.MerchantEarning]);
    await carriedOut();
    await setBalance(world, 1_000_000_00);
    const skips = await start("2027-02-28", "2027-03-05", { SkipExistsControl: true });
    expect(bodyOf(skips)).toMatchObject({ Count: 1, Earning: march.MerchantEarning });
    await carriedOut();
    expect(await march.now()).toMatchObject({ MerchantEarningStatusId: 4 });
    expect((await paidToPlatform()).slice(1)).toEqual(
      [both, march.MerchantEarning].map(hundredths),
    );
    expect(await start("2027-03-05", "2027-03-05")).toMatchObject(refused(29));
    // Where approvals say different things, or not that they are to be said, the days are.
    const said = (await bankTransfers(world)).map(({ description }) => description);
    expect(said).toContain("Hakediş 01.02.2027 - 28.02.2027");
    expect(said).toContain("Hakediş 28.02.2027 - 05.03.2027");
  });
});

describe("14. an order that failed", () => {
  const days = ["2027-03-07", "2027-03-08"] as const;
  const order = (more: object = {}) => start(...days, { CurrencyId: EURO, ...more });
  const restart = (JobId: string) => wire.post<Order>(`${TRIGGER}/restart`, { JobId });

  test("is in no other's way, and is carried out again under its JobId until it paid", async () => {
    await dueTomorrow(EURO);
    await liveTo("2027-03-09");
    await setBalance(world, 0, "EUR");
    const failed = bodyOf(await order());
    expect(await inquiry(failed.JobId)).toEqual({ ...failed, AnySuccess: false, Results: [] });
    await carriedOut();
    const Results = [{ Result: false, ResultMessage: expect.stringMatching(/./) }];
    expect(await inquiry(failed.JobId)).toEqual({ ...failed, AnySuccess: false, Results });

    // Another order for the same days takes over what was not paid.
    const other = bodyOf(await order());
    expect(other).toEqual({ ...failed, JobId: expect.not.stringMatching(failed.JobId) });
    expect(await restart(other.JobId)).toMatchObject(refused(366));
    await carriedOut();
    expect(await restart(failed.JobId)).toMatchObject(refused(34));

    await setBalance(world, 1_000_000_00, "EUR");
    expect(bodyOf(await restart(other.JobId))).toEqual(other);
    expect(await inquiry(other.JobId)).toEqual({ ...other, AnySuccess: false, Results });
    await carriedOut();
    const ended = [...Results, { Result: true, ResultMessage: "" }];
    expect(await inquiry(other.JobId)).toEqual({ ...other, AnySuccess: true, Results: ended });
    expect(await restart(other.JobId)).toMatchObject(refused(35));
    expect((await paidToPlatform()).slice(3)).toEqual([hundredths(other.Earning)]);
  });
});

describe("15. what members are due", () => {
  test("is in no total of an order, though it falls on the same day", async () => {
    const earned = await dueTomorrow();
    expect(earned.SubMerchantReflectionDate).toBe(earned.MerchantReflectionDate);
    const tomorrow = ["2027-03-10", "2027-03-10"] as const;
    const totals = { Earning: earned.MerchantEarning, Count: 1 };
    expect((await pending(...tomorrow)).Body).toMatchObject(totals);
    const given = await start(...tomorrow, { TestMode: true });
    expect(bodyOf(given)).toMatchObject(totals);
    expect(await earned.now()).toMatchObject({ SubMerchantEarningStatusId: 1 });
  });
});
