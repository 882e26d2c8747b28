import type { Command } from "commander";
import { holdsCardNumber } from "../../lib/card-number.ts";
import { enroll, listMerchants, moveClocks } from "../../merchants/index.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { newPairs, openMarketplace, openPayouts, sandboxMerchant } from "../demo.ts";
import { findRing, withDb } from "./running.ts";

type Say = (line: string) => void;
type NewMerchant = Readonly<{ name: string; marketplace?: boolean }>;

/** The provider's own codes have five digits. */
const COMPANY = /^[1-9]\d{4}$/;
const NAME_MAX = 100;

function checkNames(company: string, name: string): void {
  if (!COMPANY.test(company)) throw new ConfigProblem("A merchant's code has five digits.");
  if (name === "") throw new ConfigProblem("Say after --name what its payers know it by.");
  if (name.length > NAME_MAX) {
    throw new ConfigProblem(`A name has at most ${NAME_MAX} characters.`);
  }
  if (holdsCardNumber(name)) throw new ConfigProblem("A card's number is no name.");
}

/** Opens a sandbox merchant at the offline bank; answers what is shown of it, this once. */
async function add(company: string, asked: NewMerchant): Promise<string[]> {
  const name = asked.name.trim();
  checkNames(company, name);
  return withDb(async (db, { bankUrl }) => {
    if (!bankUrl) {
      throw new ConfigProblem("No offline bank runs here, where a new merchant has its contracts.");
    }
    const deps = { db, clock: systemClock, ring: await findRing() };
    const sandboxes = (await listMerchants(db)).filter(({ mode }) => mode === "sandbox");
    // The bank stands where the furthest of them stands, and a merchant's day is the bank's.
    const offsetMs = Math.max(0, ...sandboxes.map((each) => Number(each.clock_offset_ms)));
    let pairs: Readonly<Record<string, string>> = {};
    const made = await enroll(
      deps,
      sandboxMerchant(company, name, bankUrl),
      async (tx, merchantId) => {
        await moveClocks(tx, [merchantId], offsetMs);
        await openPayouts(tx, deps.ring, merchantId, bankUrl, deps.clock());
        if (asked.marketplace) await openMarketplace(tx, merchantId, name, deps.clock());
        pairs = await newPairs(deps, tx, merchantId);
      },
    );
    if (!made) throw new ConfigProblem(`There is a merchant with the code ${company} already.`);
    return [
      `Merchant ${company} is open at the offline bank. Its keys are shown this once:`,
      `secret_key: ${made.secretKey}`,
      `publishable_key: ${made.publishableKey}`,
      ...Object.entries(pairs).map(([header, value]) => `${header}: ${value}`),
    ];
  });
}

export function addNewMerchantCommand(merchants: Command, say: Say): void {
  merchants
    .command("add")
    .argument("<company>", "its code, five digits")
    .requiredOption("--name <name>", "what its payers know it by")
    .option(
      "--marketplace",
      "sells for members and pays them; such a one has no recurring payments",
    )
    .description("open one more sandbox merchant and show its keys, this once")
    .action(async (company: string, asked: NewMerchant) => {
      for (const line of await add(company, asked)) say(line);
    });
}
