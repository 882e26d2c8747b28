import type { FoundPayment, PayerAt } from "../../../marketplace/index.ts";
import { doneOf, standingOf } from "../../../marketplace/standing.rules.ts";
import { taxedPpm } from "../../../merchants/commission.rules.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { Attempt, Payment, Story } from "../../../payments/index.ts";
import { feeTaken } from "../../../payments/parts.rules.ts";
import { isSettled } from "../../../payments/payment.rules.ts";
import { bankNameOf } from "../../../vault/index.ts";
import { currencyIdOf, moment, money, percentOf } from "../wire/formats.ts";
import { guidOfPayment } from "./payment.wire.ts";
import { methodOf } from "./payment-method.ts";

const statuses = {
  created: [1, "Oluşturuldu"],
  started: [2, "Başladı"],
  held: [3, "Finansallaştırma Bekliyor"],
  paid: [4, "Başarılı"],
  failed: [5, "Başarısız"],
} as const;

/** The number of a status on this wire. */
export const statusIdOf = (status: keyof typeof statuses): number => statuses[status][0];

const types = {
  refund: [1, "İade"],
  cancel: [2, "İptal"],
  sale: [3, "Satış"],
  partial: [4, "Kısmi İade"],
  provision: [5, "Ön Provizyon"],
} as const;

type Type = keyof typeof types;

/** What an operation is on this wire; giving back less than all is a partial refund. */
function typeOf(attempt: Attempt, payment: Payment): Type {
  switch (attempt.kind) {
    case "sale":
    case "capture":
      return "sale";
    case "hold":
      return "provision";
    case "void":
    case "release":
    case "reopen":
      return "cancel";
    case "refund":
      return attempt.amountMinor === payment.capturedMinor ? "refund" : "partial";
  }
}

/** How one operation ended. */
function endOf({ status }: Attempt) {
  if (status === "approved") return statuses.paid;
  return status === "declined" ? statuses.failed : statuses.started;
}

/** An operation on a payment, as lists of them show it. */
export function activityShown(attempt: Attempt, payment: Payment) {
  const [statusId, status] = endOf(attempt);
  const [typeId, type] = types[typeOf(attempt, payment)];
  return {
    PaymentActivityId: Number(attempt.xact),
    PaymentStatusId: statusId,
    PaymentStatus: status,
    PaymentActivityTypeId: typeId,
    PaymentActivityType: type,
  };
}

const channels = ["", "Web", "Android", "iOS", "Custom"];
const brands = { VISA: "Visa", MASTERCARD: "Master Card", AMEX: "American Express", TROY: "Troy" };
const cardTypes = { cc: "Credit", bc: "Credit", dc: "Debit" } as const;

/** The programme of a card of any bank without one. */
export const OTHER_BANK = "ZDGR";
/** Programmes by their number on this wire, from 1 on; ours, and stable. */
const families = `ADVT AXSS BONS DENZ FINS KVYT MAXM ODEA PARF VAKF WRLD ZRTB ${OTHER_BANK}`.split(
  " ",
);
/** The number of a card's programme, and so of its bank: 0 for one that has none here. */
export const familyIdOf = (bankId: string): number => families.indexOf(bankId) + 1;

/** What this wire says of a card by its facts. A card's programme stands for its bank too. */
export const cardShown = (
  card: Readonly<{ brand: string; type: keyof typeof cardTypes; bankId: string }>,
) => ({
  bank: bankNameOf(card.bankId),
  brand: (brands as Readonly<Record<string, string>>)[card.brand] ?? card.brand,
  family: bankNameOf(card.bankId),
  kind: card.type === "bc" ? "Ticari Kart" : "Bireysel Kart",
  type: cardTypes[card.type],
});

const wholeOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const noCard = {
  CardNumber: null,
  CardOwnerName: null,
  CardBankName: null,
  CardBrandName: null,
  CardTypeName: null,
  CardFamilyName: null,
} as const;

function cardMembers(payment: Payment | undefined) {
  if (!payment) return noCard;
  const { cardBrand: brand, cardType: type, cardBankId: bankId } = payment;
  const card = cardShown({ brand, type, bankId });
  return {
    CardNumber: payment.cardMask,
    CardOwnerName: payment.cardHolder,
    CardBankName: card.bank,
    CardBrandName: card.brand,
    CardTypeName: card.type,
    CardFamilyName: card.family,
  };
}

/** The contract that takes it: its place among the merchant's, which keep their order. */
function gatewayMembers(merchant: Merchant, payment: Payment | undefined) {
  const at = merchant.pos.findIndex(({ id }) => id === payment?.posId);
  const pos = merchant.pos[at];
  return {
    PaymentGatewayId: at + 1,
    PaymentGatewayName: pos?.bankName ?? null,
    PaymentGatewayProviderName: pos?.dialect ?? null,
  };
}

