import type { MarketProblem } from "../../../lib/market-problem.ts";
import { Refusal, type RefusalDetails, refuseMarket } from "../../../lib/refusal.ts";
import { type Caller, timeOf } from "../../../merchants/merchant.rules.ts";
import { type Card, readCard } from "../../../vault/index.ts";
import type { PaywallDeps } from "../deps.ts";
import type { CardMembers } from "../payment/payment.wire.ts";

/** What is no number is no month and no year. */
const monthOf = (text = ""): number => (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN);
const yearOf = (text = ""): number => (/^(\d{2}|\d{4})$/.test(text) ? Number(text) : Number.NaN);

/** The wire's longest name of a card's owner. */
const OWNER_MAX = 60;
const isOwner = (name: string): boolean => name !== "" && name.length <= OWNER_MAX;

type Typed = Pick<CardMembers, "OwnerName" | "Number" | "ExpireMonth" | "ExpireYear" | "Cvv">;

/** What this wire calls the part of a card that is wrong. */
function problemOf(part: RefusalDetails["wrong_card_data"]["part"], month: number): MarketProblem {
  if (part === "number") return "card_number_wrong";
  if (part === "cvv") return "card_detail_wrong";
  return month >= 1 && month <= 12 ? "card_year_wrong" : "card_month_wrong";
}

/**
 * The card that a request typed. Refuses, in this order, `card_holder_wrong`, `card_number_wrong`,
 * `card_detail_wrong` for a security code that is none, `card_month_wrong`, `card_year_wrong`,
 * `card_expired` and `card_unknown`.
 */
export async function typedCard(
  deps: PaywallDeps,
  { merchant }: Pick<Caller, "merchant">,
  asked: Typed,
): Promise<Card> {
  const { OwnerName: holder = "" } = asked;
  if (!isOwner(holder)) refuseMarket("card_holder_wrong");
  const pan = asked.Number ?? refuseMarket("card_number_wrong");
  const month = monthOf(asked.ExpireMonth);
  const year = yearOf(asked.ExpireYear);
  const now = timeOf(merchant, deps.clock());
  try {
    const typed = { pan, month, year, holder, cvv: asked.Cvv };
    return readCard(typed, now, merchant.mode === "sandbox");
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "wrong_card_data") throw error;
    const { part } = error.details as RefusalDetails["wrong_card_data"];
    return refuseMarket(problemOf(part, month));
  }
}
