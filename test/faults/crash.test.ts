import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLAGGED_GAP_MS, INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { createWorld, DAY_MS, goodCard, type TestWorld } from "../support/world.ts";
import { expectSound, lastOf, orderOf, xactOf } from "./hands.ts";
import { Life, mortal, type Restarted, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortal(deps, life) });
});
afterAll(() => world.close());

/** Each attempt takes these steps; one that died before the fourth never reached the bank. */
const steps = [
  "before opening",
  "after opening",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
];
const reachedBank = (step: string) => steps.indexOf(step) >= 3;
const wasOpened = (step: string) => steps.indexOf(step) >= 1;
/** Longer than an open attempt is taken for one that is still under way. */
const A_WHILE_MS = 5_000;

/** What a restarted process does until nothing of the dead one is left. */
async function recover(born: Restarted): Promise<void> {
  world.clock.advance(75_000); // The dead process's attempt belongs to nobody from here on.
  for (const gap of [0, ...INQUIRY_GAPS_MS.slice(1)]) {
    world.clock.advance(gap);
    born.deps.reception.forgetAll();
    await inquireDue(born.deps.payments, (error) => {
      throw error;
    });
  }
}

type BankTxn = { type: string; result: string; orderNo: string; voidedBy: number | null };
const txnsOf = async (orderIds: readonly string[]) =>
  ((await world.bank.admin("GET", "/txns?limit=10000"))["txns"] as BankTxn[]).filter(
    ({ result, orderNo }) => result === "approved" && orderIds.includes(orderNo),
  );

async function ordersOf(reference: string): Promise<string[]> {
  const rows = await world.db.kysely
    .selectFrom("payments")
    .select("id")
    .where("merchant_id", "=", world.merchant.merchantId)
    .where("reference", "=", reference)
    .execute();
  return rows.map((row) => row.id.slice("pay_".length));
}

describe.each([
  ["sale", 1],
  ["hold", 3],
])("a %s whose process dies", (_, transaction_type) => {
  test.each(steps.map((step, i) => [step, i + 1] as const))(
    "%s is charged once",
    async (step, at) => {
      const reference_no = world.reference();
      const body = { ...goodCard, amount: "10,00", domain: "shop.example", reference_no };
      life.endAt(at);
      expect((await world.pay({ ...body, transaction_type })).status).toBe(500);
      expect(life.diedAt).toBe(step);

      const born = await restarted(world);
      const pay = () => born.post("v2/transaction/payment", { ...body, transaction_type });
      world.clock.advance(A_WHILE_MS);
      const atOnce = (await pay()).body["code"];
      if (!wasOpened(step)) expect(atOnce).toBe(0);
      else expect(atOnce).toBe(reachedBank(step) ? 5 : 10);
      await recover(born);
      const later = (await pay()).body;
      if (wasOpened(step) && !reachedBank(step)) expect(later).toMatchObject({ is_succeed: true });
      else expect(later).toMatchObject({ code: 5, is_succeed: false });
      await born.close();

      const charges = await txnsOf(await ordersOf(reference_no));
      expect(charges.filter(({ voidedBy }) => voidedBy === null)).toHaveLength(1);
      await expectSound(world);
    },
  );
});

type FollowUp = Readonly<{
  /** What the bank calls it, and what it calls what came before. */
  op: string;
  route: string;
  more?: object;
  /** Answers the operation to act on. */
  prepare(): Promise<string>;
}>;
const sale = async () => {
  const paid = await world.pay({ amount: "10,00" });
  world.clock.advance(1);
  return paid;
};
const hold = async () => {
  const held = await world.pay({ amount: "10,00", transaction_type: 3 });
  world.clock.advance(1);
  return held;
};
const captured = async () => {
  const done = await world.post("v1/transaction/capture", { xact_id: xactOf(await hold()) });
  world.clock.advance(1);
  return done;
};
const followUps: Record<string, FollowUp> = {
  capture: {
    op: "capture",
    route: "v1/transaction/capture",
    more: { amount: "700" },
    prepare: async () => xactOf(await hold()),
  },
  void: {
    op: "void",
    route: "v1/transaction/reversed_request",
    prepare: async () => xactOf(await sale()),
  },
  release: {
    op: "void",
    route: "v1/transaction/preauth_reversal",
    prepare: async () => xactOf(await hold()),
  },
  "capture cancel": {
    op: "void",
    route: "v1/transaction/capture_reversal",
    prepare: async () => xactOf(await captured()),
  },
  refund: {
    op: "refund",
    route: "v1/transaction/reversed_request",
    more: { amount: "300" },
    prepare: async () => {
      const paid = await sale();
      await world.advance(DAY_MS);
      return xactOf(paid);
    },
  },
};

