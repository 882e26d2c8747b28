import { type Found, type FoundTry, findSession, tryIn } from "../../checkout/index.ts";
import { refuse } from "../../lib/refusal.ts";
import type { Caller } from "../../merchants/index.ts";
import type { PaynetDeps } from "./deps.ts";

/**
 * A session of the caller's own. To anybody else's key, and to an agent's for the session of
 * another or of the main firm, it is not there. Refuses `session_not_found`.
 */
export async function ownSession(deps: PaynetDeps, caller: Caller, handle: string): Promise<Found> {
  const found = await findSession(deps.checkout, handle);
  const isOwn =
    found.merchant.id === caller.merchant.id &&
    (!caller.agent || found.session.agentId === caller.agent.id);
  return isOwn ? found : refuse("session_not_found", {});
}

/** A try of such a session. Refuses `session_mismatch` too. */
export const ownTry = async (
  deps: PaynetDeps,
  caller: Caller,
  named: Readonly<{ session_id: string; token_id: string }>,
): Promise<FoundTry> =>
  tryIn(deps.checkout, await ownSession(deps, caller, named.session_id), named.token_id);
