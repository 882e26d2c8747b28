import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { FindAcquirer } from "../../../src/acquirers/index.ts";
import type { Failed, MoveLine, Told } from "../../../src/main/clock-lines.rules.ts";
import { moveAll } from "../../../src/main/move-clocks.ts";
import {
  aheadIn,
  anotherApi,
  attemptIn,
  clockAt,
  lostChargeIn,
} from "../../support/clock-moves.ts";
import { asOwner } from "../../support/database.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const HOUR_MS = 3_600_000;
const SOON = { timeout: 20_000 };
/** When the bank is asked about a lost charge for the first time. */
const FIRST_MS = 10_000;
let world: TestWorld;
let clock: ReturnType<typeof clockAt>;
beforeAll(async () => {
  world = await createWorld();
  clock = clockAt(world.url);
});
afterAll(() => world.close());
beforeEach(() => world.bank.clearFaults());
/** What ends the moves that a test has held up. */
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await clock.advance({ by: "1day" }); // No doubt of one test is asked about in the next.
  const { bank, merchant } = await aheadIn(world);
  expect(bank).toBe(merchant);
  await world.isSound();
});

/** Questions to the bank that wait until they are let through. */
function heldQuestions() {
  const [asked, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const wrap =
    (find: FindAcquirer): FindAcquirer =>
    (pos) => {
      const bank = find(pos);
      const inquire: typeof bank.inquire = async (question) => {
        asked.resolve();
        await open.promise;
        return bank.inquire(question);
      };
      return { ...bank, inquire };
    };
  return { wrap, asked: asked.promise, open: () => open.resolve() };
}

/** Another API in the middle of a move by an hour: it stands where a charge is asked about. */
async function inTheMiddle(signal?: AbortSignal) {
  const before = await aheadIn(world);
  const held = heldQuestions();
  const api = await anotherApi(world, held.wrap);
  ends.push(async () => {
    held.open();
    await api.close();
  });
  const orderId = await lostChargeIn(world);
  const lines = api.follow({ by: "1hour" }, signal && { signal });
  lines.catch(() => {}); // A test that wants them hears of it.
  await held.asked;
  return { api, before, orderId, lines, open: held.open };
}

const isWaiting = (lines: readonly MoveLine[]) =>
  lines.length > 0 && lines.every((line) => "waiting" in line);
const movedBy = async (from: { merchant: number }) =>
  (await aheadIn(world)).merchant - from.merchant;

test("who comes second waits until the first is through, then moves the whole span", async () => {
  const { before, lines, open } = await inTheMiddle();
  const heard: MoveLine[] = [];
  const second = clock.follow({ by: "2hours" }, { onLine: (line) => heard.push(line) });
  const third = clock.advance({ by: "3hours" });
  await expect.poll(() => isWaiting(heard), SOON).toBe(true);
  expect(await movedBy(before)).toBe(FIRST_MS);
  open();
  expect((await lines).at(-1)).toMatchObject({ ms: HOUR_MS });
  const told = (await second).filter((line): line is Told => "done" in line);
  expect(Date.parse(told[0]!.now) - told[0]!.done).toBeGreaterThanOrEqual(
    world.clock().getTime() + before.merchant + HOUR_MS,
  );
  expect((await second).at(-1)).toMatchObject({ ms: 2 * HOUR_MS });
  expect(await third).toMatchObject({ status: 200, body: { ms: 3 * HOUR_MS } });
  expect(await movedBy(before)).toBe(6 * HOUR_MS);
});

test("a span that can not be moved is refused without waiting", async () => {
  await inTheMiddle();
  expect(await clock.advance({ by: "-1hour" })).toMatchObject({ status: 400 });
});

test("a caller who goes away stops the clock at a whole step and lets others move", async () => {
  const gone = new AbortController();
  const { api, before, lines, open } = await inTheMiddle(gone.signal);
  gone.abort();
  await expect(lines).rejects.toThrow("aborted");
  open();
  expect(await clock.advance({ by: "PT1S" })).toMatchObject({ status: 200 });
  expect(await movedBy(before)).toBe(FIRST_MS + 1_000);
  expect(await api.advance({ by: "PT1S" })).toMatchObject({ status: 200 });
});

test("one who waits for a turn and goes away moves nothing", async () => {
  const { before, lines, open } = await inTheMiddle();
  const gone = new AbortController();
  const heard: MoveLine[] = [];
  const onLine = (line: MoveLine) => heard.push(line);
  const second = clock.follow({ by: "1year" }, { onLine, signal: gone.signal });
  second.catch(() => {});
  await expect.poll(() => isWaiting(heard), SOON).toBe(true);
  gone.abort();
  await expect(second).rejects.toThrow("aborted");
  open();
  await lines;
  await clock.advance({ by: "PT1S" });
  expect(await movedBy(before)).toBe(HOUR_MS + 1_000);
});

test("an API that is stopped says where the clock stands, and how it goes on", async () => {
  const { api, before, orderId, lines, open } = await inTheMiddle();
  const heard: MoveLine[] = [];
  const waits = api.follow({ by: "1hour" }, { onLine: (line) => heard.push(line) });
  await expect.poll(() => isWaiting(heard), SOON).toBe(true);
  const closed = api.close();
  expect((await waits).at(-1)).toEqual({ error: "Vezne is stopping." });
  open();
  await closed;
  const last = (await lines).at(-1) as Failed;
  expect(last).toMatchObject({ done: FIRST_MS, total: HOUR_MS });
  expect(last.error).toMatch(
    /^Vezne is stopping\. The clock stands at 2026-\d\d-\d\d \d\d:\d\d:\d\d/,
  );
  expect(last.error).toMatch(/ in Istanbul; move it by PT3590S to come to where it was to end\.$/);
  expect(await clock.advance({ by: "PT3590S" })).toMatchObject({ status: 200 });
  expect(await movedBy(before)).toBe(HOUR_MS);
  expect(await attemptIn(world, orderId)).toMatchObject({ status: "declined" });
});

/** Ends every connection that holds the lock of the moves. */
const cutLock = () =>
  asOwner(
    world.database.ownerUrl,
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database =
      (select oid from pg_database where datname = current_database()) and granted`,
  );

test("who loses the lock takes no further step, and the next one may", async () => {
  const { before, lines, open } = await inTheMiddle();
  expect((await cutLock()).rowCount).toBe(1);
  expect(await clock.advance({ by: "PT1S" })).toMatchObject({ status: 200 });
  open();
  const last = (await lines).at(-1) as Failed;
  expect(last.error).toMatch(/^The database does not answer\. The clock stands at /);
  expect(await movedBy(before)).toBe(FIRST_MS + 1_000);
});

test("a step that the bank has taken and the database has not is not taken twice", async () => {
  const before = await aheadIn(world);
  const { ownerUrl } = world.database;
  await asOwner(
    ownerUrl,
    `create function stay() returns trigger language plpgsql as
      $$ begin raise exception 'the disk is full' using errcode = '53100'; end $$;
    create trigger stay before update on merchants for each row execute function stay()`,
  );
  try {
    const { status, body } = await clock.advance({ by: "1month" });
    expect([status, body["done"]]).toEqual([503, 0]);
    expect(body["error"]).toMatch(/^The database does not answer\. The clock stands at /);
    expect(body["error"]).not.toContain("disk");
  } finally {
    await asOwner(ownerUrl, "drop trigger stay on merchants; drop function stay");
  }
  const between = await aheadIn(world);
  expect(between.merchant).toBe(before.merchant);
  expect(between.bank - before.bank).toBeGreaterThan(27 * DAY_MS);
  // The same state: the bank knows that it has taken this step, and how far it went.
  const rest = `PT${(between.bank - before.bank) / 1_000}S`;
  expect(await clock.advance({ by: rest })).toMatchObject({ status: 200 });
  expect((await aheadIn(world)).merchant).toBe(between.bank);
});

test("a bank that does not answer is told of, and moves nobody", async () => {
  const before = await aheadIn(world);
  const { bank, deps } = world;
  const unreachable = { url: "http://127.0.0.1:1", token: bank.token };
  const listener = {
    signal: new AbortController().signal,
    ...{ onWait() {}, onProgress() {}, onError() {} },
  };
  await expect(moveAll(deps, unreachable, { by: "1day" }, listener)).rejects.toThrow(
    /^The bank does not answer at http:\/\/127\.0\.0\.1:1\. The clock stands at .* PT86400S /,
  );
  expect(await aheadIn(world)).toEqual(before);
});

test("a charge that the bank has put off is waited for, and not taken for lost", async () => {
  const params = { ms: 60_000, commitLate: true };
  await world.bank.fault("delay", { op: "sale" }, params);
  const paid = world.pay();
  const putOff = async () => {
    const { requests } = await world.bank.admin("GET", "/requests?limit=1000");
    return (requests as { answer: string }[]).at(-1)?.answer;
  };
  await expect.poll(putOff, SOON).toBe("put off");
  expect(await clock.advance({ by: "1day" })).toMatchObject({ status: 200 });
  expect((await paid).body).toMatchObject({ code: 0, is_succeed: true });
});
