import type { Db } from "../db/pool.ts";
import type { Attempt } from "../payments/index.ts";
import { readToken } from "./checkout.store.ts";
import type { Link } from "./link.rules.ts";
import { readLinkOfToken } from "./link.store.ts";
import { findNumberedLink, type NumberedLink } from "./numbered-links.store.ts";
import { isBankCharged, tokenIdOf } from "./session.rules.ts";

/** A link with the name that a wire gave it. */
export type CalledLink = Readonly<{ link: Link; numbered: NumberedLink }>;

/**
 * The link of a charge that took money, to be told about. `later` while it is not known yet whether
 * what the bank's page took is given back; what is, was no payment.
 */
export async function calledLink(
  db: Db,
  attempt: Attempt,
): Promise<CalledLink | "later" | undefined> {
  const { merchantId } = attempt;
  const id = tokenIdOf(attempt);
  const link = id && (await readLinkOfToken(db.kysely, merchantId, id));
  const token = id && (await readToken(db.kysely, merchantId, { id }));
  if (!link || !token || token.status === "refused") return undefined;
  if (isBankCharged(token) && token.toldAt === null) return "later";
  const numbered = await findNumberedLink(db, merchantId, { linkId: link.id });
  return numbered && { link, numbered };
}
