import path from "node:path";
import type { Command } from "commander";
import type { Db } from "../../db/pool.ts";
import { istanbulDay, startOfIstanbulDay } from "../../lib/clock.ts";
import { lastDayByHand } from "../../marketplace/distribution.rules.ts";
import {
  type DueByHand,
  dueTransfers,
  findBatch,
  findBatches,
  takeDue,
  transferOf,
} from "../../marketplace/index.ts";
import { createNumbers } from "../../merchants/index.ts";
import { timeOf } from "../../merchants/merchant.rules.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { checkPlace, type DueFile, type Format, formats, writeDueFile } from "./due-file.ts";
import {
  batchesTable,
  batchTable,
  dueTable,
  homelessTable,
  totalText,
  transfersText,
} from "./hand-payouts.rules.ts";
import { addMarkCommands } from "./mark-payouts.ts";
import { batchOf, type Payer, payerOf, personOf } from "./payers.ts";
import { findRing, withDb } from "./running.ts";

type Say = (line: string) => void;

const OPEN_SHOWN = 5;
const BATCHES_MAX = 1_000;

type DueOptions = Readonly<{
  day?: string;
  format: string;
  out?: string;
  preview?: boolean;
  batch?: string;
  by?: string;
}>;
type Work = Readonly<{ db: Db; company: string; payer: Payer; options: DueOptions; say: Say }>;

function formatOf({ format, out }: DueOptions): Format {
  const word = format === "" && out !== undefined ? path.extname(out).slice(1) : format;
  const found = formats.find((each) => each === word.toLowerCase());
  if (found) return found;
  if (format === "" && out === undefined) return "xlsx";
  throw new ConfigProblem(
    `The file's name ends in .${formats.join(" or .")}, or --format says which it is.`,
  );
}

function dayOf({ payer, options }: Work): string {
  const now = timeOf(payer, systemClock());
  const { day = istanbulDay(now) } = options;
  if (!startOfIstanbulDay(day)) throw new ConfigProblem(`--day is no day: "${day}".`);
  const last = lastDayByHand(now);
  if (options.preview || day <= last) return day;
  throw new ConfigProblem(
    `--day is too late: what is due may be taken up to ${last}, the next business day. ` +
      "--preview shows later days too.",
  );
}

/** Writes a file of a batch; where that fails, says how to have it written again. */
async function writeBatch({ company, options }: Work, batch: bigint, due: DueFile) {
  const out = options.out ?? "";
  await writeDueFile(out, formatOf(options), due).catch((error: Error) => {
    throw new ConfigProblem(
      `Batch ${batch} is taken, but its file could not be written (${error.message}). Write it ` +
        `with \`npx vezne marketplace due ${company} --batch ${batch} --out <file>\`.`,
    );
  });
}

function tellApart({ homeless, hasMore }: DueByHand, say: Say): void {
  if (homeless.length > 0) {
    const are = homeless.length === 1 ? "1 receiver has" : `${homeless.length} receivers have`;
    say(`\n${are} no account; what is due to them waits:`);
    say(homelessTable(homeless));
  }
  if (hasMore) say("\nThere is more due than one file holds: take the next one afterwards.");
}

/** What was taken before and nobody has said anything of yet. */
async function tellOpen({ db, company, payer, say }: Work, except?: bigint): Promise<void> {
  const open = await findBatches(db, payer.id, { most: OPEN_SHOWN + 1, onlyOpen: true });
  const others = open.filter(({ batch, openCount }) => batch !== except && openCount > 0);
  if (others.length === 0) return;
  say("\nTaken before and not marked yet:");
  say(batchesTable(others));
  const [first] = others;
  say(`Its file again: npx vezne marketplace due ${company} --batch ${first!.batch} --out <file>`);
}

async function preview(work: Work): Promise<void> {
  const { db, payer, options, say } = work;
  const day = dayOf(work);
  const due = await dueTransfers(db, payer.id, day);
  if (due.transfers.length === 0) say(`Nothing is due up to ${day}.`);
  else {
    say(`Due up to ${day}: ${totalText(due.transfers)}. Nothing is taken yet.`);
    say(dueTable(due.transfers));
  }
  tellApart(due, say);
  if (options.out && due.transfers.length > 0) {
    await writeDueFile(options.out, formatOf(options), due);
    say(`\nIn ${options.out}, for looking at: pay from a file that was taken without --preview.`);
  }
  await tellOpen(work);
}

async function again(work: Work, typed: string): Promise<void> {
  const { db, company, payer, options, say } = work;
  const batch = batchOf(typed);
  const payouts = await findBatch(db, payer.id, batch);
  if (payouts.length === 0) throw new ConfigProblem(`${company} has no batch ${batch}.`);
  const open = payouts.filter(({ state }) => state === "queued").map(transferOf);
  if (open.length === 0) {
    throw new ConfigProblem(
      `All transfers of batch ${batch} are marked; nothing of it is to be paid any more. ` +
        `\`npx vezne marketplace batches ${company} ${batch}\` shows them.`,
    );
  }
  await writeBatch(work, batch, { transfers: open, homeless: [] });
  say(`Batch ${batch} again: ${totalText(open)} in ${options.out}.`);
  const marked = payouts.length - open.length;
  if (marked > 0) say(`Left out: ${transfersText(marked)} that were marked since.`);
}

