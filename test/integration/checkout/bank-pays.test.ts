import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectSound } from "../../faults/hands.ts";
import { bankPaysIn, MINUTE_MS } from "../../support/bank-pays.ts";
import type { Names } from "../../support/payer.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const ALWAYS = 1_000;
const HOUR_MS = 60 * MINUTE_MS;
let world: TestWorld;
let bank: ReturnType<typeof bankPaysIn>;
beforeAll(async () => {
  world = await createWorld();
  bank = bankPaysIn(world);
});
beforeEach(async () => {
  await world.bank.clearFaults();
  await bank.change({ threeDModel: "3d_pay", acceptsHalfSecure: false });
});
afterAll(() => world.close());

const paid = { code: 0, is_succeed: true, is_tds: true };
const notAuthenticated = { code: 16, is_succeed: false };
/** What the shop is told of a payer whose money goes back, and where the money is then. */
async function expectGivenBack(names: Names, code: number) {
  expect((await bank.payer.charge(names)).body).toMatchObject({ code, is_succeed: false });
  expect(await bank.standing(names)).toBe(0);
  expect(await bank.orderAtBank(names)).toMatchObject({ state: "voided" });
}

describe("a payer whose bank takes the money on its page", () => {
  test("is charged once: the shop hears it as news and then as a repeat", async () => {
    const { names, page } = await bank.through();
    expect(page.form?.fields).toMatchObject({ ...names, code: "0" });
    expect(await bank.tries.askedOf(names)).toEqual([]);
    const first = await bank.payer.charge(names);
    expect(first.body).toMatchObject({ ...paid, amount: 100 });
    expect((await bank.payer.charge(names)).body).toEqual({ ...first.body, code: 100 });
    expect(await bank.tries.rowOf(names)).toMatchObject({ level: "full", unclaimed_at: null });
    await bank.pass(3 * HOUR_MS);
    expect((await bank.payer.charge(names)).body).toEqual({ ...first.body, code: 100 });
    expect(await bank.standing(names)).toBe(1);
  });
  test("has the payment opened before the form is given out, and its reference taken", async () => {
    const reference_no = world.reference();
    const { names } = await bank.toPage({ reference_no });
    const { attempts } = await attemptsOf(names);
    expect(attempts).toMatchObject([{ kind: "sale", status: "open" }]);
    const other = await world.pay({ reference_no });
    expect(other.body).toMatchObject({ code: 10, is_succeed: false });
  });
  test("is declined by the issuer: the shop hears why, and then no more", async () => {
    const { names, page } = await bank.through({ result: "approve", issuerCode: "51" });
    expect(page.form?.fields).toMatchObject({ code: "0" });
    const first = await bank.payer.charge(names);
    expect(first.body).toMatchObject({ code: 0, is_succeed: false, bank_error_id: "51" });
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 17 });
  });
  test("is held where the shop asks for a hold, and captured later", async () => {
    const { names } = await bank.through(undefined, { transaction_type: 3 });
    const held = (await bank.payer.charge(names)).body;
    expect(held).toMatchObject({ ...paid, transaction_type: 3 });
    const asSale = await bank.payer.charge(names, { transaction_type: 1 });
    expect(asSale.body).toMatchObject({ code: 19 });
    const captured = await world.post("v1/transaction/capture", { xact_id: held["xact_id"] });
    expect(captured.body).toMatchObject({ code: 0, is_succeed: true });
  });
  test("goes there once: the page of the way says that nothing is left to do", async () => {
    const started = await bank.payer.start();
    const { post_url } = started.body as { post_url: string };
    await bank.payer.toBank(post_url);
    const again = await bank.payer.get(post_url);
    expect(again.form).toBeUndefined();
    expect(again.text).toContain("Burada yapılacak bir şey kalmadı");
    expect(again.text).not.toContain("para çekilmedi");
  });
  test("goes on as it began, though its contract becomes another", async () => {
    const { names, resolved } = await bank.ended();
    await bank.change({ threeDModel: "3d" });
    const page = await bank.payer.comeBack(resolved);
    expect(page.form?.fields).toMatchObject({ code: "0" });
    expect((await bank.payer.charge(names)).body).toMatchObject(paid);
    expect(await bank.tries.askedOf(names)).toEqual([]);
  });
});

async function attemptsOf(names: { token_id: string }) {
  const { payment_id } = await bank.tries.rowOf(names);
  const attempts = await world.db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("payment_id", "=", payment_id)
    .orderBy("id")
    .execute();
  return { attempts };
}

