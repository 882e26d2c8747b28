import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goodCard } from "../support/world.ts";
import { seeded } from "./chance.ts";
import { type Part, type Said, WholeProduct } from "./whole.ts";

const PAYMENTS_MAX = 1_200;
const AT_ONCE = 8;
/** A client whose payment was not taken asks again, for longer than a restart takes. */
const TRIES_MAX = 60;
const TRY_PAUSE_MS = 250;
const SEED = 20_260_304;
/** What a client does between two payments, so that the load lasts as long as the killing. */
const THINK_MS = 40;
const KILLS = 6;
/** Real time between two kills. */
const KILL_FROM_MS = 150;
const KILL_SPAN_MS = 500;

let vezne: WholeProduct;
beforeAll(async () => {
  vezne = await WholeProduct.create();
  await vezne.start();
});
afterAll(async () => {
  await vezne.stop();
  await vezne.remove();
});

const charge = (reference: string, isHold: boolean) =>
  vezne.post("v2/transaction/payment", {
    ...goodCard,
    amount: "1,00",
    domain: "shop.example",
    reference_no: reference,
    transaction_type: isHold ? 3 : 1,
  });

/** A client whose calls may get no answer at all. */
const orSilence = (call: Promise<Said>): Promise<Said | undefined> => call.catch(() => undefined);

/** Taken, taken before or in doubt; a bank that is starting again declines as unreachable. */
const isSaid = (charged: Said | undefined): boolean =>
  charged?.body["is_succeed"] === true || [5, 10].includes(charged?.body["code"] as number);

/** Every fifth payment is a hold that is captured, every seventh a sale that is taken back. */
async function serve(i: number): Promise<void> {
  const reference = `K-${i}`;
  const isHold = i % 5 === 0;
  let charged = await orSilence(charge(reference, isHold));
  for (let tries = 0; !isSaid(charged) && tries < TRIES_MAX; tries += 1) {
    await pause(TRY_PAUSE_MS);
    charged = await orSilence(charge(reference, isHold));
  }
  if (charged?.body["is_succeed"] !== true) return;
  const { xact_id } = charged.body;
  if (isHold) await orSilence(vezne.post("v1/transaction/capture", { xact_id }));
  else if (i % 7 === 0) await orSilence(vezne.post("v1/transaction/reversed_request", { xact_id }));
}

let served = 0;

/** Eight clients that pay until they are told to stop. */
function load() {
  let isOver = false;
  const client = async () => {
    while (!isOver && served < PAYMENTS_MAX) {
      served += 1;
      await serve(served - 1);
      await pause(THINK_MS);
    }
  };
  const all = Promise.all(Array.from({ length: AT_ONCE }, client));
  return async () => {
    isOver = true;
    await all;
  };
}

test(`killed at random moments (seed ${SEED}), no payment is doubled or lost`, async () => {
  const chance = seeded(SEED);
  const parts: readonly (Part | "all")[] = ["api", "worker", "simulator", "all"];
  const end = load();
  for (let i = 0; i < KILLS; i += 1) {
    await pause(KILL_FROM_MS + chance() * KILL_SPAN_MS);
    const part = i < parts.length ? parts[i]! : parts[Math.floor(chance() * 3)]!;
    if (part === "all") {
      await vezne.killAll();
      await vezne.start();
    } else await vezne.killPart(part);
    await vezne.ready();
  }
  await end();

  // Whatever died in the middle falls due, is asked about, and ends.
  for (const by of ["2minutes", "1minute", "1minute", "4minutes", "15minutes", "1hour"]) {
    expect(await vezne.sandbox("clock/advance", { by })).toMatchObject({ status: 200 });
  }
  let succeeded = 0;
  for (let i = 0; i < served; i += 1) {
    const { body } = await vezne.post("v1/transaction/check", { reference_no: `K-${i}` });
    const charges = body["Data"] as { is_succeed: boolean; is_in_doubt: boolean }[];
    expect(charges.filter((each) => each.is_in_doubt)).toEqual([]);
    expect(charges.filter((each) => each.is_succeed).length).toBeLessThanOrEqual(1);
    succeeded += charges.filter((each) => each.is_succeed).length;
  }
  expect(succeeded).toBeGreaterThan(served / 2);
  const { code, said } = await vezne.command("verify");
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining("balance.") });
  expect(said).not.toContain("BROKEN");
  expect((await vezne.bank("POST", "check")).body).toMatchObject({ ok: true });
});

test("a client that asks again for each of them is charged once", async () => {
  let fresh = 0;
  for (let from = 0; from < served; from += AT_ONCE) {
    const many = Array.from({ length: AT_ONCE }, (_, i) => from + i).filter((i) => i < served);
    const answers = await Promise.all(many.map((i) => charge(`K-${i}`, i % 5 === 0)));
    for (const { body } of answers) {
      const isFresh = body["code"] === 0 && body["is_succeed"] === true;
      expect([isFresh, body["code"]]).toContainEqual(isFresh ? true : 5);
      if (isFresh) fresh += 1;
    }
  }
  expect(fresh).toBeLessThan(served / 2);
  for (let i = 0; i < served; i += 1) {
    const { body } = await vezne.post("v1/transaction/check", { reference_no: `K-${i}` });
    const charges = body["Data"] as { is_succeed: boolean }[];
    expect(charges.filter((each) => each.is_succeed)).toHaveLength(1);
  }
  expect(await vezne.command("verify")).toMatchObject({ code: 0 });
});

test("SIGTERM lets a request at a slow bank end with its answer, and exits 0", async () => {
  await vezne.bank("POST", "faults", {
    action: "delay",
    match: { op: "sale" },
    params: { ms: 1_500 },
    times: 1,
  });
  const slow = charge("K-SLOW", false);
  const faults = async () => (await vezne.bank("GET", "faults")).body["faults"];
  await expect.poll(faults).toMatchObject([{ hits: 1 }]);
  const stopped = vezne.stop();
  expect(await slow).toMatchObject({ status: 200, body: { code: 0, is_succeed: true } });
  expect(await stopped).toBe(0);
  await expect(charge("K-LATE", false)).rejects.toThrow();
});
