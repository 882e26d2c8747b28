import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findTry, finish } from "../../../src/checkout/index.ts";
import { TRIES_MAX } from "../../../src/checkout/session.rules.ts";
import { movedBy } from "../../support/books.ts";
import { firmsOf } from "../../support/firms.ts";
import { formsOf } from "../../support/forms.ts";
import { type Names, payerOf } from "../../support/payer.ts";
import { triesOf } from "../../support/tries.ts";
import { type Answer, createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
let forms: ReturnType<typeof formsOf>;
let tries: ReturnType<typeof triesOf>;
beforeAll(async () => {
  world = await createWorld();
  payer = payerOf(world);
  forms = formsOf(world);
  tries = triesOf(world);
});
afterAll(() => world.close());

const many = <T>(count: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => run(i)));
const codesOf = (answers: readonly Answer[]) =>
  answers.map(({ body }) => Number(body["code"])).sort((a, b) => a - b);
const withoutCode = ({ body: { code: _, ...rest } }: Answer) => rest;

describe("one try that is charged twenty times at once", () => {
  test.each([
    ["after the bank's page", async () => (await payer.goThrough(await payer.start())).names],
    ["without it", () => forms.enter()],
  ])("%s is charged once, and all hear the same", async (_what, begin) => {
    const names = await begin();
    const answers = await many(20, () => payer.charge(names));
    expect(codesOf(answers)).toEqual([0, ...Array(19).fill(100)]);
    expect(new Set(answers.map((each) => JSON.stringify(withoutCode(each)))).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ is_succeed: true, amount: 100 });
    expect(await tries.askedOf(names)).toEqual(["sale"]);
  });
  test("and is declined, asks the bank once: one hears why, the others of its use", async () => {
    const names = await forms.enter({ amount: 700_151 });
    const answers = await many(20, () => forms.charge(names));
    expect(codesOf(answers)).toEqual([0, ...Array(19).fill(17)]);
    expect(answers.filter(({ body }) => body["is_succeed"] === true)).toEqual([]);
    expect(answers.filter(({ body }) => body["bank_error_id"] === "51")).toHaveLength(1);
    expect(await tries.askedOf(names)).toEqual(["sale"]);
  });
  test("and is in doubt, is asked of the bank once, and ends with the truth", async () => {
    const { names } = await payer.goThrough(await payer.start());
    await world.bank.fault("reset_after_commit", { op: "sale" });
    await world.bank.fault("system_error", { op: "inquire" }, {}, 100);
    await world.bank.fault("system_error", { op: "history" }, {}, 100);
    const answers = await many(20, () => payer.charge(names));
    expect(new Set(codesOf(answers))).toEqual(new Set([10]));
    expect(answers.filter(({ body }) => body["is_succeed"] !== false)).toEqual([]);
    await world.bank.clearFaults();
    await world.advance(60_000);
    expect((await payer.charge(names)).body).toMatchObject({ code: 100, is_succeed: true });
    expect((await tries.askedOf(names)).filter((op) => op === "sale")).toHaveLength(1);
  });
});

