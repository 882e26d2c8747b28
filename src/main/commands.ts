import { Command, CommanderError } from "commander";
import { EmbeddedProblem } from "../db/embedded.ts";
import { MigrationProblem } from "../db/migrate.ts";
import { addBankCommands } from "./cli/bank.ts";
import { addCallbackCommands } from "./cli/callbacks.ts";
import { addClockCommands } from "./cli/clock.ts";
import { addKeyCommands } from "./cli/keys.ts";
import { addMarketplaceCommands } from "./cli/marketplace.ts";
import { addMerchantCommands } from "./cli/merchants.ts";
import { addOutboxCommand } from "./cli/outbox.ts";
import { addPayoutCommands } from "./cli/payouts.ts";
import { findRunning } from "./cli/running.ts";
import { addVaultCommands } from "./cli/vault.ts";
import { addVerifyCommand } from "./cli/verify.ts";
import { ConfigProblem, readConfig } from "./config.ts";
import { migrateTheirs } from "./database.ts";
import { dataFolder, defaultDataFolder } from "./folder.ts";

const ownFolder = () => dataFolder(defaultDataFolder());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command("vezne")
  .description("A payment platform to run yourself, with an offline bank for trying it out")
  .showHelpAfterError("Try `vezne --help`.");

program
  .command("start")
  .description("start the database, the bank simulator, the API and the worker")
  .action(async () => (await import("./start.ts")).start(say));

program
  .command("migrate")
  .description("bring the database of DATABASE_URL to this version")
  .action(async () => {
    const config = readConfig(process.env);
    if (!config.databaseUrl) {
      throw new ConfigProblem("DATABASE_URL must be set; `vezne start` migrates its own database.");
    }
    const vaultKey = config.vaultKey ?? (await ownFolder().secrets()).vaultKey;
    const { applied } = await migrateTheirs(config.databaseUrl, config, vaultKey, say);
    if (applied.length === 0) say("Nothing to apply.");
  });

addVerifyCommand(program, say);
addClockCommands(program, say);
addKeyCommands(program, say);
addMerchantCommands(program, say);
addMarketplaceCommands(program, say);
addCallbackCommands(program, say);
addOutboxCommand(program, say);
addPayoutCommands(program, say);
addVaultCommands(program, say);
addBankCommands(program, async () => {
  const running = await findRunning();
  if (!running.bankUrl) throw new ConfigProblem("This Vezne runs without the bank simulator.");
  return { url: running.bankUrl, token: running.token };
});

/** Problems that a person can mend are one sentence; anything else is shown whole. */
function tell(error: unknown): void {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  const isSentence =
    error instanceof ConfigProblem ||
    error instanceof EmbeddedProblem ||
    error instanceof MigrationProblem ||
    process.env["VEZNE_LOG_LEVEL"] !== "debug";
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${isSentence ? text : (error as Error).stack}\n`);
  process.exit(1);
}

program.parseAsync().catch(tell);
