import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "commander";
import { createTransport } from "../../acquirers/transport.ts";
import type { Db } from "../../db/pool.ts";
import { istanbulMinute } from "../../lib/clock.ts";
import { decimalText } from "../../lib/money.ts";
import { receiverOf } from "../../marketplace/index.ts";
import { createNumbers, createReception } from "../../merchants/index.ts";
import {
  type Judgement,
  judgeRun,
  type PayoutsDeps,
  readDoubtful,
  readVerdicts,
  type Verdict,
} from "../../payouts/index.ts";
import type { RunId } from "../../payouts/payout.rules.ts";
import { createProviders } from "../../payouts/providers/registry.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { tableOf, words } from "./bank.rules.ts";
import { addListCommand } from "./list-payouts.ts";
import { merchantBy, merchantsOf } from "./merchants.ts";
import { personOf, saidText } from "./payers.ts";
import { findRing, withDb } from "./running.ts";

type Say = (line: string) => void;

const SHOWN_MAX = 200;
const REASON_MAX = 500;
const REFERENCE_MAX = 100;

async function doubtful(company: string | undefined, say: Say): Promise<void> {
  await withDb(async (db) => {
    const rows = [];
    for (const { id, company: code } of await merchantsOf(db, company)) {
      for (const { payout, run } of await readDoubtful(db.kysely, id, SHOWN_MAX)) {
        rows.push({
          ...{ company: code, run: run.id, payout: payout.number },
          amount: decimalText(run.amountMinor),
          currency: payout.currency,
          to: run.receiver?.title ?? "",
          begun: istanbulMinute(run.openedAt),
          state: run.state === "refused" ? "given up, and paid since" : "in doubt",
          why: run.message,
        });
      }
    }
    if (rows.length === 0) return say("There is no transfer that a person must look at.");
    const names = [
      "company",
      "run",
      "payout",
      "amount",
      "currency",
      "to",
      "begun",
      "state",
      "why",
    ] as const;
    say(
      tableOf(
        names.map((name) => [name === "company" ? "merchant" : name, words(name)]),
        rows,
      ),
    );
    say("\nAsk the bank what it did under the run's name, without out_. Then say it with");
    say("  npx vezne payouts settle <merchant> <run> --paid <the bank's reference> --reason <why>");
    say("  npx vezne payouts settle <merchant> <run> --unpaid --reason <why>");
  });
}

async function settled(company: string | undefined, say: Say): Promise<void> {
  await withDb(async (db) => {
    const rows = [];
    for (const { id, company: code } of await merchantsOf(db, company)) {
      for (const each of await readVerdicts(db.kysely, id, SHOWN_MAX)) {
        rows.push({
          ...{ ...each, company: code, at: istanbulMinute(each.judgedAt) },
          verdict: each.bankReference === null ? "unpaid" : `paid ${each.bankReference}`,
        });
      }
    }
    if (rows.length === 0) return say("No person has settled a transfer yet.");
    const columns = ["at", "run", "payout", "verdict", "person", "reason"] as const;
    say(
      tableOf(
        [
          ["merchant", words("company")],
          ...columns.map((name) => [name, words(name)] as const),
          ["the bank said", words("bankSaid")],
        ],
        rows,
      ),
    );
  });
}

type SettleOptions = Readonly<{ paid?: string; unpaid?: boolean; reason: string; by?: string }>;

function verdictOf({ paid, unpaid, reason, by }: SettleOptions): Verdict {
  if ((paid !== undefined) === (unpaid === true)) {
    throw new ConfigProblem("Say one of --paid <the bank's reference> and --unpaid.");
  }
  return {
    bankReference: paid === undefined ? null : saidText("--paid", paid, REFERENCE_MAX),
    reason: saidText("--reason", reason, REASON_MAX),
    person: personOf(by),
  };
}

/** A run by its id, or by the name that the bank knows it by. */
function runOf(typed: string): RunId {
  const [, name] = /^(?:out_)?([0-9A-Z]{20})$/.exec(typed.trim()) ?? [];
  if (name) return `out_${name}`;
  throw new ConfigProblem(`"${typed}" is no run; \`npx vezne payouts doubtful\` lists them.`);
}

const refusals: Readonly<Record<Exclude<Judgement, "written" | "bank_said">, string>> = {
  run_unknown: "This merchant has no such run.",
  not_doubtful:
    "Nobody has to look at this run: it has ended, or its bank is still asked about it.",
  may_still_act: "The bank has this transfer and may still carry it out: wait until it has.",
  overtaken: "Something was written of this run at this moment: look at it again.",
  in_the_way:
    "This run cannot be paid: its payout is of another amount by now, or another run of it is or " +
    "may be paid. Get the money of this one back, and settle it with --unpaid when it is there.",
};

/** The room of payouts, for one command. */
async function openRoom(db: Db): Promise<{ deps: PayoutsDeps; close: () => Promise<void> }> {
  const transport = createTransport();
  const base = { db, clock: systemClock, ring: await findRing() };
  const deps: PayoutsDeps = {
    ...base,
    merchantOf: createReception(base).merchantOf,
    nextPayout: createNumbers(base, "payout"),
    findProvider: createProviders(transport),
    accountOf: receiverOf,
    pause: (ms) => wait(ms),
    onError: (error) => {
      throw error;
    },
  };
  return { deps, close: () => transport.close() };
}

async function settle(company: string, typed: string, options: SettleOptions): Promise<string> {
  const [id, verdict] = [runOf(typed), verdictOf(options)];
  return withDb(async (db) => {
    const merchant = await merchantBy(db, company);
    const { deps, close } = await openRoom(db);
    const judgement = await judgeRun(deps, merchant, id, verdict).finally(close);
    if (judgement === "bank_said") {
      return "The bank itself says what became of it: that is written, and no word of yours.";
    }
    if (judgement !== "written") throw new ConfigProblem(refusals[judgement]);
    const what = verdict.bankReference === null ? "not paid" : `paid, ${verdict.bankReference}`;
    return `Settled as ${what}, by ${verdict.person}: ${verdict.reason}`;
  });
}

/** `vezne payouts`: what was paid out, and transfers of which their bank says too little. */
export function addPayoutCommands(program: Command, say: Say): void {
  const payouts = program
    .command("payouts")
    .description("what is paid out, and what a person must look at");
  addListCommand(payouts, say);
  payouts
    .command("doubtful")
    .argument("[company]", "only this merchant's, by its code")
    .option("--settled", "those that persons have settled, the newest first")
    .description("transfers of which the bank says too little, or other than it said before")
    .action((company: string | undefined, options: { settled?: boolean }) =>
      options.settled ? settled(company, say) : doubtful(company, say),
    );
  payouts
    .command("settle")
    .argument("<company>", "the merchant's code")
    .argument("<run>", "the run, as it is listed")
    .option("--paid <reference>", "the bank has paid it, and calls it so")
    .option("--unpaid", "nothing of it was paid, or all of it has come back")
    .requiredOption("--reason <text>", "how you know: whom you asked, what was said")
    .option("--by <name>", "who says so (default: the user of this machine)")
    .description("write what a person found out about a transfer")
    .action(async (company: string, run: string, options: SettleOptions) =>
      say(await settle(company, run, options)),
    );
}
