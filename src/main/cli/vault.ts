import type { Command } from "commander";
import type { Db } from "../../db/pool.ts";
import { DAY_MS } from "../../lib/clock.ts";
import type { MerchantId } from "../../lib/id.ts";
import { listMerchants } from "../../merchants/index.ts";
import { listVaultKeys, type Rotation, rotate } from "../../vault/index.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { tableOf, words } from "./bank.rules.ts";
import { createProgress } from "./progress.ts";
import { findRing, withDb } from "./running.ts";

type Say = (line: string) => void;
type Which = { company?: string };
type Named = Readonly<{ id: MerchantId; company: string }>;

const count = new Intl.NumberFormat("en");
const cardsText = (cards: number) => `${count.format(cards)} ${cards === 1 ? "card" : "cards"}`;

async function merchantsOf(db: Db, { company }: Which): Promise<Named[]> {
  const all = await listMerchants(db);
  const found = company ? all.filter((each) => each.company_code === company) : all;
  if (found.length === 0 && company) {
    throw new ConfigProblem(`There is no merchant with the code ${company}.`);
  }
  return found.map((each) => ({ id: each.id as MerchantId, company: each.company_code }));
}

/** Whole days, since a data key lives for months. */
function ageText(createdAt: Date, now: Date): string {
  const days = Math.floor((now.getTime() - createdAt.getTime()) / DAY_MS);
  return days < 1 ? "today" : days === 1 ? "1 day" : `${count.format(days)} days`;
}

async function status(db: Db, which: Which): Promise<string> {
  const now = systemClock();
  const rows = [];
  for (const { id, company } of await merchantsOf(db, which)) {
    for (const key of await listVaultKeys(db, id)) {
      rows.push({ company, ...key, age: ageText(key.createdAt, now) });
    }
  }
  if (rows.length === 0) return "There is no data key yet: the first card of a merchant makes one.";
  return tableOf(
    [
      ["merchant", words("company")],
      ["key", words("id")],
      ["state", words("status")],
      ["age", words("age")],
      ["cards", words("cards")],
    ],
    rows,
  );
}

function toldOf(company: string, { kind, cards }: Rotation): string {
  switch (kind) {
    case "nothing":
      return `${company}  has no data key yet, so there is nothing to rotate.`;
    case "rotated":
      return `${company}  has a new data key; ${cardsText(cards)} put under it.`;
    case "resumed":
      return (
        `${company}  an earlier rotation is brought to its end; ${cardsText(cards)} put under ` +
        "the key it made. Run this again for a newer key."
      );
  }
}

/** One merchant after the other; one that fails holds up no other and makes the command fail. */
async function rotateAll(db: Db, which: Which, say: Say): Promise<void> {
  const deps = { db, clock: systemClock, ring: await findRing() };
  let failed = 0;
  for (const { id, company } of await merchantsOf(db, which)) {
    const progress = createProgress(company);
    try {
      const done = await rotate(deps, id, progress.show).finally(progress.end);
      say(toldOf(company, done));
    } catch (error) {
      failed += 1;
      say(`${company}  is not finished. ${(error as Error).message}`);
    }
  }
  if (failed > 0) {
    throw new ConfigProblem("Nothing is lost. Mend what is named above, then run this again.");
  }
}

/** `vezne vault ...`: the data keys under which cards rest. */
export function addVaultCommands(program: Command, say: Say): void {
  const vault = program.command("vault").description("the keys under which stored cards rest");
  vault
    .command("status")
    .option("--company <code>", "one merchant; all of them if absent")
    .description("each merchant's data keys, how old they are and how many cards they hold")
    .action((which: Which) => withDb(async (db) => say(await status(db, which))));
  vault
    .command("rotate")
    .option("--company <code>", "one merchant; all of them if absent")
    .description("put every card under a new data key; safe to stop and to run again")
    .action((which: Which) => withDb((db) => rotateAll(db, which, say)));
}