describe("one session", () => {
  test("of which twenty tokens are charged at once is charged once", async () => {
    const session_id = await forms.open();
    const tokens = await many(20, () => forms.createToken(session_id));
    const names = tokens.map(({ body }) => ({ session_id, token_id: String(body["token_id"]) }));
    const answers = await many(20, (i) => forms.charge(names[i]!));
    expect(codesOf(answers)).toEqual([0, ...Array(19).fill(17)]);
    const asked = await many(20, (i) => tries.askedOf(names[i]!));
    expect(asked.flat()).toEqual(["sale"]);
    const late = await forms.createToken(session_id);
    expect(late.body).toMatchObject({ result_code: 17 });
  });
  test("takes twenty cards and no more, one after the other or all at once", async () => {
    const slow = await forms.open();
    for (let i = 0; i < TRIES_MAX; i += 1) {
      expect((await forms.createToken(slow)).body["code"]).toBe(0);
    }
    expect((await forms.createToken(slow)).body).toMatchObject({ code: 400, result_code: 17 });
    const fast = await forms.open();
    const answers = await many(TRIES_MAX + 5, () => forms.createToken(fast));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(TRIES_MAX);
    const said = answers.filter(({ status }) => status !== 200).map(({ body }) => body);
    expect(new Set(said.map((each) => each["result_code"]))).toEqual(new Set([17]));
  });
  test("whose amount changes while cards are tried charges none at the old one", async () => {
    const session_id = await forms.open({ amount: 500 });
    const change = () => forms.asBrowser("auth_update", { session_id, amount: 90_000 });
    const [tokens] = await Promise.all([many(10, () => forms.createToken(session_id)), change()]);
    for (const { body, status } of tokens) {
      if (status !== 200) {
        expect(body["result_code"]).toBe(15);
        continue;
      }
      const names = { session_id, token_id: String(body["token_id"]) };
      const charged = (await forms.charge(names)).body;
      if (charged["is_succeed"] === true) expect(charged["amount"]).toBe(900);
      else expect([15, 17]).toContain(charged["code"]);
    }
  });
  test("whose amount changes at its charge is charged at the old one or not at all", async () => {
    for (let i = 0; i < 5; i += 1) {
      const names = await forms.enter({ amount: 500 });
      const ask = { session_id: names.session_id, amount: 900 };
      const [charged, changed] = await Promise.all([
        forms.charge(names),
        forms.asBrowser("auth_update", ask),
      ]);
      const isPaid = charged.body["is_succeed"] === true;
      expect(changed.body["code"]).toBe(isPaid ? 400 : 0);
      if (isPaid) expect(charged.body["amount"]).toBe(5);
      else expect([15, 17]).toContain(charged.body["code"]);
    }
  });
});

test("who read a try before its charge hears of the charge, not of a lost code", async () => {
  const names = await forms.enter();
  const stale = await findTry(world.deps.checkout, names.session_id, names.token_id);
  const first = await forms.charge(names);
  const { done, isRepeat } = await finish(world.deps.checkout, stale, { clientIp: "203.0.113.9" });
  expect([isRepeat, done.attempt.status]).toEqual([true, "approved"]);
  expect(done.payment.id.slice("pay_".length)).toBe(first.body["order_id"]);
});

test("what the payer was shown is what is charged, though rates rise meanwhile", async () => {
  const firms = firmsOf(world);
  const started = await payer.start({ add_commission: true, instalment: 6 });
  const { names, resolved } = await payer.goThrough(started);
  await firms.setRate("AXSS", "cc", 6, 199_000);
  const paid = await payer.charge(names);
  expect(resolved.fields["amount"]).toBe("106.38");
  expect(paid.body).toMatchObject({ amount: 106.38, ratio: 0.05, net_amount: 100 });
  await firms.setRate("AXSS", "cc", 6, 50_000);
});

test("a sale makes the same books with 3-D Secure, by a form and by neither", async () => {
  const moved = (pay: () => Promise<Answer>) =>
    movedBy(world, async () => expect((await pay()).body).toMatchObject({ is_succeed: true }));
  const terms = { agent_id: "20001", instalment: 3 };
  const direct = await moved(() => world.pay({ ...terms, amount: "250,00" }));
  const by3d = await moved(async () => {
    const { names } = await payer.goThrough(await payer.start({ ...terms, amount: "250,00" }));
    return payer.charge(names);
  });
  const byForm = await moved(async () => {
    const session_id = await forms.open({ agent_id: "20001", amount: 25_000 });
    const [, , three] = await forms.offers(session_id);
    const { body } = await forms.createToken(session_id, three);
    const names: Names = { session_id, token_id: String(body["token_id"]) };
    return forms.charge(names);
  });
  expect(Object.keys(direct).length).toBeGreaterThan(2);
  expect(by3d).toEqual(direct);
  expect(byForm).toEqual(direct);
});

test("a proof is kept sealed until the charge, and not a moment longer", async () => {
  const { names, resolved } = await payer.goThrough(await payer.start());
  const { proof } = await tries.rowOf(names);
  expect(proof).not.toBeNull();
  for (const part of ["md", "xid", "cavv"]) {
    expect(proof?.toString("latin1")).not.toContain(resolved.fields[part]);
  }
  await payer.charge(names);
  expect(await tries.rowOf(names)).toMatchObject({ proof: null, status: "authenticated" });
});

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
