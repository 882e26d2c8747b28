import { readGuid } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Caller, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { CheckoutDeps } from "./deps.ts";
import type { Link } from "./link.rules.ts";
import { type LinkFilter, type LinkPage, ownerOfLink, readLink, readLinks } from "./link.store.ts";
import type { Session } from "./session.rules.ts";

export type NamedLink = Readonly<{ id?: string | undefined; reference?: string | undefined }>;

/**
 * The link that a caller means: of a reference the newest one. An agent's key sees the agent's own
 * links; all others do not exist for it. Refuses `link_not_found`, and `invalid_input` when nothing
 * is named.
 */
export async function findLink(
  deps: Pick<CheckoutDeps, "db">,
  { merchant, agent }: Caller,
  named: NamedLink,
): Promise<Link> {
  if (!named.id && !named.reference) {
    return refuse("invalid_input", { field: "id", problem: "missing" });
  }
  const id = named.id === undefined ? undefined : readGuid(named.id);
  if (named.id !== undefined && !id) return refuse("link_not_found", {});
  const by = id ? { id } : { reference: named.reference ?? "" };
  const link = await readLink(deps.db.kysely, merchant.id, by, agent?.id);
  return link ?? refuse("link_not_found", {});
}

/** Links of a merchant, newest first, with the number and sum of all that match now. */
export const listLinks = (
  { db, clock }: Pick<CheckoutDeps, "db" | "clock">,
  merchant: Merchant,
  filter: LinkFilter,
): Promise<LinkPage> => readLinks(db, merchant.id, filter, timeOf(merchant, clock()));

/** A link with the merchant whose it is. */
export type FoundLink = Readonly<{ merchant: Merchant; link: Link }>;

/**
 * The link of a page's address, whatever its state. Refuses `link_not_found`, also where the
 * company in the address is another, and `merchant_blocked`.
 */
export async function openLinkPage(
  deps: Pick<CheckoutDeps, "db" | "merchantOf">,
  address: Readonly<{ companyCode: string; id: string }>,
): Promise<FoundLink> {
  const id = readGuid(address.id);
  const owner = id && (await ownerOfLink(deps.db, { companyCode: address.companyCode, id }));
  if (!owner) return refuse("link_not_found", {});
  const merchant = await deps.merchantOf(owner);
  if (merchant.isBlocked) return refuse("merchant_blocked", {});
  const link = await readLink(deps.db.kysely, owner, { id });
  return { merchant, link: link ?? refuse("link_not_found", {}) };
}

/** The link that a session pays. Refuses `link_not_found` for a session of another kind. */
export async function linkOf(
  { db }: Pick<CheckoutDeps, "db">,
  { merchantId, linkId }: Pick<Session, "merchantId" | "linkId">,
): Promise<Link> {
  const link = linkId ? await readLink(db.kysely, merchantId, { id: linkId }) : undefined;
  return link ?? refuse("link_not_found", {});
}
