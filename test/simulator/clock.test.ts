import { expect, test } from "vitest";
import { fakeClock } from "../../src/lib/clock.ts";
import { type BankClient, checkBook, startBank, tempFolder } from "./bank.ts";

const START = "2026-03-04T12:00:00+03:00";
/** Longer than any test runs: what ends sooner was ended by the clock. */
const HOUR = { ms: 3_600_000, commitLate: true };

const move = (bank: BankClient, advance: string, step?: string) =>
  bank.admin("POST", "/clock", { advance, step });
const timeOf = async (bank: BankClient) => (await bank.admin("GET", "/clock")).body.now;

test("a step of a name is taken once, and says how far it went, also after a restart", async () => {
  const [folder, clock] = [tempFolder(), fakeClock(START)];
  const bank = await startBank({ folder, clock });
  const first = await move(bank, "PT90.5S", "one");
  expect(first.body).toMatchObject({ now: "2026-03-04T09:01:30.500Z", movedMs: 90_500 });
  expect(await move(bank, "P1M", "one")).toEqual(first);
  await bank.close();

  const again = await startBank({ folder, clock });
  expect(await move(again, "P1M", "one")).toEqual(first);
  expect((await move(again, "PT1S", "two")).body).toMatchObject({ movedMs: 1_000 });
  expect((await move(again, "PT1S", "one")).body).toMatchObject({ movedMs: 1_000 });
  expect(await timeOf(again)).toBe("2026-03-04T09:01:32.500Z");
  await move(again, "PT1S");
  expect(await timeOf(again)).toBe("2026-03-04T09:01:33.500Z");
});

test("a refused step is not taken for done", async () => {
  const bank = await startBank({ clock: fakeClock(START) });
  expect(await move(bank, "-PT1S", "one")).toMatchObject({ status: 400 });
  expect(await move(bank, "P1", "one")).toMatchObject({ status: 400 });
  expect((await move(bank, "PT1S", "one")).body).toMatchObject({ movedMs: 1_000 });
});

test("what the bank put off is done once its clock has passed the time, and answered", async () => {
  const bank = await startBank({ clock: fakeClock(START) });
  await bank.admin("POST", "/faults", {
    ...{ match: { op: "sale" }, action: "delay", params: HOUR, times: 1 },
  });
  const sale = bank.sale("L1", "100.00");
  await expect.poll(async () => (await bank.sale("L1")).ERRORCODE).toBe("CORE-2304");
  await move(bank, "PT59M59S");
  expect(await bank.status("L1")).toMatchObject({ ErrMsg: "No record found for L1" });
  await move(bank, "PT1S");
  expect(await sale).toMatchObject({ ProcReturnCode: "00" });
  expect(await bank.status("L1")).toMatchObject({ TRANS_STAT: "C" });
  await checkBook(bank);
});

test("an answer that is held back comes once the clock has passed its time", async () => {
  const bank = await startBank({ clock: fakeClock(START) });
  const params = { ms: HOUR.ms };
  await bank.admin("POST", "/faults", {
    ...{ match: { op: "sale" }, action: "delay", params, times: 1 },
  });
  const sale = bank.sale("L2", "100.00");
  await expect.poll(async () => (await bank.status("L2")).TRANS_STAT).toBe("C");
  await move(bank, "P1Y");
  expect(await sale).toMatchObject({ ProcReturnCode: "00" });
});
