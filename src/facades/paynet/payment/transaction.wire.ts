import { z } from "zod";
import { after, DAY_MS } from "../../../lib/clock.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { Done } from "../../../payments/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import {
  dateWithoutOffset,
  day,
  dottedDate,
  dottedTime,
  flag,
  fraction,
  guidOf,
  hundredths,
  lira,
  NO_DATE,
  text,
  whole,
  xactIdOf,
} from "../wire/formats.ts";
import {
  agentCodeOf,
  bankCodes,
  chargeMembers,
  endUserMembers,
  envelope,
  errorMembers,
  figures,
  isSucceed,
  isTds,
  POS_TYPE,
  posOf,
  sides,
  typeOf,
} from "../wire/shape.ts";

const named = {
  xact_id: text(100).optional(),
  xact: text(20).optional(),
  reference_no: text(50).optional(),
};

/** Absent, the whole hold is drawn; zero is refused, since it may be the slip of a calculation. */
export const CaptureBody = z
  .object({ ...named, amount: hundredths.optional() })
  .meta({ id: "TransactionCapture" });
export const CheckBody = z.object(named).meta({ id: "TransactionCheck" });
export const DetailBody = z.object(named).meta({ id: "TransactionDetail" });

/** Rows are named by their place in the result, newest first. */
export const paging = {
  limit: whole(0, 999_999).optional(),
  ending_before: whole(0, 99_999_999).optional(),
  starting_after: whole(0, 99_999_999).optional(),
};
export const span = { datab: day, datbi: day };

export const ListBody = z
  .object({
    agent_id: text(10).optional(),
    bank_id: text(4).optional(),
    user_id: text(50).optional(),
    ...span,
    show_unsucceed: flag.optional(),
    untransferred: flag.optional(),
    ...paging,
  })
  .meta({ id: "TransactionList" });

const LIMIT_DEFAULT = 10;
/** What the largest known client asks for. */
const LIMIT_MAX = 1_000;

type Paging = Readonly<{
  limit?: number | undefined;
  ending_before?: number | undefined;
  starting_after?: number | undefined;
}>;

/**
 * The rows meant: after an index, or before one. Zero and absent mean from the start, and of two
 * positive ones the start wins.
 */
export function pageOf(body: Paging) {
  const limit = Math.min(body.limit || LIMIT_DEFAULT, LIMIT_MAX);
  const startingAfter = body.starting_after ?? 0;
  const endingBefore = body.ending_before ?? 0;
  const shown = { limit, ending_before: endingBefore, starting_after: startingAfter };
  if (startingAfter > 0 || endingBefore === 0) return { offset: startingAfter, limit, shown };
  const offset = Math.max(0, endingBefore - limit);
  return { offset, limit: Math.min(limit, endingBefore), shown };
}

/** Both days belong to the span. */
export const spanOf = (body: { datab: Date; datbi: Date }) => ({
  from: body.datab,
  to: after(body.datbi, DAY_MS),
});

/** Capture and capture cancel answer with charge's members. */
export const movedAnswer = (merchant: Merchant, done: Done, locale: Locale) => ({
  ...chargeMembers(merchant, done, locale),
  ...envelope("transaction", done.attempt, locale),
});

/** One row of `check`: names differ from charge's here and there, and some stand twice. */
export function checkItem(merchant: Merchant, done: Done, locale: Locale) {
  const { payment, attempt } = done;
  const charge = chargeMembers(merchant, done, locale);
  return {
    ...charge,
    id: charge.xact_id,
    xact_date: dateWithoutOffset(attempt.openedAt),
    note: String(payment.details["note"] ?? ""),
    agent_reference: payment.reference,
    card_no: payment.cardMask,
    card_type: payment.cardType,
    netAmount: charge.net_amount,
    is_in_doubt: isInDoubt(attempt),
    ...endUserMembers(done),
  };
}

const INSTALMENT_TEXT_SINGLE = "Peşin";

/** One row of `detail`: what `check` says, and how the amount falls to firm and dealer. */
export function detailItem(merchant: Merchant, done: Done, locale: Locale) {
  const { payment, attempt } = done;
  const { company, agent } = sides(done);
  const bankName = posOf(merchant, payment)?.bankName ?? "";
  const count = payment.instalments;
  const ratio = fraction(payment.ratePpm);
  return {
    ...checkItem(merchant, done, locale),
    reversed: attempt.reversedById !== null,
    reversed_xact_id: attempt.reversedById ? xactIdOf(attempt.reversedById) : "",
    company_amount: company.amount,
    company_commission: company.commission,
    company_commission_with_tax: company.commission_with_tax,
    company_net_amount: company.net_amount,
    agent_amount: agent.amount,
    agent_commission: agent.commission,
    agent_commission_with_tax: agent.commission_with_tax,
    agent_net_amount: agent.net_amount,
    company_cost_ratio: ratio,
    company_pay_ratio: 0,
    company_vdate: NO_DATE,
    agent_vdate: NO_DATE,
    xact_type_desc: typeOf[attempt.kind].text,
    bank_name: bankName,
    payment_string: `${bankName} ${count ? `${count} Taksit` : "Tek çekim"}`,
    pos_type_desc: "Paynet POS",
    agent_name: String(payment.details["agent_name"] ?? ""),
    company_name: merchant.name,
    instalment_text: count ? `${count} Taksit` : INSTALMENT_TEXT_SINGLE,
    ipaddress: String(payment.details["ip"] ?? ""),
    client_id: guidOf(attempt.id),
    ...envelope("transaction_detail", attempt, locale),
  };
}

