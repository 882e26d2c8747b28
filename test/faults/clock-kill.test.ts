import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goodCard } from "../support/world.ts";
import { WholeProduct } from "./whole.ts";

const DAY_MS = 86_400_000;
/** Charges that nobody answers for: each is asked about some forty times within eight days. */
const LOST = 5;
const KILLS = 3;
/** How far a move has come when the API is killed; it is killed somewhere after that. */
const KILLED_FROM_MS = [0, DAY_MS, 3 * DAY_MS];
/** And how far at least by itself: more than goes by while it is waited for. */
const MOVED_MS = 60_000;
/**
 * Questions about three of the charges, some four, five and six days on, at which the bank stands
 * still: a kill that comes late finds the move at one of them, however busy the machine is.
 */
const STUCK_AT = [24, 28, 32];
const STUCK_MS = 10_000;
const SOON = { timeout: 30_000, interval: 20 };
/** What both clocks may differ by when they are read one after the other. */
const READING_MS = 2_000;

let vezne: WholeProduct;
const fault = (rule: object) => vezne.bank("POST", "faults", rule);
const refuseQuestions = () => fault({ action: "refuse", match: { op: "inquire" } });
beforeAll(async () => {
  vezne = await WholeProduct.create();
  await vezne.start();
  await fault({ action: "reset_before_commit", match: { op: "sale" }, times: LOST });
  for (let i = 0; i < LOST; i += 1) {
    const said = await vezne.post("v2/transaction/payment", {
      ...{ ...goodCard, amount: "1,00", domain: "shop.example", reference_no: `L-${i}` },
    });
    expect(said.body).toMatchObject({ code: 10 });
    if (STUCK_AT[i] === undefined) continue;
    const match = { op: "inquire", orderNo: said.body["order_id"], nth: STUCK_AT[i] };
    await fault({ action: "delay", match, params: { ms: STUCK_MS } });
  }
  await refuseQuestions();
});
afterAll(async () => {
  await vezne.stop();
  await vezne.remove();
});

const bankMs = async () => Date.parse(String((await vezne.bank("GET", "clock")).body["now"]));

async function merchantMs(): Promise<number> {
  const demo = JSON.parse(await readFile(path.join(vezne.folder, "demo.json"), "utf8"));
  const { urls, token } = demo as { urls: { api: string }; token: string };
  const reply = await fetch(`${urls.api}/_sandbox/clock`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const [only] = (await reply.json()) as { now: string }[];
  return Date.parse(only!.now);
}

test("a move whose API is killed says where it stands, and is brought to its end", async () => {
  const began = { clock: await merchantMs(), real: performance.now() };
  let span = "8days";
  for (let i = 0; i < KILLS; i += 1) {
    const from = Math.max(began.clock + KILLED_FROM_MS[i]!, (await bankMs()) + MOVED_MS);
    const told = vezne.command("clock", "advance", span);
    await expect.poll(bankMs, SOON).toBeGreaterThan(from);
    await pause(i * 7);
    await vezne.killPart("api");
    const { code, said } = await told;
    expect([code, said]).toEqual([
      1,
      expect.stringContaining("Vezne went away while the clock moved. The clock stands at "),
    ]);
    span = /in Istanbul; move it by (PT\d+S) to come to where it was to end\.\n$/.exec(said)![1]!;
    const left = began.clock + 8 * DAY_MS - (await merchantMs());
    expect(Math.abs(Number.parseInt(span.slice(2), 10) * 1_000 - left)).toBeLessThan(60_000);
  }
  await vezne.bank("DELETE", "faults");
  await refuseQuestions();
  expect(await vezne.command("clock", "advance", span)).toMatchObject({
    code: 0,
    said: expect.stringContaining("Asked the bank "),
  });
  const readFrom = performance.now();
  const [bank, merchant] = [await bankMs(), await merchantMs()];
  expect(Math.abs(bank - merchant)).toBeLessThan(READING_MS + performance.now() - readFrom);
  // Real time has passed beside, and counts once at least.
  const atMost = began.clock + 8 * DAY_MS + 2 * (performance.now() - began.real);
  expect(merchant).toBeGreaterThanOrEqual(began.clock + 8 * DAY_MS);
  expect(merchant).toBeLessThan(atMost);
}, 180_000);

test("nothing that fell due was lost with the API", async () => {
  expect((await vezne.bank("DELETE", "faults")).status).toBe(200);
  for (let i = 0; i < LOST; i += 1) {
    const { body } = await vezne.post("v1/transaction/check", { reference_no: `L-${i}` });
    expect(body["Data"]).toMatchObject([{ is_succeed: false, is_in_doubt: true }]);
  }
  const { said } = await vezne.command("verify");
  expect(said).not.toContain("BROKEN");
});
