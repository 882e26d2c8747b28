import { afterAll, beforeAll, expect, test } from "vitest";
import { approvedOn, changeOn, codeOf, earningsOn, OK, payIn } from "../../../support/dues.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers } from "../../../support/sales.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const MARKET = "api/paywall/marketplace";
const approved = (more: object = {}, member = 501) => approvedOn(wire, more, member);
const earningsOf = (product: number) => earningsOn(wire, product);
const change = (path: string, input: object) => changeOn(wire, path, input);

test("an earning is raised and lowered by a difference, the other party's stays", async () => {
  const { product, earnings } = await approved();
  const { SubMerchantEarningId: id, MerchantEarning: platform } = earnings;
  expect(await change("increase/id", { Id: id, Earning: 3 })).toMatchObject(OK);
  expect(await change("decrease/product", { ProductId: product, Earning: 1 })).toMatchObject(OK);
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 90,
    MerchantEarning: platform,
  });
  const both = { ProductId: product, Earning: 2, ApplyAll: true };
  expect(await change("increase/product", both)).toMatchObject(OK);
  const raised = await earningsOf(product);
  expect([raised.SubMerchantEarning, raised.MerchantEarning]).toEqual([92, platform + 2]);
  for (const Earning of [0, -1, 92.01, "x"]) {
    expect(await codeOf(change("decrease/id", { Id: id, Earning }))).toBe(365);
  }
  // Together both or nothing: the platform has not so much.
  expect(await codeOf(change("decrease/product", { ...both, Earning: 50 }))).toBe(365);
  expect(await earningsOf(product)).toEqual(raised);
  expect(await codeOf(change("increase/id", { Id: 1, Earning: 1 }))).toBe(34);
  expect(await codeOf(change("increase/product", { ProductId: 1, Earning: 1 }))).toBe(34);
});

test("lowered to nothing an earning is closed, raised from nothing it is due again", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  await change("decrease/id", { Id, Earning: 88 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 0,
    SubMerchantEarningStatusId: 10,
  });
  await change("increase/id", { Id, Earning: 5 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 5,
    SubMerchantEarningStatusId: 1,
  });
});

test("postponed by days an earning is due later, with all both are", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.MerchantEarningId;
  expect(await change("postpone/id", { Id, Day: 2 })).toMatchObject(OK);
  await change("postpone/product", { ProductId: product, Day: 10, ApplyAll: true });
  expect(await earningsOf(product)).toMatchObject({
    MerchantReflectionDate: "2026-03-17T00:00:00",
    SubMerchantReflectionDate: "2026-03-21T00:00:00",
  });
  const { rows } = await world.db.pool.query(
    "select pay_date from earnings where product = $1 order by number",
    [product],
  );
  // 21 March is a Saturday, and the day after it the last of a feast.
  expect(rows).toEqual([{ pay_date: "2026-03-23" }, { pay_date: "2026-03-17" }]);
  for (const Day of [0, -1, "x", 1.5]) {
    expect(await codeOf(change("postpone/id", { Id, Day }))).toBe(2);
  }
});

test("a day before 2000 or after 2100 is none, and nothing is postponed beyond it", async () => {
  const { earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  const set = (ReflectionDate: string) => change("reflection/id", { Id, ReflectionDate });
  for (const day of ["0000-01-01", "2101-01-03", "9999-12-31"]) {
    expect(await codeOf(set(day))).toBe(363);
  }
  expect(await set("2100-12-31")).toMatchObject(OK);
  const late = await change("postpone/id", { Id, Day: 1 });
  expect(late).toMatchObject({ status: 200, ErrorCode: 2, Result: false, Body: null });
  const page = { memberid: 501, start: 0, length: 10 };
  for (const name of ["datefrom", "dateto"]) {
    const answer = await wire.get(`${MARKET}/report/earning/member`, {
      ...page,
      [name]: "0000-06-01",
    });
    expect(answer).toMatchObject({ status: 200, ErrorCode: 2, Body: null });
  }
});

test("a day is set by hand on a weekday from today on, until 16:00 on today itself", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  const set = (ReflectionDate: string) => change("reflection/id", { Id, ReflectionDate });
  expect(await set("2026-03-12T10:00:00")).toMatchObject(OK);
  expect(await set("2026-03-04")).toMatchObject(OK);
  expect((await earningsOf(product)).SubMerchantReflectionDate).toBe("2026-03-04T00:00:00");
  expect(await codeOf(set("2026-03-07"))).toBe(361);
  expect(await codeOf(set("2026-03-03"))).toBe(363);
  expect(await codeOf(set("soon"))).toBe(363);
  const both = { ProductId: product, ReflectionDate: "2026-03-13", ApplyAll: true };
  expect(await change("reflection/product", both)).toMatchObject(OK);
  expect(await earningsOf(product)).toMatchObject({
    MerchantReflectionDate: "2026-03-13T00:00:00",
    SubMerchantReflectionDate: "2026-03-13T00:00:00",
  });
});

