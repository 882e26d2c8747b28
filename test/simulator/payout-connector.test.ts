import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { after as later } from "../../src/lib/clock.ts";
import { money } from "../../src/lib/money.ts";
import { Secret } from "../../src/lib/secret.ts";
import { canHit, faultActions } from "../../src/simulator/faults.rules.ts";
import { type AccountBank, MINUTE_MS, openAccountBank } from "./account-bank.ts";

let bank: AccountBank;
beforeAll(async () => {
  bank = await openAccountBank();
});
afterAll(() => bank.close());

describe("a transfer", () => {
  test("is paid once, however often it is sent, and taken off the balance", async () => {
    const before = await bank.freeOf();
    const transfer = bank.transferOf();
    const paid = await bank.connect().send(transfer);
    expect(paid).toEqual({ kind: "paid", bankReference: expect.stringMatching(/^FT\w+$/) });
    expect(await bank.connect().send(transfer)).toEqual(paid);
    const together = await Promise.all([1, 2, 3].map(() => bank.connect().send(transfer)));
    expect(together).toEqual([paid, paid, paid]);
    expect(await bank.look(transfer)).toEqual(paid);
    expect(await bank.freeOf()).toBe(before - 12_345n);
  });
  test("of a reference that another one has is in doubt, and pays nothing", async () => {
    const transfer = bank.transferOf();
    await bank.connect().send(transfer);
    const before = await bank.freeOf();
    const other = { ...transfer, amount: money(1n, "TRY") };
    expect(await bank.connect().send(other)).toMatchObject({ kind: "doubtful" });
    expect(await bank.connect().inquire(other.reference, other.amount)).toMatchObject({
      kind: "doubtful",
      why: "an answer of another amount",
    });
    expect(await bank.freeOf()).toBe(before);
  });
  test("that nobody sent is not found", async () => {
    expect(await bank.look(bank.transferOf())).toEqual({ kind: "not_found" });
  });
  test("that arrives after its time is not carried out, nor later", async () => {
    const late = bank.transferOf({ validUntil: later(bank.clock(), -1) });
    const refused = { kind: "refused", reason: "too_late" };
    expect(await bank.connect().send(late)).toMatchObject(refused);
    const again = { ...late, validUntil: later(bank.clock(), MINUTE_MS) };
    expect(await bank.connect().send(again)).toMatchObject(refused);
    expect(await bank.look(late)).toMatchObject(refused);
  });
  test("above the balance is refused, and one of all of it is paid", async () => {
    const account = { accountNo: "880000001", currency: "GBP", balanceKurus: 500 };
    await bank.admin("POST", "/accounts", account);
    const pounds = bank.connect({ currency: "GBP" });
    const send = (minor: bigint) => pounds.send(bank.transferOf({ amount: money(minor, "GBP") }));
    expect(await send(501n)).toEqual({
      kind: "refused",
      reason: "balance_too_low",
      message: "Yetersiz bakiye",
    });
    expect(await send(500n)).toMatchObject({ kind: "paid" });
    expect(await pounds.balance()).toMatchObject({ totalMinor: 0n, freeMinor: 0n });
  });
  test("with a wrong key, of no account, or of no bank is refused", async () => {
    const wrong = bank.connect({ secret: new Secret("SIMPAY02") });
    expect(await wrong.send(bank.transferOf())).toMatchObject({
      kind: "refused",
      reason: "declined",
    });
    expect(await wrong.inquire("X", money(1n, "TRY"))).toMatchObject({ kind: "doubtful" });
    const nobody = bank.connect({ account: "880000009" });
    expect(await nobody.send(bank.transferOf())).toMatchObject({ kind: "refused" });
    const nowhere = bank.connect({ baseUrl: "http://127.0.0.1:1" });
    expect(await nowhere.send(bank.transferOf())).toMatchObject({
      kind: "refused",
      reason: "not_sent",
    });
    expect(await nowhere.inquire("X", money(1n, "TRY"))).toMatchObject({ kind: "doubtful" });
  });
});

