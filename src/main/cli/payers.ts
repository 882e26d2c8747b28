import { userInfo } from "node:os";
import type { Db } from "../../db/pool.ts";
import { withoutCardData } from "../../lib/card-number.ts";
import type { MerchantId } from "../../lib/id.ts";
import { findSettings } from "../../marketplace/index.ts";
import { listMerchants } from "../../merchants/index.ts";
import { ConfigProblem } from "../config.ts";

const NAME_MAX = 100;

/** A marketplace as these commands need it. Throws `ConfigProblem` where there is none. */
export async function payerOf(db: Db, company: string) {
  const found = (await listMerchants(db)).find((each) => each.company_code === company);
  if (!found) throw new ConfigProblem(`There is no merchant with the code ${company}.`);
  const id = found.id as MerchantId;
  const settings = await findSettings(db, id);
  if (!settings) throw new ConfigProblem(`Merchant ${company} is no marketplace.`);
  const clockOffsetMs = Number(found.clock_offset_ms);
  return { id, clockOffsetMs, settings, isBlocked: found.status === "blocked" };
}

export type Payer = Awaited<ReturnType<typeof payerOf>>;

/** What somebody says of a transfer, after the option `name`; of a card among it only the mask. */
export function saidText(name: string, typed: string, most: number): string {
  const text = withoutCardData(typed).trim();
  if (text === "") throw new ConfigProblem(`Say something after ${name}.`);
  if (text.length <= most) return text;
  throw new ConfigProblem(`${name} takes at most ${most} characters.`);
}

/** Who is at the keyboard, as far as the machine knows. */
export function personOf(by: string | undefined): string {
  const name = withoutCardData(by ?? userName())
    .trim()
    .slice(0, NAME_MAX);
  if (name === "") throw new ConfigProblem("Say with --by who does this.");
  return name;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return ""; // A container's user may have no name.
  }
}

/** The number of a batch as it was typed. */
export function batchOf(typed: string): bigint {
  if (/^[1-9]\d{0,14}$/.test(typed)) return BigInt(typed);
  throw new ConfigProblem(`"${typed}" is no number of a batch; \`batches\` lists them.`);
}
