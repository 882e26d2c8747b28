import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOwner } from "../../../support/database.ts";
import { bankTransfers } from "../../../support/payouts.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let paywall: Paywall;
beforeAll(async () => {
  world = await createWorld();
  paywall = paywallOf(world);
});
afterAll(() => world.close());

const base = "api/paywall/payout";

describe("what the bank says of the account", () => {
  const balances = [{ TotalBalance: 1000, LockedBalance: 250, AvailableBalance: 750 }];
  test("the balance of the main account, with what waits to be paid", async () => {
    const account = { accountNo: "880000001", currency: "USD", balanceKurus: 100_000 };
    await world.bank.admin("POST", "/accounts", account);
    await world.bank.fault("pending", { op: "transfer" });
    const sent = await paywall.post(`${base}/send/iban`, {
      PayoutProviderKey: "Sim",
      MerchantUniqueCode: "po-1",
      ReceiverTitle: "Ada Kitap Ltd",
      ReceiverIban: "TR330006100519786457841326",
      Amount: 250,
      CurrencyId: 2,
    });
    expect(sent).toMatchObject({
      ErrorCode: 0,
      Body: { Result: true },
    });
    const main = await paywall.get<{ ProviderConnectedId: number }>(`${base}/balance/main`, {
      currencyid: 2,
    });
    expect(main.Body).toEqual({
      Balances: balances,
      ProviderDump: "",
      ProviderHttpStatus: 200,
      ProviderConnectedId: expect.any(Number),
      ProviderId: 1,
      ProviderKey: "Sim",
      CurrencyId: 2,
    });
    const payoutconnectionid = main.Body.ProviderConnectedId;
    const one = await paywall.get(`${base}/balance`, { payoutconnectionid });
    expect(one.Body).toEqual(main.Body);
  });
  test("an unknown connection, and a currency without a main one, are refused", async () => {
    const unknown = await paywall.get(`${base}/balance`, { payoutconnectionid: 99 });
    expect(unknown).toMatchObject({ ErrorCode: 246, Body: null });
    await world.db.pool.query(
      "update payout_connections set is_open = false where currency = 'GBP'",
    );
    const none = await paywall.get(`${base}/balance/main`, { currencyid: 7 });
    expect(none).toMatchObject({ ErrorCode: 246, Body: null });
  });
  test("a bank that is not well is said to be so", async () => {
    await world.bank.fault("http_500", { op: "balance" });
    const answer = await paywall.get(`${base}/balance/main`, { currencyid: 1 });
    expect(answer).toMatchObject({
      status: 200,
      ErrorCode: 1,
      Result: false,
      Body: { Balances: [], ProviderHttpStatus: 500 },
    });
  });
  test("whose account it is, by identity number", async () => {
    const ask = { providerkey: "Sim", currencyid: 1, identity: "10000000146" };
    const known = await paywall.get(`${base}/verify/account/identity`, ask);
    expect(known.Body).toEqual({
      ProviderConnectedId: 1,
      ProviderId: 1,
      ProviderKey: "Sim",
      CurrencyId: 1,
      AccountDetail: {
        AccountExists: true,
        UserIdentity: "10000000146",
        Firstname: "Ece",
        Lastname: "Su",
        PersonalIdentity: "10000000146",
        AccountNumber: "770000146",
      },
    });
    const identity = "12345678901";
    const unknown = await paywall.get(`${base}/verify/account/identity`, { ...ask, identity });
    expect(unknown.Body).toMatchObject({ AccountDetail: { AccountExists: false, Firstname: "" } });
  });
});

