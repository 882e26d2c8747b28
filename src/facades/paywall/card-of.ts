import { Refusal, refuseMarket } from "../../lib/refusal.ts";
import { type Caller, timeOf } from "../../merchants/merchant.rules.ts";
import { type Card, readCard } from "../../vault/index.ts";
import type { PaywallDeps } from "./deps.ts";
import type { CardMembers } from "./payment.wire.ts";

const monthOf = (text: string): number => (/^\d{1,2}$/.test(text) ? Number(text) : 0);
const yearOf = (text: string): number => (/^(\d{2}|\d{4})$/.test(text) ? Number(text) : 0);

type Typed = Pick<CardMembers, "OwnerName" | "Number" | "ExpireMonth" | "ExpireYear" | "Cvv">;

/**
 * The card that a request typed. Refuses, in this order, `card_holder_wrong`, `card_number_wrong`,
 * `card_month_wrong`, `card_year_wrong`, `card_expired` and `card_unknown`.
 */
export async function typedCard(
  deps: PaywallDeps,
  { merchant }: Pick<Caller, "merchant">,
  asked: Typed,
): Promise<Card> {
  const holder = asked.OwnerName || refuseMarket("card_holder_wrong");
  const pan = asked.Number ?? refuseMarket("card_number_wrong");
  const month = monthOf(asked.ExpireMonth);
  const year = yearOf(asked.ExpireYear);
  if (month < 1 || month > 12) refuseMarket("card_month_wrong");
  if (year === 0) refuseMarket("card_year_wrong");
  const now = timeOf(merchant, deps.clock());
  try {
    const typed = { pan, month, year, holder, cvv: asked.Cvv };
    return readCard(typed, now, merchant.mode === "sandbox");
  } catch (error) {
    const isNumber = error instanceof Refusal && error.code === "wrong_card_data";
    return isNumber ? refuseMarket("card_number_wrong") : Promise.reject(error);
  }
}
