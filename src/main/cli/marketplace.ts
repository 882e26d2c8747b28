import type { Command } from "commander";
import { inTx } from "../../db/transaction.ts";
import {
  changeSettings,
  type Distribution,
  findBatches,
  type Settings,
} from "../../marketplace/index.ts";
import { ConfigProblem } from "../config.ts";
import { addHandPayoutCommands } from "./hand-payouts.ts";
import { payerOf } from "./payers.ts";
import { addPlaceCommands } from "./places.ts";
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

/** What these words, settings each with its value, change. Throws `ConfigProblem` as `changes`. */
function changesOf(typed: readonly string[]): Partial<Settings> {
  let all: Partial<Settings> = {};
  const seen = new Set<string>();
  for (let at = 0; at < typed.length; at += 2) {
    const [what = "", word] = typed.slice(at, at + 2);
    const change = Object.hasOwn(changes, what) ? changes[what] : undefined;
    if (!change) throw new ConfigProblem(`Say what to set, one of ${changeNames}.`);
    if (word === undefined) throw new ConfigProblem(`Say the value of ${what} after it.`);
    if (seen.has(what)) throw new ConfigProblem(`Say ${what} once.`);
    seen.add(what);
    all = { ...all, ...change(word) };
  }
  return all;
}

async function set(company: string, typed: readonly string[]): Promise<string> {
  const changed = changesOf(typed);
  return withDb(async (db) => {
    const { id } = await payerOf(db, company);
    const next = await inTx(db, (tx) => changeSettings(tx, id, changed));
    if (!next) {
      throw new ConfigProblem(
        "Orders pay by transfers: manual-trigger needs distribution payout. " +
          "To pay otherwise, say `manual-trigger off` in the same command.",
      );
    }
    const pairs = typed.map((word, i) =>
      i % 2 === 0 || i === typed.length - 1 ? word : `${word},`,
    );
    const done = `The marketplace ${company} has ${pairs.join(" ")} now.`;
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
    .argument(
      "<settings...>",
      `${changeNames}, each with its value: a mode, on or off, a number of days, or none`,
    )
    .description("change how a marketplace pays out: all that is said holds at once, or nothing")
    .action(async (company: string, typed: string[]) => say(await set(company, typed)));
  addPlaceCommands(marketplace, say);
  addHandPayoutCommands(marketplace, say);
}