describe("what the bank says of the holder", () => {
  test.each(["0", "5", "6", "7", "8", "9"])(
    "mdStatus %s takes nothing, and another payment may use the reference",
    async (mdStatus) => {
      const reference_no = world.reference();
      const asked = { result: "mdStatus", mdStatus };
      const { names, page } = await bank.through(asked, { reference_no });
      expect(page.text).toContain("Kart doğrulanmadı");
      expect((await bank.payer.charge(names)).body).toMatchObject(notAuthenticated);
      expect(await bank.standing(names)).toBe(0);
      expect((await world.pay({ reference_no })).body).toMatchObject({ is_succeed: true });
    },
  );
  test.each(["2", "3", "4"])(
    "mdStatus %s is voided at once, or good by contract",
    async (mdStatus) => {
      const asked = { result: "mdStatus", mdStatus };
      const strict = await bank.through(asked);
      expect(strict.page.text).toContain("<h1>Ödeme geri veriliyor</h1>");
      expect(strict.page.form?.fields).toMatchObject({ code: "16" });
      await expectGivenBack(strict.names, 16);
      await bank.change({ acceptsHalfSecure: true });
      const lenient = await bank.through(asked);
      expect((await bank.payer.charge(lenient.names)).body).toMatchObject(paid);
      expect(await bank.tries.rowOf(lenient.names)).toMatchObject({ level: "half" });
    },
  );
  test.each(["0", "5", "6", "7", "8", "9"])(
    "mdStatus %s with an approval is voided at once, whatever the contract accepts",
    async (mdStatus) => {
      await bank.change({ acceptsHalfSecure: true });
      const { names, resolved } = await bank.ended();
      const page = await bank.sendBack(resolved, bank.signed({ ...resolved.fields, mdStatus }));
      expect(page.text).toContain("<h1>Ödeme geri veriliyor</h1>");
      await expectGivenBack(names, 16);
    },
  );
  test("is not hidden by a payer who keeps the return back", async () => {
    const asked = { result: "close", mdStatus: "2" };
    const { names } = await bank.ended(asked);
    world.clock.advance(5_000);
    await expectGivenBack(names, 16);
  });
  test("is refused, and a void that fails is tried again until it is done", async () => {
    await world.bank.fault("system_error", { op: "void" });
    const { names } = await bank.through({ result: "mdStatus", mdStatus: "2" });
    expect(await bank.standing(names)).toBe(1);
    for (let i = 0; i < 10; i += 1) await bank.pass(2 * MINUTE_MS);
    await expectGivenBack(names, 16);
    expect(await bank.tries.rowOf(names)).toMatchObject({ unclaimed_at: null });
  });
});

describe("a browser that is closed after the bank charged", () => {
  test("and a shop that asks: it hears the truth, by the bank's own word", async () => {
    const { names } = await bank.ended({ result: "close" });
    world.clock.advance(5_000);
    expect((await bank.payer.charge(names)).body).toMatchObject(paid);
    expect(await bank.tries.rowOf(names)).toMatchObject({ status: "authenticated" });
    await bank.pass(30 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(1);
  });
  test("and a bank that cannot be asked: the shop hears of doubt, and then the truth", async () => {
    const { names } = await bank.ended({ result: "close" });
    await world.bank.fault("system_error", { op: "inquire" }, {}, ALWAYS);
    world.clock.advance(5_000);
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 10, is_succeed: false });
    await world.bank.clearFaults();
    expect((await bank.payer.charge(names)).body).toMatchObject(paid);
  });
  test("and a shop that never asks: the money goes back when the session is over", async () => {
    const { names } = await bank.ended({ result: "close" });
    await bank.pass(20 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(1);
    await bank.pass(MINUTE_MS);
    await expectGivenBack(names, 13);
  });
});

describe("a charge that no shop asks for", () => {
  test("is given back a minute after the session, and its reference stays with it", async () => {
    const { names } = await bank.through();
    await bank.pass(20 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(1);
    await bank.pass(MINUTE_MS);
    await expectGivenBack(names, 13);
    expect(await bank.giveBack()).toBe(0);
    await bank.pass(3 * HOUR_MS);
    await expectGivenBack(names, 13);
  });
  test("is refunded where the bank's day has ended meanwhile", async () => {
    const { names } = await bank.through();
    await world.bank.admin("POST", "/eod", {});
    await bank.pass(21 * MINUTE_MS);
    expect(await bank.orderAtBank(names)).toMatchObject({ refundedKurus: 10_000 });
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 13 });
  });
  test("is released where it was a hold", async () => {
    const { names } = await bank.through(undefined, { transaction_type: 3 });
    await bank.pass(21 * MINUTE_MS);
    await expectGivenBack(names, 13);
  });
  test("stays where the shop has captured its hold: it knows of it", async () => {
    const { names } = await bank.through(undefined, { transaction_type: 3 });
    const { attempts } = await attemptsOf(names);
    const xact_id = String(attempts[0]?.xact);
    const captured = await world.post("v1/transaction/capture", { xact_id });
    expect(captured.body).toMatchObject({ is_succeed: true });
    await bank.pass(21 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(1);
    expect((await bank.payer.charge(names)).body).toMatchObject({ code: 100 });
  });
  test("is given back once, though many look at it at once", async () => {
    const [taken, refused] = [await bank.through(), await bank.through({ result: "reject" })];
    world.clock.advance(21 * MINUTE_MS);
    await Promise.all(Array.from({ length: 10 }, () => bank.giveBack()));
    await expectGivenBack(taken.names, 13);
    expect((await attemptsOf(taken.names)).attempts).toHaveLength(2);
    expect((await bank.payer.charge(refused.names)).body).toMatchObject(notAuthenticated);
  });
  test("is told or given back, never both, when both come at the same moment", async () => {
    /** Voided, or refunded where midnight lay between: both are back with the payer. */
    const isAtBank = async (names: Names) => {
      const order = await bank.orderAtBank(names);
      return order?.["state"] === "captured" && order["refundedKurus"] === 0;
    };
    for (let i = 0; i < 20; i += 1) {
      const { names } = await bank.through();
      world.clock.advance(21 * MINUTE_MS);
      const wait = (i % 5) * 4;
      const [answer] = await Promise.all([
        world.pause(i % 2 ? wait : 0).then(() => bank.payer.charge(names)),
        world.pause(i % 2 ? 0 : wait).then(() => bank.giveBack()),
      ]);
      const isTold = answer.body["is_succeed"] === true;
      expect(answer.body["code"]).toBe(isTold ? 0 : 13);
      expect(await isAtBank(names)).toBe(isTold);
      expect((await bank.payer.charge(names)).body["code"]).toBe(isTold ? 100 : 13);
    }
  });
});

test("after all of this the books balance and the bank agrees", async () => {
  await bank.pass(3 * HOUR_MS);
  await expectSound(world);
});
