import type { Embedded } from "../src/db/embedded.ts";
import { plusDays } from "../src/lib/business-day.ts";
import { printMeasured } from "./on-database.ts";
import { approvals } from "./payout-approval.ts";
import { report } from "./payout-report.ts";
import { openPayoutStage, type PayoutStage } from "./payout-stage.ts";
import { bareStart, lastPart, reset, type Started, start } from "./payout-start.ts";

const full = { earnings: 1_000_000, rounds: 3, asks: 200, products: 500, approvals: 10 };
const quick = { earnings: 100_000, rounds: 3, asks: 50, products: 500, approvals: 3 };
export type Sizes = typeof full;

/** Of a year of two currencies two thirds of one are a third of all. */
const LARGE = 2 / 3;
const SMALL = LARGE / 10;
/** The longest span that is looked at before an order is given. */
const PENDING_DAYS = 40;

const say = (line: string) => void process.stderr.write(`${line}\n`);
const shown = (ms: number) => `${Math.round(ms)} ms`;

/** The order and the bare statements in turn, each from the same state. */
async function inTurn(stage: PayoutStage, rounds: number) {
  const span = lastPart(stage.today, LARGE);
  const bare: number[] = [];
  const started: Started[] = [];
  const small: Started[] = [];
  for (let i = 1; i <= rounds; i += 1) {
    await reset(stage);
    small.push(await start(stage, lastPart(stage.today, SMALL)));
    await reset(stage);
    const least = await bareStart(stage, span);
    await reset(stage);
    const order = await start(stage, span);
    if (order.count !== least.count) throw new Error(`${order.count} of ${least.count} ordered`);
    bare.push(least.tookMs);
    started.push(order);
    say(`round ${i} of ${rounds}: start ${shown(order.tookMs)}, bare ${shown(least.tookMs)}`);
  }
  return { bare, started, small };
}

/** Asks so often, one after the other; the times in their order. */
async function asked(stage: PayoutStage, asks: number, route: string, headers: object) {
  const times: number[] = [];
  for (let i = 0; i < asks; i += 1) {
    times.push((await stage.call("GET", `marketplace/manual/trigger/${route}`, headers)).tookMs);
  }
  return times;
}

async function answers(stage: PayoutStage, asks: number, guid: string) {
  const { owner, merchant, today } = stage;
  const days = { datefrom: plusDays(today, -PENDING_DAYS), dateto: plusDays(today, -1) };
  const inquiry = await asked(stage, asks, "inquiry", { jobid: guid });
  await owner.query("vacuum (analyze) earnings");
  // The other currency: nothing of it is ordered.
  const pending = await asked(stage, asks, "pending", { ...days, currencyid: "2" });
  await owner.query(
    `update payouts set state = 'failed', failure = 'declined', due_at = null, settled_at = now()
     where merchant_id = $1`,
    [merchant],
  );
  const afterFailure = await asked(stage, asks, "pending", { ...days, currencyid: "1" });
  return { inquiry, pending, afterFailure };
}

async function measure(database: Embedded, sizes: Sizes) {
  const stage = await openPayoutStage(database, sizes.earnings);
  try {
    say("warming up");
    const approved = await approvals(stage, sizes.products, sizes.approvals);
    await start(stage, lastPart(stage.today, SMALL));
    const orders = await inTurn(stage, sizes.rounds);
    const { guid } = orders.started.at(-1)!;
    return { approved, ...orders, ...(await answers(stage, sizes.asks, guid)) };
  } finally {
    await stage.close();
  }
}
export type Measured = Awaited<ReturnType<typeof measure>>;

/**
 * `npm run bench -- payout [--quick] [--json]`. Everything is seeded, measured in turn, and
 * removed.
 */
export async function payout(isJson: boolean): Promise<void> {
  const sizes = process.argv.includes("--quick") ? quick : full;
  await printMeasured(isJson, async (database) => report(await measure(database, sizes), sizes));
}
