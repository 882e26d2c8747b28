import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { constraintOf } from "../../../src/db/transaction.ts";
import { nextDueMs } from "../../../src/jobs/due.store.ts";
import { dueTransfers, transferOf } from "../../../src/marketplace/index.ts";
import { runPayouts } from "../../../src/payouts/index.ts";
import { ByHand } from "../../support/by-hand.ts";
import { changeOn, codeOf } from "../../support/dues.ts";
import { goodAccount, goodIban, otherIban } from "../../support/members.ts";
import { bankTransfers } from "../../support/payouts.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const thrown = (error: unknown): never => {
  throw error;
};
const MEMBER_MINOR = 8_800n;

let world: TestWorld;
let desk: ByHand;
let ada = 0;
let bora = 0;
beforeAll(async () => {
  world = await createWorld();
  desk = new ByHand(world);
  ada = await desk.enlist();
  bora = await desk.enlist([]);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});
beforeEach(() => desk.begin());

const preview = (day = desk.today()) => dueTransfers(world.db, world.merchant.merchantId, day);
const constraintBy = (text: string, values: unknown[] = []) =>
  world.db.pool.query(text, values).then(() => undefined, constraintOf);

describe("a file", () => {
  test("takes what is due, each receiver once, and leaves nothing for the next one", async () => {
    const first = await desk.sellApproved(ada, { CargoType: 1, CargoOwnerType: 1, CargoCost: 5 });
    const second = await desk.sellApproved(ada);
    const homeless = await desk.sellApproved(bora);
    expect(await preview()).toMatchObject({ transfers: [], homeless: [] });
    await desk.nextDay();
    const shown = await preview();
    expect(await desk.states(first)).toEqual([1, 1]);
    const { batch, payouts } = await desk.taken();
    expect(payouts.map(transferOf)).toEqual(
      shown.transfers.map((each, i) => ({ ...each, number: payouts[i]!.number })),
    );
    expect(payouts).toMatchObject([
      { party: "platform", member: null, count: 3, kind: "hand", connection: null },
      { party: "member", member: BigInt(ada), amountMinor: 2n * MEMBER_MINOR + 500n, count: 3 },
    ]);
    expect(payouts[1]!.receiver).toEqual({ title: "Ada Kitap Ltd", iban: goodIban });
    for (const sold of [first, second]) expect(await desk.states(sold)).toEqual([2, 2]);
    // Who has no account is told of and waits.
    expect(await desk.states(homeless)).toEqual([2, 1]);
    const again = await desk.take();
    expect(again).toMatchObject({ batch: null, transfers: [] });
    expect(again?.homeless).toMatchObject([{ member: BigInt(bora), amountMinor: MEMBER_MINOR }]);
    expect(await desk.batch(batch)).toEqual(payouts);
    // With an account it is in the next file.
    const account = { ...goodAccount, MemberId: bora };
    expect((await desk.wire.post("api/paywall/member/bankaccount", account)).ErrorCode).toBe(0);
    expect((await desk.take())?.transfers).toMatchObject([{ member: BigInt(bora) }]);
  });

  test("is the same when it is written again, whatever became of the account", async () => {
    await desk.sellApproved(ada);
    await desk.nextDay();
    const { batch, payouts } = await desk.taken();
    await world.db.pool.query("update member_accounts set iban = $1 where member = $2", [
      otherIban,
      ada,
    ]);
    expect(await desk.batch(batch)).toEqual(payouts);
    await world.db.pool.query("update member_accounts set iban = $1", [goodIban]);
  });

  test("takes what falls up to the next business day, and nothing later", async () => {
    await desk.sellApproved(ada);
    const [today, later] = [await desk.take(), desk.take("2026-12-31")];
    expect(today?.batch).toBe(null);
    await expect(later).rejects.toMatchObject({ code: "invalid_input" });
    const [{ day }] = (await world.db.pool.query("select max(pay_date) as day from earnings")).rows;
    expect((await desk.take(day))?.batch).not.toBe(null);
  });

  test("is not written for a marketplace that does not pay by hand", async () => {
    await desk.sellApproved(ada);
    await desk.nextDay();
    await desk.distribute("payout");
    expect(await desk.take()).toBe(undefined);
  });

  test("holds what is in it from changes, rejections and refunds", async () => {
    const sold = await desk.sellApproved(ada);
    await desk.nextDay();
    const { batch } = await desk.taken();
    const { SubMerchantEarningId: Id } = await desk.shown(sold);
    expect(await codeOf(changeOn(desk.wire, "decrease/id", { Id, Earning: 1 }))).toBe(366);
    expect((await desk.refund(sold)).ErrorCode).toBe(35);
    await desk.paid({ batch });
    expect(await codeOf(changeOn(desk.wire, "decrease/id", { Id, Earning: 1 }))).toBe(368);
    expect((await desk.refund(sold)).ErrorCode).toBe(35);
  });

  test("is sent by nobody: no worker takes it up, and the tables would not let it", async () => {
    await desk.sellApproved(ada);
    await desk.nextDay();
    const { batch, payouts } = await desk.taken();
    const before = await bankTransfers(world);
    await world.advance(3 * DAY_MS);
    expect(await runPayouts(world.deps.payouts, thrown)).toBe(0);
    expect(await nextDueMs(world.db, [world.merchant.merchantId], world.clock())).toBe(undefined);
    expect(await bankTransfers(world)).toEqual(before);
    expect(await desk.batch(batch)).toEqual(payouts);
    const set = (what: string) =>
      constraintBy(`update payouts set ${what} where number = $1`, [payouts[0]!.number]);
    expect(await set("due_at = now()")).toBe("open_is_due");
    expect(await set("state = 'sending'")).toBe("hand_is_not_sent");
    expect(await set("connection = 1")).toBe("hand_alone_has_no_connection");
    expect(await set("batch = null")).toBe("hand_alone_is_of_batch");
    expect(await set("iban = null, title = null")).toBe("hand_has_receiver");
    expect(await set("kind = 'daily', batch = null")).toBe("hand_alone_has_no_connection");
  });
});

