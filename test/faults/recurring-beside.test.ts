import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Acquirer } from "../../src/acquirers/index.ts";
import type { Deps } from "../../src/main/deps.ts";
import { paywallOf } from "../support/paywall.ts";
import { leaveMarketplace, recurringCode, recurringOf } from "../support/recurring.ts";
import { emptySaleCard, saleCard } from "../support/sales.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { gate } from "./late.ts";

/** Where the next charge stands still, on its way to the bank. */
let stop: ReturnType<typeof gate> | undefined;
/** Told when a call waits for another one. */
let onWait = () => {};

const slow = (bank: Acquirer): Acquirer => ({
  ...bank,
  async charge(order) {
    const held = stop;
    stop = undefined;
    await held?.pass();
    return bank.charge(order);
  },
});

function wrap(deps: Deps): Deps {
  const { pause } = deps.payments;
  const payments = {
    ...deps.payments,
    pause: (ms: number) => {
      onWait();
      return pause(ms);
    },
  };
  return { ...deps, payments, subscriptions: { ...deps.subscriptions, payments } };
}

let world: TestWorld;
let shop: ReturnType<typeof recurringOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: wrap, wrapBank: (find) => (pos) => slow(find(pos)) });
  await leaveMarketplace(world);
  shop = recurringOf(paywallOf(world));
});
afterAll(() => world.close());
afterEach(() => expectSound(world));

/** Creates one under a code, and another one under it while the bank has the first charge. */
async function twice(first: string): Promise<[number, number]> {
  const code = recurringCode();
  const ask = { SubscriptionMerchantCode: code, FailAttempt: 0 };
  const cards = [await shop.cardCode(first), await shop.cardCode(saleCard.Number)] as const;
  const held = gate();
  stop = held;
  const one = shop.create(ask, cards[0]);
  await held.arrived;
  onWait = () => held.open();
  const other = await shop.create(ask, cards[1]);
  onWait = () => {};
  return [(await one).ErrorCode, other.ErrorCode];
}

test("a code is taken by a recurring payment whose first charge comes while it waits", async () => {
  expect(await twice(saleCard.Number)).toEqual([0, 322]);
});

test("a code is free again once the first charge of the one that had it is refused", async () => {
  expect(await twice(emptySaleCard.Number)).toEqual([1, 0]);
});

test("a first charge of which the bank said nothing is asked about by the next one", async () => {
  const code = recurringCode();
  await world.bank.fault("reset_after_commit", { op: "sale" });
  expect(await shop.create({ SubscriptionMerchantCode: code })).toMatchObject({ ErrorCode: 92 });
  expect(await shop.create({ SubscriptionMerchantCode: code })).toMatchObject({ ErrorCode: 322 });
  expect(await shop.query(code)).toMatchObject({ ErrorCode: 0 });
});
