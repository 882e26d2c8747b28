import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../src/db/transaction.ts";
import { type Merchant, timeOf } from "../../../src/merchants/merchant.rules.ts";
import {
  checkCode,
  findCode,
  handProofOn,
  sendCode,
  useCode,
} from "../../../src/messaging/index.ts";
import { lastCode } from "../../support/codes.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";
import { merchantOf } from "./queue.ts";

const phone = "5321112233";
const MINUTE_MS = 60_000;

let world: TestWorld;
let merchant: Merchant;
beforeAll(async () => {
  world = await createWorld();
  merchant = await merchantOf(world);
});
afterAll(() => world.close());

const keyOf = (session: string) => ({ purpose: "subscription", session }) as const;
const proven = async (session: string) => {
  const ask = { ...keyOf(session), phone };
  await sendCode(world.deps, merchant, ask);
  await checkCode(world.deps, merchant, { ...ask, code: await lastCode(world, phone) });
};
const handOn = (from: string, to: string) => handProofOn(world.deps, merchant, keyOf(from), to);
const use = (session: string) =>
  inTx(world.db, (tx) => useCode(tx, merchant, keyOf(session), timeOf(merchant, world.clock())));

test("what a code proved is handed on once, and used once, by who got it", async () => {
  await proven("order-1");
  expect(await handOn("order-1", "order-1:visit")).toBe(true);
  expect(await handOn("order-1", "order-1:other")).toBe(false);
  await expect(use("order-1")).rejects.toMatchObject({ code: "code_needed" });
  await expect(use("order-1:other")).rejects.toMatchObject({ code: "code_needed" });
  expect(await use("order-1:visit")).toEqual({ phone });
  await expect(use("order-1:visit")).rejects.toMatchObject({ code: "code_needed" });
});

test("a code that is sent later takes nothing from what was handed on", async () => {
  await proven("order-2");
  await handOn("order-2", "order-2:visit");
  world.clock.advance(4 * MINUTE_MS);
  await sendCode(world.deps, merchant, { ...keyOf("order-2"), phone });
  expect(await findCode(world.deps, merchant, keyOf("order-2"))).toMatchObject({
    provenPhone: undefined,
    left: 3,
  });
  expect(await use("order-2:visit")).toEqual({ phone });
});

test("what was handed on ends half an hour after the code was right", async () => {
  await proven("order-3");
  const right = world.clock();
  world.clock.advance(10 * MINUTE_MS);
  await handOn("order-3", "order-3:visit");
  expect(await findCode(world.deps, merchant, keyOf("order-3:visit"))).toMatchObject({
    provenPhone: phone,
    provenUntil: new Date(right.getTime() + 30 * MINUTE_MS),
    left: 0,
  });
  world.clock.advance(20 * MINUTE_MS);
  expect(await findCode(world.deps, merchant, keyOf("order-3:visit"))).toMatchObject({
    provenPhone: undefined,
  });
  await expect(use("order-3:visit")).rejects.toMatchObject({ code: "code_needed" });
  expect(await handOn("order-3", "order-3:visit")).toBe(false);
});

test("a session that something was handed to has no code that could be typed", async () => {
  await proven("order-4");
  await handOn("order-4", "order-4:visit");
  for (const code of ["2222", "", "0000"]) {
    const typed = { ...keyOf("order-4:visit"), phone, code };
    await expect(checkCode(world.deps, merchant, typed)).rejects.toMatchObject({
      code: expect.stringMatching(/^code_/),
    });
  }
  expect(await use("order-4:visit")).toEqual({ phone });
});

test("two codes one after the other hand on to the same visit", async () => {
  await proven("order-5");
  await handOn("order-5", "order-5:visit");
  await use("order-5:visit");
  world.clock.advance(4 * MINUTE_MS);
  await proven("order-5");
  expect(await handOn("order-5", "order-5:visit")).toBe(true);
  expect(await use("order-5:visit")).toEqual({ phone });
});
