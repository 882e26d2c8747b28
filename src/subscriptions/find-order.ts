import { readGuid } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import type { Caller } from "../merchants/merchant.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import type { Subscription } from "./subscription.rules.ts";
import { readOrderByReference, readOrders } from "./subscriptions.store.ts";

/** Empty texts name nothing: clients send every member that they know. */
export type NamedOrder = Readonly<{ id?: string | undefined; reference?: string | undefined }>;

/**
 * The order that a caller means, by its id, its reference or both. Of a reference the order that
 * has it now, else the newest one that had it and was deleted. An agent's key sees the agent's own
 * orders; all others do not exist for it. Refuses `invalid_input` when nothing is named, and
 * `subscription_not_found`, also where id and reference are of two orders.
 */
export async function findOrder(
  { db }: Pick<SubscriptionsDeps, "db">,
  { merchant, agent }: Caller,
  named: NamedOrder,
): Promise<Subscription> {
  const sent = named.id?.trim();
  const id = sent ? readGuid(sent) : undefined;
  const reference = named.reference || undefined;
  if (!sent && !reference) {
    return refuse("invalid_input", { field: "subscription_id", problem: "missing" });
  }
  if (sent && !id) return refuse("subscription_not_found", {});
  const found = id
    ? (await readOrders(db.kysely, merchant.id, [id]))[0]
    : await readOrderByReference(db.kysely, merchant.id, reference ?? "", agent?.id);
  if (!found || (agent && found.agentId !== agent.id)) return refuse("subscription_not_found", {});
  const isOther = reference !== undefined && found.reference !== reference;
  return isOther ? refuse("subscription_not_found", {}) : found;
}
