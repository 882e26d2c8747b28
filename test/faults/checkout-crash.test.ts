import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { formsOf } from "../support/forms.ts";
import { type Names, type Page, payerOf, type Resolved } from "../support/payer.ts";
import { triesOf } from "../support/tries.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound, liveCharges } from "./hands.ts";
import { Life, mortalCheckout, type Restarted, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
let tries: ReturnType<typeof triesOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortalCheckout(deps, life) });
  payer = payerOf(world);
  tries = triesOf(world);
});
afterAll(() => world.close());
beforeEach(() => life.live());

const OPEN_LEASE_MS = 75_000;
/** Longer than an open attempt is taken for one that is still under way. */
const A_WHILE_MS = 5_000;

/** A process born after the death, for as long as `run` takes; the dead one is as one reborn. */
async function afterDeath<T>(run: (born: Restarted) => Promise<T>): Promise<T> {
  const born = await restarted(world);
  world.clock.advance(A_WHILE_MS);
  life.live();
  try {
    return await run(born);
  } finally {
    await born.close();
  }
}

/** What the process after it does until nothing of the dead one is left. */
async function recover(born: Restarted): Promise<void> {
  for (const gap of [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS]) {
    world.clock.advance(gap);
    born.deps.reception.forgetAll();
    await inquireDue(born.deps.payments, (error) => {
      throw error;
    });
  }
}

const namesOf = (body: Readonly<Record<string, unknown>>): Names => ({
  session_id: String(body["session_id"]),
  token_id: String(body["token_id"]),
});
/** A payer at the bank, which has said yes. */
async function answered(more: object = {}) {
  const started = await payer.start(more);
  const sid = await payer.toBank(String(started.body["post_url"]));
  const resolved = await payer.resolve(sid, { result: "approve" });
  return { names: namesOf(started.body), resolved };
}
/** Posts the bank's return to another process than the one that the bank knows. */
const comeBackAt = (url: string, { posts }: Resolved): Promise<Page> => {
  const { action, ...post } = posts.at(-1)!;
  return payer.sendBack({ ...post, action: action.replace(world.url, url) });
};

/** Whatever came of it, one charge of the reference stands at the bank, and the books agree. */
async function expectOneCharge(names: Names): Promise<void> {
  expect(await liveCharges(world, await tries.orderOf(names))).toBe(1);
  await expectSound(world);
}

describe("a return whose process dies", () => {
  const steps = ["before update checkout_tokens", "after update checkout_tokens"];
  test.each(steps.map((step, i) => [step, i + 1] as const))(
    "%s is told again by the browser, and counts",
    async (step, at) => {
      const { names, resolved } = await answered();
      life.endAt(at);
      expect((await payer.comeBack(resolved)).status).toBe(500);
      expect(life.diedAt).toBe(step);
      await afterDeath(async (born) => {
        const early = (await born.post("v2/transaction/tds_charge", names)).body;
        // The bank's word rests once it was written, though nobody was told of it.
        if (step.startsWith("after")) expect(early).toMatchObject({ code: 0, is_succeed: true });
        else expect(early).toMatchObject({ code: 16, is_succeed: false });
        const page = await comeBackAt(await born.listen(), resolved);
        expect(page.form?.fields).toMatchObject({ ...names, code: "0" });
        const charged = (await born.post("v2/transaction/tds_charge", names)).body;
        expect(charged).toMatchObject({ is_succeed: true });
      });
      await expectOneCharge(names);
    },
  );
});

/** Before the fourth of them the payment is not there; from the sixth on the bank was asked. */
const steps = [
  "before update checkout_sessions",
  "after update checkout_sessions",
  "before opening",
  "after opening",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
  "before update checkout_tokens",
  "after update checkout_tokens",
];
const wasOpened = (step: string) => steps.indexOf(step) >= 3;
const reachedBank = (step: string) => steps.indexOf(step) >= 5;
const cases = steps.map((step, i) => ["sale", step, i + 1] as const);
const holds = cases.filter(([, step]) => /sessions|the bank/.test(step));

describe("a charge after the bank's page, whose process dies", () => {
  test.each([...cases, ...holds.map(([, step, at]) => ["hold", step, at] as const)])(
    "as a %s %s, is completed by the next call, once",
    async (kind, step, at) => {
      const transaction_type = kind === "hold" ? 3 : 1;
      const reference_no = world.reference();
      const { names, resolved } = await answered({ reference_no, transaction_type });
      await payer.comeBack(resolved);
      life.endAt(at);
      expect((await payer.charge(names)).status).toBe(500);
      expect(life.diedAt).toBe(step);
      await afterDeath(async (born) => {
        const charge = async () => (await born.post("v2/transaction/tds_charge", names)).body;
        const early = await charge();
        if (!wasOpened(step)) expect(early).toMatchObject({ code: 0, is_succeed: true });
        else if (reachedBank(step)) expect(early).toMatchObject({ code: 100, is_succeed: true });
        else expect(early).toMatchObject({ code: 10, is_succeed: false });
        await recover(born);
        const later = await charge();
        if (!wasOpened(step) || reachedBank(step)) {
          expect(later).toEqual({ ...early, code: 100 });
          return;
        }
        // It never came to the bank: the session is used, and its reference is free again.
        expect(later).toMatchObject({ code: 17, is_succeed: false });
        const again = await answered({ reference_no, transaction_type });
        await comeBackAt(await born.listen(), again.resolved);
        Object.assign(names, again.names);
        expect(await charge()).toMatchObject({ code: 0, is_succeed: true });
      });
      await expectOneCharge(names);
    },
  );
});

