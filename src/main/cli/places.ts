import type { Command } from "commander";
import { inTx } from "../../db/transaction.ts";
import { refusalText } from "../../lib/messages/index.ts";
import { type Currency, currencies } from "../../lib/money.ts";
import { Refusal } from "../../lib/refusal.ts";
import { readPlatformAccounts, savePlatformAccount } from "../../marketplace/index.ts";
import { checkAccount } from "../../members/account.rules.ts";
import { timeOf } from "../../merchants/merchant.rules.ts";
import { listConnections } from "../../payouts/index.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { tableOf, words } from "./bank.rules.ts";
import { payerOf } from "./payers.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;
type AccountOptions = Readonly<{ title: string; iban: string }>;

function accountOf(typed: string, { title, iban }: AccountOptions) {
  const currency = currencies.find((each) => each === typed.toUpperCase());
  if (!currency) throw new ConfigProblem(`The currency is one of ${currencies.join(", ")}.`);
  try {
    return checkAccount({ currency, title: title.trim(), iban });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigProblem(`${refusalText(error, "en")}.`);
  }
}

type Ways = Awaited<ReturnType<typeof listConnections>>;
const paysFrom = (ways: Ways, currency: Currency) =>
  ways.some((each) => each.isMain && each.isOpen && each.currency === currency);

async function saveAccount(company: string, typed: string, options: AccountOptions, say: Say) {
  const account = accountOf(typed, options);
  const { currency, title, iban } = account;
  await withDb(async (db) => {
    const payer = await payerOf(db, company);
    const now = timeOf(payer, systemClock());
    await inTx(db, (tx) => savePlatformAccount(tx, payer.id, account, now));
    say(`The platform's ${currency} of ${company} goes to ${title}, ${iban}.`);
    say("Transfers that have begun go to where they were sent.");
    if (paysFrom(await listConnections(db.kysely, payer.id), currency)) return;
    say(`Nothing pays ${currency} yet: ${company} has no main connection of it.`);
  });
}

async function show(company: string, say: Say): Promise<void> {
  await withDb(async (db) => {
    const { id, settings } = await payerOf(db, company);
    say(`distribution    ${settings.distribution}`);
    say(`manual-trigger  ${settings.hasManualTrigger ? "on" : "off"}`);
    say(`platform-days   ${settings.platformDays}`);
    say(`order-days      ${settings.orderDaysMax ?? "none"}`);
    const accounts = await readPlatformAccounts(db, id);
    say("\nWhere the platform's own money goes");
    const names = ["currency", "title", "iban"] as const;
    const table = tableOf(
      names.map((name) => [name, words(name)]),
      accounts,
    );
    say(accounts.length === 0 ? "nowhere yet: `npx vezne marketplace account` says where" : table);
    const ways = await listConnections(db.kysely, id);
    say("\nWhere it is paid from");
    if (ways.length === 0) return say("nowhere yet");
    const rows = ways.map((each) => ({
      ...each,
      main: each.isMain ? "main" : "",
      open: each.isOpen ? "open" : "closed",
    }));
    const shown = ["number", "key", "provider", "currency", "account", "main", "open"] as const;
    say(
      tableOf(
        shown.map((name) => [name, words(name)]),
        rows,
      ),
    );
    for (const { currency } of accounts) {
      if (!paysFrom(ways, currency)) say(`There is no main connection of ${currency}.`);
    }
  });
}

/** Where the platform's own money goes, and how a marketplace is set up. */
export function addPlaceCommands(marketplace: Command, say: Say): void {
  marketplace
    .command("account")
    .argument("<company>", "the merchant's code")
    .argument("<currency>", currencies.join(", "))
    .requiredOption("--title <name>", "whose account it is")
    .requiredOption("--iban <iban>", "the account")
    .description("set where the platform's own money of a currency goes")
    .action((company: string, currency: string, options: AccountOptions) =>
      saveAccount(company, currency, options, say),
    );
  marketplace
    .command("show")
    .argument("<company>", "the merchant's code")
    .description("the settings of a marketplace, its accounts and what it pays from")
    .action((company: string) => show(company, say));
}
