import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Acquirer } from "../../src/acquirers/index.ts";
import { LOOK_AGAIN, type LookAgain, lookAgain } from "../../src/payments/index.ts";
import { queuedJobs, runJobs } from "../support/jobs.ts";
import { type Answer, createWorld, DAY_MS, type TestWorld } from "../support/world.ts";
import {
  bankCalls,
  bankOrder,
  expectSound,
  lastOf,
  moneyCalls,
  orderOf,
  rowsOf,
  xactOf,
} from "./hands.ts";
import { askUntilVoided, gate } from "./late.ts";

const verbs = ["refund", "void", "capture"] as const;
type Verb = (typeof verbs)[number];
type Place = "opened" | "to the bank" | "from the bank";

/** Where the next capture, void or refund stands still. */
let stop: { place: Place; pass: () => Promise<void> } | undefined;
let world: TestWorld;
beforeAll(async () => {
  world = await createWorld({
    wrapBank: (find) => (pos) => watched(find(pos)),
    wrapDeps: (deps) => {
      const { hotPath } = deps.payments;
      const openFollowUp: typeof hotPath.openFollowUp = async (done) => {
        const isOpen = await hotPath.openFollowUp(done);
        await come("opened");
        return isOpen;
      };
      return {
        ...deps,
        payments: { ...deps.payments, hotPath: { ...hotPath, openFollowUp } },
      };
    },
  });
});
afterAll(() => world.close());
afterEach(async () => {
  stop = undefined;
  await expectSound(world);
});

async function come(place: Place): Promise<void> {
  if (stop?.place !== place) return;
  const { pass } = stop;
  stop = undefined;
  await pass();
}

function watched(bank: Acquirer): Acquirer {
  const slow =
    (verb: Verb): Acquirer["void"] =>
    async (order) => {
      await come("to the bank");
      const outcome = await bank[verb](order);
      await come("from the bank");
      return outcome;
    };
  return { ...bank, refund: slow("refund"), void: slow("void"), capture: slow("capture") };
}

/** A request whose process stands still until all believe that the bank never got it. */
async function late(place: Place, send: () => Promise<Answer>) {
  const { pass, arrived, open } = gate();
  stop = { place, pass };
  const answer = send();
  await Promise.race([arrived, answer]);
  expect(stop).toBeUndefined();
  await askUntilVoided(world);
  const goOn = async () => {
    open();
    return (await answer).body;
  };
  return { goOn };
}

const undo = (of: Answer, more: object = {}) =>
  world.post("v1/transaction/reversed_request", { xact_id: xactOf(of), ...more });
const capture = (of: Answer) => world.post("v1/transaction/capture", { xact_id: xactOf(of) });

/** A payment of a hundred of the day before. */
async function oldPayment(): Promise<Answer> {
  const paid = await world.pay({ amount: "10000" });
  world.clock.advance(DAY_MS);
  await world.bank.admin("POST", "/eod");
  return paid;
}

const cases = [
  { verb: "refund", pay: oldPayment, send: (of: Answer) => undo(of, { amount: "3000" }) },
  { verb: "void", pay: () => world.pay(), send: (of: Answer) => undo(of) },
  { verb: "capture", pay: () => world.pay({ transaction_type: 3 }), send: capture },
] as const;

/** What the bank has of an order, as far as it was moved after the charge. */
async function moved(of: Answer): Promise<string> {
  const order = await bankOrder(world, orderOf(of));
  return `${order?.["state"]} ${order?.["capturedKurus"]} ${order?.["refundedKurus"]}`;
}

async function looksOf(of: Answer): Promise<LookAgain[]> {
  const { rows } = await world.db.pool.query<{ id: string }>(
    "select id from payment_attempts where payment_id = $1",
    [`pay_${orderOf(of)}`],
  );
  const ids = rows.map(({ id }) => id);
  const all = await queuedJobs<LookAgain>(world, LOOK_AGAIN);
  return all.filter(({ attemptId }) => ids.includes(attemptId));
}