describe("marking", () => {
  test("books what was paid, once, and shows it like other transfers", async () => {
    const sold = await desk.sellApproved(ada);
    await desk.nextDay();
    const { batch, payouts } = await desk.taken();
    const drawn = async () => {
      const { rows } = await world.db.pool.query(
        `select coalesce(sum(amount_minor), 0)::bigint as sum from ledger_entries
         where credit_account = 'payout.hand:drawn'`,
      );
      return rows[0].sum as bigint;
    };
    const before = await drawn();
    const done = await desk.paid({ batch, text: "EFT 4711" });
    expect(done).toMatchObject({ isDone: true, marked: [{}, {}], same: [], others: [] });
    const all = payouts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    expect((await drawn()) - before).toBe(all);
    expect(await desk.states(sold)).toEqual([4, 4]);
    const toMember = payouts.find(({ party }) => party === "member")!;
    expect((await desk.shown(sold)).SubMerchantPayoutTransactionId).toBe(Number(toMember.number));
    expect(await desk.batch(batch)).toMatchObject([
      { state: "paid", word: "EFT 4711", markedBy: "ayşe" },
      { state: "paid", word: "EFT 4711", markedBy: "ayşe" },
    ]);
    const again = await Promise.all([desk.paid({ batch }), desk.paid({ batch })]);
    for (const each of again)
      expect(each).toMatchObject({ isDone: true, marked: [], same: [{}, {}] });
    expect((await drawn()) - before).toBe(all);
  });

  test("of some is all or nothing, and never silently against what was said", async () => {
    await desk.sellApproved(ada);
    await desk.nextDay();
    const { batch, payouts } = await desk.taken();
    const [platform, member] = payouts.map(({ number }) => number) as [bigint, bigint];
    const stranger = { batch, only: [platform, 7n] };
    expect(await desk.paid(stranger)).toMatchObject({ isDone: false, marked: [], unknown: [7n] });
    expect(await desk.returned({ batch, only: [platform] })).toMatchObject({ isDone: false });
    expect(await desk.paid({ batch, only: [platform] })).toMatchObject({ isDone: true });
    const undo = await desk.unpaid({ batch, only: [platform, member] });
    expect(undo).toMatchObject({ isDone: false, others: [{ number: platform }] });
    expect((await desk.batch(batch)).map(({ state }) => state)).toEqual(["paid", "queued"]);
    // Of the whole batch it is said of what waits for it.
    const rest = await desk.unpaid({ batch, text: "hesap kapalı" });
    expect(rest).toMatchObject({
      isDone: true,
      marked: [{ number: member }],
      others: [{ number: platform }],
    });
    expect(await desk.unpaid({ batch, only: [platform] })).toMatchObject({ isDone: false });
    expect(await desk.paid({ batch, only: [member] })).toMatchObject({ isDone: false });
    expect(await desk.returned({ batch, only: [member] })).toMatchObject({ isDone: false });
  });

  test("what was not paid has failed, and is in the next file", async () => {
    const sold = await desk.sellApproved(ada, { CargoType: 1, CargoOwnerType: 1, CargoCost: 5 });
    await desk.nextDay();
    const first = await desk.taken();
    await desk.unpaid({ batch: first.batch, text: "hesap kapalı" });
    expect(await desk.states(sold)).toEqual([5, 5]);
    expect((await preview()).transfers).toHaveLength(2);
    const next = await desk.taken();
    const member = next.payouts[1]!;
    expect(member).toMatchObject({ amountMinor: MEMBER_MINOR + 500n, count: 2 });
    expect(await desk.states(sold)).toEqual([2, 2]);
    expect(await desk.batch(first.batch)).toMatchObject([
      { state: "failed", failure: "not_made", word: "hesap kapalı" },
      { state: "failed" },
    ]);
    // The old one says no more what becomes of what is in the new one.
    expect(await desk.paid({ batch: first.batch })).toMatchObject({ isDone: false });
  });

  test("what was not paid is changed, given back and asked for again", async () => {
    const [changed, back, retried] = [
      await desk.sellApproved(ada),
      await desk.sellApproved(ada),
      await desk.sellApproved(ada),
    ];
    await desk.nextDay();
    const { batch } = await desk.taken();
    await desk.unpaid({ batch });
    const { SubMerchantEarningId: Id } = await desk.shown(changed);
    const lower = await changeOn(desk.wire, "decrease/id", { Id, Earning: 8 });
    expect(lower.ErrorCode).toBe(0);
    expect((await desk.refund(back)).ErrorCode).toBe(0);
    const put = { ProductId: retried.product, ApplyAll: true };
    const path = "api/paywall/marketplace/earning/put/retry/product";
    expect((await desk.wire.put(path, put)).ErrorCode).toBe(0);
    expect(await desk.states(retried)).toEqual([6, 6]);
    await desk.nextDay();
    const { payouts } = await desk.taken();
    expect(payouts[1]).toMatchObject({ amountMinor: 2n * MEMBER_MINOR - 800n, count: 2 });
  });

  test("what came back is booked back, and is in the next file", async () => {
    const sold = await desk.sellApproved(ada);
    await desk.nextDay();
    const { batch, payouts } = await desk.taken();
    const member = payouts[1]!.number;
    await desk.paid({ batch });
    const back = () => desk.returned({ batch, only: [member], text: "IBAN yanlış" });
    const [one, other] = await Promise.all([back(), back()]);
    expect(one.marked.length + other.marked.length).toBe(1);
    expect(one.same.length + other.same.length).toBe(1);
    expect(await desk.states(sold)).toEqual([4, 5]);
    const next = await desk.taken();
    expect(next.payouts).toMatchObject([{ member: BigInt(ada), amountMinor: MEMBER_MINOR }]);
    await desk.paid({ batch: next.batch });
    expect(await desk.states(sold)).toEqual([4, 4]);
    expect(await desk.paid({ batch, only: [member] })).toMatchObject({ isDone: false });
  });
});
