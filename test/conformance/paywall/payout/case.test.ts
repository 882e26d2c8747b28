import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runJobs } from "../../../support/jobs.ts";
import { memberInput } from "../../../support/members.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let paywall: Paywall;
beforeAll(async () => {
  world = await createWorld();
  paywall = paywallOf(world);
  await world.db.pool.query("update payout_connections set is_open = false where currency = 'GBP'");
});
afterAll(() => world.close());

const base = "api/paywall/payout";
const iban = "TR330006100519786457841326";
const toIban = {
  PayoutProviderKey: "Sim",
  ReceiverTitle: "Ada Kitap Ltd",
  ReceiverIban: iban,
  Description: "ek odeme",
  Amount: 75.5,
  CurrencyId: 1,
};
const seller = (MemberExternalId: string) =>
  memberInput({
    MemberExternalId,
    BankAccounts: [{ CurrencyId: 1, Title: "Ada Kitap Ltd", Iban: iban }],
  });
let made = 0;
const code = () => `made-${++made}`;
const send = (more: object = {}, service = "iban") =>
  paywall.post<Readonly<Record<string, unknown>> | null>(`${base}/send/${service}`, {
    ...toIban,
    MerchantUniqueCode: code(),
    ...more,
  });

type Transfer = Readonly<{ iban: string; amountKurus: number; state: string; title: string }>;
const transfers = async () =>
  ((await world.bank.admin("GET", "/transfers")) as { transfers: Transfer[] }).transfers;

describe("paying out to an IBAN", () => {
  test("pays at once and answers the transfer", async () => {
    const answer = await send({ MerchantUniqueCode: "po-31" });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 0, Result: true, Message: "" });
    expect(answer.Body).toEqual({
      Result: true,
      PayoutTransactionId: expect.any(Number),
      MerchantUniqueCode: "po-31",
      UniqueCode: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      Amount: 75.5,
    });
    expect(answer.text).toContain('"Amount":75.50');
    expect((await transfers()).at(-1)).toMatchObject({
      iban,
      amountKurus: 7550,
      state: "paid",
      title: "Ada Kitap Ltd",
    });
  });

  test("is found by its code, with the members that the documents name", async () => {
    const { Body } = await paywall.get(`${base}/query`, { merchantuniquecode: "po-31" });
    expect(Body).toEqual({
      PayoutConnectionId: 1,
      PayoutProviderKey: "Sim",
      PayoutTransactionId: expect.any(Number),
      CurrencyId: 1,
      MerchantUniqueCode: "po-31",
      UniqueCode: expect.any(String),
      Amount: 75.5,
      Description: "ek odeme",
      ReceiverTitle: "Ada Kitap Ltd",
      ReceiverIban: iban,
      ReceiverAccountNumber: null,
      ChannelId: 1,
      Channel: "API",
      StatusId: 3,
      Status: "Başarılı",
      TypeId: 1,
      Type: "Iban",
      Ip: "127.0.0.1",
      DateTime: expect.stringMatching(/^2026-03-04T12:00:00/),
    });
  });

  test("is told as begun while the bank has not said, and as failed with its reason", async () => {
    const of = async (merchantuniquecode: string) =>
      (await paywall.get(`${base}/query`, { merchantuniquecode })).Body;
    await world.bank.fault("pending", { op: "transfer" });
    const begun = await send({ MerchantUniqueCode: "po-begun" });
    expect(begun).toMatchObject({ ErrorCode: 0, Body: { Result: true } });
    expect(await of("po-begun")).toMatchObject({ StatusId: 2, Status: "Başladı" });
    expect(await send({ MerchantUniqueCode: "po-no", Amount: 1_000_000_000 })).toMatchObject({
      ErrorCode: 544,
      Body: { Result: false },
    });
    expect(await of("po-no")).toMatchObject({ StatusId: 4, Status: "Başarısız" });
  });

  test("uses a code once in a calendar month, and again in the next one", async () => {
    expect(await send({ MerchantUniqueCode: "po-31" })).toMatchObject({
      status: 200,
      ErrorCode: 119,
      Result: false,
      Body: null,
    });
    await world.advance(28 * DAY_MS);
    expect(await send({ MerchantUniqueCode: "po-31", Amount: 80 })).toMatchObject({ ErrorCode: 0 });
    const { Body } = await paywall.get<{ Amount: number }>(`${base}/query`, {
      merchantuniquecode: "po-31",
    });
    expect(Body.Amount).toBe(80);
  });

  test("is not paid again by a client that repeats itself across a month's end", async () => {
    const member = await paywall.post<{ Id: number }>("api/paywall/member", seller("seller-31"));
    const kinds = [
      ["iban", toIban],
      ["account", { ...toIban, ReceiverAccount: "770000146" }],
      ["member", { ...toIban, MemberId: member.Body.Id }],
    ] as const;
    const may = new Date("2026-05-01T00:00:00+03:00").getTime();
    await world.advance(may - 30_000 - world.clock().getTime());
    const tryAll = async (more: object = {}) => {
      const answers = [];
      for (const [service, body] of kinds) {
        answers.push(
          await send({ ...body, MerchantUniqueCode: `end-${service}`, ...more }, service),
        );
      }
      return answers.map(({ ErrorCode }) => ErrorCode);
    };
    expect(await tryAll()).toEqual([0, 0, 0]);
    const before = (await transfers()).length;
    await world.advance(60_000);
    expect(await tryAll()).toEqual([119, 119, 119]);
    await world.advance(59 * 60_000);
    expect(await tryAll()).toEqual([119, 119, 119]);
    expect(await transfers()).toHaveLength(before);
    // Another amount is another payout, and so is the same one later on.
    expect(await tryAll({ MerchantUniqueCode: "end-iban", Amount: 76 })).toEqual([0, 119, 119]);
    await world.advance(1);
    expect(await tryAll()).toEqual([119, 0, 0]);
    expect(await transfers()).toHaveLength(before + 3);
  });

  test("the same code sent at the same time pays once", async () => {
    const before = (await transfers()).length;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send({ MerchantUniqueCode: "po-twins" })),
    );
    expect(answers.map(({ ErrorCode }) => ErrorCode).toSorted((a, b) => a - b)).toEqual([
      0, 119, 119, 119, 119,
    ]);
    expect(await transfers()).toHaveLength(before + 1);
  });

  test("takes camel case and texts for numbers", async () => {
    const answer = await paywall.post(`${base}/send/iban`, {
      payoutProviderKey: "Sim",
      merchantUniqueCode: code(),
      receiverTitle: "Ada",
      receiverIban: "TR33 0006 1005 1978 6457 8413 26",
      amount: "10.00",
      currencyId: "1",
    });
    expect(answer).toMatchObject({ ErrorCode: 0, Result: true });
  });

  test("an amount above the balance fails and says so", async () => {
    const account = { accountNo: "880000001", currency: "EUR", balanceKurus: 100 };
    await world.bank.admin("POST", "/accounts", account);
    const answer = await send({ CurrencyId: 3, Amount: 1.01 });
    expect(answer).toMatchObject({
      status: 200,
      ErrorCode: 544,
      Result: false,
      Message: "Yetersiz bakiye",
      Body: { Result: false, Amount: 1.01 },
    });
    expect(await send({ CurrencyId: 3, Amount: 1 })).toMatchObject({ ErrorCode: 0 });
  });

  test.each([
    ["an unknown key", { PayoutProviderKey: "Nowhere" }, 241],
    ["a key without this currency", { CurrencyId: 7 }, 246],
    ["a currency that there is not", { CurrencyId: 99 }, 8],
    ["an amount of nothing", { Amount: 0 }, 2],
    ["an amount in thousandths", { Amount: 1.005 }, 2],
    ["no code", { MerchantUniqueCode: "" }, 10],
    ["a wrong IBAN", { ReceiverIban: "TR330006100519786457841327" }, 222],
    ["no receiver", { ReceiverTitle: "" }, 218],
    ["a callback without an address", { CallbackSupport: true }, 2],
    ["a callback to no address", { CallbackSupport: true, CallbackAddress: "ftp://a.b" }, 2],
  ])("%s is refused and stores nothing", async (_, more, expected) => {
    const answer = await send(more);
    expect(answer).toMatchObject({ status: 200, ErrorCode: expected, Result: false, Body: null });
  });

  test("the public pair does not pay out", async () => {
    const { apikeypublic, apiclientpublic } = world.pairs;
    const wrong = { apikeyprivate: apikeypublic, apiclientprivate: apiclientpublic };
    const answer = await paywall.post(`${base}/send/iban`, toIban, wrong);
    expect(answer).toMatchObject({ status: 401, ErrorCode: 401 });
  });
});

