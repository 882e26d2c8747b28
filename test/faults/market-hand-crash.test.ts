import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { closeReturned } from "../../src/marketplace/index.ts";
import { ByHand } from "../support/by-hand.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { Life, mortalOrders } from "./mortal.ts";

const STEPS_MAX = 40;
const MEMBER_MINOR = 8_800n;

const life = new Life();
let world: TestWorld;
/** Who pays by hand, in a process that dies, and in the one that is started after it. */
let dying: ByHand;
let desk: ByHand;
let member = 0;
beforeAll(async () => {
  world = await createWorld();
  desk = new ByHand(world);
  dying = new ByHand(world, mortalOrders(world.deps, life));
  member = await desk.enlist();
});
afterAll(() => world.close());
beforeEach(() => desk.begin());

/** Whoever is dead answers nobody. */
const unheard = () => {};

/** Runs `way` in a process that dies at its every step in turn, until it comes to its end alive. */
async function atEveryStep(
  before: () => Promise<bigint>,
  way: (batch: bigint) => Promise<unknown>,
  after: (batch: bigint) => Promise<void>,
): Promise<string[]> {
  const died: string[] = [];
  for (let step = 1; step <= STEPS_MAX; step += 1) {
    const batch = await before();
    life.endAt(step);
    await way(batch).catch(unheard);
    const { diedAt } = life;
    life.live();
    await after(batch);
    await desk.begin();
    if (diedAt === undefined) return died;
    died.push(diedAt);
  }
  throw new Error("the way has no end");
}

async function due(): Promise<bigint> {
  await desk.sellApproved(member, { CargoType: 1, CargoOwnerType: 1, CargoCost: 5 });
  await desk.nextDay();
  return 0n;
}
const taken = async (): Promise<bigint> => {
  await due();
  return (await desk.taken()).batch;
};

/** Every batch that there is with something to pay, and what of it the member gets. */
async function openBatches(): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ what: string }>(
    `select batch || ' ' || amount_minor as what from payouts
     where kind = 'hand' and state = 'queued' and party = 'member'`,
  );
  return rows.map(({ what }) => what);
}

test("a file whose process dies at any step is taken whole or not at all", async () => {
  const died = await atEveryStep(
    due,
    () => dying.take(),
    async () => {
      // What was taken is listed, and written again; what was not is in the next file.
      const open = await openBatches();
      const again = await desk.take();
      const batch = again?.batch ?? BigInt(open[0]!.split(" ")[0]!);
      expect(open.length + (again?.batch ? 1 : 0)).toBe(1);
      expect(await desk.batch(batch)).toMatchObject([
        { party: "platform", count: 1 },
        { party: "member", amountMinor: MEMBER_MINOR + 500n, count: 2 },
      ]);
    },
  );
  expect(died).toContain("after insert payout_batches");
  expect(died).toContain("after insert payouts");
  expect(died).toContain("after update debts");
});

const statesOf = async (batch: bigint) => (await desk.batch(batch)).map(({ state }) => state);

test("what is marked as paid is paid once, at whichever step that dies", async () => {
  const died = await atEveryStep(
    taken,
    (batch) => dying.paid({ batch }),
    async (batch) => {
      expect(["queued queued", "paid paid"]).toContain((await statesOf(batch)).join(" "));
      expect(await desk.paid({ batch })).toMatchObject({ isDone: true });
      expect(await statesOf(batch)).toEqual(["paid", "paid"]);
    },
  );
  expect(died).toContain("before insert payout_runs");
  expect(died).toContain("before insert ledger_entries");
});

test("what was not paid, or came back, is due again once, wherever that dies", async () => {
  for (const kind of ["unpaid", "returned"] as const) {
    const died = await atEveryStep(
      async () => {
        const batch = await taken();
        if (kind === "returned") await desk.paid({ batch });
        return batch;
      },
      async (batch) => {
        const only = (await desk.batch(batch)).map(({ number }) => number);
        await dying[kind]({ batch, only });
      },
      async (batch) => {
        const only = (await desk.batch(batch)).map(({ number }) => number);
        expect(await desk[kind]({ batch, only })).toMatchObject({ isDone: true });
        await closeReturned(world.deps.marketplace, (error) => {
          throw error;
        });
        const { payouts } = await desk.taken();
        expect(payouts).toMatchObject([{ count: 1 }, { amountMinor: MEMBER_MINOR + 500n }]);
      },
    );
    expect(died).toContain("before update payouts");
    expect(died).toContain("before insert payout_runs");
  }
});
