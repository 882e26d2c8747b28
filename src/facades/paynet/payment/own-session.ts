import { type Found, type FoundTry, findSession, tryIn } from "../../../checkout/index.ts";
import type { SessionKind } from "../../../checkout/session.rules.ts";
import { refuse } from "../../../lib/refusal.ts";
import type { Caller } from "../../../merchants/index.ts";
import type { PaynetDeps } from "../deps.ts";

type Names = Readonly<{ session_id: string; token_id: string }>;

async function own(
  deps: PaynetDeps,
  { merchant, agent }: Caller,
  handle: string,
  isMeant: (kind: SessionKind) => boolean,
): Promise<Found> {
  const found = await findSession(deps.checkout, handle);
  const { session } = found;
  const isOwn = found.merchant.id === merchant.id && (!agent || session.agentId === agent.id);
  return isOwn && isMeant(session.kind) ? found : refuse("session_not_found", {});
}

/**
 * A session of the caller's own in which something is paid over this wire. To anybody else's key,
 * and to an agent's for the session of another or of the main firm, it is not there. Refuses
 * `session_not_found`.
 */
export const ownSession = (deps: PaynetDeps, caller: Caller, handle: string): Promise<Found> =>
  own(deps, caller, handle, (kind) => kind !== "card" && kind !== "market");

/** A try of such a session. Refuses `session_mismatch` too. */
export const ownTry = async (deps: PaynetDeps, caller: Caller, named: Names): Promise<FoundTry> =>
  tryIn(deps.checkout, await ownSession(deps, caller, named.session_id), named.token_id);

/** A try of a session in which a card is entered for an order, found in the same way. */
export async function ownCardTry(
  deps: PaynetDeps,
  caller: Caller,
  named: Names,
): Promise<FoundTry> {
  const found = await own(deps, caller, named.session_id, (kind) => kind === "card");
  return tryIn(deps.checkout, found, named.token_id);
}