test("what is paid or on its way is neither changed nor rejected, and says so", async () => {
  const { PaymentId, product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  const rejected = async () => {
    const { ErrorCode, Body } = await wire.post<{ Fail: { Reason: string }[] }>(
      `${MARKET}/reject/payment`,
      { PaymentId },
    );
    return [ErrorCode, Body.Fail[0]?.Reason];
  };
  for (const [state, code, status, reason] of [
    ["queued", 366, 2, "Earning is in the payment queue"],
    ["sending", 366, 3, "Earning is in the payment queue"],
    ["paid", 368, 4, "Earning already sent"],
  ] as const) {
    const payout = await payIn(world, state, [Id]);
    expect(await codeOf(change("increase/id", { Id, Earning: 1 }))).toBe(code);
    expect(await codeOf(change("postpone/product", { ProductId: product, Day: 1 }))).toBe(code);
    expect(await rejected()).toEqual([1, reason]);
    expect(await earningsOf(product)).toMatchObject({
      SubMerchantEarning: 88,
      SubMerchantEarningStatusId: status,
      SubMerchantPayoutTransactionId: state === "paid" ? payout : 0,
    });
  }
  // No transfer was made here, and the books say so.
  await world.db.pool.query("update earnings set payout = null where number = $1", [Id]);
  await world.db.pool.query("update payouts set state = 'failed' where state = 'paid'");
});

test("what a payout failed to pay is changed in it, and a new day takes it out", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  await payIn(world, "failed", [Id]);
  await change("increase/id", { Id, Earning: 1 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantEarning: 89,
    SubMerchantEarningStatusId: 5,
  });
  await change("postpone/id", { Id, Day: 1 });
  expect(await earningsOf(product)).toMatchObject({
    SubMerchantReflectionDate: "2026-03-12T00:00:00",
    SubMerchantEarningStatusId: 6,
  });
});

test("earnings that are about to go back are left alone", async () => {
  const { product, earnings } = await approved();
  const Id = earnings.SubMerchantEarningId;
  await world.db.pool.query("update earnings set is_held = true where number = $1", [Id]);
  expect(await codeOf(change("increase/id", { Id, Earning: 1 }))).toBe(362);
  const rejected = await wire.post(`${MARKET}/reject/product`, { ProductIds: [product] });
  expect(rejected).toMatchObject({
    ErrorCode: 1,
    Body: { Success: [], Fail: [{ Reason: "Payment is not successful" }] },
  });
  await world.db.pool.query("update earnings set is_held = false where number = $1", [Id]);
  expect((await earningsOf(product)).SubMerchantEarning).toBe(88);
});

test("after 16:00 a day by hand is not today any more", async () => {
  const { earnings } = await approved();
  await world.advance(DAY_MS / 6);
  const today = { Id: earnings.SubMerchantEarningId, ReflectionDate: "2026-03-04" };
  expect(await codeOf(change("reflection/id", today))).toBe(364);
  expect(await change("reflection/id", { ...today, ReflectionDate: "2026-03-05" })).toMatchObject(
    OK,
  );
});