async function orderOfXact(xact_id: string): Promise<string> {
  const { body } = await world.post("v1/transaction/check", { xact_id });
  return String((body["Data"] as { order_id: string }[])[0]?.order_id);
}

describe.each(Object.entries(followUps))("a %s whose process dies", (_, it) => {
  test.each(steps.map((step, i) => [step, i + 1] as const))(
    "%s is done once, and its key tells the truth",
    async (step, at) => {
      life.live();
      const xact_id = await it.prepare();
      const orderId = await orderOfXact(xact_id);
      const before = (await txnsOf([orderId])).length;
      const headers = { "idempotency-key": `${world.reference()}-key` };
      life.endAt(at);
      expect((await world.post(it.route, { xact_id, ...it.more }, headers)).status).toBe(500);
      expect(life.diedAt).toBe(step);

      const born = await restarted(world);
      const again = (with_: Record<string, string>) =>
        born.post(it.route, { xact_id, ...it.more }, with_);
      world.clock.advance(A_WHILE_MS);
      const isLost = wasOpened(step) && !reachedBank(step);
      expect((await again(headers)).body["code"]).toBe(isLost ? 10 : 0);
      await recover(born);
      const settled = await lastOf(world, orderId);
      expect(settled).toMatchObject({ is_in_doubt: false, is_succeed: !isLost });
      const repeated = (await again(headers)).body;
      if (isLost)
        expect([repeated["is_succeed"], repeated["code"]]).toContainEqual(
          it.route.endsWith("capture") || it.route.endsWith("capture_reversal") ? false : 1,
        );
      else expect(repeated).toMatchObject({ code: 0 });
      if (isLost) expect((await again({})).body).toMatchObject({ code: 0 });
      await born.close();

      const after = await txnsOf([orderId]);
      expect(after).toHaveLength(before + 1);
      expect(after.at(-1)?.type).toBe(it.op);
      await expectSound(world);
    },
  );
});

describe("a cancel after the bank's day was closed, whose process dies", () => {
  const both = [
    ...steps.map((step) => ["the void", step]),
    ...steps.map((step) => ["the refund", step]),
  ];
  test.each(both.map(([part, step], i) => [part, step, i + 1] as const))(
    "at %s, %s, gives the money back once",
    async (_, step, at) => {
      life.live();
      const paid = await sale();
      const xact_id = xactOf(paid);
      await world.bank.admin("POST", "/eod", {});
      const headers = { "idempotency-key": `${world.reference()}-key` };
      const route = "v1/transaction/reversed_request";
      life.endAt(at);
      expect((await world.post(route, { xact_id }, headers)).status).toBe(500);
      expect(life.diedAt).toBe(step);

      const born = await restarted(world);
      await recover(born);
      await born.post(route, { xact_id }, headers);
      await born.post(route, { xact_id });
      await born.close();
      const refunds = (await txnsOf([orderOf(paid)])).filter(({ type }) => type === "refund");
      expect(refunds).toHaveLength(1);
      await expectSound(world);
    },
  );
});

describe("a question about a lost charge, whose process dies", () => {
  test.each([1, 2, 3, 4, 5, 6])("at step %i of each try, still ends the doubt", async (at) => {
    life.live();
    const reference_no = world.reference();
    await world.bank.fault("reset_before_commit", { op: "sale" });
    const lost = await world.pay({ reference_no, amount: "10,00" });
    expect(lost.body).toMatchObject({ code: 10 });
    for (let tries = 0; tries < 8; tries += 1) {
      life.endAt(at);
      world.clock.advance(100_000);
      await inquireDue(world.deps.payments, () => {});
    }
    const born = await restarted(world);
    await recover(born);
    for (let i = 0; i < 3; i += 1) {
      world.clock.advance(FLAGGED_GAP_MS);
      await recover(born);
    }
    await born.close();
    expect(await lastOf(world, orderOf(lost))).toMatchObject({ is_in_doubt: false });
    expect(await txnsOf([orderOf(lost)])).toHaveLength(0);
    await expectSound(world);
  });
});
