import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runDue } from "../../src/jobs/due.ts";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { runJobs } from "../support/jobs.ts";
import { paywallOf } from "../support/paywall.ts";
import { leaveMarketplace, recurringCode, recurringOf } from "../support/recurring.ts";
import { emptySaleCard, saleCard } from "../support/sales.ts";
import { openShop } from "../support/shop.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { Life, mortalDraws, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
let shop: ReturnType<typeof recurringOf>;
beforeAll(async () => {
  world = await createWorld({
    merchant: { mayCallInside: true },
    wrapDeps: (deps) => mortalDraws(deps, life),
  });
  await leaveMarketplace(world);
  shop = recurringOf(paywallOf(world));
});
afterAll(() => world.close());
beforeEach(() => life.live());

const STEPS_MAX = 60;
const OPEN_LEASE_MS = 75_000;
/** As long as one that is being created is left alone. */
const OPENING_MS = 15 * 60_000;

/** What another process does by itself after a death. */
async function recover(): Promise<void> {
  const born = await restarted(world);
  const fail = (error: unknown) => {
    throw error;
  };
  try {
    for (const gap of [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS, OPENING_MS, 1]) {
      world.clock.advance(gap);
      born.deps.reception.forgetAll();
      await runDue(born.deps, "asked", fail);
      await runDue(born.deps, "drawn", fail);
    }
  } finally {
    await born.close();
  }
  world.deps.reception.forgetAll();
}

/** How often the bank said yes for a code. */
async function charges(code: string): Promise<Readonly<{ paid: number }>> {
  const { rows } = await world.db.pool.query<{ paid: number }>(
    `select count(*) filter (where a.status = 'approved')::int as paid
      from recurrings r join subscriptions s on s.group_reference = r.guid
        join invoices i on i.subscription_id = s.id
        join invoice_tries t on t.invoice = i.number
        join payment_attempts a on a.payment_id = t.payment_id
      where r.code = $1`,
    [code],
  );
  return rows[0]!;
}

type Way = Readonly<{
  check: (code: string, at: string) => Promise<void>;
  more?: object;
  /** Done after each death, before another process works. */
  meanwhile?: () => Promise<void>;
}>;

/** Creates, dies at each step in turn, and tells what there is once another process has worked. */
async function dieEverywhere(card: string, { check, more, meanwhile }: Way) {
  const died: string[] = [];
  for (let step = 1; step < STEPS_MAX; step += 1) {
    const code = recurringCode();
    // Its code changes with the days that pass here.
    const fresh = await shop.cardCode(card);
    life.endAt(step);
    await shop.create({ SubscriptionMerchantCode: code, FailAttempt: 0, ...more }, fresh);
    const at = life.diedAt;
    life.live();
    if (at === undefined) break;
    died.push(at);
    await meanwhile?.();
    await recover();
    await check(code, at);
  }
  return died;
}

test("killed anywhere while it is paid at its creation, it is there if it was paid", async () => {
  const ends = new Set<boolean>();
  const died = await dieEverywhere(saleCard.Number, {
    check: async (code, at) => {
      const { ErrorCode, Body } = await shop.query(code);
      const isThere = ErrorCode === 0;
      ends.add(isThere);
      const paid = isThere ? 1 : 0;
      expect([at, ErrorCode, await charges(code)]).toEqual([at, isThere ? 0 : 323, { paid }]);
      if (isThere) expect(Body.Jobs[0]).toMatchObject({ IsComplete: true });
      const again = await shop.create({ SubscriptionMerchantCode: code });
      expect([at, again.ErrorCode]).toEqual([at, isThere ? 322 : 0]);
    },
  });
  expect(died).toContain("after the bank");
  expect(died).toContain("after insert recurrings");
  expect(ends).toEqual(new Set([true, false]));
  await expectSound(world);
});

test("killed anywhere while its first charge is refused, it is not there", async () => {
  const server = await openShop();
  const died = await dieEverywhere(emptySaleCard.Number, {
    more: { FailAttempt: 3, CallbackUrl: `${server.url}/hook` },
    meanwhile: () => runJobs(world),
    check: async (code, at) => {
      const { ErrorCode } = await shop.query(code);
      expect([at, ErrorCode, await charges(code)]).toEqual([at, 323, { paid: 0 }]);
    },
  });
  server.close();
  expect(died).toContain("after the bank");
  // Whoever died, and however soon it is told: no other try follows one at a creation.
  const ends = server.heard.map(({ body }) => body);
  expect(ends.length).toBeGreaterThan(0);
  expect(ends).toMatchObject(ends.map(() => ({ Success: false, AttemptFinished: true })));
  await expectSound(world);
});
