import type { Command } from "commander";
import type { Db } from "../../db/pool.ts";
import { inTx } from "../../db/transaction.ts";
import { checkAddress } from "../../lib/address.ts";
import type { MerchantId } from "../../lib/id.ts";
import { Refusal } from "../../lib/refusal.ts";
import {
  CALLBACKS_MAX,
  type Heard,
  heardWords,
  type Scenario,
  scenarios,
} from "../../marketplace/callback.rules.ts";
import {
  dropCallback,
  dropCallbackKey,
  listCallbacks,
  newCallbackKey,
  saveCallback,
} from "../../marketplace/index.ts";
import { listMerchants } from "../../merchants/index.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { findRing, withDb } from "./running.ts";

type Say = (line: string) => void;
type Whose = { company?: string };

async function merchantBy(db: Db, { company }: Whose): Promise<MerchantId> {
  const all = await listMerchants(db);
  const found = company ? all.find((each) => each.company_code === company) : all[0];
  if (found) return found.id as MerchantId;
  const whom = company ? `There is no merchant with the code ${company}.` : "There is no merchant.";
  throw new ConfigProblem(whom);
}

function wordsIn<Word extends string>(
  given: readonly string[],
  known: readonly Word[],
  what: string,
): Word[] {
  return given.map((each) => {
    const word = known.find((one) => one === each);
    if (word) return word;
    throw new ConfigProblem(`${each} is no ${what}; say ${known.join(", ")}.`);
  });
}

/** Whether an address is inside is looked at whenever it is called. */
function addressOf(text: string): string {
  try {
    return checkAddress("url", text, { mayCallInside: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigProblem(`${text} is not an address that can be called.`);
  }
}

async function add(db: Db, text: string, hears: Heard[], whose: Whose): Promise<string> {
  const url = addressOf(text);
  const merchant = await merchantBy(db, whose);
  const isDone = await inTx(db, (tx) => saveCallback(tx, merchant, { url, hears }, systemClock()));
  if (isDone) return `${url} hears of ${hears.join(", ")}.`;
  throw new ConfigProblem(`A merchant has at most ${CALLBACKS_MAX} addresses; remove one first.`);
}

async function changeKey(db: Db, scenario: Scenario, isOff: boolean, whose: Whose) {
  const merchant = await merchantBy(db, whose);
  if (!isOff) {
    const ring = await findRing();
    return inTx(db, (tx) => newCallbackKey({ tx, ring }, merchant, scenario, systemClock()));
  }
  const isDone = await inTx(db, (tx) => dropCallbackKey(tx, merchant, scenario));
  return isDone ? "Nothing of it is signed any more." : "Nothing of it was signed.";
}

const COMPANY = ["--company <code>", "the merchant; the first one if absent"] as const;

export function addCallbackCommands(program: Command, say: Say): void {
  const callbacks = program
    .command("callbacks")
    .description("where a marketplace's servers hear of its payments");
  callbacks
    .command("list")
    .option(...COMPANY)
    .action((whose: Whose) =>
      withDb(async (db) => {
        for (const { url, hears } of await listCallbacks(db, await merchantBy(db, whose))) {
          say(`${url}  ${hears.join(", ")}`);
        }
      }),
    );
  callbacks
    .command("add")
    .argument("<url>", "the address; named again, what it hears is changed")
    .option("--on <what...>", heardWords.join(", "), [...heardWords])
    .option(...COMPANY)
    .description("call an address whenever a payment or an operation on one has ended")
    .action((url: string, { on, ...whose }: Whose & { on: string[] }) =>
      withDb(async (db) => say(await add(db, url, wordsIn(on, heardWords, "news"), whose))),
    );
  callbacks
    .command("remove")
    .argument("<url>", "the address")
    .option(...COMPANY)
    .action((url: string, whose: Whose) =>
      withDb(async (db) => {
        const merchant = await merchantBy(db, whose);
        const isDone = await inTx(db, (tx) => dropCallback(tx, merchant, addressOf(url)));
        if (!isDone) throw new ConfigProblem("There is no such address.");
        say("It hears of nothing any more.");
      }),
    );
  callbacks
    .command("key")
    .argument("<scenario>", scenarios.join(", "))
    .option("--off", "sign nothing of it from now on")
    .option(...COMPANY)
    .description("make the key that signs what is sent, and show it, this once")
    .action((which: string, { off, ...whose }: Whose & { off?: boolean }) =>
      withDb(async (db) => {
        const [scenario] = wordsIn([which], scenarios, "scenario");
        say(await changeKey(db, scenario!, off === true, whose));
      }),
    );
}
