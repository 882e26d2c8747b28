import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { endDoubt, expectSound, lastOf, liveCharges, moneyCalls } from "../../faults/hands.ts";
import { cardsOf } from "../../support/cards.ts";
import { firmsOf } from "../../support/firms.ts";
import { runJobs } from "../../support/jobs.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const IN_DOUBT = /kart doğrulanamadı ve saklanmadı\. Karttan 1,00 TL bloke edildiyse/;

let world: TestWorld;
let cards: ReturnType<typeof cardsOf>;
let made = 0;
beforeAll(async () => {
  world = await createWorld();
  cards = cardsOf(world);
});
beforeEach(() => world.bank.clearFaults());
afterAll(() => world.close());

/** Stores a card with its code for a customer of its own. */
function checking(more: object = {}, headers: Record<string, string> = {}) {
  made += 1;
  const user_unique_id = `c-${made}`;
  const save = () => cards.save({ cvv: "000", user_unique_id, ...more }, headers);
  /** Cards of the customer: none when there is no such owner. */
  const kept = async () => {
    const owner = await world.db.kysely
      .selectFrom("card_owners")
      .select("id")
      .where("merchant_id", "=", world.merchant.merchantId)
      .where("customer", "=", user_unique_id)
      .executeTakeFirst();
    return owner ? cards.listed(owner.id) : [];
  };
  return { save, kept };
}

/** Order ids of checks that the bank was asked about, oldest first. */
async function checks(): Promise<string[]> {
  const rows = await world.db.kysely
    .selectFrom("payments")
    .select("id")
    .where("merchant_id", "=", world.merchant.merchantId)
    .where("reference", "like", "CARDCHECK-%")
    .orderBy("id")
    .execute();
  return rows.map((row) => row.id.slice("pay_".length));
}
const lastCheck = async () => (await checks()).at(-1) ?? "";

test("a card that the bank confirms is stored, the hold is back before the answer", async () => {
  const { save, kept } = checking();
  expect((await save()).body).toMatchObject({ code: 0 });
  expect(await kept()).toHaveLength(1);
  const order = await lastCheck();
  expect(await moneyCalls(world, order)).toEqual(["preauth", "void"]);
  expect(await liveCharges(world, order)).toBe(0);
  await runJobs(world);
  expect(await moneyCalls(world, order)).toEqual(["preauth", "void"]);
  await expectSound(world);
});

test.each([
  ["a wrong code", { cvv: "999" }, /^Kart banka tarafından doğrulanmadı ve saklanmadı: CVV/],
  ["no limit", { card_number: "5100050000006661" }, /saklanmadı: /],
  ["a lost card", { card_number: "5136620000006669" }, /saklanmadı: /],
])("a card that the bank refuses for %s is not stored, in the bank's words", async (...row) => {
  const [, more, message] = row;
  const { save, kept } = checking(more);
  const refused = await save();
  expect(refused.status).toBe(200);
  expect(refused.body).toEqual({
    object_name: "card_save",
    code: 1,
    message: expect.stringMatching(message),
  });
  expect(await kept()).toEqual([]);
  expect(await moneyCalls(world, await lastCheck())).toEqual(["preauth"]);
});

test("a refusal of the bank is told in English to who asks for it", async () => {
  const { save } = checking({ cvv: "999" }, { "accept-language": "en" });
  const refused = await save();
  expect(refused.body["message"]).toMatch(
    /^The bank did not confirm the card, so it was not stored: \S/,
  );
});

test("a card whose hold was made and never told is not stored, its lira comes back", async () => {
  await world.bank.fault("reset_after_commit", { op: "preauth" });
  const { save, kept } = checking();
  expect((await save()).body).toMatchObject({ code: 10, message: IN_DOUBT });
  expect(await kept()).toEqual([]);
  const order = await lastCheck();
  expect(await liveCharges(world, order)).toBe(1);
  await world.advance(10_000);
  expect(await lastOf(world, order)).toMatchObject({ xact_type: "PR", is_succeed: true });
  await runJobs(world);
  expect(await lastOf(world, order)).toMatchObject({ xact_type: "RP", is_succeed: true });
  expect(await liveCharges(world, order)).toBe(0);
  // The payer tries again and is not held up by the first try.
  expect((await save()).body).toMatchObject({ code: 0 });
  expect(await kept()).toHaveLength(1);
  await expectSound(world);
});