describe("that stood still until its bank had said that it never got it", () => {
  test.each(cases)("a $verb is not sent any more", async ({ verb, pay, send }) => {
    const paid = await pay();
    const { goOn } = await late("opened", () => send(paid));
    await goOn();
    expect(await lastOf(world, orderOf(paid))).toMatchObject({ is_succeed: false });
    expect(await moneyCalls(world, orderOf(paid))).not.toContain(verb);
    expect((await send(paid)).body).toMatchObject({ code: 0 });
  });

  test.each(cases)("a $verb that comes there is booked, and answered so", async (each) => {
    const paid = await each.pay();
    const before = await moved(paid);
    const { goOn } = await late("to the bank", () => each.send(paid));
    expect(await lastOf(world, orderOf(paid))).toMatchObject({ is_succeed: false });
    expect(await goOn()).toMatchObject({ code: 0 });
    expect(await moved(paid)).not.toBe(before);
    const rows = await rowsOf(world, orderOf(paid));
    expect(rows.map((row) => row["is_succeed"])).toEqual([true, false, true]);
    await runJobs(world);
    expect(await rowsOf(world, orderOf(paid))).toHaveLength(3);
  });

  test.each(cases)("a $verb whose sender ended is booked by a later look", async (each) => {
    const paid = await each.pay();
    const before = await moved(paid);
    const { goOn } = await late("to the bank", () => each.send(paid));
    const [look] = await looksOf(paid);
    expect(look).toMatchObject({ looks: 0 });
    await lookAgain(world.deps.payments, look!);
    expect((await looksOf(paid)).map(({ looks }) => looks)).toEqual([0, 1]);
    const { pass, arrived, open } = gate();
    stop = { place: "from the bank", pass };
    const ending = goOn();
    await arrived;
    expect(await moved(paid)).not.toBe(before);
    await lookAgain(world.deps.payments, look!);
    expect(await lastOf(world, orderOf(paid))).toMatchObject({ is_succeed: true });
    // Should it wake after all, nothing is booked twice.
    open();
    await ending;
    await runJobs(world);
    expect(await rowsOf(world, orderOf(paid))).toHaveLength(3);
  });
});

test("a refund waits for one that its bank works on, though that knows nothing of it", async () => {
  const paid = await oldPayment();
  const part = (key: string) =>
    world.post(
      "v1/transaction/reversed_request",
      { xact_id: xactOf(paid), amount: "3000" },
      { "idempotency-key": key },
    );
  const { pass, arrived, open } = gate();
  stop = { place: "to the bank", pass };
  const slow = part("slow");
  await arrived;
  world.clock.advance(5_000);
  const others = [part("beside"), part("slow")];
  const questions = async () =>
    (await bankCalls(world, orderOf(paid))).filter((op) => op === "inquire" || op === "history");
  await expect.poll(questions).not.toEqual([]);
  open();
  const answers = await Promise.all([slow, ...others]);
  expect(answers.map(({ body }) => body["code"])).toEqual([0, 0, 0]);
  expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 6000 });
});

describe("a refund that comes late", () => {
  test("beside one that was asked for anew is booked beside it", async () => {
    const paid = await oldPayment();
    const part = () => undo(paid, { amount: "3000" });
    const { goOn } = await late("to the bank", part);
    expect((await part()).body).toMatchObject({ code: 0 });
    expect(await goOn()).toMatchObject({ code: 0 });
    expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 6000 });
  });

  test("and is taken for one that was asked for anew is not booked twice", async () => {
    const paid = await oldPayment();
    const part = () => undo(paid, { amount: "3000" });
    const { goOn } = await late("to the bank", part);
    const { pass, arrived, open } = gate();
    stop = { place: "to the bank", pass };
    const again = part();
    await arrived;
    world.clock.advance(5_000);
    // The bank is asked of the second one, and names the first one's money.
    await goOn();
    expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 3000 });
    await expectSound(world);
    // The second one reaches it after all, and is booked beside it.
    open();
    await again;
    await runJobs(world);
    expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 6000 });
  });

  test("is not seen in another one of the same sum", async () => {
    const paid = await oldPayment();
    const part = () => undo(paid, { amount: "3000" });
    const { goOn } = await late("opened", part);
    const [look] = await looksOf(paid);
    await part();
    await lookAgain(world.deps.payments, look!);
    await goOn();
    const rows = await rowsOf(world, orderOf(paid));
    expect(rows.filter((row) => row["is_succeed"])).toHaveLength(2);
    expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 3000 });
  });
});

test("a cancel that comes late beside one that was asked for anew changes nothing", async () => {
  const paid = await world.pay();
  const { goOn } = await late("to the bank", () => undo(paid));
  expect((await undo(paid)).body).toMatchObject({ code: 0 });
  await goOn();
  await runJobs(world);
  const rows = await rowsOf(world, orderOf(paid));
  expect(rows.map((row) => row["is_succeed"])).toEqual([true, false, true]);
});
