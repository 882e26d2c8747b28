import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { nextDueMs, readUnderWay } from "../../../src/jobs/due.store.ts";
import { readBalances } from "../../../src/ledger/index.ts";
import { after } from "../../../src/lib/clock.ts";
import { receiverOf } from "../../../src/marketplace/index.ts";
import { setBlocked } from "../../../src/merchants/index.ts";
import {
  findConnection,
  openConnection,
  runPayouts,
  sendDirect,
} from "../../../src/payouts/index.ts";
import { gate } from "../../faults/late.ts";
import { bankTransfers, duePayout, runsOf, stateOf } from "../../support/payouts.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let paywall: Paywall;
beforeAll(async () => {
  world = await createWorld();
  paywall = paywallOf(world);
});
afterAll(() => world.close());

const me = () => world.merchant.merchantId;
const fail = (error: unknown): never => {
  throw error;
};
const balanceOf = async (account: string): Promise<bigint> => {
  const all = await readBalances(world.db, me(), after(world.clock(), 1));
  return all.find((each) => each.account === account)?.balanceMinor ?? 0n;
};
const transferOf = async (payout: Parameters<typeof runsOf>[1]) => {
  const [run] = await runsOf(world, payout);
  return (await bankTransfers(world)).find(({ reference }) => run?.id.endsWith(reference));
};

describe("where a payout goes", () => {
  test("the platform's own is its account as it is when it is sent", async () => {
    const payout = await duePayout(world);
    await world.advance(0);
    expect(await transferOf(payout)).toMatchObject({
      state: "paid",
      iban: "TR560006200000000000100011",
    });
  });

  test("a member's is that member's account, and nobody's after it was taken away", async () => {
    const created = await paywall.post<{ Id: number; BankAccounts: { Id: number }[] }>(
      "api/paywall/member",
      {
        IsSubMerchant: true,
        MemberType: 1,
        MemberExternalId: "seller-9",
        MemberName: "Ece",
        MemberTitle: "Ece Su",
        MemberIdentityNumber: "10000000146",
        MemberEmail: "e@su.example",
        MemberPhone: "5300000009",
        MemberAddress: "Moda",
        ContactName: "Ece",
        ContactLastname: "Su",
        BankAccounts: [{ CurrencyId: 1, Title: "Ece Su", Iban: "TR330006100519786457841326" }],
      },
    );
    expect(created.Message).toBe("");
    const party = { party: "member", member: BigInt(created.Body.Id) } as const;
    const paid = await duePayout(world, party);
    await world.advance(0);
    expect(await transferOf(paid)).toMatchObject({ iban: "TR330006100519786457841326" });
    const [account] = created.Body.BankAccounts;
    await paywall.del("api/paywall/member/bankaccount", { Id: account?.Id });
    const homeless = await duePayout(world, party);
    await world.advance(0);
    expect(await stateOf(world, homeless)).toMatchObject({
      state: "failed",
      failure: "account_missing",
    });
    const [run] = await runsOf(world, homeless);
    expect(run).toMatchObject({ state: "refused", message: "account_missing" });
    expect(await transferOf(homeless)).toBeUndefined();
  });

  test("nowhere else: a party without an account has none", async () => {
    const of = { merchantId: me(), member: null, currency: "GBP" } as const;
    expect(await receiverOf(world.db.kysely, { ...of, party: "platform" })).toBeUndefined();
    expect(await receiverOf(world.db.kysely, { ...of, party: "other" })).toBeUndefined();
  });
});

test("what is paid leaves the main firm's money and the account at the bank, once", async () => {
  const [owed, drawn] = [await balanceOf("company:payable"), await balanceOf("payout.1:drawn")];
  await duePayout(world, { amountMinor: 7_777n });
  await world.advance(0);
  await world.advance(0);
  expect(await balanceOf("company:payable")).toBe(owed + 7_777n);
  expect(await balanceOf("payout.1:drawn")).toBe(drawn - 7_777n);
});

test("what is refused books nothing", async () => {
  const drawn = await balanceOf("payout.2:drawn");
  const usd = { accountNo: "880000001", currency: "USD", balanceKurus: 10 };
  await world.bank.admin("POST", "/accounts", usd);
  const payout = await duePayout(world, { currency: "USD", connection: 2n });
  await world.advance(0);
  expect(await stateOf(world, payout)).toMatchObject({ failure: "balance_too_low" });
  expect(await balanceOf("payout.2:drawn")).toBe(drawn);
});

test("a blocked merchant sends nothing, and hears of what it had sent", async () => {
  await world.bank.fault("reset_after_commit", { op: "transfer" });
  const sent = await duePayout(world);
  await world.advance(0);
  const waiting = await duePayout(world);
  const block = async (isBlocked: boolean) => {
    await inTx(world.db, (tx) => setBlocked(tx, me(), undefined, isBlocked));
    world.deps.reception.forgetAll();
  };
  await block(true);
  await world.advance(10_000);
  expect((await stateOf(world, sent)).state).toBe("paid");
  expect((await stateOf(world, waiting)).state).toBe("queued");
  await block(false);
  await world.advance(0);
  expect((await stateOf(world, waiting)).state).toBe("paid");
});

