import { feesGivenBack, refunded } from "../ledger/postings.rules.ts";
import { after, istanbulDay } from "../lib/clock.ts";
import { type AttemptId, bareId, type PaymentId } from "../lib/id.ts";
import { type Currency, decimalText } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import type { Agent, Merchant, Route } from "../merchants/merchant.rules.ts";
import { type Card, numberHider } from "../vault/card.rules.ts";
import { partsOf } from "./parts.rules.ts";
import type { Attempt, AttemptKind, Payment, PaymentDetails } from "./payment.rules.ts";
import { leftToRefund } from "./payment.rules.ts";
import { priceOf } from "./price.rules.ts";

/** Longer than any call to a bank lasts: after it, an open attempt belongs to nobody. */
export const OPEN_LEASE_MS = 75_000;

/** How a client recognises its own request when it sends it again. */
export type Receipt = Readonly<{ requestKey: string; askHash: string }>;

export type PaymentAsk = Readonly<{
  /** What the merchant asks for, in minor units; a commission may come on top. */
  amountMinor: bigint;
  currency: Currency;
  addCommission: boolean;
  /** 0 is a single payment. */
  instalments: number;
  card: Card;
  agent?: Agent | undefined;
  /** The main firm's part of the asked amount; absent means the merchant's setting. */
  companyMinor?: bigint | undefined;
  reference: string;
  sharesReference?: boolean | undefined;
  details: PaymentDetails;
}>;
export type ChargeAsk = PaymentAsk &
  Readonly<{
    kind: "sale" | "hold";
    clientIp: string;
    receipt?: Receipt | undefined;
    /**
     * Runs before the payment is opened, once it is known that no earlier request had its key. What
     * it refuses is refused.
     */
    admit?: (() => Promise<void>) | undefined;
  }>;

/**
 * What a request says beside the card, fit to be kept: where a client repeats the card's number in
 * another field, only its mask stays. Refuses a reference that holds it: that is looked up by its
 * letters.
 */
function withoutCard({ card, reference, details }: PaymentAsk): PaymentDetails {
  const hide = numberHider(card);
  if (hide(reference) !== reference) {
    return refuse("invalid_input", { field: "reference_no", problem: "card_number" });
  }
  const kept: Record<string, PaymentDetails[string]> = {};
  for (const [name, value] of Object.entries(details)) {
    kept[name] = typeof value === "string" ? hide(value) : value;
  }
  return kept;
}

const freshAttempt = {
  status: "open",
  originalId: null,
  originalReference: null,
  originalCode: null,
  insteadOfId: null,
  refundedBeforeMinor: 0n,
  bankReference: null,
  authorizationCode: null,
  declineReason: null,
  bankCode: null,
  bankMessage: null,
  doubt: null,
  requestKey: null,
  askHash: null,
  notifyUrl: null,
  settledAt: null,
  inquiries: 0,
  notFoundCount: 0,
  firstNotFoundAt: null,
  safetyVoidAt: null,
  flaggedAt: null,
  reversedById: null,
} as const;

/**
 * A new payment, priced and ready to be charged: its id is the order id that the bank will know.
 */
export function planPayment(
  merchant: Merchant,
  route: Route,
  ask: PaymentAsk,
  birth: Readonly<{ id: PaymentId; now: Date }>,
): Payment {
  const price = priceOf(merchant, ask, route.ratePpm);
  return {
    merchantId: merchant.id,
    currency: ask.currency,
    commissionMinor: price.commissionMinor,
    commissionTaxMinor: price.taxMinor,
    id: birth.id,
    version: 1,
    status: "pending",
    reference: ask.reference,
    sharesReference: ask.sharesReference ?? false,
    posId: route.pos.id,
    agentId: ask.agent?.id ?? null,
    amountMinor: price.amountMinor,
    companyMinor: price.companyMinor,
    capturedMinor: 0n,
    refundedMinor: 0n,
    ratePpm: route.ratePpm,
    commissionTaxPpm: merchant.commissionTaxPpm,
    isCommissionAdded: ask.addCommission,
    instalments: ask.instalments,
    cardMask: ask.card.mask,
    cardHolder: ask.card.holder,
    cardBrand: ask.card.facts.brand,
    cardType: ask.card.facts.type,
    cardBankId: ask.card.facts.bankId,
    liveAttemptId: null,
    capturedAt: null,
    details: withoutCard(ask),
    createdAt: birth.now,
  };
}

/** A planned payment with the one attempt that charges it. They share the bank's order id. */
export function planCharge(
  payment: Payment,
  kind: "sale" | "hold",
  more: Readonly<{ xact: bigint; now: Date; receipt?: Receipt | undefined }>,
): { payment: Payment; attempt: Attempt } {
  const { merchantId, currency, commissionMinor, commissionTaxMinor, amountMinor } = payment;
  const attempt: Attempt = {
    ...freshAttempt,
    ...more.receipt,
    merchantId,
    currency,
    commissionMinor,
    commissionTaxMinor,
    amountMinor,
    id: `att_${bareId(payment.id)}`,
    paymentId: payment.id,
    xact: more.xact,
    kind,
    openedAt: more.now,
    dueAt: after(more.now, OPEN_LEASE_MS),
  };
  return { payment: { ...payment, createdAt: more.now }, attempt };
}

