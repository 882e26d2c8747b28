import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../src/acquirers/index.ts";
import { inTx } from "../../src/db/transaction.ts";
import { askNow, lookAgain } from "../../src/payments/index.ts";
import { decideSafetyVoid } from "../../src/payments/payments.store.ts";
import { runJobs } from "../support/jobs.ts";
import { createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import { endDoubt, expectSound, lastOf, liveCharges, moneyCalls, orderOf } from "./hands.ts";
import { askUntilVoided, type Delayed, delayed, moments, nothing, Way } from "./late.ts";

const way = new Way();
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({ wrapBank: (find) => (pos) => way.wrap(find(pos)) });
});
afterAll(() => world.close());
afterEach(() => way.reset());

/** Our books, the bank's and what the client was told are the same in the end. */
async function expectOneTruth({ orderId, isAnswered }: Delayed): Promise<void> {
  const told = await isAnswered();
  const row = await endDoubt(world, orderId);
  expect(row["is_in_doubt"]).toBe(false);
  await runJobs(world);
  expect(await liveCharges(world, orderId)).toBe(row["is_succeed"] ? 1 : 0);
  if (told["is_succeed"] === true) expect(row["is_succeed"]).toBe(true);
  expect(way.left).toBe(0);
  await expectSound(world);
}

describe("a charge that stood still on its way to the bank", () => {
  test.each(moments)("and arrives there %s has one end for all", async (moment) => {
    const late = await delayed(world, way);
    way.at(moment, late.arrives);
    await askUntilVoided(world);
    await expectOneTruth(late);
  });

  test.each(moments)("and is answered %s has one end for all", async (moment) => {
    const late = await delayed(world, way);
    way.at(moment, late.isAnswered);
    await askUntilVoided(world);
    await expectOneTruth(late);
  });

  test("is not voided once somebody was told that it is paid", async () => {
    const late = await delayed(world, way);
    way.at("after it", late.isAnswered);
    await askUntilVoided(world);
    expect(await lastOf(world, late.orderId)).toMatchObject({ is_succeed: true });
    expect(await moneyCalls(world, late.orderId)).toEqual(["sale"]);
    await expectOneTruth(late);
  });

  test("is in doubt for a caller who asks while it is being taken back", async () => {
    const late = await delayed(world, way);
    const again = () => world.pay({ reference_no: late.reference });
    way.at("before the void", async () => {
      await late.arrives();
      expect((await again()).body).toMatchObject({ code: 10, is_succeed: false });
    });
    await askUntilVoided(world);
    expect(await lastOf(world, late.orderId)).toMatchObject({ is_succeed: false });
    expect(await moneyCalls(world, late.orderId)).toEqual(["sale", "void"]);
    await expectOneTruth(late);
    const paid = await again();
    expect(paid.body).toMatchObject({ is_succeed: true });
    expect(orderOf(paid)).not.toBe(late.orderId);
  });

  test("is paid after all where the bank's day is closed before any void reaches it", async () => {
    const late = await delayed(world, way);
    way.at("before the void", async () => {
      await late.arrives();
      await world.bank.admin("POST", "/eod");
    });
    await askUntilVoided(world);
    expect(await lastOf(world, late.orderId)).toMatchObject({ is_in_doubt: true });
    world.clock.advance(DAY_MS);
    await expectOneTruth(late);
    expect(await lastOf(world, late.orderId)).toMatchObject({ is_succeed: true });
  });

  test("and whose answer nobody heard is found when the bank is asked again", async () => {
    const late = await delayed(world, way);
    await askUntilVoided(world);
    const looks = async () => (await late.looks()).map((each) => each.looks);
    expect(await looks()).toEqual([0]);
    const look = (await late.looks())[0]!;
    await lookAgain(world.deps.payments, look);
    expect(await looks()).toEqual([0, 1]);
    await late.arrives();
    expect(await liveCharges(world, late.orderId)).toBe(1);
    await lookAgain(world.deps.payments, { ...look, looks: 1 });
    expect(await liveCharges(world, late.orderId)).toBe(0);
    expect(await looks()).toEqual([0, 1]);
    await expectOneTruth(late);
    expect(await lastOf(world, late.orderId)).toMatchObject({ is_succeed: false });
  });

  test("and whose answer is lost after the last look is looked for anew", async () => {
    const late = await delayed(world, way);
    await askUntilVoided(world);
    const [look] = await late.looks();
    await lookAgain(world.deps.payments, { ...look!, looks: 2 });
    const { fromBank } = way;
    way.fromBank = async () => {
      await fromBank();
      throw new Error("the answer is lost");
    };
    await late.isAnswered();
    expect(await late.looks()).toEqual([look, look]);
    await lookAgain(world.deps.payments, look!);
    await expectOneTruth(late);
  });
});

describe("while a charge is taken back that its bank knew nothing of", () => {
  test("a question whose answer says nothing takes nothing of that away", async () => {
    const late = await delayed(world, way);
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Finding>()];
    let asking: Promise<unknown> = nothing();
    way.at("before the question", async () => {
      way.answer = () => {
        asked.resolve();
        return answer.promise;
      };
      asking = askNow(world.deps.payments, await late.read());
      await asked.promise;
    });
    way.at("before the void", async () => {
      answer.resolve({ kind: "unknown", why: "too slow" });
      await asking;
      await late.isAnswered();
    });
    await askUntilVoided(world);
    await expectOneTruth(late);
  });

  test("who read it in that moment settles no yes", async () => {
    const late = await delayed(world, way);
    await askUntilVoided(world, 5);
    const [held, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const before = await late.read();
    // Decided by another between the two reads of the one who asks.
    const deciding = inTx(world.db, async (tx) => {
      await sql`lock table payments in access exclusive mode`.execute(tx);
      held.resolve();
      await goOn.promise;
      const attempt = { ...before.attempt, safetyVoidAt: world.clock() };
      return decideSafetyVoid(tx, { ...before, attempt }, "schedule");
    });
    await held.promise;
    const reading = late.read();
    await world.pause(300);
    goOn.resolve();
    expect(await deciding).toBeDefined();
    const read = await reading;
    await late.arrives();
    await askNow(world.deps.payments, read);
    await expectOneTruth(late);
    expect(await lastOf(world, late.orderId)).toMatchObject({ is_succeed: false });
  });

  test.each(["open", "closed"])(
    "by one that died over it, many askers at once agree, the bank's day being %s",
    async (day) => {
      const late = await delayed(world, way);
      way.at("before the void", () => Promise.reject(new Error("killed")));
      await askUntilVoided(world);
      await late.arrives();
      if (day === "closed") await world.bank.admin("POST", "/eod");
      const ask = async (_: unknown, i: number) => {
        await world.pause(i * 4);
        for (let times = 0; times < 3; times += 1) {
          await askNow(world.deps.payments, await late.read());
        }
      };
      await Promise.all(Array.from({ length: 40 }, ask));
      await expectOneTruth(late);
      const row = await lastOf(world, late.orderId);
      expect(row["is_succeed"]).toBe(day === "closed");
    },
  );
});
