import type { Command } from "commander";
import type { Db } from "../../db/pool.ts";
import { constraintOf, inTx } from "../../db/transaction.ts";
import type { MerchantId } from "../../lib/id.ts";
import {
  findAgent,
  listMerchants,
  type MerchantSwitch,
  type SecureChange,
  setBlocked,
  setDrawGap,
  setSecure,
  setSwitch,
} from "../../merchants/index.ts";
import { DRAW_GAP_MINUTES_MAX } from "../../merchants/merchant.rules.ts";
import { ConfigProblem } from "../config.ts";
import { addNewMerchantCommand } from "./add-merchant.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;
type Whom = { agent?: string };

const SOON = "it takes hold within a second.";

/** The merchant of a code; throws `ConfigProblem` where there is none. */
export async function merchantBy(db: Db, company: string): Promise<MerchantId> {
  const found = (await listMerchants(db)).find((each) => each.company_code === company);
  if (!found) throw new ConfigProblem(`There is no merchant with the code ${company}.`);
  return found.id as MerchantId;
}

/** Every merchant, or the one of a code. */
export async function merchantsOf(db: Db, company: string | undefined) {
  if (company !== undefined) return [{ id: await merchantBy(db, company), company }];
  return (await listMerchants(db)).map((each) => ({
    id: each.id as MerchantId,
    company: each.company_code,
  }));
}

async function block(company: string, { agent: code }: Whom, isBlocked: boolean): Promise<string> {
  return withDb(async (db) => {
    const merchant = await merchantBy(db, company);
    const agent = code ? await findAgent(db, merchant, { code }) : undefined;
    if (code && !agent) throw new ConfigProblem(`There is no agent ${code}.`);
    await inTx(db, (tx) => setBlocked(tx, merchant, agent?.id, isBlocked));
    const whom = agent ? `Agent ${code} of ${company}` : `Merchant ${company}`;
    return `${whom} is ${isBlocked ? "blocked" : "open"}; ${SOON}`;
  });
}

type Switch = Readonly<{ which: MerchantSwitch; on: string; off: string }>;
/** By the word of the command: the switch, and what the merchant does with it on and off. */
const switches: ReadonlyMap<string, Switch> = new Map([
  [
    "card-code",
    {
      which: "needsCardCode",
      on: "stores a card only after a code from a text message",
      off: "stores cards without a code",
    },
  ],
  [
    "call-inside",
    {
      which: "mayCallInside",
      on: "may name addresses inside our own networks",
      off: "may name public addresses only",
    },
  ],
  [
    "without-3d",
    {
      which: "maySellWithout3d",
      on: "may sell without 3-D Secure",
      off: "sells with 3-D Secure only",
    },
  ],
]);
/** What the last word of a command about one contract makes of it, and how that is told. */
type Contract = Readonly<Record<string, SecureChange & Readonly<{ told: string }>>>;
const contracts: ReadonlyMap<string, Contract> = new Map<string, Contract>([
  [
    "half-secure",
    {
      on: { acceptsHalfSecure: true, told: "takes cards whose bank has no 3-D Secure" },
      off: { acceptsHalfSecure: false, told: "does not take cards whose bank has no 3-D Secure" },
    },
  ],
  [
    "three-d-model",
    {
      "3d": { threeDModel: "3d", told: "lets us take the money after 3-D Secure" },
      "3d_pay": { threeDModel: "3d_pay", told: "takes the money on the bank's own page" },
    },
  ],
]);

/** `on` or `off`, which always comes last. */
function isOn(word: string | undefined): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw new ConfigProblem("Say on or off at the end.");
}

async function setContract(
  db: Db,
  company: string,
  bank: string,
  { told, ...change }: Contract[string],
): Promise<string> {
  const merchant = await merchantBy(db, company);
  const bankId = bank.toUpperCase();
  const isDone = await inTx(db, (tx) => setSecure(tx, merchant, bankId, change));
  if (!isDone) throw new ConfigProblem(`Merchant ${company} has no open contract of ${bankId}.`);
  return `${bankId} of ${company} ${told}; ${SOON}`;
}

const DRAW_GAP = "draw-gap";

/** How long an invoice of a regular payment order rests before it is tried again. */
async function setGap(company: string, value: string): Promise<string> {
  const minutes = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (minutes < 1 || minutes > DRAW_GAP_MINUTES_MAX) {
    throw new ConfigProblem(`Say how many minutes at the end, 1 to ${DRAW_GAP_MINUTES_MAX}.`);
  }
  return withDb(async (db) => {
    const merchant = await merchantBy(db, company);
    await inTx(db, (tx) => setDrawGap(tx, merchant, minutes));
    const rest = `${minutes} minute${minutes === 1 ? "" : "s"}`;
    return `Invoices of ${company} rest ${rest} between two tries; ${SOON}`;
  });
}

const known = [
  ...switches.keys(),
  DRAW_GAP,
  ...[...contracts.keys()].map((what) => `${what} <bank>`),
].join(", ");

async function set(company: string, what: string, words: readonly string[]): Promise<string> {
  const contract = contracts.get(what);
  const [bank, value = ""] = words;
  if (contract && bank !== undefined && words.length === 2) {
    const change = Object.hasOwn(contract, value) ? contract[value] : undefined;
    if (change) return withDb((db) => setContract(db, company, bank, change));
    throw new ConfigProblem(`Say ${Object.keys(contract).join(" or ")} at the end.`);
  }
  if (what === DRAW_GAP && words.length === 1) return setGap(company, bank ?? "");
  const found = switches.get(what);
  if (!found || words.length !== 1) {
    throw new ConfigProblem(`Say what to set, one of ${known}, and then its value.`);
  }
  const on = isOn(bank);
  return withDb(async (db) => {
    const merchant = await merchantBy(db, company);
    await inTx(db, (tx) => setSwitch(tx, merchant, found.which, on)).catch((error: unknown) => {
      if (constraintOf(error) !== "live_calls_outside") throw error;
      throw new ConfigProblem(
        `Merchant ${company} is live: its notices and returns go to public addresses only.`,
      );
    });
    return `Merchant ${company} ${on ? found.on : found.off}; ${SOON}`;
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
  addNewMerchantCommand(merchants, say);
  merchants
    .command("block")
    .argument("<company>", "the merchant's code")
    .option("--agent <code>", "only this agent of it")
    .description("refuse every call of a merchant, or of one of its agents")
    .action(async (company: string, whom: Whom) => say(await block(company, whom, true)));
  merchants
    .command("open")
    .argument("<company>", "the merchant's code")
    .option("--agent <code>", "only this agent of it")
    .description("take a block back")
    .action(async (company: string, whom: Whom) => say(await block(company, whom, false)));
  merchants
    .command("set")
    .argument("<company>", "the merchant's code")
    .argument(
      "<what>",
      `${[...switches.keys(), DRAW_GAP].join(", ")}; ` +
        `${[...contracts.keys()].join(" or ")} and a bank's four letters`,
    )
    .argument("<value...>", "on or off; of three-d-model 3d or 3d_pay; of draw-gap minutes")
    .description("what a merchant may do, or one of its bank contracts takes")
    .action(async (company: string, what: string, words: string[]) =>
      say(await set(company, what, words)),
    );
}