/** The attempt on which a follow-up acts, as the bank knows it. */
export type Original = Pick<Attempt, "id" | "kind" | "bankReference" | "authorizationCode">;
export type FollowUp = Readonly<{
  id: AttemptId;
  xact: bigint;
  now: Date;
  notifyUrl?: string | undefined;
  receipt?: Receipt | undefined;
  insteadOfId?: AttemptId | undefined;
}>;

/** An attempt that acts on an earlier one; a refund's fees are those that it gives back. */
export function follow(
  payment: Payment,
  original: Original,
  kind: AttemptKind,
  amountMinor: bigint,
  more: FollowUp,
): Attempt {
  const fees =
    kind === "refund"
      ? feesGivenBack(
          refunded(
            partsOf(payment, payment.capturedMinor),
            payment.refundedMinor,
            payment.refundedMinor + amountMinor,
          ),
        )
      : partsOf(payment, amountMinor);
  return {
    ...freshAttempt,
    ...more.receipt,
    merchantId: payment.merchantId,
    id: more.id,
    paymentId: payment.id,
    xact: more.xact,
    kind,
    currency: payment.currency,
    amountMinor,
    commissionMinor: fees.commissionMinor,
    commissionTaxMinor: fees.taxMinor,
    originalId: original.id,
    originalReference: original.bankReference,
    originalCode: original.authorizationCode,
    insteadOfId: more.insteadOfId ?? null,
    refundedBeforeMinor: payment.refundedMinor,
    notifyUrl: more.notifyUrl ?? null,
    openedAt: more.now,
    dueAt: after(more.now, OPEN_LEASE_MS),
  };
}

const most = (minor: bigint) => ({ most: decimalText(minor, ",") });

/**
 * Draws all or a part of a hold; the rest is released. Refuses `wrong_transaction_type` for what is
 * no hold, `nothing_to_do` once captured or cancelled, `amount_above_hold`.
 */
export function planCapture(
  payment: Payment,
  original: Original,
  amountMinor: bigint | undefined,
  more: FollowUp,
): Attempt {
  if (original.kind !== "hold") return refuse("wrong_transaction_type", {});
  if (payment.status === "declined") return refuse("payment_not_found", {});
  if (payment.status !== "held") return refuse("nothing_to_do", { status: payment.status });
  const amount = amountMinor ?? payment.amountMinor;
  if (amount > payment.amountMinor) return refuse("amount_above_hold", most(payment.amountMinor));
  return follow(payment, original, "capture", amount, more);
}

/** Gives back a hold that was not captured. Refuses as `planCapture` does. */
export function planRelease(payment: Payment, original: Original, more: FollowUp): Attempt {
  if (original.kind !== "hold") return refuse("wrong_transaction_type", {});
  if (payment.status === "declined") return refuse("payment_not_found", {});
  if (payment.status !== "held") return refuse("nothing_to_do", { status: payment.status });
  return follow(payment, original, "release", payment.amountMinor, more);
}

const isLive = (payment: Payment, original: Original) =>
  payment.status === "captured" && payment.liveAttemptId === original.id;

/** Refunds leave the state as it is; who is told that nothing is left wants to know of them. */
const spent = (payment: Payment) => (payment.refundedMinor > 0n ? "refunded" : payment.status);

/**
 * Takes back a capture on its own day and leaves the hold. Refuses `wrong_transaction_type`,
 * `nothing_to_do` when it is taken back already, and `capture_too_old` on a later day.
 */
export function planReopen(payment: Payment, original: Original, more: FollowUp): Attempt {
  if (original.kind !== "capture") return refuse("wrong_transaction_type", {});
  if (!isLive(payment, original) || payment.refundedMinor > 0n) {
    return refuse("nothing_to_do", { status: spent(payment) });
  }
  if (!isSameDay(payment, more.now)) return refuse("capture_too_old", {});
  return follow(payment, original, "reopen", payment.capturedMinor, more);
}

/** The business day is Istanbul's calendar day. */
const isSameDay = (payment: Payment, now: Date): boolean =>
  payment.capturedAt !== null && istanbulDay(payment.capturedAt) === istanbulDay(now);

/**
 * On the day of the money the whole of it is voided; later all or a part is refunded. Refuses
 * `wrong_transaction_type` for a hold, `payment_not_found` for what took no money, `nothing_to_do`
 * once all is given back, `same_day_partial_refund`, `amount_above_rest`.
 */
export function planReversal(
  payment: Payment,
  original: Original,
  amountMinor: bigint | undefined,
  more: FollowUp,
): Attempt {
  if (original.kind === "hold") return refuse("wrong_transaction_type", {});
  if (original.kind !== "sale" && original.kind !== "capture") {
    return refuse("payment_not_found", {});
  }
  if (payment.status === "declined") return refuse("payment_not_found", {});
  const rest = leftToRefund(payment);
  if (!isLive(payment, original) || rest === 0n) {
    return refuse("nothing_to_do", { status: spent(payment) });
  }
  const amount = amountMinor ?? rest;
  if (amount > rest) return refuse("amount_above_rest", most(rest));
  const isWhole = amount === payment.capturedMinor;
  if (!isSameDay(payment, more.now)) return follow(payment, original, "refund", amount, more);
  if (!isWhole) return refuse("same_day_partial_refund", {});
  return follow(payment, original, "void", amount, more);
}
