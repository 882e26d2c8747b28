import { feesBySide } from "../../../ledger/postings.rules.ts";
import { declineWords, type Locale, messages } from "../../../lib/messages/index.ts";
import { divideHalfUp, PPM } from "../../../lib/money.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { Attempt, AttemptKind, Done, Payment } from "../../../payments/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import { resultCode } from "./errors.ts";
import {
  dateWithOffset,
  fraction,
  guidOf,
  lira,
  liraOfTenThousandths,
  xactIdOf,
} from "./formats.ts";

/** The only POS type this wire knows for sure. */
export const POS_TYPE = 5;

/** The numbers and letters by which this wire names an operation. */
export const typeOf: Record<AttemptKind, { number: number; letters: string; text: string }> = {
  sale: { number: 1, letters: "S", text: "Satış" },
  void: { number: 2, letters: "R", text: "İptal" },
  hold: { number: 3, letters: "PR", text: "Provizyon" },
  capture: { number: 4, letters: "CR", text: "Finansallaştırma" },
  release: { number: 5, letters: "RP", text: "Provizyon İptal" },
  reopen: { number: 6, letters: "RC", text: "Finansallaştırma İptal" },
  refund: { number: 7, letters: "CD", text: "İade" },
};

export const posOf = (merchant: Merchant, payment: Payment) =>
  merchant.pos.find((pos) => pos.id === payment.posId);

/** The dealer's code, or the main firm's own where there is none. */
export const agentCodeOf = (merchant: Merchant, payment: Payment): string =>
  String(payment.details["agent_code"] ?? merchant.companyCode);

/** Whether the cardholder went by the bank's 3-D Secure page. */
export const isTds = (payment: Payment): boolean => payment.details["is_tds"] === true;

export const isSucceed = (attempt: Attempt): boolean => attempt.status === "approved";

/** The amount and its fees as this attempt moved them. */
export function figures(attempt: Attempt) {
  const { amountMinor, commissionMinor, commissionTaxMinor } = attempt;
  return {
    amount: lira(amountMinor),
    net: lira(amountMinor - commissionMinor - commissionTaxMinor),
    comission: lira(commissionMinor),
    comission_tax: lira(commissionTaxMinor),
  };
}

/** Reference codes of the bank; `order_id` is what the bank knows the payment by. */
export const bankCodes = ({ payment, attempt }: Done) => ({
  authorization_code: attempt.authorizationCode ?? "",
  reference_code: attempt.bankReference ?? "",
  order_id: payment.id.slice("pay_".length),
});

/** Some gateways write the standard before an issuer's two characters; here they stand alone. */
const issuerCode = (bankCode: string | null) => bankCode?.replace(/^ISO8583-/, "");

/** What the bank said, and what the platform makes of it; empty texts when all went well. */
export function errorMembers(attempt: Attempt, locale: Locale) {
  const said = messages[locale];
  const reason = attempt.declineReason;
  const text = reason ? (said.declines[reason] ?? said.declines["unknown"] ?? "") : "";
  const isDoubt = isInDoubt(attempt);
  return {
    paynet_error_id: isDoubt ? String(resultCode.time_out) : "",
    paynet_error_message: isDoubt ? said.in_doubt : "",
    bank_error_id: reason ? issuerCode(attempt.bankCode) || reason : "",
    bank_error_message: reason ? declineWords(said.declines, reason, attempt.bankMessage) : "",
    bank_error_short_desc: text,
    bank_error_long_desc: text,
  };
}

/** Commission on top is what the cardholder was charged beyond what the merchant asked for. */
export function endUserMembers({ payment, attempt }: Done) {
  const onTop = attempt.commissionMinor + attempt.commissionTaxMinor;
  return {
    end_user_comission: payment.isCommissionAdded ? lira(onTop) : 0,
    end_user_ratio: payment.isCommissionAdded ? fraction(payment.ratePpm) : 0,
  };
}

function side(partMinor: bigint, commissionMinor: bigint, taxPpm: bigint) {
  // Two decimals of commission times six of the rate, cut to four decimals.
  const withTax = divideHalfUp(commissionMinor * (PPM + taxPpm), PPM / 100n);
  return {
    amount: lira(partMinor),
    commission: lira(commissionMinor),
    commission_with_tax: liraOfTenThousandths(withTax),
    net_amount: liraOfTenThousandths(partMinor * 100n - withTax),
  };
}

/** How an operation's amount falls to the main firm and its dealer. */
export function sides({ payment, attempt }: Done) {
  const companyMinor = divideHalfUp(
    payment.companyMinor * attempt.amountMinor,
    payment.amountMinor,
  );
  const fees = feesBySide({
    posId: payment.posId,
    agentId: payment.agentId ?? undefined,
    amountMinor: attempt.amountMinor,
    companyMinor,
    commissionMinor: attempt.commissionMinor,
    taxMinor: attempt.commissionTaxMinor,
  });
  const taxPpm = payment.commissionTaxPpm;
  return {
    company: side(companyMinor, fees.company.commissionMinor, taxPpm),
    agent: side(attempt.amountMinor - companyMinor, fees.agent.commissionMinor, taxPpm),
  };
}

/** The members that charge, capture and capture cancel share. */
export function chargeMembers(merchant: Merchant, done: Done, locale: Locale) {
  const { payment, attempt } = done;
  const amounts = figures(attempt);
  return {
    xact_id: xactIdOf(attempt.id),
    xact_date: dateWithOffset(attempt.openedAt),
    transaction_type: typeOf[attempt.kind].number,
    pos_type: POS_TYPE,
    is_tds: isTds(payment),
    agent_id: agentCodeOf(merchant, payment),
    user_id: String(payment.details["user_id"] ?? ""),
    email: String(payment.details["email"] ?? ""),
    phone: String(payment.details["phone"] ?? ""),
    bank_id: posOf(merchant, payment)?.bankId ?? "",
    instalment: payment.instalments,
    ratio: fraction(payment.ratePpm),
    card_no_masked: payment.cardMask,
    card_holder: payment.cardHolder,
    amount: amounts.amount,
    net_amount: amounts.net,
    comission: amounts.comission,
    comission_tax: amounts.comission_tax,
    currency: attempt.currency,
    ...bankCodes(done),
    is_succeed: isSucceed(attempt),
    ...errorMembers(attempt, locale),
    reference_no: payment.reference,
    agent_reference_no: String(payment.details["agent_reference_no"] ?? ""),
    xact_transaction_id: guidOf(attempt.id),
    end_user_comission: endUserMembers(done).end_user_comission,
    ratio_code: String(payment.details["ratio_code"] ?? ""),
  };
}

/** `code` and `message`: a payment in doubt says so, whatever else went well. */
export function envelope(objectName: string | null, attempt: Attempt | undefined, locale: Locale) {
  const isDoubt = attempt !== undefined && isInDoubt(attempt);
  return {
    object_name: objectName,
    code: isDoubt ? resultCode.time_out : resultCode.successful,
    message: isDoubt ? messages[locale].in_doubt : messages[locale].success,
  };
}

/** The same of services of regular payment orders, which spell their success otherwise. */
export const orderEnvelope = (objectName: string | null, locale: Locale) => ({
  object_name: objectName,
  code: resultCode.successful,
  message: messages[locale].order_success,
});
