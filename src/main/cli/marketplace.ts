import type { Command } from "commander";
import type { Db } from "../../db/pool.ts";
import { inTx } from "../../db/transaction.ts";
import { startOfIstanbulDay } from "../../lib/clock.ts";
import {
  type Distribution,
  dueTransfers,
  findSettings,
  type Settings,
  saveSettings,
} from "../../marketplace/index.ts";
import { ConfigProblem } from "../config.ts";
import { type Format, formats, writeDueFile } from "./due-file.ts";
import { merchantBy } from "./merchants.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;

async function settingsOf(db: Db, company: string) {
  const merchant = await merchantBy(db, company);
  const settings = await findSettings(db, merchant);
  if (!settings) throw new ConfigProblem(`Merchant ${company} is no marketplace.`);
  return { merchant, settings };
}

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
    const { merchant, settings } = await settingsOf(db, company);
    const next = { ...settings, ...changed };
    if (next.hasManualTrigger && next.distribution !== "payout") {
      throw new ConfigProblem("Orders pay by transfers: manual-trigger needs distribution payout.");
    }
    await inTx(db, (tx) => saveSettings(tx, merchant, next));
    return `The marketplace ${company} has ${what} ${word} now.`;
  });
}

type DueOptions = Readonly<{ day: string; format: string; out: string }>;

async function due(company: string, { day, format, out }: DueOptions, say: Say): Promise<void> {
  if (!startOfIstanbulDay(day)) throw new ConfigProblem(`--day is no day: "${day}".`);
  const isFormat = (word: string): word is Format => formats.some((each) => each === word);
  if (!isFormat(format)) throw new ConfigProblem(`--format is one of ${formats.join(", ")}.`);
  await withDb(async (db) => {
    const { merchant, settings } = await settingsOf(db, company);
    if (settings.distribution !== "excel") {
      throw new ConfigProblem(
        `The marketplace ${company} does not pay by hand (distribution excel).`,
      );
    }
    const rows = await dueTransfers(db, merchant, day);
    await writeDueFile(out, format, rows);
    say(`${rows.length} transfer${rows.length === 1 ? "" : "s"} of ${day} in ${out}.`);
    const homeless = rows.filter(({ iban }) => iban === "").length;
    if (homeless > 0) say(`${homeless} of them without an IBAN: no account is known.`);
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
  marketplace
    .command("due")
    .argument("<company>", "the merchant's code")
    .requiredOption("--day <day>", "the business day, yyyy-MM-dd")
    .requiredOption("--out <file>", "where to write it")
    .option("--format <format>", formats.join(" or "), "xlsx")
    .description("a file of what is to be transferred by hand on a day")
    .action((company: string, options: DueOptions) => due(company, options, say));
}
