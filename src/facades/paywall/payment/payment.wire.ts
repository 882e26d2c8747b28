import { z } from "zod";
import { bareId, type PaymentId, packId, unpackId } from "../../../lib/id.ts";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import type { Currency } from "../../../lib/money.ts";
import { refuse, refuseMarket } from "../../../lib/refusal.ts";
import type {
  Cargo,
  Discount,
  Product,
  ProductAsk,
  Sale,
} from "../../../marketplace/sale.rules.ts";
import type { Attempt, PaymentDetails } from "../../../payments/index.ts";
import {
  amount,
  currency,
  flag,
  hidden,
  ip,
  maybeCurrency,
  money,
  named,
  needed,
  neededWords,
  outside,
  percent,
  text,
  unread,
  whole,
  words,
} from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { watchMembers } from "./pay-watch.wire.ts";
import { choiceMembers } from "./provider-choice.ts";

const CODE_MAX = 250;
/** A MerchantUniqueCode. */
export const uniqueCode = needed("code_missing", CODE_MAX, "code_missing");

/** The wire's channels: none said, web, Android, iOS and one of the client's own. */
const CHANNEL_MAX = 4;
const TAG_MAX = 999_999_999;
/** A whole number from 0 to `most`, where it is said. */
const upTo = (most: number) =>
  whole()
    .refine((value) => value >= 0 && value <= most, outside(`0 - ${most}`))
    .optional();

/** The members of the money, of who is to take it, and of who hears of it later. */
export const paymentDetail = {
  Amount: amount("payment_detail_wrong").refine((minor) => minor > 0n, {
    error: "payment_detail_wrong" satisfies MarketProblem,
  }),
  CurrencyId: currency(),
  Installment: whole("instalment_unknown").refine((count) => count >= 0 && count <= 36, {
    error: "instalment_unknown" satisfies MarketProblem,
  }),
  MerchantUniqueCode: uniqueCode,
  TrackingCode: text(CODE_MAX),
  ClientIP: ip(),
  ChannelId: upTo(CHANNEL_MAX),
  TagId: upTo(TAG_MAX),
  ...choiceMembers,
  ...watchMembers,
  MarketPlace: members({ BasketAmount: amount().optional() }).optional(),
};
/** Older clients, and the documents of one service, write it so. */
export const detailAliases = { Installement: "Installment" };

/**
 * A card as it was typed, or the name of one that is stored or was typed elsewhere, for which what
 * stands beside it of a typed one does not count. Its code does.
 */
export const CardMembers = members(
  {
    OwnerName: unread(words()),
    Number: unread(hidden()),
    ExpireMonth: unread(text()),
    ExpireYear: unread(text()),
    Cvv: hidden("card_detail_wrong").optional(),
    UniqueCode: text(),
    ForceCvv: flag,
    TempCardToken: text(),
    CardSave: members({
      Nickname: words(),
      RelationalId1: text(),
      RelationalId2: text(),
      RelationalId3: text(),
      Save: flag,
    }).optional(),
  },
  {},
  "card_detail_wrong",
);
export type CardMembers = z.output<typeof CardMembers>;

export const CustomerMembers = members({
  FullName: words(),
  Phone: text(),
  Email: text(),
  Country: words(),
  City: words(),
  Address: words(),
  IdentityNumber: text(),
  TaxNumber: text(),
}).optional();

const id = (problem: MarketProblem) => whole(problem).optional();

export const discountMembers = {
  DiscountOwnerType: id("discount_owner_wrong"),
  DiscountType: id("discount_type_wrong"),
  // Hundredths of a percent and minor units alike: the type says which.
  DiscountValue: percent("discount_amount_wrong").optional(),
};
export const cargoMembers = {
  CargoOwnerType: id("cargo_type_wrong"),
  CargoCurrencyId: maybeCurrency("cargo_currency_wrong"),
  CargoCost: amount("cargo_cost_wrong").optional(),
};
/** The documents of one service write it so. */
export const cargoAliases = { CargoType: "CargoOwnerType" };

export const ProductMembers = members(
  {
    ProductId: needed(),
    ProductName: neededWords(),
    ProductCategory: neededWords(),
    ProductDescription: neededWords(),
    ProductAmount: amount(),
    MemberId: named("product_member_unknown").optional(),
    ...discountMembers,
    ...cargoMembers,
    MemberCustomCommission: flag,
    MemberCommission: percent("commission_wrong").optional(),
    MemberEarningCalculated: flag,
    MemberEarning: amount().optional(),
  },
  cargoAliases,
);
export type ProductMembers = z.output<typeof ProductMembers>;

/** An empty list is for the rules to refuse, in their order. */
export const ProductList = z.array(ProductMembers).default([]);

const cargoOwners = { 1: "platform", 2: "member", 3: "nobody" } as const;

/** Who bears the shipping. Refuses `cargo_type_wrong`, `cargo_cost_wrong`. */
export function cargoOf(
  asked: Pick<ProductMembers, "CargoOwnerType" | "CargoCost" | "CargoCurrencyId">,
  of: Currency,
): Cargo | null {
  const { CargoOwnerType: type = 0, CargoCost: minor } = asked;
  if (type === 0) return null;
  if (type !== 1 && type !== 2 && type !== 3) return refuseMarket("cargo_type_wrong");
  if (minor === undefined && type !== 3) return refuseMarket("cargo_cost_wrong");
  return { owner: cargoOwners[type], currency: asked.CargoCurrencyId ?? of, minor: minor ?? 0n };
}

const PPM_PER_MINOR = 100n;