/** Check digits aside: the bank looks at the last four characters alone. */
const toIban = (last: string) => ({ title: "Ada", iban: `TR33000610051978645784${last}` });
const toAccount = (last: string) => ({ title: "Ada", accountNo: `77000${last}` });

describe.each([
  ["an IBAN", toIban],
  ["an account", toAccount],
])("the last four characters of %s", (_, to) => {
  const ending = (last: string) => bank.transferOf({ to: to(last) });
  test.each([
    ["9901", "account_closed"],
    ["9902", "title_differs"],
  ])("%s: the bank refuses (%s)", async (last, reason) => {
    expect(await bank.connect().send(ending(last))).toMatchObject({ kind: "refused", reason });
  });
  test("9903 and 9904: accepted, and a minute later paid or refused", async () => {
    const before = await bank.freeOf();
    const [good, bad] = [ending("9903"), ending("9904")];
    for (const transfer of [good, bad]) {
      expect(await bank.connect().send(transfer)).toMatchObject({ kind: "doubtful" });
      expect(await bank.look(transfer)).toMatchObject({ kind: "doubtful" });
    }
    expect(await bank.connect().balance()).toMatchObject({ lockedMinor: 24_690n });
    bank.clock.advance(MINUTE_MS);
    expect(await bank.look(good)).toMatchObject({ kind: "paid" });
    expect(await bank.look(bad)).toMatchObject({ kind: "refused", reason: "declined" });
    expect(await bank.connect().balance()).toMatchObject({
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
    expect(await bank.hurried().send(transfer)).toMatchObject({ kind: "doubtful" });
    expect(await bank.look(transfer)).toMatchObject({ kind: truth });
  });
  test("9908: paid, and not found for four minutes", async () => {
    const transfer = ending("9908");
    expect(await bank.hurried().send(transfer)).toMatchObject({ kind: "doubtful" });
    expect(await bank.look(transfer)).toEqual({ kind: "not_found" });
    bank.clock.advance(4 * MINUTE_MS);
    expect(await bank.look(transfer)).toMatchObject({ kind: "paid" });
  });
});

describe("whatever fault hits it, the connector says no yes and no no that is not true", () => {
  const actions = faultActions.filter((action) => canHit(action, "transfer"));
  test.each(actions)("%s", async (action) => {
    const params = action === "delay" ? { ms: 2_000 } : {};
    await bank.fault(action, "transfer", params);
    const transfer = bank.transferOf();
    const told = await bank.hurried().send(transfer);
    const truth = await bank.look(transfer);
    if (told.kind !== "doubtful") expect(truth).toEqual(told);
    await bank.fault(action, "transfer_status", params, null);
    const asked = await bank.hurried().inquire(transfer.reference, transfer.amount);
    await bank.admin("DELETE", "/faults");
    if (action === "not_found_for") expect(asked).toEqual({ kind: "not_found" });
    else if (asked.kind !== "doubtful") expect(asked).toEqual(await bank.look(transfer));
    await bank.fault(action, "balance", params);
    expect((await bank.hurried().balance()).kind).toMatch(/^(told|unknown)$/);
    await bank.fault(action, "clock", params);
    expect((await bank.hurried().time()).kind).toMatch(/^(told|unknown)$/);
    await bank.admin("DELETE", "/faults");
  });
});

test("the book keeps its promises, and what it knew before it was closed", async () => {
  expect(await bank.admin("POST", "/check")).toMatchObject({ ok: true });
  const transfer = bank.transferOf();
  const paid = await bank.connect().send(transfer);
  await bank.restart();
  expect(await bank.connect().inquire(transfer.reference, transfer.amount)).toEqual(paid);
});

test("no key, no whole IBAN or account and no name is in a log of what was said", () => {
  const all = bank.seen.join("\n");
  expect(all).toContain("TR33...1326");
  expect(all).toContain("77...01");
  expect(all).not.toMatch(/SIMPAY0|TR33000610|Ada Kitap|"77000/);
});
