import { cardsOnPage, type FoundLink, openPageCard } from "../../checkout/index.ts";
import { asksCode } from "../../checkout/link.rules.ts";
import { Secret } from "../../lib/secret.ts";
import { timeOf } from "../../merchants/merchant.rules.ts";
import { type Means, type Posted, typedCard } from "./card-entry.ts";
import type { HostedDeps } from "./deps.ts";
import type { StoredAsk } from "./stored-cards.ts";

/** Beside a payment no code comes along, by which alone some merchants have cards stored. */
const mayStore = ({ merchant, link }: FoundLink): boolean =>
  link.terms.house !== undefined && !merchant.needsCardCode;

/**
 * What the page of a link shows of stored cards; nothing where the shop named nobody whose they
 * would be. What a payer chose before stays chosen while it can be.
 */
export async function storedAsk(
  deps: HostedDeps,
  found: FoundLink,
  posted: Posted = {},
): Promise<StoredAsk | undefined> {
  const { merchant, link } = found;
  if (link.terms.house === undefined) return undefined;
  const cards = await cardsOnPage(deps.checkout, found);
  const picks = cards.filter(({ isExpired }) => !isExpired).map(({ pick }) => pick);
  const { card: wanted } = posted;
  const isOffered = wanted === "" || (wanted !== undefined && picks.includes(wanted));
  return {
    cards,
    chosen: isOffered ? wanted : (picks[0] ?? ""),
    asksCode: asksCode(merchant),
    mayStore: mayStore(found),
    wantsStore: posted["store_card"] === "1",
    lastsMs: link.expiresAt.getTime() - timeOf(merchant, deps.clock()).getTime(),
  };
}

/**
 * The card by which a payer of a link pays: one of the stored ones that the page shows, or the one
 * that was typed. Refuses as `openPageCard` and `typedCard`.
 */
export async function meansOf(deps: HostedDeps, found: FoundLink, posted: Posted): Promise<Means> {
  const { card: pick, stored_cvc: code = "" } = posted;
  if (pick) {
    const cvv = code.trim() === "" ? undefined : new Secret(code.trim());
    return { ...(await openPageCard(deps.checkout, found, { pick, cvv })), savesCard: false };
  }
  const savesCard = posted["store_card"] === "1" && mayStore(found);
  return { card: typedCard(deps, found.merchant, posted), savesCard };
}
