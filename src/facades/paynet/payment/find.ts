import { refuse } from "../../../lib/refusal.ts";
import type { Caller } from "../../../merchants/index.ts";
import { type Done, readByReference, readDone } from "../../../payments/index.ts";
import type { PaynetDeps } from "../deps.ts";
import { attemptIdOf } from "../wire/formats.ts";

export type Named = Readonly<{
  xact_id?: string | undefined;
  xact?: string | undefined;
  reference_no?: string | undefined;
}>;

/** An agent's key sees the agent's own payments; all others do not exist for it. */
const sees = (caller: Caller, done: Done): boolean =>
  !caller.agent || done.payment.agentId === caller.agent.id;

async function byXact(deps: PaynetDeps, caller: Caller, xact: string): Promise<Done | undefined> {
  if (!/^\d{1,18}$/.test(xact)) return undefined;
  return readDone(deps.db, caller.merchant.id, { xact: BigInt(xact) });
}

async function byXactId(deps: PaynetDeps, caller: Caller, text: string): Promise<Done | undefined> {
  const attemptId = attemptIdOf(text);
  // Some clients send the plain number in the place of the opaque one.
  if (!attemptId) return byXact(deps, caller, text);
  return readDone(deps.db, caller.merchant.id, { attemptId });
}

/**
 * What the caller means, newest first. An id names one operation; a reference names every charge
 * that was tried under it. Refuses `invalid_input` when nothing is named.
 */
export async function findNamed(deps: PaynetDeps, caller: Caller, named: Named): Promise<Done[]> {
  const { xact_id, xact, reference_no } = named;
  let found: (Done | undefined)[];
  if (xact_id) found = [await byXactId(deps, caller, xact_id)];
  else if (xact) found = [await byXact(deps, caller, xact)];
  else if (reference_no) found = await readByReference(deps.db, caller.merchant.id, reference_no);
  else return refuse("invalid_input", { field: "xact_id", problem: "missing" });
  return found.filter((done): done is Done => done !== undefined && sees(caller, done));
}

/** The one operation that the caller wants to act on. Refuses `payment_not_found`. */
export async function findOne(deps: PaynetDeps, caller: Caller, named: Named): Promise<Done> {
  const found = await findNamed(deps, caller, named);
  // Of a reference the charge that was not declined is meant; there is at most one.
  const meant = found.find((done) => done.payment.status !== "declined") ?? found[0];
  return meant ?? refuse("payment_not_found", {});
}
