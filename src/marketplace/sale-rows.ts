import type { Selectable } from "kysely";
import type { SaleProducts, Sales } from "../db/tables.gen.ts";
import { isoText } from "../lib/clock.ts";
import type { CardId, MerchantId, PaymentId, SessionId, TokenId } from "../lib/id.ts";
import type { Product, Sale, SaleDetails } from "./sale.rules.ts";

/** A row as it goes into a statement: a whole batch travels as one JSON text. */
type Row = Readonly<Record<string, unknown>>;

export const saleRow = (sale: Sale): Row => ({
  merchant_id: sale.merchantId,
  number: sale.number.toString(),
  code: sale.code,
  payment_id: sale.paymentId,
  session_id: sale.sessionId,
  token_id: sale.tokenId,
  entered_card: sale.enteredCardId,
  waits_for_end: sale.waitsForEnd,
  currency: sale.currency,
  amount_minor: sale.amountMinor.toString(),
  details: sale.details,
  created_at: isoText(sale.createdAt),
});

export const saleOf = (row: Selectable<Sales>): Sale => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  code: row.code,
  paymentId: row.payment_id as PaymentId,
  sessionId: row.session_id as SessionId | null,
  tokenId: row.token_id as TokenId | null,
  enteredCardId: row.entered_card as CardId | null,
  waitsForEnd: row.waits_for_end,
  currency: row.currency,
  amountMinor: row.amount_minor,
  details: row.details as SaleDetails,
  createdAt: row.created_at,
});

export const productRow = (product: Product): Row => ({
  merchant_id: product.merchantId,
  number: product.number.toString(),
  sale: product.sale.toString(),
  external_id: product.externalId,
  name: product.name,
  category: product.category,
  description: product.description,
  amount_minor: product.amountMinor.toString(),
  captured_minor: product.capturedMinor.toString(),
  member: product.member?.toString(),
  commission_ppm: product.commissionPpm?.toString(),
  member_earning_minor: product.memberEarningMinor?.toString(),
  cargo_owner: product.cargo?.owner,
  cargo_currency: product.cargo?.currency,
  cargo_minor: product.cargo?.minor.toString(),
  discount_owner: product.discount?.owner,
  discount_kind: product.discount?.kind,
  discount_value: product.discount?.value.toString(),
  approval_id: product.approvalId,
});

function cargoOf(row: Selectable<SaleProducts>): Product["cargo"] {
  const { cargo_owner: owner, cargo_currency: currency, cargo_minor: minor } = row;
  return owner && currency && minor !== null ? { owner, currency, minor } : null;
}

function discountOf(row: Selectable<SaleProducts>): Product["discount"] {
  const { discount_owner: owner, discount_kind: kind, discount_value: value } = row;
  return owner && kind && value !== null ? { owner, kind, value } : null;
}

export const productOf = (row: Selectable<SaleProducts>): Product => ({
  merchantId: row.merchant_id as MerchantId,
  number: row.number,
  sale: row.sale,
  externalId: row.external_id,
  name: row.name,
  category: row.category,
  description: row.description,
  amountMinor: row.amount_minor,
  capturedMinor: row.captured_minor,
  member: row.member,
  commissionPpm: row.commission_ppm,
  memberEarningMinor: row.member_earning_minor,
  cargo: cargoOf(row),
  discount: discountOf(row),
  approvalId: row.approval_id,
});
