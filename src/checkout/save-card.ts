import { Refusal, refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import type { Done } from "../payments/index.ts";
import { type Card, type StoredCard, storeCard } from "../vault/index.ts";
import type { CheckoutDeps } from "./deps.ts";
import type { SaveAsk } from "./session.rules.ts";

/** What became of the wish to store a card; a payment never fails by it. */
export type Saved =
  | Readonly<{ kind: "saved"; card: StoredCard }>
  | Readonly<{ kind: "not_saved"; why: Refusal | undefined }>;

/**
 * Stores the card of an approved payment. A merchant whose cards are stored by a code only cannot
 * do so beside a payment, which brings none.
 */
export async function saveAfter(
  deps: Pick<CheckoutDeps, "db" | "clock" | "ring">,
  merchant: Merchant,
  wish: SaveAsk,
  paid: Readonly<{ card: Card; done: Done }>,
): Promise<Saved> {
  if (paid.done.attempt.status !== "approved") return { kind: "not_saved", why: undefined };
  try {
    if (merchant.needsCardCode) refuse("code_needed", {});
    const { ownerId, customer, house, description } = wish;
    const ask = { card: paid.card, owner: { ownerId, customer, house }, description };
    const card = await storeCard(deps, merchant.id, ask, timeOf(merchant, deps.clock()));
    return { kind: "saved", card };
  } catch (error) {
    return { kind: "not_saved", why: error instanceof Refusal ? error : undefined };
  }
}
