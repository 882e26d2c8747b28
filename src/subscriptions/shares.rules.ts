import { decimalText } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import { companyPart } from "../merchants/commission.rules.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";

export type Shares = Readonly<{
  companyMinor?: bigint | undefined;
  agentMinor?: bigint | undefined;
}>;

/**
 * The main firm's part of an amount; null where nothing is said, which leaves it to the merchant's
 * setting. Of one part the other is the rest; two of nothing say nothing, since typed clients send
 * 0 for what they leave out. Refuses `invalid_input`, by the wire's names, for a part above the
 * whole (`out_of_range`) and for two that do not make it (`wrong_sum`).
 */
export function companyShare(amountMinor: bigint, parts: Shares): bigint | null {
  const { companyMinor, agentMinor } = parts;
  const whole = decimalText(amountMinor, ",");
  const within = (field: string, part: bigint | undefined) => {
    if (part === undefined || part <= amountMinor) return;
    refuse("invalid_input", { field, problem: "out_of_range", bound: `0 - ${whole}` });
  };
  within("company_amount", companyMinor);
  within("agent_amount", agentMinor);
  if (companyMinor === 0n && agentMinor === 0n) return null;
  if (companyMinor === undefined) return agentMinor === undefined ? null : amountMinor - agentMinor;
  if (agentMinor !== undefined && companyMinor + agentMinor !== amountMinor) {
    const field = "company_amount + agent_amount";
    refuse("invalid_input", { field, problem: "wrong_sum", bound: whole });
  }
  return companyMinor;
}

/** How an amount falls to main firm and dealer as of now; without a dealer it is all the firm's. */
export function partsOf(
  { companySharePpm }: Pick<Merchant, "companySharePpm">,
  hasAgent: boolean,
  { amountMinor, companyMinor }: Readonly<{ amountMinor: bigint; companyMinor: bigint | null }>,
): Readonly<{ companyMinor: bigint; agentMinor: bigint }> {
  const said = companyMinor ?? companyPart(amountMinor, companySharePpm);
  const part = hasAgent ? said : amountMinor;
  return { companyMinor: part, agentMinor: amountMinor - part };
}
