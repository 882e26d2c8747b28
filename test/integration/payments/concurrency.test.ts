import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deps } from "../../../src/main/deps.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let outdated = 0;
/** Counts settlements that met a payment which had moved on under an open attempt. */
function counting(deps: Deps): Deps {
  const { hotPath } = deps.payments;
  const settle: typeof hotPath.settle = async (ask) => {
    const isWritten = await hotPath.settle(ask);
    if (!isWritten) outdated += 1;
    return isWritten;
  };
  return { ...deps, payments: { ...deps.payments, hotPath: { ...hotPath, settle } } };
}
beforeAll(async () => {
  world = await createWorld({ wrapDeps: counting });
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

const FIFTY = 50;
const KEYED = 20;
const times = <T>(count: number, one: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => one(i)));
const xactOf = (answer: Answer) => answer.body["xact_id"];
const reverse = (xact_id: unknown, more: object = {}, headers: Record<string, string> = {}) =>
  world.post("v1/transaction/reversed_request", { xact_id, ...more }, headers);
const capture = (xact_id: unknown, more: object = {}, headers: Record<string, string> = {}) =>
  world.post("v1/transaction/capture", { xact_id, ...more }, headers);
const release = (xact_id: unknown, headers: Record<string, string> = {}) =>
  world.post("v1/transaction/preauth_reversal", { xact_id }, headers);
const hold = () => world.pay({ transaction_type: 3 });

/** How often each result code was given. */
function counted(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { body } of answers) {
    const code = String(body["code"]);
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

async function bankOrder(answer: Answer) {
  const orders = await world.bank.orders();
  return orders.find((order) => order.orderNo === answer.body["order_id"]);
}

async function bankOps(answer: Answer): Promise<string[]> {
  const route = `/requests?orderNo=${String(answer.body["order_id"])}`;
  const { requests } = await world.bank.admin("GET", route);
  return (requests as { op: string }[]).map(({ op }) => op);
}

describe("at once", () => {
  test("of fifty refunds of 10.00 on 100.00 exactly ten succeed", async () => {
    const paid = await world.pay({ amount: "100,00" });
    await world.advance(DAY_MS);
    const codes = counted(await times(FIFTY, () => reverse(xactOf(paid), { amount: "1000" })));
    // All is given back: code 6 says so to whoever comes after.
    expect(codes).toEqual({ 0: 10, 6: 40 });
    expect(await bankOrder(paid)).toMatchObject({ capturedKurus: 10_000, refundedKurus: 10_000 });
    expect((await bankOps(paid)).filter((op) => op === "refund")).toHaveLength(10);
    // An open attempt is the lock: nobody who came too late has touched its payment.
    expect(outdated).toBe(0);
  });

  test("of fifty refunds of 30.00 three succeed, the others are above the rest", async () => {
    const paid = await world.pay({ amount: "100,00" });
    await world.advance(DAY_MS);
    const codes = counted(await times(FIFTY, () => reverse(xactOf(paid), { amount: "3000" })));
    expect(codes).toEqual({ 0: 3, 1: 47 });
    expect(await bankOrder(paid)).toMatchObject({ refundedKurus: 9_000 });
  });

  test("of fifty captures one wins", async () => {
    const held = await hold();
    const answers = await times(FIFTY, () => capture(xactOf(held)));
    expect(counted(answers)).toEqual({ 0: 1, 6: 49 });
    expect((await bankOps(held)).filter((op) => op === "capture")).toHaveLength(1);
  });

  test("a capture or a release of a hold wins, never both", async () => {
    for (let round = 0; round < 5; round += 1) {
      const held = await hold();
      const both = await Promise.all([capture(xactOf(held)), release(xactOf(held))]);
      expect(counted(both)).toEqual({ 0: 1, 6: 1 });
      const isCaptured = both[0].body["code"] === 0;
      expect(await bankOrder(held)).toMatchObject({ state: isCaptured ? "captured" : "voided" });
    }
  });

  test("two cancels of a sale give the money back once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const paid = await world.pay();
      const both = await Promise.all([reverse(xactOf(paid)), reverse(xactOf(paid))]);
      expect(counted(both)).toEqual({ 0: 1, 6: 1 });
      expect(await bankOps(paid)).toEqual(["sale", "void"]);
    }
  });

  test("cancels after the bank's closed day give the money back once", async () => {
    const paid = await world.pay();
    await world.bank.admin("POST", "/eod", {});
    const answers = await times(4, () => reverse(xactOf(paid)));
    expect(answers.filter(({ body }) => body["code"] === 0).length).toBeGreaterThan(0);
    expect(await bankOrder(paid)).toMatchObject({ refundedKurus: 10_000 });
    expect((await bankOps(paid)).filter((op) => op === "refund")).toHaveLength(1);
  });

  test("of fifty payments with one reference one is taken", async () => {
    const reference_no = world.reference();
    const answers = await times(FIFTY, () => world.pay({ reference_no }));
    const won = answers.filter(({ body }) => body["is_succeed"] === true);
    expect(won).toHaveLength(1);
    for (const { body } of answers) {
      if (body["is_succeed"] !== true) expect([5, 10]).toContain(body["code"]);
    }
    expect(await bankOps(won[0]!)).toEqual(["sale"]);
  });

  test("fifty payments with references of their own are all taken", async () => {
    const answers = await times(FIFTY, () => world.pay({ amount: "1,00" }));
    expect(answers.filter(({ body }) => body["is_succeed"] === true)).toHaveLength(FIFTY);
    expect(new Set(answers.map(xactOf)).size).toBe(FIFTY);
  });
});