test("a moved clock stops at questions, and waits for what is under way", async () => {
  await world.bank.fault("reset_after_commit", { op: "transfer" });
  const payout = await duePayout(world);
  expect(await readUnderWay(world.db, [me()], world.clock())).toEqual([]);
  await world.advance(0);
  expect(await nextDueMs(world.db, [me()], world.clock())).toBe(10_000);
  await world.advance(10_000);
  expect((await stateOf(world, payout)).state).toBe("paid");
  const deps = world.deps.payouts;
  const at: string[][] = [];
  const watching = {
    ...deps,
    findProvider: (connection: Parameters<typeof deps.findProvider>[0]) => {
      const bank = deps.findProvider(connection);
      const time = async () => {
        at.push(await readUnderWay(world.db, [me()], world.clock()));
        return bank.time();
      };
      return { ...bank, time };
    },
  };
  const next = await duePayout(world);
  await runPayouts(watching, fail);
  const [run] = await runsOf(world, next);
  expect(at).toEqual([[run?.id]]);
});

test("who waits too long for the bank is answered before it, and the payout goes on", async () => {
  const merchant = await world.deps.reception.merchantOf(me());
  const answer = gate();
  const { payouts } = world.deps;
  const findProvider: typeof payouts.findProvider = (connection) => {
    const bank = payouts.findProvider(connection);
    const send: typeof bank.send = async (transfer) => {
      const outcome = await bank.send(transfer);
      await answer.pass();
      return outcome;
    };
    return { ...bank, send };
  };
  // The patience ends while the bank's answer is on its way.
  const deps = { ...payouts, findProvider, pause: () => answer.arrived };
  const receiver = { title: "Ada", iban: "TR330006100519786457841326" };
  const ask = { party: "other", member: null, connection: 1n, currency: "TRY", receiver } as const;
  const more = { amountMinor: 4_200n, description: "", code: "slow", details: {} };
  const payout = await sendDirect(deps, merchant, { ...ask, ...more });
  expect(payout).toMatchObject({ state: "sending", runs: 1, dueAt: expect.any(Date) });
  answer.open();
  await expect.poll(async () => (await stateOf(world, payout)).state).toBe("paid");
  expect(await transferOf(payout)).toMatchObject({ state: "paid", amountKurus: 4_200 });
});

test("a direct payout whose process died before it sent is sent by another one", async () => {
  const payout = await duePayout(world, { createdAt: world.clock() });
  await world.advance(0);
  expect((await stateOf(world, payout)).state).toBe("queued");
  await world.advance(60_000);
  expect(await stateOf(world, payout)).toMatchObject({ state: "paid", runs: 1 });
});

test("one code asked for on both sides of a month's end at once is paid once", async () => {
  const end = new Date("2026-04-01T00:00:00+03:00");
  const iban = { title: "Ada", iban: "TR330006100519786457841326" };
  const account = { title: "Ada", accountNo: "770000146" };
  const ask = (ms: number, code: string, receiver: typeof iban | typeof account) => {
    const more = { createdAt: after(end, ms), code, receiver, amountMinor: 4_200n };
    return duePayout(world, { party: "other", ...more }).then(
      () => "made",
      (error: Error) => error.message,
    );
  };
  for (let i = 0; i < 10; i += 1) {
    const both = await Promise.all([ask(1, `both-${i}`, iban), ask(-1, `both-${i}`, iban)]);
    expect(both.toSorted()).toEqual(["made", "market_refused"]);
  }
  const apart = await Promise.all([ask(1, "apart", iban), ask(-1, "apart", account)]);
  expect(apart).toEqual(["made", "made"]);
});

describe("ways to pay out", () => {
  const way = (more: object = {}) => ({
    merchantId: me(),
    provider: "simulator" as const,
    key: "Second",
    currency: "TRY" as const,
    baseUrl: world.bank.url,
    account: "880000002",
    secret: "SIMPAY02",
    isMain: false,
    ...more,
  });
  const openWay = (more: object = {}) =>
    inTx(world.db, (tx) => openConnection(tx, world.deps.ring, way(more), world.clock()));
  test("are found by number, by key and currency, and as the main one of a currency", async () => {
    expect(await openWay()).toBe(true);
    expect(await openWay()).toBe(false);
    const find = (name: Parameters<typeof findConnection>[3]) =>
      findConnection(world.deps.payouts, world.db.kysely, me(), name);
    expect(await find({ key: "Second", currency: "TRY" })).toMatchObject({ number: 5n });
    expect(await find({ key: "Second", currency: "USD" })).toBeUndefined();
    expect(await find({ main: "TRY" })).toMatchObject({ number: 1n, key: "Sim" });
    expect(await find({ main: "GBP" })).toMatchObject({ number: 4n, key: "Sim" });
    expect(await find({ number: 5n })).toMatchObject({ account: "880000002" });
    const other = findConnection(world.deps.payouts, world.db.kysely, "mer_other", { number: 5n });
    expect(await other).toBeUndefined();
  });
  test("there is one main one of a currency", async () => {
    await expect(openWay({ key: "Third", isMain: true })).rejects.toThrow("one_main_connection");
  });
  test("keep their keys sealed", async () => {
    const rows = await world.db.kysely.selectFrom("payout_connections").selectAll().execute();
    for (const row of rows) expect(row.sealed.toString("latin1")).not.toContain("SIMPAY");
    const payout = await duePayout(world, { connection: 5n });
    await world.advance(0);
    expect((await stateOf(world, payout)).state).toBe("paid");
  });
});

test("the books are sound", async () => {
  expect(await world.bank.check()).toMatchObject({ ok: true });
  await world.isSound();
});
