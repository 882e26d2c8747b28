import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Answer, DAY_MS, type TestWorld } from "../support/world.ts";
import { bankOrder, expectSound, moneyCalls, orderOf, xactOf } from "./hands.ts";
import { worldOnOwnDatabase } from "./own-database.ts";

const AT_ONCE = 8;

let own: Awaited<ReturnType<typeof worldOnOwnDatabase>>;
let world: TestWorld;
beforeAll(async () => {
  own = await worldOnOwnDatabase();
  world = own.world;
});
afterAll(() => own.close());
beforeEach(() => own.answers.release());

const many = <T>(count: number, one: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => one(i)));

type Paid = Readonly<{ reference: string; answer: Answer }>;
async function pay(): Promise<Paid> {
  const reference = world.reference();
  return { reference, answer: await world.pay({ reference_no: reference, amount: "1,00" }) };
}

type Charge = Readonly<{ orderNo: string; op: string }>;
/** Every charge that reached the bank. */
async function chargesAtBank(): Promise<string[]> {
  const { requests } = await world.bank.admin("GET", "/requests?limit=10000");
  return (requests as Charge[]).filter(({ op }) => op === "sale").map(({ orderNo }) => orderNo);
}

/** Each charge at the bank was stored by us first, and was sent once. */
async function expectStoredFirst(): Promise<void> {
  const { rows } = await world.db.pool.query("select payment_id from payment_attempts");
  const ours = new Set((rows as { payment_id: string }[]).map((row) => row.payment_id.slice(4)));
  const theirs = await chargesAtBank();
  expect(theirs.filter((orderNo) => !ours.has(orderNo))).toEqual([]);
  expect(new Set(theirs).size).toBe(theirs.length);
}

/** What was open when the database went falls due, is asked about, and ends. */
async function recover(): Promise<void> {
  for (const seconds of [76, 20, 30, 60, 180, 60, 600]) await world.advance(seconds * 1_000);
}

const unavailable = { type: "api_error", code: 503, result_code: 8 };

test("a database that stops under load: nobody is charged unseen, all recovers", async () => {
  await many(20, pay);
  own.answers.hold();
  const atBank = many(AT_ONCE, pay);
  await expect.poll(async () => (await chargesAtBank()).length).toBe(20 + AT_ONCE);
  await own.stop();

  // New payments are refused before the bank hears of them.
  const refused = await many(AT_ONCE, pay);
  for (const { answer } of refused)
    expect(answer).toMatchObject({ status: 503, body: unavailable });
  expect(await chargesAtBank()).toHaveLength(20 + AT_ONCE);
  expect(await fetch(`${world.url}/readyz`)).toMatchObject({ status: 503 });
  // Those at the bank are taken, and nothing could be written: they are told of doubt.
  own.answers.release();
  const doubtful = await atBank;
  for (const { answer } of doubtful) {
    expect(answer).toMatchObject({ status: 200, body: { code: 10, is_succeed: false } });
    expect(await bankOrder(world, orderOf(answer))).toMatchObject({ state: "captured" });
  }

  await own.start();
  expect((await pay()).answer.body).toMatchObject({ code: 0, is_succeed: true });
  await recover();
  for (const { reference } of doubtful) {
    expect((await world.pay({ reference_no: reference })).body).toMatchObject({ code: 5 });
  }
  for (const { reference } of refused) {
    expect((await world.pay({ reference_no: reference })).body).toMatchObject({ code: 0 });
  }
  await expectStoredFirst();
  await expectSound(world);
});

test("a database that comes back while the bank still works costs the caller nothing", async () => {
  own.answers.hold();
  const before = (await chargesAtBank()).length;
  const atBank = many(AT_ONCE, pay);
  await expect.poll(async () => (await chargesAtBank()).length).toBe(before + AT_ONCE);
  await own.stop();
  await own.start();
  own.answers.release();
  for (const { answer } of await atBank) {
    expect(answer.body).toMatchObject({ code: 0, is_succeed: true });
  }
  await expectStoredFirst();
  await expectSound(world);
});

test("captures and refunds meet a stopped database like payments do", async () => {
  const held = await world.pay({ transaction_type: 3 });
  const paid = await world.pay();
  await world.advance(DAY_MS);
  own.answers.hold();
  const refund = world.post("v1/transaction/reversed_request", {
    xact_id: xactOf(paid),
    amount: "4000",
  });
  await expect.poll(() => moneyCalls(world, orderOf(paid))).toContain("refund");
  await own.stop();
  const capture = await world.post("v1/transaction/capture", { xact_id: xactOf(held) });
  expect(capture).toMatchObject({ status: 503, body: unavailable });
  own.answers.release();
  expect((await refund).body).toMatchObject({ code: 10 });
  expect(await moneyCalls(world, orderOf(held))).toEqual(["preauth"]);

  await own.start();
  await recover();
  const again = await world.post("v1/transaction/capture", { xact_id: xactOf(held) });
  expect(again.body).toMatchObject({ code: 0, is_succeed: true });
  expect(await bankOrder(world, orderOf(paid))).toMatchObject({ refundedKurus: 4_000 });
  expect(await moneyCalls(world, orderOf(paid))).toEqual(["sale", "refund"]);
  await expectSound(world);
});

test("sessions that are ended under load lose no payment and double none", async () => {
  let isOver = false;
  const answers: Paid[] = [];
  const client = async () => {
    while (!isOver) answers.push(await pay());
  };
  const clients = many(AT_ONCE, client);
  for (let i = 0; i < 5; i += 1) {
    await world.pause(150);
    await own.endSessions();
  }
  const taken = () => answers.filter(({ answer }) => answer.body["code"] === 0);
  await expect.poll(() => taken().length).toBeGreaterThan(20);
  isOver = true;
  await clients;
  const statuses = new Set(answers.map(({ answer }) => answer.status));
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);

  await recover();
  for (const { reference, answer } of answers) {
    const wasTaken = answer.body["is_succeed"] === true;
    const next = await world.pay({ reference_no: reference, amount: "1,00" });
    if (wasTaken) expect(next.body).toMatchObject({ code: 5 });
    else expect([0, 5]).toContain(next.body["code"]);
  }
  await expectStoredFirst();
  await expectSound(world);
});