/** Who bears a discount. Refuses `discount_owner_wrong`, `_type_`, `_percent_`, `_amount_wrong`. */
export function discountOf(
  asked: Pick<ProductMembers, "DiscountOwnerType" | "DiscountType" | "DiscountValue">,
): Discount | null {
  const { DiscountOwnerType: owner = 0, DiscountType: type, DiscountValue: value } = asked;
  if (owner === 0) return null;
  if (owner !== 1 && owner !== 2) return refuseMarket("discount_owner_wrong");
  if (type !== 1 && type !== 2) return refuseMarket("discount_type_wrong");
  const by = owner === 1 ? "platform" : "member";
  if (type === 2) {
    return { owner: by, kind: "percent", value: value ?? refuseMarket("discount_percent_wrong") };
  }
  // Read as ten thousandths, of which an amount has no more than hundredths.
  if (value === undefined || value % PPM_PER_MINOR !== 0n)
    return refuseMarket("discount_amount_wrong");
  return { owner: by, kind: "amount", value: value / PPM_PER_MINOR };
}

/** The line's own rate. Refuses `commission_wrong` where it is announced and not said. */
const commissionOf = (asked: ProductMembers): bigint | null =>
  asked.MemberCustomCommission
    ? (asked.MemberCommission ?? refuseMarket("commission_wrong"))
    : null;

const earningMissing = () =>
  refuse("invalid_input", { field: "Products.MemberEarning", problem: "missing" });

/** What the member is due. Refuses `invalid_input` where it is announced and not said. */
const earningOf = (asked: ProductMembers): bigint | null =>
  asked.MemberEarningCalculated ? (asked.MemberEarning ?? earningMissing()) : null;

/** A line as the marketplace's rules know it. Refuses as `commissionOf` and `earningOf`. */
export const productAsked = (asked: ProductMembers, of: Currency): ProductAsk => ({
  externalId: asked.ProductId,
  name: asked.ProductName,
  category: asked.ProductCategory,
  description: asked.ProductDescription,
  amountMinor: asked.ProductAmount,
  member: asked.MemberId ? asked.MemberId : null,
  commissionPpm: commissionOf(asked),
  memberEarningMinor: earningOf(asked),
  cargo: () => cargoOf(asked, of),
  discount: () => discountOf(asked),
});

type Customer = Readonly<{ [name in "FullName" | "Phone" | "Email"]?: string | undefined }>;

/** What a payment keeps of a request beside the money. */
export const detailsOf = (
  detail: Readonly<{
    TrackingCode: string;
    ClientIP: string;
    ChannelId?: number | undefined;
    TagId?: number | undefined;
  }>,
  customer: Customer | undefined,
  address: string,
): PaymentDetails => ({
  ip: detail.ClientIP || address,
  tracking_code: detail.TrackingCode,
  channel: detail.ChannelId ?? 0,
  tag: detail.TagId ?? 0,
  customer_name: customer?.FullName ?? "",
  customer_phone: customer?.Phone ?? "",
  customer_email: customer?.Email ?? "",
});

/** The guid by which this wire tracks a payment: its id in other letters. */
export function guidOfPayment(payment: PaymentId): string {
  const hex = packId(bareId(payment)).toString("hex").padStart(32, "0");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join("-");
}

/** The payment of such a guid; `undefined` for any other. */
export function paymentOfGuid(guid: string): PaymentId | undefined {
  const hex = guid.replaceAll("-", "");
  if (!/^0{6}[0-9a-f]{26}$/.test(hex)) return undefined;
  const bare = unpackId(Buffer.from(hex.slice(6), "hex"));
  return bare === undefined ? undefined : `pay_${bare}`;
}

/** A line as the payment services show it; its `Id` is what approvals name it by. */
const productShown = (product: Product) => ({
  Id: Number(product.number),
  MemberId: Number(product.member ?? 0n),
  MemberEarningCalculated: product.memberEarningMinor !== null,
  MemberEarning: money(product.memberEarningMinor ?? 0n),
  ProductId: product.externalId,
  ProductName: product.name,
  ProductCategory: product.category,
  ProductDescription: product.description,
  ProductAmount: money(product.amountMinor),
});

/** `Payment` of an answer. `activity` is the number of the operation that answers. */
export const paymentShown = (sale: Sale, products: readonly Product[], activity: bigint) => ({
  PaymentId: Number(sale.number),
  ActivityId: Number(activity),
  UniqueCode: guidOfPayment(sale.paymentId),
  MerchantUniqueKey: sale.code,
  Products: products.map(productShown),
});

/** The .NET client reads each of these as Base64 of UTF-8, and nothing else. */
const base64 = (value: string): string => Buffer.from(value, "utf8").toString("base64");

/** Some banks put the name of the list before the number that issuers give and clients know. */
export const plainCode = (code: string): string => code.replace(/^ISO8583-/, "");

/** What the bank itself said of a decline; the provider's code is ours where it said none. */
export const bankWords = ({ bankCode, bankMessage, declineReason }: Attempt) => ({
  providerCode: plainCode(bankCode ?? declineReason ?? ""),
  bankCode: plainCode(bankCode ?? ""),
  bankMessage: bankMessage ?? "",
});

/** `Error` of a decline: the reason in our words, and what the bank itself said. */
export const errorShown = (attempt: Attempt, words: string) => {
  const { providerCode, bankCode, bankMessage } = bankWords(attempt);
  return {
    ProviderErrorCode: base64(providerCode),
    ProviderErrorMessage: base64(words),
    BankErrorCode: base64(bankCode),
    BankErrorMessage: base64(bankMessage),
  };
};