describe("paying out to a member", () => {
  test("goes to the member's account of the currency", async () => {
    const { Body, Message } = await paywall.post<{ Id: number }>(
      "api/paywall/member",
      seller("seller-71"),
    );
    expect(Message).toBe("");
    expect(await send({ MemberId: Body.Id, MerchantUniqueCode: "m-1" }, "member")).toMatchObject({
      ErrorCode: 0,
      Body: { Result: true },
    });
    const shown = await paywall.get(`${base}/query`, { merchantuniquecode: "m-1" });
    expect(shown.Body).toMatchObject({
      ReceiverIban: iban,
      StatusId: 3,
      TypeId: 3,
      Type: "Member",
    });
    expect(await send({ MemberId: Body.Id, CurrencyId: 2 }, "member")).toMatchObject({
      ErrorCode: 231,
    });
  });
  test("refuses a member that there is not", async () => {
    expect(await send({ MemberId: 7 }, "member")).toMatchObject({ ErrorCode: 198, Body: null });
  });
});

test("a payout that fails later is told to the client's address", async () => {
  const told: unknown[] = [];
  const shop = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => {
      text += part.toString();
    });
    request.on("end", () => {
      told.push(JSON.parse(text));
      response.end();
    });
  });
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  const { port } = shop.address() as AddressInfo;
  await world.bank.fault("pending", { op: "transfer" }, { seconds: 60, code: "05" });
  const answer = await send({
    MerchantUniqueCode: "later",
    MerchantGroupCode: "group-1",
    CallbackSupport: true,
    CallbackAddress: `http://127.0.0.1:${port}/told`,
  });
  expect(answer).toMatchObject({ ErrorCode: 0, Body: { Result: true } });
  for (const seconds of [10, 20, 30, 60]) await world.advance(seconds * 1_000);
  const { Body } = await paywall.get(`${base}/query`, { merchantuniquecode: "later" });
  expect(Body).toMatchObject({ StatusId: 4, Status: "Başarısız" });
  await runJobs(world);
  shop.close();
  expect(told).toEqual([
    {
      MerchantGroupCode: "group-1",
      MerchantUniqueCode: "later",
      PayoutTransactionId: expect.any(Number),
      PayoutTransactionAmount: 75.5,
      PayoutTransactionDate: expect.any(String),
      PayoutConnectedId: 1,
      LastStatusId: 2,
      NewStatusId: 4,
      Message: "Banka transferi reddetti",
    },
  ]);
});

test("an unknown code has no payout", async () => {
  const answer = await paywall.get(`${base}/query`, { merchantuniquecode: "none" });
  expect(answer).toMatchObject({ ErrorCode: 251, Body: null });
});

test("the books balance", async () => {
  expect(await world.bank.check()).toMatchObject({ ok: true });
  await world.isSound();
});
