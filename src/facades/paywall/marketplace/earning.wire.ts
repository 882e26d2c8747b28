import type { Locale } from "../../../lib/messages/index.ts";
import { type DueStatus, type InPayout, statusOf } from "../../../marketplace/earning.rules.ts";
import type { EarningDue, ProductEarnings, ShownDebt } from "../../../marketplace/index.ts";
import type { Cargo, Discount } from "../../../marketplace/sale.rules.ts";
import type { Merchant } from "../../../merchants/merchant.rules.ts";
import { currencyIdOf, dayText, moment, money, percentOf } from "../wire/formats.ts";

/** The wire's documents give the first number and name; the others are this platform's. */
const statuses: Readonly<Record<DueStatus, Readonly<{ id: number } & Record<Locale, string>>>> = {
  calculated: { id: 1, tr: "Hesaplandı", en: "Calculated" },
  queued: { id: 2, tr: "Ödeme Kuyruğunda", en: "In the payout queue" },
  sending: { id: 3, tr: "Gönderiliyor", en: "Being sent" },
  paid: { id: 4, tr: "Ödendi", en: "Paid" },
  failed: { id: 5, tr: "Başarısız", en: "Failed" },
  retried: { id: 6, tr: "Tekrar Denenecek", en: "To be tried again" },
  deleted: { id: 7, tr: "Silindi", en: "Deleted" },
  closed: { id: 10, tr: "Ödemesiz Kapandı", en: "Closed without payment" },
};

const statusIdOf = (earning: EarningDue): number => statuses[statusOf(earning)].id;

/** The transfer that paid it; 0 until then. */
const transferOf = ({ payout, payoutState }: InPayout & Readonly<{ payout: bigint | null }>) =>
  payoutState === "paid" ? Number(payout) : 0;

export const earningsShown = ({ product, member, platform }: ProductEarnings) => ({
  PaymentId: Number(product.sale),
  ProductId: Number(product.number),
  ProductExternalId: product.externalId,
  ProductName: product.name,
  ProductAmount: money(product.capturedMinor),
  MerchantEarningId: Number(platform.number),
  MerchantEarning: money(platform.amountMinor),
  MerchantReflectionDate: dayText(platform.reflectionDate),
  MerchantEarningStatusId: statusIdOf(platform),
  MerchantPayoutTransactionId: transferOf(platform),
  SubMerchantEarningId: Number(member.number),
  SubMerchantEarning: money(member.amountMinor),
  SubMerchantReflectionDate: dayText(member.reflectionDate),
  SubMerchantEarningStatusId: statusIdOf(member),
  SubMerchantPayoutTransactionId: transferOf(member),
});

/** A merchant has no number of its own here: that of its company, 0 where it has letters. */
const merchantIdOf = ({ companyCode }: Merchant): number =>
  /^\d{1,15}$/.test(companyCode) ? Number(companyCode) : 0;

export const earningShown = (merchant: Merchant, earning: EarningDue) => ({
  Id: Number(earning.number),
  PaymentId: Number(earning.sale),
  ProductId: Number(earning.product),
  MerchantId: merchantIdOf(merchant),
  MemberId: Number(earning.member),
  IsSubMerchant: earning.party === "member",
  Earning: money(earning.amountMinor),
  ReflectionDate: dayText(earning.reflectionDate),
  EarningStatusId: statusIdOf(earning),
});

/** Every commission is a percentage. */
const PERCENT = 1;

export const memberEarningShown = (earning: EarningDue, locale: Locale) => ({
  Id: Number(earning.number),
  IsSubMerchant: true,
  PaymentId: Number(earning.sale),
  ProductId: Number(earning.product),
  CurrencyId: currencyIdOf(earning.currency),
  Currency: earning.currency,
  CalculationCommissionType: PERCENT,
  CalculationCommission: percentOf(earning.commissionPpm),
  Earning: money(earning.amountMinor),
  MarketPlaceEarningStatusId: statusIdOf(earning),
  MarketPlaceEarningStatus: statuses[statusOf(earning)][locale],
  MarketPlaceEarningTransactionId: transferOf(earning),
  ReflectionDate: dayText(earning.reflectionDate),
  CalculationDateTime: moment(earning.calculatedAt),
});

const cargoOwnerIds = { platform: 1, member: 2, nobody: 3 } as const;
const discountOwnerIds = { platform: 1, member: 2 } as const;
const discountTypeIds = { amount: 1, percent: 2 } as const;

export const cargoShown = (cargo: Cargo | null) => ({
  CargoOwnerType: cargo ? cargoOwnerIds[cargo.owner] : 0,
  CargoCost: money(cargo?.minor ?? 0n),
});
const discountValueOf = ({ kind, value }: Discount): object =>
  kind === "amount" ? money(value) : percentOf(value);
export const discountShown = (discount: Discount | null) => ({
  DiscountOwnerType: discount ? discountOwnerIds[discount.owner] : 0,
  DiscountType: discount ? discountTypeIds[discount.kind] : 0,
  DiscountValue: discount ? discountValueOf(discount) : money(0n),
});

/** The last is of this platform: what a member owes back of money that was refunded. */
const debtTypes = {
  discount: { id: 1, name: "Discount" },
  cargo: { id: 2, name: "Cargo" },
  clawback: { id: 3, name: "Refund" },
} as const;
const debtStatusIds = { queued: 2, sending: 2, paid: 3, failed: 4 } as const;
const DEBT_OPEN = 1;

export const debtShown = ({ debt, product, memberName }: ShownDebt) => ({
  DebtId: Number(debt.number),
  Type: debtTypes[debt.kind].id,
  TypeName: debtTypes[debt.kind].name,
  MemberId: Number(debt.member),
  MemberName: memberName,
  CurrencyId: currencyIdOf(debt.currency),
  Currency: debt.currency,
  ProductId: Number(product.number),
  ProductAmount: money(product.capturedMinor),
  DebtAmount: money(debt.amountMinor),
  DebtStatusId: debt.payoutState ? debtStatusIds[debt.payoutState] : DEBT_OPEN,
  DebtTransactionId: transferOf(debt),
  Cargo:
    debt.kind === "cargo"
      ? { CargoId: Number(product.number), ...cargoShown(product.cargo) }
      : null,
  Discount:
    debt.kind === "discount"
      ? { DiscountId: Number(product.number), ...discountShown(product.discount) }
      : null,
  CalculationDateTime: moment(debt.calculatedAt),
});
