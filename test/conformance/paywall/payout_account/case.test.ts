import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
        AccountNumber: "880000001",
      },
    });
    const identity = "12345678901";
    const unknown = await paywall.get(`${base}/verify/account/identity`, { ...ask, identity });
    expect(unknown.Body).toMatchObject({ AccountDetail: { AccountExists: false, Firstname: "" } });
  });
});