async function take(work: Work): Promise<void> {
  const { db, company, payer, options, say } = work;
  const day = dayOf(work);
  const by = personOf(options.by);
  if (payer.isBlocked) throw new ConfigProblem(`Merchant ${company} is blocked.`);
  await checkPlace(options.out ?? "").catch((error: Error) => {
    throw new ConfigProblem(
      `Nothing was taken: ${options.out} cannot be written. ${error.message}`,
    );
  });
  const numbers = createNumbers({ db, clock: systemClock, ring: await findRing() }, "payout");
  const deps = { db, clock: systemClock, next: { payout: numbers } };
  const taken = await takeDue(deps, payer, { day, by });
  if (!taken) throw new ConfigProblem(`The marketplace ${company} does not pay by hand any more.`);
  const { batch } = taken;
  if (batch === null) say(`Nothing is due up to ${day}; no file was written.`);
  else {
    // As it was stored: a debt may have been added meanwhile.
    const transfers = (await findBatch(db, payer.id, batch)).map(transferOf);
    await writeBatch(work, batch, { ...taken, transfers });
    say(`Batch ${batch}, due up to ${day}: ${totalText(transfers)} in ${options.out}.`);
    say("It is on its way now, and in no other file. When it was paid:");
    say(`  npx vezne marketplace paid ${company} ${batch} --reference <the bank's>`);
  }
  tellApart(taken, say);
  await tellOpen(work, batch ?? undefined);
}

async function due(company: string, options: DueOptions, say: Say): Promise<void> {
  formatOf(options);
  if (options.batch !== undefined && (options.preview || options.day !== undefined)) {
    throw new ConfigProblem("--batch says it all: leave --preview and --day out.");
  }
  if (!options.out && !options.preview) {
    throw new ConfigProblem("Say with --out where to write the file, or look with --preview.");
  }
  await withDb(async (db) => {
    const payer = await payerOf(db, company);
    const work: Work = { db, company, payer, options, say };
    if (options.batch !== undefined) return again(work, options.batch);
    if (payer.settings.distribution !== "excel") {
      throw new ConfigProblem(
        `Distribution of the marketplace ${company} is ${payer.settings.distribution}; ` +
          "by hand is paid with distribution excel.",
      );
    }
    return options.preview ? preview(work) : take(work);
  });
}

type ListOptions = Readonly<{ open?: boolean; last: string }>;

async function list(company: string, typed: string | undefined, options: ListOptions, say: Say) {
  await withDb(async (db) => {
    const { id } = await payerOf(db, company);
    if (typed !== undefined) {
      const payouts = await findBatch(db, id, batchOf(typed));
      if (payouts.length === 0) throw new ConfigProblem(`${company} has no batch ${typed}.`);
      return say(batchTable(payouts, "all"));
    }
    const most = /^[1-9]\d{0,3}$/.test(options.last) ? Number(options.last) : 0;
    if (most < 1 || most > BATCHES_MAX) {
      throw new ConfigProblem(`--last is a whole number, 1 to ${BATCHES_MAX}.`);
    }
    const lines = await findBatches(db, id, { most, onlyOpen: options.open === true });
    const none = options.open ? "Everything that was taken is marked." : "Nothing was taken yet.";
    say(lines.length === 0 ? none : batchesTable(lines));
  });
}

/** Files for those who pay by hand, and what became of what was in them. */
export function addHandPayoutCommands(marketplace: Command, say: Say): void {
  marketplace
    .command("due")
    .argument("<company>", "the merchant's code")
    .option("--out <file>", "where to write it")
    .option("--day <day>", "what is due up to this day, yyyy-MM-dd (default: today)")
    .option("--format <format>", `${formats.join(" or ")} (default: as the file is called)`, "")
    .option("--preview", "show what is due and take nothing")
    .option("--batch <number>", "write the file of a batch again")
    .option("--by <name>", "who takes it (default: the user of this machine)")
    .description("take what is due into a file of transfers that are made by hand")
    .action((company: string, options: DueOptions) => due(company, options, say));
  marketplace
    .command("batches")
    .argument("<company>", "the merchant's code")
    .argument("[batch]", "one batch, with its transfers")
    .option("--open", "only those with something that is not marked yet")
    .option("--last <n>", "how many of the last batches", "20")
    .description("what was taken for transfers by hand, and what became of it")
    .action((company: string, batch: string | undefined, options: ListOptions) =>
      list(company, batch, options, say),
    );
  addMarkCommands(marketplace, say);
}
