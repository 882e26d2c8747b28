import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Acquirer } from "../../src/acquirers/index.ts";
import type { Deps } from "../../src/main/deps.ts";
import type { Paywall } from "../support/paywall.ts";
import { deletes, type returnsOf, returnsWorld } from "../support/returns.ts";
import { saleCode, sellOn, soldOn } from "../support/sales.ts";
import type { TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { gate } from "./late.ts";

/** Where the next operation of that kind stands still, on its way to the bank, or before it. */
type Verb = "charge" | "refund" | "open";
let stop: { verb: Verb; pass: () => Promise<void> } | undefined;
/** How often what is written of a bank's word gives way to others. */
let givesWay = 0;
/** Told when a call waits for another one. */
let onWait = () => {};

async function come(verb: Verb): Promise<void> {
  if (stop?.verb !== verb) return;
  const { pass } = stop;
  stop = undefined;
  await pass();
}

const slow = (bank: Acquirer): Acquirer => ({
  ...bank,
  charge: (order) => come("charge").then(() => bank.charge(order)),
  refund: (order) => come("refund").then(() => bank.refund(order)),
});

function wrap(deps: Deps): Deps {
  const { hotPath, pause } = deps.payments;
  const payments = {
    ...deps.payments,
    pause: (ms: number) => {
      onWait();
      return pause(ms);
    },
    hotPath: {
      ...hotPath,
      openFollowUp: (async (asked) => {
        await come("open");
        return hotPath.openFollowUp(asked);
      }) as typeof hotPath.openFollowUp,
      settle: (async (asked) => {
        givesWay -= 1;
        if (givesWay >= 0) throw Object.assign(new Error("lock timeout"), { code: "55P03" });
        return hotPath.settle(asked);
      }) as typeof hotPath.settle,
    },
  };
  return { ...deps, payments, marketplace: { ...deps.marketplace, payments } };
}

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof returnsOf>;
beforeAll(async () => {
  ({ world, wire, shop } = await returnsWorld({
    wrapDeps: wrap,
    wrapBank: (find) => (pos) => slow(find(pos)),
  }));
});
afterAll(() => world.close());
afterEach(async () => {
  // Where nobody has waited, what is held up goes on now.
  onWait();
  await expectSound(world);
});

/** Holds the next such operation up, and opens its way once another call waits for it. */
function held(verb: Verb) {
  const { pass, arrived, open } = gate();
  stop = { verb, pass };
  const opens = () => {
    onWait = () => {
      onWait = () => {};
      open();
    };
  };
  return { arrived, opens };
}

test("a cancel that comes while the charge is at the bank waits, and cancels it", async () => {
  const code = saleCode();
  const { arrived, opens } = held("charge");
  const sale = sellOn(wire, { detail: { MerchantUniqueCode: code } });
  await arrived;
  opens();
  const cancelled = await shop.cancel({ MerchantUniqueKey: code, PaymentId: 0 });
  expect(await sale).toMatchObject({ ErrorCode: 0 });
  expect(cancelled).toMatchObject({ ErrorCode: 0 });
});

test("a whole refund does not complete a part that is on its way", async () => {
  const [sold] = await shop.agedSales(1);
  const { arrived, opens } = held("refund");
  const part = shop.part(sold!, { Amount: 30 });
  await arrived;
  opens();
  expect(await shop.refund(sold!)).toMatchObject({ ErrorCode: 112 });
  expect(await part).toMatchObject({ ErrorCode: 0 });
});

test("a bank's yes is written though others hold the rows for a while", async () => {
  const sold = await soldOn(wire);
  givesWay = 2;
  expect(await shop.cancel(sold, deletes)).toMatchObject({ ErrorCode: 0 });
});

test("a part in doubt is asked about by the next one, and both are made", async () => {
  const [sold] = await shop.agedSales(1);
  await world.bank.fault("reset_after_commit", { op: "refund" });
  expect(await shop.part(sold!, { Amount: 30 })).toMatchObject({ ErrorCode: 92 });
  expect(await shop.part(sold!, { Amount: 20 })).toMatchObject({ ErrorCode: 0 });
  expect(await shop.returns(sold!)).toEqual(["done", "done"]);
});

test("a refund whose bank did not answer is asked about by the next one", async () => {
  const [sold] = await shop.agedSales(1);
  await world.bank.fault("reset_after_commit", { op: "refund" });
  expect(await shop.refund(sold!)).toMatchObject({ ErrorCode: 92 });
  expect(await shop.refund(sold!)).toMatchObject({ ErrorCode: 93 });
  expect(await shop.returns(sold!)).toEqual(["done", "failed"]);
});

test("a doubt whose end cannot be written stays one for who pays or gives back", async () => {
  const reference = saleCode();
  await world.bank.fault("reset_after_commit", { op: "sale" });
  const first = await world.pay({ reference_no: reference });
  expect(first.body).toMatchObject({ code: 10 });
  const giveBack = () =>
    world.post("v1/transaction/reversed_request", { xact_id: first.body["xact_id"] });
  givesWay = Number.POSITIVE_INFINITY;
  for (const again of [() => world.pay({ reference_no: reference }), giveBack]) {
    expect(await again()).toMatchObject({ status: 200, body: { code: 10 } });
  }
  givesWay = 0;
  expect((await giveBack()).body).toMatchObject({ code: 0 });
});

test.each([
  ["on its way back", "refund"],
  ["about to go back", "open"],
] as const)("an approval that comes while a part is %s waits, and approves", async (_, verb) => {
  const [sold] = await shop.agedSales(1);
  const { arrived, opens } = held(verb);
  const part = shop.part(sold!, { Amount: 30 });
  await arrived;
  opens();
  await shop.approve(sold!);
  expect(await part).toMatchObject({ ErrorCode: 0 });
});
