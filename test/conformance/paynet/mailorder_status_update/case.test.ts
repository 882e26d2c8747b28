import { afterAll, beforeAll, expect, test } from "vitest";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  links = linkPayersOf(world);
});
afterAll(() => world.close());

const path = "v1/mailorder/status_update";
const made = async (more: object = {}) => (await links.create(more)).body["id"];
const stateOf = async (id: unknown) => (await links.show(id))["status"];

test("a link is closed, and opened again, by id or reference and as often as asked", async () => {
  const id = await made({ reference_no: "S-1" });
  const { request, response } = example(import.meta.dirname, { id });
  for (let i = 0; i < 2; i += 1) {
    expectLike(await world.post(path, request), response);
    expect(await stateOf(id)).toBe(3);
  }
  for (let i = 0; i < 2; i += 1) {
    expectLike(await world.post(path, { reference_no: "S-1", status: "0" }), response);
    expect(await stateOf(id)).toBe(0);
  }
  expect((await links.pay(id)).attempt.status).toBe("approved");
});

test("a paid link is never changed again", async () => {
  const id = await made();
  await links.pay(id);
  for (const status of [0, 3]) {
    expect((await links.setStatus(id, status)).body).toEqual({
      object_name: "mailorder_update_status",
      code: 1,
      message: "Ödeme linki daha önce ödenmiş",
    });
    expect(await stateOf(id)).toBe(1);
  }
});

test("a link that may be paid many times is closed and opened after payments too", async () => {
  const id = await made({ multi_payment: true });
  await links.pay(id);
  await links.setStatus(id, 3);
  expect(await stateOf(id)).toBe(3);
  await links.setStatus(id, 0);
  expect(await stateOf(id)).toBe(0);
});

test("a link that is opened after its time is expired all the same", async () => {
  const id = await made({ expire_date: 1 });
  await links.setStatus(id, 3);
  await world.advance(DAY_MS);
  expect(await stateOf(id)).toBe(3);
  expect((await links.setStatus(id, 0)).body).toMatchObject({ code: 0 });
  expect(await links.show(id)).toMatchObject({ status: 2, status_desc: "Süresi doldu" });
});

test("closing a link while it is being paid leaves it closed unpaid, or paid", async () => {
  for (let i = 0; i < 5; i += 1) {
    const id = await made();
    const prepared = await links.prepare(id);
    const [closed, done] = await Promise.all([
      links.setStatus(id, 3),
      links.complete(prepared).catch(() => undefined),
    ]);
    // Paid while it was closed, it is paid: the money has moved.
    expect(await stateOf(id)).toBe(done ? 1 : 3);
    expect([0, 1]).toContain(closed.body["code"]);
  }
  await world.isSound();
});

test.each([
  [{ status: undefined }, "status alanı zorunludur"],
  [{ status: 1 }, "status alanı 0 / 3 aralığında olmalıdır"],
  [{ status: 2 }, "status alanı 0 / 3 aralığında olmalıdır"],
  [{ status: 4 }, "status alanı 0 - 3 aralığında olmalıdır"],
  [{ status: -1 }, /^status alanı/],
  [{ status: "pasif" }, /^status alanı/],
  [{ status: 0.5 }, /^status alanı/],
  [{ id: undefined, status: 3 }, "id alanı zorunludur"],
])("%j changes nothing", async (more, message) => {
  const id = await made();
  expectBadRequest(await world.post(path, { id, ...more }), message);
  expect(await stateOf(id)).toBe(0);
});

test("what is no link is code 12", async () => {
  const refused = await world.post(path, { reference_no: "NOBODY", status: 3 });
  expect(refused.body).toMatchObject({ code: 12, object_name: "mailorder_update_status" });
});