const key = (name: string) => ({ "idempotency-key": `${name}-${world.reference()}` });

type Keyed = Readonly<{
  /** Answers the operation to act on; a payment acts on nothing. */
  prepare(): Promise<Answer | undefined>;
  run(on: Answer | undefined, headers: Record<string, string>, more?: object): Promise<Answer>;
  other: object;
  op: string;
}>;
const keyed: Record<string, Keyed> = {
  payment: {
    prepare: async () => undefined,
    run: (_, headers, more) => world.pay({ reference_no: "KEYED", ...more }, headers),
    other: { amount: "99,00" },
    op: "sale",
  },
  capture: {
    prepare: hold,
    run: (on, headers, more) => capture(xactOf(on!), { amount: "5000", ...more }, headers),
    other: { amount: "4000" },
    op: "capture",
  },
  reversed_request: {
    prepare: async () => {
      const paid = await world.pay();
      await world.advance(DAY_MS);
      return paid;
    },
    run: (on, headers, more) => reverse(xactOf(on!), { amount: "1000", ...more }, headers),
    other: { amount: "2000" },
    op: "refund",
  },
  preauth_reversal: {
    prepare: hold,
    run: async (on, headers, more) =>
      more ? capture(xactOf(on!), {}, headers) : release(xactOf(on!), headers),
    other: {},
    op: "void",
  },
  capture_reversal: {
    prepare: async () => capture(xactOf(await hold())),
    run: async (on, headers, more) =>
      more
        ? reverse(xactOf(on!), {}, headers)
        : world.post("v1/transaction/capture_reversal", { xact_id: xactOf(on!) }, headers),
    other: {},
    op: "void",
  },
};

describe.each(Object.entries(keyed))("the same key on %s", (name, it) => {
  test("twenty times at once is one operation, and all hear its answer", async () => {
    const on = await it.prepare();
    const headers = key(name);
    const answers = await times(KEYED, () => it.run(on, headers));
    const [first] = answers;
    expect(first?.body).toMatchObject({ code: 0 });
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: first!.body });
    const ops = await bankOps(on ?? first!);
    expect(ops.filter((op) => op === it.op)).toHaveLength(1);

    world.clock.advance(60_000);
    expect((await it.run(on, headers)).body).toEqual(first!.body);
    const other = await it.run(on, headers, it.other);
    expect(other).toMatchObject({ status: 400, body: { result_code: 5 } });
    expect(await bankOps(on ?? first!)).toEqual(ops);
  });

  test("a malformed key is refused before anything is done", async () => {
    const on = await it.prepare();
    const refused = await it.run(on, { "idempotency-key": "k".repeat(256) }, it.other);
    expect(refused).toMatchObject({ status: 400, body: { result_code: 11 } });
    if (on) expect((await bankOps(on)).length).toBeLessThanOrEqual(2);
  });
});

describe("a repeated key", () => {
  test("waits for a first request that a slow bank keeps, and gives its answer", async () => {
    await world.bank.fault("delay", { op: "sale" }, { ms: 1_500 });
    const headers = key("slow");
    const body = { reference_no: world.reference() };
    const first = world.pay(body, headers);
    await world.pause(200);
    const second = await world.pay(body, headers);
    expect(second.body).toMatchObject({ code: 0, is_succeed: true });
    expect((await first).body).toEqual(second.body);
  });

  test("after a decline gives it again, and the reference is free for another key", async () => {
    const body = { reference_no: world.reference(), pan: "5100050000006661" };
    const headers = key("declined");
    const first = await world.pay(body, headers);
    expect(first.body).toMatchObject({ is_succeed: false, code: 0, bank_error_id: "51" });
    expect((await world.pay(body, headers)).body).toEqual(first.body);
    const next = await world.pay({ reference_no: body.reference_no }, key("next"));
    expect(next.body).toMatchObject({ code: 0, is_succeed: true });
  });

  test("of a cancel that went the other way tells of the way it went", async () => {
    const paid = await world.pay();
    await world.bank.admin("POST", "/eod", {});
    const headers = key("other-way");
    const answers = await times(5, () => reverse(xactOf(paid), {}, headers));
    for (const answer of answers) expect(answer.body).toMatchObject({ code: 0 });
    expect(await bankOps(paid)).toEqual(["sale", "void", "refund"]);
    expect((await reverse(xactOf(paid), {}, headers)).body).toMatchObject({ code: 0 });
  });

  test("belongs to its merchant's wire alone: a key and another reference is refused", async () => {
    const headers = key("other-body");
    const first = await world.pay({ reference_no: world.reference() }, headers);
    expect(first.body).toMatchObject({ code: 0 });
    const second = await world.pay({ reference_no: world.reference() }, headers);
    expect(second).toMatchObject({ status: 400, body: { result_code: 5 } });
  });
});