test("a card of which the bank never heard is not stored, and nothing is held", async () => {
  await world.bank.fault("reset_before_commit", { op: "preauth" });
  const { save, kept } = checking();
  expect((await save()).body).toMatchObject({ code: 10, message: IN_DOUBT });
  const order = await lastCheck();
  expect(await endDoubt(world, order)).toMatchObject({ xact_type: "PR", is_succeed: false });
  await runJobs(world);
  expect(await liveCharges(world, order)).toBe(0);
  expect(await kept()).toEqual([]);
  await expectSound(world);
});

test("a hold that cannot be given back at once comes back by the queue", async () => {
  await world.bank.fault("decline", { op: "void" }, { code: "05" });
  const { save, kept } = checking();
  expect((await save()).body).toMatchObject({ code: 0 });
  expect(await kept()).toHaveLength(1);
  const order = await lastCheck();
  expect(await liveCharges(world, order)).toBe(1);
  await runJobs(world);
  expect(await liveCharges(world, order)).toBe(0);
  await expectSound(world);
});

test("the same request again under its key asks the bank once", async () => {
  const headers = { "idempotency-key": "save-1" };
  const { save, kept } = checking({}, headers);
  const before = (await checks()).length;
  const answers = await Promise.all(Array.from({ length: 5 }, save));
  for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
  expect(answers[0]?.body).toMatchObject({ code: 0 });
  expect(await checks()).toHaveLength(before + 1);
  expect(await kept()).toHaveLength(1);
  const other = await cards.save({ cvv: "000", user_unique_id: "somebody" }, headers);
  expect(other).toMatchObject({ status: 400, body: { result_code: 5 } });
});

test("under its key a request in doubt is stored once the bank has said yes", async () => {
  await world.bank.fault("reset_after_commit", { op: "preauth" });
  const { save, kept } = checking({}, { "idempotency-key": "save-2" });
  expect((await save()).body).toMatchObject({ code: 10 });
  const again = await save();
  expect(again.body).toMatchObject({ code: 0 });
  expect(await kept()).toHaveLength(1);
  const order = await lastCheck();
  expect(await moneyCalls(world, order)).toEqual(["preauth", "void"]);
  await expectSound(world);
});

test("without its code a card is stored though the bank is away", async () => {
  await world.bank.fault("reset_before_commit", {}, {}, 5);
  const { save, kept } = checking({ cvv: undefined });
  const before = await checks();
  expect((await save()).body).toMatchObject({ code: 0 });
  expect(await kept()).toHaveLength(1);
  expect(await checks()).toEqual(before);
});

test("a customer who was never seen has no owner when the bank refuses the card", async () => {
  const { save } = checking({ cvv: "999" });
  const owners = async () =>
    (await world.db.kysely.selectFrom("card_owners").select("id").execute()).length;
  const before = await owners();
  await save();
  expect(await owners()).toBe(before);
});

test("a merchant that sells with 3-D Secure only may have its cards checked", async () => {
  const strict = await createWorld({ merchant: { maySellWithout3d: false } });
  const saved = await cardsOf(strict).save({ cvv: "000" });
  expect(saved.body).toMatchObject({ code: 0 });
  expect((await strict.pay()).status).toBe(403);
  await strict.close();
});

test("a check that an agent asks for is seen by that agent's own key", async () => {
  const key = await firmsOf(world).agentKey("20001");
  const saved = await cards.save({ cvv: "000", user_unique_id: "agent's" }, key);
  expect(saved.body).toMatchObject({ code: 0 });
  const today = { datab: "2026-03-04", datbi: "2026-03-05", agent_id: "20001" };
  const { body } = await world.post("v1/transaction/list", today);
  expect(body["Data"]).toMatchObject([
    { xact_type: "RP", agent_id: "20001" },
    { xact_type: "PR", agent_id: "20001" },
  ]);
});