/** Members of a row whose meaning nobody documents, or of which nothing is known yet. */
const unknownMembers = {
  fiscal_period_id: "",
  sector_id: "",
  sectorid_desc: "",
  merchant_id: "",
  channel_name: "",
  channel_id: 0,
  terminal_id: "",
  is_reconcile: false,
  is_payup: false,
  is_onchargeback: false,
  is_transferred: false,
  company_pay_ratio: 0,
  cp_mfi_vdate: NO_DATE,
  cp_mfi_vdate_day: 0,
  ap_mfi_vdate: NO_DATE,
  ap_mfi_vdate_day: 0,
} as const;

/** How the amount falls to main firm and dealer, under the names of `list`. */
function listSides(done: Done) {
  const { company, agent } = sides(done);
  return {
    ana_firma_brut_alacak: company.amount,
    ana_firma_komisyonu: company.commission,
    ana_firma_komisyonu_kdv_dahil: company.commission_with_tax,
    ana_firma_odenecek_net_tutar: company.net_amount,
    bayi_brut_alacak: agent.amount,
    bayi_komisyonu: agent.commission,
    bayi_komisyonu_kdv_dahil: agent.commission_with_tax,
    bayiye_odenecek_net_tutar: agent.net_amount,
  };
}

/** One row of `list`. */
export function listItem(merchant: Merchant, done: Done, locale: Locale) {
  const { payment, attempt } = done;
  const { amount, net: net_amount, ...fees } = figures(attempt);
  const type = typeOf[attempt.kind];
  return {
    companyCode: merchant.companyCode,
    companyName: merchant.name,
    agent_id: agentCodeOf(merchant, payment),
    agent_referans_no: String(payment.details["agent_reference_no"] ?? ""),
    agent_name: String(payment.details["agent_name"] ?? ""),
    xact_id: xactIdOf(attempt.id),
    xact: Number(attempt.xact),
    xact_date: dottedDate(attempt.openedAt),
    xact_time: dottedTime(attempt.openedAt),
    is_tds: isTds(payment),
    bank_id: posOf(merchant, payment)?.bankId ?? "",
    bank_name: posOf(merchant, payment)?.bankName ?? "",
    card_no: payment.cardMask,
    card_holder: payment.cardHolder,
    card_type: payment.cardType,
    card_type_name: cardTypeNames[payment.cardType],
    ...bankCodes(done),
    postype_desc: "Paynet POS",
    xact_type: type.letters,
    xacttype_desc: type.text,
    ipaddress: String(payment.details["ip"] ?? ""),
    client_id: guidOf(attempt.id),
    xact_transaction_id: guidOf(attempt.id),
    is_succeed: isSucceed(attempt),
    is_in_doubt: isInDoubt(attempt),
    ...errorMembers(attempt, locale),
    reversed: attempt.reversedById !== null,
    reversed_xact_id: attempt.reversedById ? xactIdOf(attempt.reversedById) : "",
    pos_type: POS_TYPE,
    instalment: payment.instalments,
    amount,
    net_amount,
    ...fees,
    currency: attempt.currency,
    ratio: fraction(payment.ratePpm),
    end_user_comission: endUserMembers(done).end_user_comission,
    user_id: String(payment.details["user_id"] ?? ""),
    xact_note: String(payment.details["note"] ?? ""),
    xact_agent_reference: payment.reference,
    reference_no: payment.reference,
    company_cost_ratio: fraction(payment.ratePpm),
    ...listSides(done),
    ...unknownMembers,
  };
}

const cardTypeNames = { cc: "Bireysel kart", bc: "Ticari kart", dc: "Debit kart" } as const;

/** The envelope of a page of rows. */
export function pageAnswer(
  merchant: Merchant,
  page: Readonly<{ total: number; totalMinor: bigint }>,
  shown: ReturnType<typeof pageOf>,
  rows: readonly object[],
) {
  return {
    companyCode: merchant.companyCode,
    companyName: merchant.name,
    total: page.total,
    total_count: rows.length,
    total_amount: lira(page.totalMinor),
    ...shown.shown,
    has_more: shown.offset + rows.length < page.total,
    Data: rows,
  };
}
