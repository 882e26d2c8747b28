import type { AgentId, PosId } from "../lib/id.ts";
import { divideHalfUp, step } from "../lib/money.ts";
import {
  type Account,
  commissionEarned,
  commissionTaxDue,
  dueFromBank,
  dueToAgent,
  dueToCompany,
} from "./account.rules.ts";

export type EntryKind =
  | "sale"
  | "capture"
  | "void"
  | "refund"
  | "commission"
  | "commission_tax"
  | "agent_share"
  | "member_earning"
  | "platform_earning"
  | "debt"
  | "earning_change"
  | "payout";

/** One movement: the amount leaves the credit account's side and arrives at the debit's. */
export type Leg = Readonly<{
  kind: EntryKind;
  debit: Account;
  credit: Account;
  amountMinor: bigint;
}>;

/** A drawn amount and its parts. `companyMinor` is the main firm's, the rest the agent's. */
export type Parts = Readonly<{
  posId: PosId;
  agentId?: AgentId | undefined;
  amountMinor: bigint;
  companyMinor: bigint;
  commissionMinor: bigint;
  taxMinor: bigint;
}>;

const some = (legs: readonly Leg[]): Leg[] => legs.filter((leg) => leg.amountMinor > 0n);

/** The main firm's part of a fee by its part of the amount; the agent bears the rest. */
const companyFee = (fee: bigint, parts: Parts) =>
  divideHalfUp(fee * parts.companyMinor, parts.amountMinor);

/** Each side's share of commission and tax. Both sides add up to the whole of each. */
export function feesBySide(parts: Parts) {
  const company = {
    commissionMinor: companyFee(parts.commissionMinor, parts),
    taxMinor: companyFee(parts.taxMinor, parts),
  };
  const agent = {
    commissionMinor: parts.commissionMinor - company.commissionMinor,
    taxMinor: parts.taxMinor - company.taxMinor,
  };
  return { company, agent };
}

function feeLegs(payable: Account, commissionMinor: bigint, taxMinor: bigint): Leg[] {
  return [
    { kind: "commission", debit: payable, credit: commissionEarned, amountMinor: commissionMinor },
    { kind: "commission_tax", debit: payable, credit: commissionTaxDue, amountMinor: taxMinor },
  ];
}

function drawn(kind: "sale" | "capture", parts: Parts): Leg[] {
  const bank = dueFromBank(parts.posId);
  const { company, agent } = feesBySide(parts);
  const gross = { debit: bank, credit: dueToCompany, amountMinor: parts.companyMinor };
  const legs: Leg[] = [
    { kind, ...gross },
    ...feeLegs(dueToCompany, company.commissionMinor, company.taxMinor),
  ];
  if (!parts.agentId) return some(legs);
  const account = dueToAgent(parts.agentId);
  const agentMinor = parts.amountMinor - parts.companyMinor;
  return some([
    ...legs,
    { kind: "agent_share", debit: bank, credit: account, amountMinor: agentMinor },
    ...feeLegs(account, agent.commissionMinor, agent.taxMinor),
  ]);
}

/** A sale: the bank owes the amount, the sides are owed it and bear the fees. */
export const sale = (parts: Parts): Leg[] => drawn("sale", parts);
/** A capture books what a sale books, under its own name. */
export const capture = (parts: Parts): Leg[] => drawn("capture", parts);

const back = (leg: Leg, kind: "void" | "refund", amountMinor: bigint): Leg => ({
  kind,
  debit: leg.credit,
  credit: leg.debit,
  amountMinor,
});

/** Takes back every leg of a sale or capture. */
export const voided = (parts: Parts): Leg[] =>
  sale(parts).map((leg) => back(leg, "void", leg.amountMinor));

/**
 * Takes back the way from `beforeMinor` to `afterMinor` of the drawn amount: each leg by its share.
 * All refunds together take back each leg whole, and each gives the payer exactly its amount.
 */
export function refunded(parts: Parts, beforeMinor: bigint, afterMinor: bigint): Leg[] {
  const legs = sale(parts);
  const part = (leg: Leg) => step(leg.amountMinor, beforeMinor, afterMinor, parts.amountMinor);
  const company = step(parts.companyMinor, beforeMinor, afterMinor, parts.amountMinor);
  return some(
    legs.map((leg) => {
      if (leg.kind === "sale") return back(leg, "refund", company);
      if (leg.kind === "agent_share")
        return back(leg, "refund", afterMinor - beforeMinor - company);
      return back(leg, "refund", part(leg));
    }),
  );
}

const sumInto = (legs: readonly Leg[], account: Account): bigint =>
  legs.reduce((sum, leg) => {
    if (leg.debit === account) return sum + leg.amountMinor;
    return leg.credit === account ? sum - leg.amountMinor : sum;
  }, 0n);

/** Commission and tax that the legs give back. */
export const feesGivenBack = (legs: readonly Leg[]) => ({
  commissionMinor: sumInto(legs, commissionEarned),
  taxMinor: sumInto(legs, commissionTaxDue),
});
