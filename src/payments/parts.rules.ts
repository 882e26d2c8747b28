import type { Parts } from "../ledger/postings.rules.ts";
import { step } from "../lib/money.ts";
import { feesInside } from "../merchants/commission.rules.ts";
import type { Payment } from "./payment.rules.ts";

/** The parts of `amountMinor` of a payment: its own figures for the whole, its rate for less. */
export function partsOf(payment: Payment, amountMinor: bigint): Parts {
  const shared = { posId: payment.posId, agentId: payment.agentId ?? undefined, amountMinor };
  if (amountMinor === payment.amountMinor) {
    const { companyMinor, commissionMinor, commissionTaxMinor: taxMinor } = payment;
    return { ...shared, companyMinor, commissionMinor, taxMinor };
  }
  const fees = feesInside(amountMinor, payment.ratePpm, payment.commissionTaxPpm);
  const companyMinor = step(payment.companyMinor, 0n, amountMinor, payment.amountMinor);
  const { commissionMinor, taxMinor } = fees;
  return { ...shared, companyMinor, commissionMinor, taxMinor };
}

/** The commission, with its tax, of what was taken of a payment: of a part of a hold it is less. */
export function feeTaken(payment: Payment): bigint {
  const { commissionMinor, taxMinor } = partsOf(payment, payment.capturedMinor);
  return commissionMinor + taxMinor;
}
