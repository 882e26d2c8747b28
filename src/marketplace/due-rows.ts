import type { Selectable } from "kysely";
import type { Debts, Earnings } from "../db/tables.gen.ts";
import { isoText } from "../lib/clock.ts";
import type { MerchantId } from "../lib/id.ts";
import type { Debt, Earning } from "./earning.rules.ts";

/** A row as it goes into a statement: a whole batch travels as one JSON text. */
type Row = Readonly<Record<string, unknown>>;

export const earningRow = (earning: Earning): Row => ({
  merchant_id: earning.merchantId,
  number: earning.number.toString(),
  approval_id: earning.approvalId,
  sale: earning.sale.toString(),
  product: earning.product.toString(),
  party: earning.party,
  member: earning.member.toString(),
  currency: earning.currency,
  amount_minor: earning.amountMinor.toString(),
  commission_ppm: earning.commissionPpm.toString(),
  reflection_date: earning.reflectionDate,
  pay_date: earning.payDate,
  state: earning.state,
  is_retried: earning.isRetried,
  is_held: earning.isHeld,
  payout: earning.payout?.toString(),
  calculated_at: isoText(earning.calculatedAt),
});

export const earningOf = (row: Selectable<Earnings>): Earning => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  approvalId: row.approval_id,
  sale: row.sale,
  product: row.product,
  party: row.party,
  member: row.member,
  currency: row.currency,
  amountMinor: row.amount_minor,
  commissionPpm: row.commission_ppm,
  reflectionDate: row.reflection_date,
  payDate: row.pay_date,
  state: row.state,
  isRetried: row.is_retried,
  isHeld: row.is_held,
  payout: row.payout,
  calculatedAt: row.calculated_at,
});

export const debtRow = (debt: Debt): Row => ({
  merchant_id: debt.merchantId,
  number: debt.number.toString(),
  sale: debt.sale.toString(),
  product: debt.product.toString(),
  member: debt.member.toString(),
  kind: debt.kind,
  currency: debt.currency,
  amount_minor: debt.amountMinor.toString(),
  pay_date: debt.payDate,
  state: debt.state,
  is_held: debt.isHeld,
  payout: debt.payout?.toString(),
  calculated_at: isoText(debt.calculatedAt),
});

export const debtOf = (row: Selectable<Debts>): Debt => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  sale: row.sale,
  product: row.product,
  member: row.member,
  kind: row.kind,
  currency: row.currency,
  amountMinor: row.amount_minor,
  payDate: row.pay_date,
  state: row.state,
  isHeld: row.is_held,
  payout: row.payout,
  calculatedAt: row.calculated_at,
});
