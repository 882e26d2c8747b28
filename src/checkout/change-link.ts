import { refuse } from "../lib/refusal.ts";
import type { CheckoutDeps } from "./deps.ts";
import { checkChangeable, type Link } from "./link.rules.ts";
import { setLinkStatus } from "./link.store.ts";

/**
 * Closes a link to payers, or opens it again; asked for again it does no harm. Refuses
 * `link_closed` for one that has been paid, also while this was asked.
 */
export async function changeLink(
  deps: Pick<CheckoutDeps, "db">,
  link: Link,
  status: "waiting" | "passive",
): Promise<void> {
  checkChangeable(link);
  const isDone = await setLinkStatus(deps.db, link, status);
  if (!isDone) refuse("link_closed", { state: "paid" });
}
