import { afterAll, beforeAll, expect, test } from "vitest";
import { half, MarketMonth, nextDay, type Seller, weekdayOf } from "../../support/market-month.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

/** A month of a marketplace beside a model; the bank's own book of transfers is the witness. */

let world: TestWorld;
let month: MarketMonth;
let [ada, bora, can]: (Seller | undefined)[] = [];
beforeAll(async () => {
  world = await createWorld();
  month = new MarketMonth(world);
  // To five in the afternoon: what is paid on a day has been paid.
  world.clock.advance(5 * 60 * 60_000);
  ada = await month.enlist({
    ...{ name: "ada", account: "0006200000000000200001", percent: 12 },
    terms: { CalculationType: 1, CalculationValue: 7 },
    falls: (day) => nextDay(day, 7),
  });
  bora = await month.enlist({
    ...{ name: "bora", account: "0006200000000000200002", percent: 8 },
    terms: { CalculationType: 2, CalculationValue: 4 },
    falls: (day) => {
      let at = nextDay(day);
      while (weekdayOf(at) !== 4) at = nextDay(at);
      return at;
    },
  });
  can = await month.enlist({
    ...{ name: "can", account: "0006200000000000200003", percent: 10 },
    terms: { CalculationType: 3, CalculationValue: 15 },
    falls: (day) => (day < "2026-03-15" ? "2026-03-15" : "2026-04-15"),
  });
});
afterAll(() => world.close());

const account = { accountNo: "880000001", currency: "TRY" };
const setBalance = (balanceKurus: number) =>
  world.bank.admin("POST", "/accounts", { ...account, balanceKurus });

/** 4 and 5 March: sales of every kind, approved whole and line by line, one given back. */
async function sellAndApprove() {
  const shared = await month.sell("m-1", [
    {
      ...{ seller: ada!, price: 20_000, debts: 2_500 + half((2_000 * 88) / 100) },
      more: {
        ...{ CargoType: 1, CargoCost: 25 },
        ...{ DiscountOwnerType: 1, DiscountType: 2, DiscountValue: 10 },
      },
    },
    { seller: bora!, price: 5_000, percent: 5 },
  ]);
  const inParts = await month.sell("m-2", [{ seller: can!, price: 30_001 }], 3);
  const stated = await month.sell("m-3", [{ seller: ada!, price: 12_000, stated: 10_000 }]);
  const toReturn = await month.sell("m-4", [
    { seller: bora!, price: 9_000 },
    { seller: ada!, price: 3_333 },
  ]);
  await month.cancel(await month.sell("m-5", [{ seller: can!, price: 7_700 }]));
  await month.approve(shared, "pw", [shared.lines[0]!]);
  await month.approve(inParts, "pw");
  await month.live(1);
  await month.approve(shared, "pw", [shared.lines[1]!]);
  await month.approve(stated, "self");
  await month.approve(toReturn, "pw");
  await month.live(1);
  await month.refund(toReturn);
  return stated;
}

test("a month ends with equal books, and everybody got what a model says", async () => {
  const stated = await sellAndApprove();
  // To 16 March: Ada was paid on the 11th and the 12th, Bora on the 12th, Can on the 16th.
  await month.live(10);
  const late = [
    await month.sell("m-6", [
      { seller: ada!, price: 8_000 },
      { seller: bora!, price: 4_000 },
    ]),
    await month.sell("m-7", [{ seller: ada!, price: 5_000 }]),
  ];
  for (const sale of late) await month.approve(sale, "pw");
  await month.refundByOtherWire(stated);

  await setBalance(1);
  const first = await month.order("2026-03-01", "2026-03-15");
  const refused = await month.settle(first.job);
  expect(refused).toMatchObject({ AnySuccess: false, Results: [{ Result: false }] });
  await setBalance(1_000_000_00);
  const again = await month.restart(first.job);
  expect(again).toMatchObject({ AnySuccess: true, Results: [{ Result: false }, { Result: true }] });
  first.isPaid();

  // To 1 April: what fell on the feast or a weekend was paid on the next business day.
  await month.live(16);
  const rest = await month.order("2026-03-16", "2026-03-31");
  expect(await month.settle(rest.job)).toMatchObject({ AnySuccess: true });
  rest.isPaid();

  expect((await month.transfers()).toSorted()).toEqual(month.paid.toSorted());
  expect(month.paid).toHaveLength(8);
  // 70,40 and 44,00 less the hundred that she owes back.
  expect(month.paid).toContain(`${ada!.iban} 1440`);
  const { atBank, byModel } = await month.collected();
  expect(atBank).toBe(byModel);
  await world.isSound();
});
