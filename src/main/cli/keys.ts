import { isIP } from "node:net";
import type { Command } from "commander";
import type { Db } from "../../db/pool.ts";
import { inTx } from "../../db/transaction.ts";
import type { MerchantId } from "../../lib/id.ts";
import {
  findAgent,
  giveKey,
  givePair,
  listKeys,
  listMerchants,
  revokeKey,
} from "../../merchants/index.ts";
import { hashOfKey } from "../../merchants/keys.rules.ts";
import { systemClock } from "../clock.ts";
import { ConfigProblem } from "../config.ts";
import { findRing, withDb } from "./running.ts";

type Say = (line: string) => void;

async function merchantBy(db: Db, company: string | undefined): Promise<MerchantId> {
  const all = await listMerchants(db);
  const found = company ? all.find((each) => each.company_code === company) : all[0];
  if (!found)
    throw new ConfigProblem(
      company ? `There is no merchant with the code ${company}.` : "There is no merchant yet.",
    );
  return found.id as MerchantId;
}

function checkAddresses(addresses: readonly string[] | undefined): void {
  const wrong = addresses?.find((address) => isIP(address) === 0);
  if (wrong) throw new ConfigProblem(`${wrong} is not an address; networks cannot be named.`);
}

type NewKey = { company?: string; publishable?: boolean; agent?: string; ip?: string[] };

async function makeKey(db: Db, options: NewKey): Promise<string> {
  checkAddresses(options.ip);
  const merchant = await merchantBy(db, options.company);
  const agent = options.agent && (await findAgent(db, merchant, { code: options.agent }));
  if (options.agent && !agent) throw new ConfigProblem(`There is no agent ${options.agent}.`);
  const deps = { db, clock: systemClock, ring: await findRing() };
  const kind = options.publishable ? "publishable" : "secret";
  return inTx(db, (tx) =>
    giveKey(deps, tx, merchant, kind, {
      ...(agent && { agentId: agent.id }),
      ...(options.ip && { allowedIps: options.ip }),
    }),
  );
}

const pairKinds = { public: "paywall_public", private: "paywall_private" } as const;
type NewPair = { company?: string; ip?: string[] };

/** A pair for the marketplace wire, as the two headers that carry it. */
async function makePair(db: Db, which: string, options: NewPair): Promise<string[]> {
  if (which !== "public" && which !== "private") {
    throw new ConfigProblem(`A pair is public or private, not ${which}.`);
  }
  checkAddresses(options.ip);
  const merchant = await merchantBy(db, options.company);
  const deps = { db, clock: systemClock, ring: await findRing() };
  const limits = options.ip && { allowedIps: options.ip };
  const pair = await inTx(db, (tx) => givePair(deps, tx, merchant, pairKinds[which], limits));
  return [`apikey${which}: ${pair.key}`, `apiclient${which}: ${pair.client}`];
}

export function addKeyCommands(program: Command, say: Say): void {
  const keys = program.command("keys").description("API keys of merchants and agents");
  keys
    .command("list")
    .option("--company <code>", "the merchant; the first one if absent")
    .action(({ company }: { company?: string }) =>
      withDb(async (db) => {
        for (const key of await listKeys(db, await merchantBy(db, company))) {
          const state = key.revoked_at ? "revoked" : "active";
          const from = key.allowed_ips ? `from ${key.allowed_ips.join(", ")}` : "from anywhere";
          say(`${key.hint}…  ${key.kind}  ${state}  ${from}  ${key.agent_id ?? "main firm"}`);
        }
      }),
    );
  keys
    .command("new")
    .description("make a key and show it, this once")
    .option("--company <code>", "the merchant; the first one if absent")
    .option("--publishable", "a key for browsers instead of a secret one")
    .option("--agent <code>", "a key of one agent, confined to it")
    .option("--ip <address...>", "addresses that may use it; every address if absent")
    .action((options: NewKey) => withDb(async (db) => say(await makeKey(db, options))));
  keys
    .command("pair")
    .argument("<which>", "public or private")
    .description("make a pair for the marketplace wire and show it, this once")
    .option("--company <code>", "the merchant; the first one if absent")
    .option("--ip <address...>", "addresses that may use it; every address if absent")
    .action((which: string, options: NewPair) =>
      withDb(async (db) => {
        for (const line of await makePair(db, which, options)) say(line);
      }),
    );
  keys
    .command("revoke")
    .argument("<key>", "the whole key")
    .option("--company <code>", "the merchant; the first one if absent")
    .action((key: string, { company }: { company?: string }) =>
      withDb(async (db) => {
        const merchant = await merchantBy(db, company);
        const hash = hashOfKey(await findRing(), key);
        const done = await inTx(db, (tx) => revokeKey(tx, merchant, hash, systemClock()));
        if (!done) throw new ConfigProblem("There is no such active key.");
        say("Revoked; it stops working within a second.");
      }),
    );
}