/**
 * What a commission on top made of the price; without one the price is what the card pays. This
 * wire knows no tax of its own on commissions, so they are told with it: then what is due of a
 * payment and its commission add up to it.
 */
function priceMembers(payment: Payment | undefined) {
  if (!payment) {
    return {
      ...{ AppliedInterest: null, InterestRate: null, CommissionRate: null },
      ...{ OriginalAmount: null, InterestAmount: null, CommissionAmount: null },
    };
  }
  const { commissionMinor, commissionTaxMinor: taxMinor, isCommissionAdded: isOnTop } = payment;
  const plannedMinor = commissionMinor + taxMinor;
  const keptMinor = payment.capturedMinor > 0n ? feeTaken(payment) : plannedMinor;
  const interestMinor = isOnTop ? plannedMinor : 0n;
  const rate = percentOf(taxedPpm(payment.ratePpm, payment.commissionTaxPpm));
  return {
    AppliedInterest: isOnTop,
    InterestRate: isOnTop ? rate : null,
    CommissionRate: rate,
    OriginalAmount: money(payment.amountMinor - interestMinor),
    InterestAmount: money(interestMinor),
    CommissionAmount: money(keptMinor),
  };
}

const nothingDone = { paid: false, cancelled: false, refunded: false, partlyRefunded: false };

function flagMembers(story: Story | undefined) {
  const done = story ? doneOf(story) : nothingDone;
  return {
    AnySuccessPayment: done.paid,
    AnySuccessRefund: done.refunded,
    AnySuccessPartialRefund: done.partlyRefunded,
    AnySuccessCancel: done.cancelled,
  };
}

const payerStatus = {
  created: "created",
  started: "started",
  refused: "failed",
  expired: "failed",
  charged: "started",
} as const satisfies Record<PayerAt, keyof typeof statuses>;

/** How the payment stands, and what the last operation on it was. */
function stateMembers({ sale, story }: FoundPayment, at: PayerAt) {
  const status = statuses[story ? standingOf(story) : payerStatus[at]];
  const last = story?.attempts.at(-1);
  const asked = sale?.waitsForEnd ? "provision" : "sale";
  const type = types[story && last ? typeOf(last, story.payment) : asked];
  return {
    Status: last ? last.status === "approved" : false,
    StatusId: status[0],
    StatusName: status[1],
    TypeId: type[0],
    TypeName: type[1],
  };
}

function momentOf({ sale, story }: FoundPayment): Date {
  const last = story?.attempts.at(-1);
  if (!last) return sale?.createdAt ?? new Date(0);
  return isSettled(last) ? (last.settledAt ?? last.openedAt) : last.openedAt;
}

/** Where the payer of a sale with 3-D Secure is, and the payment as it is planned until then. */
type Waiting = Readonly<{ at: PayerAt; planned?: Payment | undefined }>;

/** `Paywall` of a query. */
export function queryShown(merchant: Merchant, found: FoundPayment, { at, planned }: Waiting) {
  const { sale, story } = found;
  const payment = story?.payment ?? planned;
  const last = story?.attempts.at(-1);
  const details = sale?.details ?? payment?.details ?? {};
  const currency = (sale ?? payment)?.currency ?? "TRY";
  const amount = (payment ?? sale)?.amountMinor ?? 0n;
  const channel = wholeOf(details["channel"]);
  const [methodId, methodName] = methodOf(payment, sale !== undefined);
  const paymentId = sale?.paymentId ?? payment?.id;
  const { instalments = 0 } = payment ?? {};
  return {
    PaymentId: Number(sale?.number ?? story?.attempts[0]?.xact ?? 0n),
    ActivityId: Number(last?.xact ?? 0n),
    UniqueCode: paymentId && guidOfPayment(paymentId),
    MerchantUniqueCode: sale?.code ?? payment?.reference,
    TrackingCode: textOf(details["tracking_code"]),
    ...gatewayMembers(merchant, payment),
    ...flagMembers(story),
    ...stateMembers(found, at),
    Installment: instalments === 0 ? 1 : instalments,
    CurrencyId: currencyIdOf(currency),
    CurrencyName: currency,
    PaymentMethodId: methodId,
    PaymentMethodName: methodName,
    PaymentChannelId: channel,
    PaymentChannelName: channels[channel] || null,
    PaymentTagId: wholeOf(details["tag"]),
    PaymentTagName: null,
    ...cardMembers(payment),
    LastActivityDateTime: moment(momentOf(found)),
    PaymentAmount: money(amount),
    ActivityAmount: money(last?.amountMinor ?? 0n),
    IP: textOf(details["ip"]),
    ...priceMembers(payment),
  };
}