describe("paying out to an account at the bank", () => {
  const verified = async (): Promise<string> => {
    const ask = { providerkey: "Sim", currencyid: 1, identity: "10000000146" };
    const path = `${base}/verify/account/identity`;
    const { Body } = await paywall.get<{ AccountDetail: { AccountNumber: string } }>(path, ask);
    return Body.AccountDetail.AccountNumber;
  };
  const toAccount = (body: object) => paywall.post(`${base}/send/account`, body);
  let made = 0;
  const asked = (more: object = {}) => {
    made += 1;
    return {
      ...{ PayoutProviderKey: "Sim", MerchantUniqueCode: `to-${made}`, CurrencyId: 1 },
      ...{ ReceiverTitle: "Ada Kitap Ltd", Description: "ek odeme", Amount: 75.5, ...more },
    };
  };

  test("goes to the number that the bank tells of somebody, and is shown as such", async () => {
    const ReceiverAccount = await verified();
    const MerchantUniqueCode = "a-1";
    const answer = await toAccount(asked({ ReceiverAccount, MerchantUniqueCode }));
    expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Body: { Result: true } });
    expect((await bankTransfers(world)).at(-1)).toMatchObject({
      ...{ iban: "", toAccount: ReceiverAccount, amountKurus: 7550, state: "paid" },
    });
    const shown = await paywall.get(`${base}/query`, { merchantuniquecode: "a-1" });
    expect(shown.Body).toMatchObject({
      ReceiverTitle: "Ada Kitap Ltd",
      ReceiverIban: null,
      ReceiverAccountNumber: ReceiverAccount,
      ...{ TypeId: 2, Type: "Account", StatusId: 3 },
    });
    const { rows } = await world.db.pool.query(
      `select r.title, r.iban, r.account_no from payout_runs r
        join payouts p on p.merchant_id = r.merchant_id and p.number = r.payout
        where p.code = $1 and p.account_no = r.account_no`,
      [MerchantUniqueCode],
    );
    expect(rows).toEqual([{ title: "Ada Kitap Ltd", iban: null, account_no: ReceiverAccount }]);
    expect(await toAccount(asked({ ReceiverAccount, MerchantUniqueCode }))).toMatchObject({
      ErrorCode: 119,
    });
  });

  test("one that the bank does not keep is refused by the bank, in its own words", async () => {
    const answer = await toAccount(asked({ ReceiverAccount: "770000999" }));
    expect(answer).toMatchObject({
      status: 200,
      ErrorCode: 231,
      Result: false,
      Message: "Bankada bu numarada bir hesap yok",
      Body: { Result: false, Amount: 75.5 },
    });
  });

  test("is read without the spaces that people write", async () => {
    const answer = await toAccount(asked({ ReceiverAccount: " 77 0000 146" }));
    expect(answer).toMatchObject({ ErrorCode: 0 });
  });

  test.each([
    ["no account", {}, 2],
    ["an empty account", { ReceiverAccount: " " }, 2],
    ["an account with other signs", { ReceiverAccount: "77/0000146" }, 2],
    ["an account that is too long", { ReceiverAccount: "7".repeat(35) }, 2],
    ["the number of a card", { ReceiverAccount: "4355 0843 5508 4358" }, 2],
    ["no receiver", { ReceiverAccount: "770000146", ReceiverTitle: "" }, 218],
    ["a long receiver", { ReceiverAccount: "770000146", ReceiverTitle: "a".repeat(201) }, 220],
    ["an unknown key", { ReceiverAccount: "770000146", PayoutProviderKey: "Nowhere" }, 241],
  ])("%s is refused and stores nothing", async (_, more, expected) => {
    const asking = asked(more);
    expect(await toAccount(asking)).toMatchObject({
      ...{ status: 200, ErrorCode: expected, Result: false, Body: null },
    });
    const merchantuniquecode = asking.MerchantUniqueCode;
    expect(await paywall.get(`${base}/query`, { merchantuniquecode })).toMatchObject({
      ErrorCode: 251,
    });
  });

  test("the database keeps one place of a payout, and of each run of it", async () => {
    const places = ["iban = 'TR330006100519786457841326'", "account_no = null"];
    for (const table of ["payouts", "payout_runs"]) {
      for (const place of places) {
        await expect(
          asOwner(
            world.database.ownerUrl,
            `update ${table} set ${place} where account_no = '770000146'`,
          ),
        ).rejects.toThrow(/account_is_whole|goes_to_one_place/);
      }
    }
  });
});

test("the books balance", async () => {
  expect(await world.bank.check()).toMatchObject({ ok: true });
  await world.isSound();
});
