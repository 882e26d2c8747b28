import type { Command } from "commander";
import { inTx } from "../../db/transaction.ts";
import {
  type Distribution,
  findBatches,
  type Settings,
  saveSettings,
} from "../../marketplace/index.ts";
import { ConfigProblem } from "../config.ts";
import { addHandPayoutCommands } from "./hand-payouts.ts";
import { payerOf } from "./payers.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;

const DAYS_MAX = 400;
const PLATFORM_DAYS_MAX = 30;
const distributions = ["developer", "payout", "excel"] as const;
const isDistribution = (word: string): word is Distribution =>
  distributions.some((each) => each === word);

function wholeOf(word: string, most: number): number {
  const value = /^\d{1,3}$/.test(word) ? Number(word) : 0;
  if (value < 1 || value > most) throw new ConfigProblem(`Say a number of days, 1 to ${most}.`);
  return value;
}

/** By the word of the command what it changes. Each throws `ConfigProblem` for a wrong value. */
const changes: Readonly<Record<string, (word: string) => Partial<Settings>>> = {
  distribution(word) {
    if (isDistribution(word)) return { distribution: word };
    throw new ConfigProblem(`Say one of ${distributions.join(", ")}.`);
  },
  "manual-trigger"(word) {
    if (word === "on" || word === "off") return { hasManualTrigger: word === "on" };
    throw new ConfigProblem("Say on or off at the end.");
  },
  "platform-days": (word) => ({ platformDays: wholeOf(word, PLATFORM_DAYS_MAX) }),
  "order-days": (word) => ({ orderDaysMax: word === "none" ? null : wholeOf(word, DAYS_MAX) }),
};
const changeNames = Object.keys(changes).join(", ");

async function set(company: string, what: string, word: string): Promise<string> {
  const change = Object.hasOwn(changes, what) ? changes[what] : undefined;
  if (!change) throw new ConfigProblem(`Say what to set, one of ${changeNames}.`);
  const changed = change(word);
  return withDb(async (db) => {
    const { id, settings } = await payerOf(db, company);
    const next = { ...settings, ...changed };
    if (next.hasManualTrigger && next.distribution !== "payout") {
      throw new ConfigProblem("Orders pay by transfers: manual-trigger needs distribution payout.");
    }
    await inTx(db, (tx) => saveSettings(tx, id, next));
    const done = `The marketplace ${company} has ${what} ${word} now.`;
    const open = await findBatches(db, id, { most: 1, onlyOpen: true });
    if (changed.distribution === undefined || open.length === 0) return done;
    return (
      `${done}\nWhat was taken into files stays on its way until it is marked; ` +
      `\`npx vezne marketplace batches ${company} --open\` shows it.`
    );
  });
}

/** `vezne marketplace`: how a marketplace pays out, and files for those that pay by hand. */
export function addMarketplaceCommands(program: Command, say: Say): void {
  const marketplace = program.command("marketplace").description("how marketplaces pay out");
  marketplace
    .command("set")
    .argument("<company>", "the merchant's code")
    .argument("<what>", changeNames)
    .argument("<value>", "a mode, on or off, a number of days, or none")
    .description("change how a marketplace pays out")
    .action(async (company: string, what: string, word: string) =>
      say(await set(company, what, word)),
    );
  addHandPayoutCommands(marketplace, say);
}
