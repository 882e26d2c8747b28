import { refuse } from "../../../lib/refusal.ts";
import type { Secret } from "../../../lib/secret.ts";
import { type Caller, timeOf } from "../../../merchants/merchant.rules.ts";
import {
  type Card,
  findStored,
  openCard,
  readCard,
  type StoredCard,
} from "../../../vault/index.ts";
import type { PaynetDeps } from "../deps.ts";

/** The members by which the services of this wire name a card. */
export type CardMembers = Readonly<{
  pan?: Secret | undefined;
  month?: number | undefined;
  year?: number | undefined;
  cvc?: Secret | undefined;
  card_holder?: string | undefined;
  card_hash?: string | undefined;
  card_owner_id?: string | undefined;
}>;

const missing = (field: string) => refuse("invalid_input", { field, problem: "missing" });

/**
 * A stored card, as it is charged: its code counts where one was sent. Refuses
 * `stored_card_not_found`, also for a card that another owner has.
 */
async function storedCard(deps: PaynetDeps, { merchant }: Caller, body: CardMembers) {
  const named = { token: body.card_hash ?? "", ownerId: body.card_owner_id };
  const stored = await findStored(deps, merchant.id, named);
  const opened = stored && (await openCard(deps, merchant.id, stored.id));
  if (!stored || !opened) return refuse("stored_card_not_found", {});
  const typed = { ...opened.card, cvv: body.cvc };
  return { card: checked(deps, merchant, typed), stored };
}

type Merchant = Caller["merchant"];

/** Reads the card again at this moment: it may have expired since it was stored. */
function checked(deps: PaynetDeps, merchant: Merchant, card: Card): Card {
  const { pan, expiryMonth: month, expiryYear: year, cvv, holder } = card;
  const now = timeOf(merchant, deps.clock());
  return readCard({ pan, month, year, cvv, holder }, now, merchant.mode === "sandbox");
}

/**
 * The card of a request: a stored one wins over a typed one. Refuses `invalid_input` for the first
 * member that a typed card lacks, and what `readCard` refuses.
 */
export async function cardOf(
  deps: PaynetDeps,
  caller: Caller,
  body: CardMembers,
): Promise<{ card: Card; stored?: StoredCard }> {
  if (body.card_hash) return storedCard(deps, caller, body);
  const pan = body.pan ?? missing("pan");
  const typed = {
    pan,
    month: body.month ?? missing("month"),
    year: body.year ?? missing("year"),
    cvv: body.cvc ?? missing("cvc"),
    holder: body.card_holder ?? missing("card_holder"),
  };
  const now = timeOf(caller.merchant, deps.clock());
  return { card: readCard(typed, now, caller.merchant.mode === "sandbox") };
}
