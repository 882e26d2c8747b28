import type { CardId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import { type Keyring, keyedHash } from "../lib/seal.ts";
import type { Secret } from "../lib/secret.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { isCvv, isExpired } from "../vault/card.rules.ts";
import { type Card, findHouse, listStored, openCard, type StoredCard } from "../vault/index.ts";
import type { CheckoutDeps } from "./deps.ts";
import type { FoundLink } from "./find-link.ts";
import { asksCode, type Link, linkState } from "./link.rules.ts";

const CARDS_MAX = 100;
const PICK_BYTES = 18;

/** A stored card as the page of a link shows it, and the name by which it is chosen there. */
export type PageCard = Readonly<{ pick: string; card: StoredCard; isExpired: boolean }>;

/**
 * The name of a stored card on the page of one link. It is a keyed hash and holds nothing: only
 * that page finds a card by it, and only while its link may be paid.
 */
const pickOf = (ring: Keyring, { merchantId, id }: Link, card: CardId): string =>
  keyedHash(ring.handles, `page-card:${merchantId}/${id}/${card}`)
    .subarray(0, PICK_BYTES)
    .toString("base64url");

/**
 * The payer's stored cards on the page of a link that was made with an owner's names: those that
 * can be charged first, and of each kind the newest first. None once the link takes no payment.
 */
export async function cardsOnPage(
  deps: Pick<CheckoutDeps, "db" | "clock" | "ring">,
  { merchant, link }: FoundLink,
): Promise<readonly PageCard[]> {
  const now = timeOf(merchant, deps.clock());
  const { house } = link.terms;
  if (house === undefined || linkState(link, now) !== "waiting") return [];
  const owner = await findHouse(deps.db.kysely, merchant.id, house);
  if (!owner) return [];
  const { rows } = await listStored(deps, merchant.id, owner, { offset: 0, limit: CARDS_MAX });
  const shown = rows.map((card) => ({
    pick: pickOf(deps.ring, link, card.id),
    card,
    isExpired: isExpired(card, now),
  }));
  return [...shown.filter((each) => !each.isExpired), ...shown.filter((each) => each.isExpired)];
}

/**
 * The card that a payer chose, fit for a try. Refuses `stored_card_not_found`, also where it was
 * deleted since the page was shown, `card_expired`, and `wrong_card_data` without a code that is
 * asked for.
 */
export async function openPageCard(
  deps: CheckoutDeps,
  found: FoundLink,
  { pick, cvv }: Readonly<{ pick: string; cvv: Secret | undefined }>,
): Promise<Readonly<{ card: Card; storedCardId: CardId }>> {
  const chosen = (await cardsOnPage(deps, found)).find((each) => each.pick === pick);
  if (!chosen) return refuse("stored_card_not_found", {});
  if (chosen.isExpired) return refuse("card_expired", {});
  const isRight = cvv ? isCvv(cvv) : !asksCode(found.merchant);
  if (!isRight) return refuse("wrong_card_data", { part: "cvv" });
  const opened = await openCard(deps, found.merchant.id, chosen.card.id);
  if (!opened) return refuse("stored_card_not_found", {});
  return { card: { ...opened.card, cvv }, storedCardId: chosen.card.id };
}
