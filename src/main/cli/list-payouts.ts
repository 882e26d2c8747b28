import type { Command } from "commander";
import { istanbulMinute, startOfIstanbulDay } from "../../lib/clock.ts";
import { decimalText } from "../../lib/money.ts";
import { listPayouts } from "../../payouts/index.ts";
import {
  type Payout,
  type PayoutState,
  payoutStates,
  type Run,
} from "../../payouts/payout.rules.ts";
import { whyText } from "../../payouts/provider.rules.ts";
import { ConfigProblem } from "../config.ts";
import { type Row, tableOf, words } from "./bank.rules.ts";
import { merchantsOf } from "./merchants.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;
type Options = Readonly<{ state?: string; since?: string; limit: string }>;

const LIMIT_MAX = 1_000;

function stateOf({ state }: Options): PayoutState | undefined {
  const found = payoutStates.find((each) => each === state);
  if (found || state === undefined) return found;
  throw new ConfigProblem(`--state is one of ${payoutStates.join(", ")}.`);
}

function sinceOf({ since }: Options): Date | undefined {
  const start = since === undefined ? undefined : startOfIstanbulDay(since);
  if (start || since === undefined) return start;
  throw new ConfigProblem(`--since is no day, yyyy-MM-dd: "${since}".`);
}

function limitOf({ limit }: Options): number {
  const most = /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : 0;
  if (most >= 1 && most <= LIMIT_MAX) return most;
  throw new ConfigProblem(`--limit is a whole number, 1 to ${LIMIT_MAX}.`);
}

function toWhom({ party, member, receiver }: Payout, lastRun: Run | undefined): string {
  const title = (receiver ?? lastRun?.receiver)?.title ?? "";
  if (party === "other") return title;
  return `${party === "member" ? `member ${member}` : "platform"} ${title}`.trim();
}

/** Why it did not pay, or is not known to have; empty where there is nothing to say. */
function reasonOf({ state, failure }: Payout, lastRun: Run | undefined): string {
  if (state === "paid" || lastRun?.state === "paid") return "";
  const why = whyText(lastRun?.message || failure, "en");
  return lastRun?.state === "doubtful" ? `in doubt: ${why || "the bank has not said"}` : why;
}

function rowOf(payout: Payout, lastRun: Run | undefined): Row {
  const isAskedAbout = payout.state === "failed" && payout.dueAt !== null;
  return {
    ...{ number: payout.number, kind: payout.kind, to: toWhom(payout, lastRun) },
    ...{ amount: decimalText(payout.amountMinor), currency: payout.currency },
    state: isAskedAbout ? "failed, the bank is asked again" : payout.state,
    when: istanbulMinute(payout.settledAt ?? lastRun?.openedAt ?? payout.createdAt),
    reason: reasonOf(payout, lastRun),
  };
}

const names = ["company", "number", "kind", "to", "amount", "currency", "state", "when"] as const;

async function list(company: string | undefined, options: Options, say: Say): Promise<void> {
  const ask = { state: stateOf(options), since: sinceOf(options), most: limitOf(options) };
  await withDb(async (db) => {
    const rows: Row[] = [];
    for (const { id, company: code } of await merchantsOf(db, company)) {
      for (const { payout, lastRun } of await listPayouts(db.kysely, id, ask)) {
        rows.push({ ...rowOf(payout, lastRun), company: code });
      }
    }
    if (rows.length === 0) return say("There is no such payout.");
    const columns = [...names, "reason"].map(
      (name) => [name === "company" ? "merchant" : name, words(name)] as const,
    );
    say(tableOf(columns, rows));
    if (rows.length >= ask.most)
      say(`\nThe last ${ask.most} of a merchant are shown; --limit says how many.`);
  });
}

/** `vezne payouts list`: what was paid out, what was not, and why. */
export function addListCommand(payouts: Command, say: Say): void {
  payouts
    .command("list")
    .argument("[company]", "only this merchant's, by its code")
    .option("--state <state>", `only those that are ${payoutStates.join(", ")}`)
    .option("--since <day>", "only those made or ended since this day, yyyy-MM-dd")
    .option("--limit <n>", "how many of the last of a merchant", "50")
    .description("payouts, the newest first, with why one failed")
    .action((company: string | undefined, options: Options) => list(company, options, say));
}
