import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lookAtWatches } from "../../../src/marketplace/index.ts";
import { firmsOf } from "../../support/firms.ts";
import { type Paywall, paywallOf } from "../../support/paywall.ts";
import { returnsOf } from "../../support/returns.ts";
import { enrolMembers } from "../../support/sales.ts";
import { openShop } from "../../support/shop.ts";
import { watcherOf } from "../../support/watches.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: ReturnType<typeof returnsOf>;
let server: Awaited<ReturnType<typeof openShop>>;
let watcher: ReturnType<typeof watcherOf>;
beforeAll(async () => {
  world = await createWorld({ merchant: { mayCallInside: true } });
  wire = paywallOf(world);
  shop = returnsOf(world, wire);
  await enrolMembers(world);
  server = await openShop();
  watcher = watcherOf(world, server);
});
afterAll(async () => {
  server.close();
  await world.isSound();
  await world.close();
});
beforeEach(() => server.forget());

/** A sale with two watches that both give its money back. */
function twice(minutes: number) {
  const { PayWatch: first } = watcher.watch("cancel");
  const { PayWatch: second } = watcher.watch("cancel", { WatchMin: minutes });
  const PayWatchMultiple = { Watch: true, Jobs: [first, second] };
  return watcher.foundHanging({ detail: { PayWatchMultipleSupport: true, PayWatchMultiple } });
}
const stays = { PaymentLastStatusId: 2, PaymentNewStatusId: 4, PaymentCancelled: false };
const goes = { PaymentLastStatusId: 2, PaymentNewStatusId: 5, PaymentCancelled: true };

describe("of two watches that give money back,", () => {
  test("one does, and its end ends the other, where the bank refuses it", async () => {
    const sale = await twice(6);
    for (const op of ["void", "refund"]) {
      await world.bank.fault("decline", { op }, { code: "05" }, 500);
    }
    for (const minutes of [5, 2, 6, 6]) await watcher.pass(minutes);
    const states = (await watcher.rows(sale.PaymentId)).map(({ state }) => state);
    expect(states.sort()).toEqual(["returning", "waiting"]);
    // As after a week.
    await world.db.kysely
      .updateTable("payment_watches")
      .set({ looks: 37 })
      .where("state", "<>", "done")
      .execute();
    await watcher.pass(6 * 60);
    expect(await watcher.pass(6 * 60)).toMatchObject([stays, stays]);
    await world.bank.clearFaults();
    expect(await shop.asked(sale)).toMatchObject({ StatusId: 4, AnySuccessCancel: false });
  });

  test("the database lets one only", async () => {
    const sale = await twice(5);
    const both = world.db.kysely
      .updateTable("payment_watches")
      .set({ state: "returning" })
      .where("sale", "=", BigInt(sale.PaymentId));
    await expect(both.execute()).rejects.toThrow("one_return_per_sale");
    await watcher.pass(5);
    expect(await watcher.pass(6)).toMatchObject([goes, goes]);
  });
});

describe("a look that comes to nothing", () => {
  test("counts, so that the next ones are ever further away", async () => {
    const sale = await watcher.hanging();
    const { marketplace } = world.deps;
    const merchantOf = () => Promise.reject(new Error("nobody is known"));
    const broken = { ...marketplace, payments: { ...marketplace.payments, merchantOf } };
    const errors: unknown[] = [];
    const looks = [];
    for (const minutes of [5, 5, 10]) {
      world.clock.advance(minutes * 60_000);
      world.deps.reception.forgetAll();
      looks.push(await lookAtWatches(broken, (error) => errors.push(error)));
      looks.push(await lookAtWatches(broken, (error) => errors.push(error)));
    }
    expect(looks).toEqual([1, 0, 1, 0, 1, 0]);
    expect(errors.map(String)).toEqual(Array(3).fill("Error: nobody is known"));
    expect(await watcher.rows(sale.PaymentId)).toMatchObject([{ looks: 3, state: "waiting" }]);
    expect(await watcher.pass(15)).toMatchObject([goes]);
  });

  test("of one merchant holds up no other one", async () => {
    const { db } = world;
    const { marketplace } = world.deps;
    const other = await firmsOf(world).another("other");
    const sale = await watcher.foundHanging();
    const its = sql`jsonb_build_object('merchant_id', ${other.merchantId}::text)`;
    for (const [table, key] of [
      ["sales", "number"],
      ["payment_watches", "sale"],
    ] as const) {
      await sql`insert into ${sql.table(table)}
        select (jsonb_populate_record(t, ${its})).* from ${sql.table(table)} t
        where ${sql.ref(key)} = ${sale.PaymentId}`.execute(db.kysely);
    }
    world.clock.advance(5 * 60_000);
    world.deps.reception.forgetAll();
    const merchantOf: typeof marketplace.merchantOf = async (id) => {
      if (id === other.merchantId) throw new Error("it has no commission rate");
      return marketplace.merchantOf(id);
    };
    const errors: unknown[] = [];
    await lookAtWatches({ ...marketplace, merchantOf }, (error) => errors.push(error));
    expect(errors.map(String)).toEqual(["Error: it has no commission rate"]);
    expect((await shop.asked(sale))["AnySuccessCancel"]).toBe(true);
    for (const table of ["payment_watches", "sales"] as const) {
      await db.kysely.deleteFrom(table).where("merchant_id", "=", other.merchantId).execute();
    }
  });
});
