import type { Command } from "commander";
import { type Marked, markBatch } from "../../marketplace/index.ts";
import type { HandWord } from "../../payouts/hand.rules.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { batchTable, hindrances, numbersOf, transfersText } from "./hand-payouts.rules.ts";
import { batchOf, payerOf, personOf, saidText } from "./payers.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;

const TEXT_MAX = 200;

type MarkOptions = Readonly<{
  only?: string[];
  reference?: string;
  reason?: string;
  by?: string;
}>;

function textOf({ reference, reason }: MarkOptions): string {
  if (reference !== undefined) return saidText("--reference", reference, TEXT_MAX);
  return reason === undefined ? "" : saidText("--reason", reason, TEXT_MAX);
}

function wordOf(kind: HandWord["kind"], options: MarkOptions): HandWord {
  const text = textOf(options);
  if (kind !== "paid" && text === "") throw new ConfigProblem("Say why with --reason.");
  return { kind, text, by: personOf(options.by) };
}

function onlyOf(kind: HandWord["kind"], { only }: MarkOptions): bigint[] | undefined {
  if (only === undefined) {
    if (kind !== "returned") return undefined;
    throw new ConfigProblem("Say with --only which transfers came back, by their numbers.");
  }
  const numbers = numbersOf(only);
  if (numbers && numbers.length > 0) return numbers;
  throw new ConfigProblem("--only takes numbers of transfers, as the file has them under No.");
}

const toldOf: Readonly<Record<HandWord["kind"], string>> = {
  paid: "marked as paid",
  unpaid: "marked as not paid, and due again",
  returned: "marked as come back, and due again",
};

function tell(kind: HandWord["kind"], { marked, same, others }: Marked, say: Say): void {
  if (marked.length > 0) {
    say(`${transfersText(marked.length)} ${toldOf[kind]}:`);
    say(batchTable(marked, "first"));
  }
  if (same.length > 0) {
    say(`${transfersText(same.length)} had been so before; nothing changes:`);
    say(batchTable(same, "first"));
  }
  for (const line of hindrances(kind, others)) say(`Left alone: ${line}`);
}

async function mark(
  kind: HandWord["kind"],
  [company, typed]: readonly [string, string],
  options: MarkOptions,
  say: Say,
): Promise<void> {
  const batch = batchOf(typed);
  const word = wordOf(kind, options);
  const only = onlyOf(kind, options);
  await withDb(async (db) => {
    const payer = await payerOf(db, company);
    const ask = { batch, only, word };
    const marked = await markBatch({ db, clock: systemClock }, payer, ask);
    if (!marked) throw new ConfigProblem(`${company} has no batch ${batch}.`);
    if (marked.isDone) return tell(kind, marked, say);
    const wrong = hindrances(kind, marked.others);
    if (marked.unknown.length > 0) {
      wrong.unshift(`Batch ${batch} has no transfer ${marked.unknown.join(", ")}.`);
    }
    throw new ConfigProblem(["Nothing was marked.", ...wrong].join("\n"));
  });
}

/** Says of transfers by hand that they were made, were not made, or came back. */
export function addMarkCommands(marketplace: Command, say: Say): void {
  const command = (kind: HandWord["kind"], description: string) =>
    marketplace
      .command(kind)
      .argument("<company>", "the merchant's code")
      .argument("<batch>", "the number of the batch")
      .option("--only <numbers...>", "only these transfers, by the file's No")
      .option("--by <name>", "who says so (default: the user of this machine)")
      .description(description)
      .action((company: string, batch: string, options: MarkOptions) =>
        mark(kind, [company, batch], options, say),
      );
  command("paid", "say that transfers of a batch were made").option(
    "--reference <text>",
    "what the bank calls it",
  );
  command("unpaid", "say that transfers were not made: what is in them is due again").option(
    "--reason <text>",
    "why",
  );
  command("returned", "say that transfers were made and came back: they are due again").option(
    "--reason <text>",
    "why",
  );
}
