import type { Command } from "commander";
import { inTx } from "../../db/transaction.ts";
import type { MerchantId } from "../../lib/id.ts";
import { findAgent, listMerchants, setBlocked } from "../../merchants/index.ts";
import { ConfigProblem } from "../config.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;
type Whom = { agent?: string };

async function set(company: string, { agent: code }: Whom, isBlocked: boolean): Promise<string> {
  return withDb(async (db) => {
    const found = (await listMerchants(db)).find((each) => each.company_code === company);
    if (!found) throw new ConfigProblem(`There is no merchant with the code ${company}.`);
    const merchant = found.id as MerchantId;
    const agent = code ? await findAgent(db, merchant, { code }) : undefined;
    if (code && !agent) throw new ConfigProblem(`There is no agent ${code}.`);
    await inTx(db, (tx) => setBlocked(tx, merchant, agent?.id, isBlocked));
    const whom = agent ? `Agent ${code} of ${company}` : `Merchant ${company}`;
    return `${whom} is ${isBlocked ? "blocked" : "open"}; it takes hold within a second.`;
  });
}

export function addMerchantCommands(program: Command, say: Say): void {
  const merchants = program.command("merchants").description("merchants and their agents");
  merchants
    .command("list")
    .description("every merchant, its mode and whether it is blocked")
    .action(() =>
      withDb(async (db) => {
        for (const each of await listMerchants(db)) {
          say(`${each.company_code}  ${each.mode}  ${each.status}  ${each.name}`);
        }
      }),
    );
  merchants
    .command("block")
    .argument("<company>", "the merchant's code")
    .option("--agent <code>", "only this agent of it")
    .description("refuse every call of a merchant, or of one of its agents")
    .action(async (company: string, whom: Whom) => say(await set(company, whom, true)));
  merchants
    .command("open")
    .argument("<company>", "the merchant's code")
    .option("--agent <code>", "only this agent of it")
    .description("take a block back")
    .action(async (company: string, whom: Whom) => say(await set(company, whom, false)));
}
