import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTransport } from "../../src/acquirers/transport.ts";
import { fakeClock, after as later } from "../../src/lib/clock.ts";
import { money } from "../../src/lib/money.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Connection, Transfer } from "../../src/payouts/provider.rules.ts";
import { simulator } from "../../src/payouts/providers/simulator/index.ts";
import { canHit, faultActions } from "../../src/simulator/faults.rules.ts";
import { type Simulator, startSimulator } from "../../src/simulator/index.ts";

const TOKEN = "token";
const MINUTE_MS = 60_000;
const HURRIED = { moneyMs: 300, inquiryMs: 300 };
const clock = fakeClock("2026-03-04T12:00:00+03:00");
const seen: string[] = [];
const transport = createTransport({
  onExchange: (exchange) => void seen.push(JSON.stringify(exchange)),
});

let folder: string;
let bank: Simulator;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "vezne-accounts-"));
  bank = await open();
});
afterAll(async () => {
  await transport.close();
  await bank.close();
  await rm(folder, { recursive: true, force: true });
});
const bookFile = () => path.join(folder, "bank.sqlite");
const open = () => startSimulator({ port: 0, bookFile: bookFile(), adminToken: TOKEN, clock });

async function admin<Answer = Record<string, unknown>>(
  method: string,
  route: string,
  body?: object,
) {
  const reply = await fetch(`${bank.url}/_sim${route}`, {
    method,
    headers: { "x-sim-token": TOKEN },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await reply.json()) as Answer;
  expect([route, reply.status, answer]).toEqual([route, 200, answer]);
  return answer;
}
const fault = (action: string, op: string, params: object = {}, times: number | null = 1) =>
  admin("POST", "/faults", { action, match: { op }, params, times });

const connect = (more: Partial<Connection> = {}) =>
  simulator(
    {
      merchantId: "mer_1",
      number: 1n,
      provider: "simulator",
      key: "Sim",
      currency: "TRY",
      baseUrl: bank.url,
      account: "880000001",
      secret: new Secret("SIMPAY01"),
      isMain: true,
      isOpen: true,
      ...more,
    },
    transport,
    HURRIED,
  );

let made = 0;
const transferOf = (more: Partial<Transfer> = {}): Transfer => {
  made += 1;
  return {
    reference: `T${String(made).padStart(19, "0")}`,
    amount: money(12_345n, "TRY"),
    title: "Ada Kitap Ltd",
    iban: "TR330006100519786457841326",
    description: "Hakediş",
    validUntil: later(clock(), MINUTE_MS),
    ...more,
  };
};
const look = (transfer: Transfer) => connect().inquire(transfer.reference, transfer.amount);
const freeOf = async (): Promise<bigint> => {
  const told = await connect().balance();
  if (told.kind !== "told") throw new Error(told.why);
  return told.freeMinor;
};

describe("a transfer", () => {
  test("is paid once, however often it is sent, and taken off the balance", async () => {
    const before = await freeOf();
    const transfer = transferOf();
    const paid = await connect().send(transfer);
    expect(paid).toEqual({ kind: "paid", bankReference: expect.stringMatching(/^FT\w+$/) });
    expect(await connect().send(transfer)).toEqual(paid);
    const together = await Promise.all([1, 2, 3].map(() => connect().send(transfer)));
    expect(together).toEqual([paid, paid, paid]);
    expect(await look(transfer)).toEqual(paid);
    expect(await freeOf()).toBe(before - 12_345n);
  });
  test("of a reference that another one has is in doubt, and pays nothing", async () => {
    const transfer = transferOf();
    await connect().send(transfer);
    const before = await freeOf();
    const other = { ...transfer, amount: money(1n, "TRY") };
    expect(await connect().send(other)).toMatchObject({ kind: "doubtful" });
    expect(await connect().inquire(other.reference, other.amount)).toMatchObject({
      kind: "doubtful",
      why: "an answer of another amount",
    });
    expect(await freeOf()).toBe(before);
  });
  test("that nobody sent is not found", async () => {
    expect(await look(transferOf())).toEqual({ kind: "not_found" });
  });
  test("that arrives after its time is not carried out, nor later", async () => {
    const late = transferOf({ validUntil: later(clock(), -1) });
    const refused = { kind: "refused", reason: "too_late" };
    expect(await connect().send(late)).toMatchObject(refused);
    const again = { ...late, validUntil: later(clock(), MINUTE_MS) };
    expect(await connect().send(again)).toMatchObject(refused);
    expect(await look(late)).toMatchObject(refused);
  });
  test("above the balance is refused, and one of all of it is paid", async () => {
    const account = { accountNo: "880000001", currency: "GBP", balanceKurus: 500 };
    await admin("POST", "/accounts", account);
    const pounds = connect({ currency: "GBP" });
    const send = (minor: bigint) => pounds.send(transferOf({ amount: money(minor, "GBP") }));
    expect(await send(501n)).toEqual({
      kind: "refused",
      reason: "balance_too_low",
      message: "Yetersiz bakiye",
    });
    expect(await send(500n)).toMatchObject({ kind: "paid" });
    expect(await pounds.balance()).toMatchObject({ totalMinor: 0n, freeMinor: 0n });
  });
  test("with a wrong key, of no account, or of no bank is refused", async () => {
    const wrong = connect({ secret: new Secret("SIMPAY02") });
    expect(await wrong.send(transferOf())).toMatchObject({ kind: "refused", reason: "declined" });
    expect(await wrong.inquire("X", money(1n, "TRY"))).toMatchObject({ kind: "doubtful" });
    const nobody = connect({ account: "880000009" });
    expect(await nobody.send(transferOf())).toMatchObject({ kind: "refused" });
    const nowhere = connect({ baseUrl: "http://127.0.0.1:1" });
    expect(await nowhere.send(transferOf())).toMatchObject({
      kind: "refused",
      reason: "not_sent",
    });
    expect(await nowhere.inquire("X", money(1n, "TRY"))).toMatchObject({ kind: "doubtful" });
  });
});

/** Check digits aside: the bank looks at the last four characters alone. */
const ending = (last: string) => transferOf({ iban: `TR33000610051978645784${last}` });

describe("the receiver's last four characters", () => {
  test.each([
    ["9901", "account_closed"],
    ["9902", "title_differs"],
  ])("%s: the bank refuses (%s)", async (last, reason) => {
    expect(await connect().send(ending(last))).toMatchObject({ kind: "refused", reason });
  });
  test("9903 and 9904: accepted, and a minute later paid or refused", async () => {
    const before = await freeOf();
    const [good, bad] = [ending("9903"), ending("9904")];
    for (const transfer of [good, bad]) {
      expect(await connect().send(transfer)).toMatchObject({ kind: "doubtful" });
      expect(await look(transfer)).toMatchObject({ kind: "doubtful" });
    }
    expect(await connect().balance()).toMatchObject({ lockedMinor: 24_690n });
    clock.advance(MINUTE_MS);
    expect(await look(good)).toMatchObject({ kind: "paid" });
    expect(await look(bad)).toMatchObject({ kind: "refused", reason: "declined" });
    expect(await connect().balance()).toMatchObject({
      lockedMinor: 0n,
      freeMinor: before - 12_345n,
    });
  });
  test.each([
    ["9905", "paid"],
    ["9906", "not_found"],
    ["9907", "paid"],
    ["9909", "paid"],
    ["9910", "not_found"],
  ])("%s: no answer that says anything, and in truth %s", async (last, truth) => {
    const transfer = ending(last);
    expect(await connect().send(transfer)).toMatchObject({ kind: "doubtful" });
    expect(await look(transfer)).toMatchObject({ kind: truth });
  });
  test("9908: paid, and not found for four minutes", async () => {
    const transfer = ending("9908");
    expect(await connect().send(transfer)).toMatchObject({ kind: "doubtful" });
    expect(await look(transfer)).toEqual({ kind: "not_found" });
    clock.advance(4 * MINUTE_MS);
    expect(await look(transfer)).toMatchObject({ kind: "paid" });
  });
});

describe("whatever fault hits it, the connector says no yes and no no that is not true", () => {
  const actions = faultActions.filter((action) => canHit(action, "transfer"));
  test.each(actions)("%s", async (action) => {
    const params = action === "delay" ? { ms: 500 } : {};
    await fault(action, "transfer", params);
    const transfer = transferOf();
    const told = await connect().send(transfer);
    const truth = await look(transfer);
    if (told.kind !== "doubtful") expect(truth).toEqual(told);
    await fault(action, "transfer_status", params, null);
    const asked = await look(transfer);
    await admin("DELETE", "/faults");
    if (action === "not_found_for") expect(asked).toEqual({ kind: "not_found" });
    else if (asked.kind !== "doubtful") expect(asked).toEqual(await look(transfer));
    await fault(action, "balance", params);
    expect((await connect().balance()).kind).toMatch(/^(told|unknown)$/);
    await fault(action, "clock", params);
    expect((await connect().time()).kind).toMatch(/^(told|unknown)$/);
    await admin("DELETE", "/faults");
  });
});

test("the book keeps its promises, and what it knew before it was closed", async () => {
  expect(await admin("POST", "/check")).toMatchObject({ ok: true });
  const transfer = transferOf();
  const paid = await connect().send(transfer);
  await bank.close();
  bank = await open();
  expect(await connect().inquire(transfer.reference, transfer.amount)).toEqual(paid);
});

test("a book of before there were accounts is brought up to now", async () => {
  await bank.close();
  const book = new DatabaseSync(bookFile());
  book.exec("drop table transfer; drop table account_balance; pragma user_version = 2");
  book.close();
  bank = await open();
  expect(await connect().send(transferOf())).toMatchObject({ kind: "paid" });
  expect(await admin("POST", "/check")).toMatchObject({ ok: true });
});

test("no key, no whole IBAN and no name is in a log of what was said", () => {
  const all = seen.join("\n");
  expect(all).toContain("TR33...1326");
  expect(all).not.toMatch(/SIMPAY0|TR33000610|Ada Kitap/);
});
