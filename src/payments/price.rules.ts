import { decimalText, divideHalfUp } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import { companyPart, type Fees, feesInside, feesOnTop } from "../merchants/commission.rules.ts";
import type { Agent, Merchant } from "../merchants/merchant.rules.ts";

type PriceAsk = Readonly<{
  amountMinor: bigint;
  addCommission: boolean;
  agent?: Agent | undefined;
  companyMinor?: bigint | undefined;
}>;

/** The amount, its fees and the sides' parts. Refuses `invalid_input` for a part above all. */
export function priceOf(merchant: Merchant, ask: PriceAsk, ratePpm: bigint) {
  const { amountMinor, agent, companyMinor } = ask;
  const fees: Fees = (ask.addCommission ? feesOnTop : feesInside)(
    amountMinor,
    ratePpm,
    merchant.commissionTaxPpm,
  );
  if (companyMinor !== undefined && companyMinor > amountMinor) {
    const bound = `0 - ${decimalText(amountMinor, ",")}`;
    return refuse("invalid_input", { field: "company_amount", problem: "out_of_range", bound });
  }
  if (!agent) return { ...fees, companyMinor: fees.amountMinor };
  const part = companyMinor ?? companyPart(amountMinor, merchant.companySharePpm);
  // With a commission on top both sides carry it by their parts of what was asked for.
  return { ...fees, companyMinor: divideHalfUp(part * fees.amountMinor, amountMinor) };
}