describe("a typed card without 3-D Secure, whose process dies", () => {
  const ends = steps.slice(0, 8).map((step, i) => [step, i + 1] as const);
  test.each(ends)(
    "%s, is charged once or not at all, and the payer can go on",
    async (step, at) => {
      const forms = formsOf(world);
      const reference_no = world.reference();
      const tag = { reference_no };
      const names = await forms.enter(tag);
      life.endAt(at);
      expect((await forms.charge(names)).status).toBe(500);
      expect(life.diedAt).toBe(step);
      await afterDeath(async (born) => {
        const charge = async () => (await born.post("v1/transaction/charge", names)).body;
        const early = await charge();
        // The dead process took the card's security code with it.
        if (!wasOpened(step)) expect(early).toMatchObject({ code: 13, is_succeed: false });
        else if (reachedBank(step)) expect(early).toMatchObject({ code: 100, is_succeed: true });
        else expect(early).toMatchObject({ code: 10, is_succeed: false });
        await recover(born);
        if (reachedBank(step)) {
          expect(await charge()).toEqual(early);
          return;
        }
        Object.assign(names, await forms.enter(tag));
        expect((await forms.charge(names)).body).toMatchObject({ code: 0, is_succeed: true });
      });
      await expectOneCharge(names);
    },
  );
});

describe("a way to the bank whose process dies", () => {
  test("before it was given out, is given out by the next one, for the code", async () => {
    const started = await payer.start();
    const names = namesOf(started.body);
    life.endAt(1);
    expect((await payer.get(String(started.body["post_url"]))).status).toBe(500);
    expect(life.diedAt).toBe("before update checkout_tokens");
    await afterDeath(async (born) => {
      const url = await born.listen();
      const gate = String(started.body["post_url"]).replace(world.url, url);
      const sid = await payer.toBank(gate, { cvc: "000" });
      await comeBackAt(url, await payer.resolve(sid, { result: "approve" }));
      const charged = await born.post("v2/transaction/tds_charge", names);
      expect(charged.body).toMatchObject({ code: 0, is_succeed: true });
    });
    await expectOneCharge(names);
  });
  test("after it was given out, takes nothing, and the payer starts again", async () => {
    const reference_no = world.reference();
    const started = await payer.start({ reference_no });
    const names = namesOf(started.body);
    life.endAt(2);
    expect((await payer.get(String(started.body["post_url"]))).status).toBe(500);
    expect(life.diedAt).toBe("after update checkout_tokens");
    life.live();
    const page = await payer.get(String(started.body["post_url"]));
    expect(page.text).toContain("Bu sayfa daha önce açıldı");
    expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
    expect(await tries.askedOf(names)).toEqual([]);
    const again = await answered({ reference_no });
    await payer.comeBack(again.resolved);
    expect((await payer.charge(again.names)).body).toMatchObject({ code: 0, is_succeed: true });
    await expectOneCharge(again.names);
  });
});

test("a start whose process dies at any step leaves nothing to be charged", async () => {
  await payer.start();
  const seen: string[] = [];
  for (let at = 1; at <= 12; at += 1) {
    const reference_no = world.reference();
    life.endAt(at);
    const { status } = await payer.start({ reference_no });
    if (status === 200) break;
    expect(status).toBe(500);
    seen.push(life.diedAt!);
    life.live();
    expect((await payer.start({ reference_no })).body).toMatchObject({ code: 0 });
  }
  expect(seen).toEqual(
    ["checkout_sessions", "cards", "checkout_tokens"].flatMap((table) => [
      `before insert ${table}`,
      `after insert ${table}`,
    ]),
  );
  await expectSound(world);
});

test("a card that was to be stored is, though its process died before it could be", async () => {
  const save = { save_card: true, card_desc: "ana", user_unique_id: "u-1" };
  const { names, resolved } = await answered(save);
  await payer.comeBack(resolved);
  life.endAt(steps.length);
  expect((await payer.charge(names)).status).toBe(500);
  await afterDeath(async (born) => {
    const { body } = await born.post("v2/transaction/tds_charge", names);
    expect(body).toMatchObject({ code: 100, is_succeed: true, is_save_card_succeed: true });
    expect(body["card_hash"]).toMatch(/^[\w-]{43}$/);
  });
  await expectOneCharge(names);
});
