import type { Db } from "../db/pool.ts";
import { after } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import { listMerchants } from "../merchants/index.ts";
import { readSpan } from "./clock-span.rules.ts";
import type { Deps } from "./deps.ts";

export type MoveAsk = Readonly<{ by: string; company?: string | undefined }>;

/** A sandbox merchant, and how far its clock is ahead of real time. */
export type Sandbox = Readonly<{ id: MerchantId; company: string; offsetMs: number }>;

/** Who moves, from which real time on, and by how many milliseconds. */
export type Plan = Readonly<{ merchants: readonly Sandbox[]; at: Date; ms: number }>;

/** What is asked cannot be done. The message is a sentence for a person. */
export class SandboxRefused extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** The sandbox merchants, or the one of them that is named. Refuses where there is none. */
export async function sandboxes(db: Db, company?: string): Promise<Sandbox[]> {
  const all = (await listMerchants(db)).filter((each) => each.mode === "sandbox");
  const found = company ? all.filter((each) => each.company_code === company) : all;
  if (found.length === 0) throw new SandboxRefused(404, "No such sandbox merchant");
  return found.map((each) => ({
    id: each.id as MerchantId,
    company: each.company_code,
    offsetMs: Number(each.clock_offset_ms),
  }));
}

/** How far ahead of real time the furthest of them is. */
export const furthestMs = (merchants: readonly Sandbox[]): number =>
  Math.max(...merchants.map((each) => each.offsetMs));

/**
 * Plans a move as of now; a month is one of whoever is furthest ahead. Throws `SandboxRefused` for
 * what is no span forward or too long, and where there is no such merchant.
 */
export async function planMove({ db, clock }: Deps, { by, company }: MoveAsk): Promise<Plan> {
  const merchants = await sandboxes(db, company);
  const at = clock();
  const span = readSpan(by, after(at, furthestMs(merchants)));
  if ("problem" in span) throw new SandboxRefused(400, span.problem);
  return { merchants, at, ms: span.ms };
}
