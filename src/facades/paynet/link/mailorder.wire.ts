import { z } from "zod";
import type { LinkAsk } from "../../../checkout/index.ts";
import {
  HOURS_DEFAULT,
  HOURS_MAX,
  type Link,
  type TimedState,
  timedState,
} from "../../../checkout/link.rules.ts";
import { ADDRESS_LENGTH_MAX } from "../../../lib/address.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import type { InputProblem } from "../../../lib/refusal.ts";
import type { Agent, Merchant } from "../../../merchants/index.ts";
import { chargeIdOf } from "../../../payments/payment.rules.ts";
import { bankNameOf, isBank } from "../../../vault/bin.rules.ts";
import { instalmentsOf } from "../payment/order.ts";
import { paging, span } from "../payment/transaction.wire.ts";
import {
  dateWithoutOffset,
  flag,
  freeText,
  lira,
  minorOfLira,
  onlyLira,
  rawText,
  text,
  whole,
  xactIdOf,
} from "../wire/formats.ts";
import { POS_TYPE } from "../wire/shape.ts";

const problem = (word: InputProblem) => word;

/** What is left of a calculation with doubles, `59.96999999999999`, beyond what rounding reads. */
const NOISE = /^(\s*\d+[.,]\d{10})\d+\s*$/;
/** Lira with a decimal point or comma; shops send numbers that they have computed. */
const minorOf = (value: string) => minorOfLira(value.replace(NOISE, "$1"));
const amount = rawText(60)
  .refine((value) => minorOf(value) !== undefined, problem("not_an_amount"))
  .transform((value) => minorOf(value)!)
  .meta({ type: ["string", "number"], description: "TL: 12.50 or 12,50" });

const INSTALMENTS_MAX = 36;
/** `0,3,6`; one instalment is a single payment. */
const instalmentList = text(100)
  .refine((value) => /^\s*\d{1,2}(?:\s*[,;|]\s*\d{1,2})*\s*$/.test(value), {
    error: problem("malformed"),
    abort: true,
  })
  .transform((value) => value.split(/[,;|]/).map(Number))
  .refine((counts) => counts.every((count) => count <= INSTALMENTS_MAX), {
    error: problem("out_of_range"),
    params: { bound: `0 - ${INSTALMENTS_MAX}` },
  })
  .transform((counts) => [...new Set(counts.map(instalmentsOf))])
  .meta({ type: ["string", "integer"], description: "The only numbers offered: 0,3,6" });

/** A code that no card has would make a link that nobody can pay. */
const bankId = text(4)
  .transform((value) => value.trim().toUpperCase())
  .refine(isBank, problem("malformed"))
  .meta({ type: "string" });

/**
 * `v1/mailorder/create`. Some members have two names by the generation of the client; others that
 * only single shops send, such as `buyer_name` and `success_url`, are not read.
 */
export const MailorderBody = z
  .object({
    name_surname: freeText(100).optional(),
    amount,
    pos_type: whole(0, 999).optional(),
    addcomission_to_amount: flag.optional(),
    agent_id: text(10).optional(),
    user_name: freeText(50).optional(),
    email: text(254).optional(),
    send_mail: flag.optional(),
    send_email: flag.optional(),
    phone: freeText(30).optional(),
    send_sms: flag.optional(),
    /** Hours. */
    expire_date: whole(1, HOURS_MAX).optional(),
    note: freeText(500).optional(),
    agent_note: freeText(500).optional(),
    reference_no: text(50).optional(),
    referance_no: text(50).optional(),
    succeed_url: text(ADDRESS_LENGTH_MAX).optional(),
    error_url: text(ADDRESS_LENGTH_MAX).optional(),
    confirmation_url: text(ADDRESS_LENGTH_MAX).optional(),
    send_confirmation_mail: flag.optional(),
    send_confirmation_email: flag.optional(),
    multi_payment: flag.optional(),
    bank_id: bankId.optional(),
    installments: instalmentList.optional(),
    no_instalment: flag.optional(),
    ratio_code: text(50).optional(),
    currency: onlyLira.optional(),
  })
  .meta({ id: "MailorderCreate" });
export type MailorderBody = z.output<typeof MailorderBody>;

const named = { id: text(50).optional(), reference_no: text(50).optional() };
export const MailorderDetailBody = z.object(named).meta({ id: "MailorderDetail" });

/** The numbers of a link's states; the wire's documents know 0 and 3. */
const stateNumbers = { waiting: 0, paid: 1, expired: 2, passive: 3 } as const;
const stateOf = (number: number): TimedState =>
  (Object.keys(stateNumbers) as TimedState[]).find((state) => stateNumbers[state] === number)!;

export const MailorderListBody = z
  .object({
    agent_id: text(10).optional(),
    ...span,
    status: whole(0, 3).transform(stateOf).optional(),
    reference_no: text(50).optional(),
    ...paging,
  })
  .meta({ id: "MailorderList" });

export const MailorderStatusBody = z
  .object({
    ...named,
    /** Callers open links and close them; paid and expired is what links become by themselves. */
    status: whole(0, 3)
      .refine((number) => number === 0 || number === 3, {
        error: problem("out_of_range"),
        params: { bound: "0 / 3" },
      })
      .transform((number) => (number === 0 ? ("waiting" as const) : ("passive" as const)))
      .meta({ enum: [0, 3, "0", "3"] }),
  })
  .meta({ id: "MailorderStatusUpdate" });

/**
 * What is asked for, in the platform's words. Whether a link may be paid more than once is said by
 * every client that knows of it. Where nothing is said, once is the safer reading: a link that is
 * paid twice by mistake costs the payer money, one that is used up costs the shop a new link.
 */
export function linkAskOf(body: MailorderBody, agent: Agent | undefined, locale: Locale): LinkAsk {
  return {
    amountMinor: body.amount,
    currency: "TRY",
    agent,
    reference: body.reference_no ?? body.referance_no,
    isMulti: body.multi_payment ?? false,
    terms: {
      nameSurname: body.name_surname,
      note: body.note,
      agentNote: body.agent_note,
      userName: body.user_name,
      email: body.email,
      phone: body.phone,
      addCommission: body.addcomission_to_amount ?? false,
      instalments: body.no_instalment ? [0] : body.installments,
      bankId: body.bank_id,
      succeedUrl: body.succeed_url,
      errorUrl: body.error_url,
      confirmationUrl: body.confirmation_url,
      sendMail: body.send_mail ?? body.send_email ?? false,
      sendSms: body.send_sms ?? false,
      sendConfirmationMail: body.send_confirmation_mail ?? body.send_confirmation_email ?? false,
      hours: body.expire_date ?? HOURS_DEFAULT,
      locale,
    },
  };
}

const stateTexts: Record<Locale, Record<TimedState, string>> = {
  tr: {
    waiting: "Ödeme bekliyor",
    paid: "Ödendi",
    expired: "Süresi doldu",
    passive: "Pasif",
  },
  en: { waiting: "Waiting for payment", paid: "Paid", expired: "Expired", passive: "Passive" },
};

/** The programme that took the money, or the only one that may. */
function bankMembers(merchant: Merchant, { paidBy, terms }: Link) {
  const pos = merchant.pos.find(({ id }) => id === paidBy?.posId);
  const bank_id = pos?.bankId ?? terms.bankId ?? "";
  return { bank_id, bank_name: pos?.bankName ?? (bank_id && bankNameOf(bank_id)) };
}

export type Shown = Readonly<{ merchant: Merchant; url: string; now: Date; locale: Locale }>;

/** Every member of a link. Here the wire writes `installment` with two l's. */
export function linkMembers(link: Link, { merchant, url, now, locale }: Shown) {
  const { terms, paidBy } = link;
  const state = timedState(link, now);
  return {
    id: link.id,
    url,
    company_code: merchant.companyCode,
    agent_id: terms.agentCode ?? merchant.companyCode,
    xact_id: paidBy ? xactIdOf(chargeIdOf({ id: paidBy.paymentId })) : "",
    reference_no: link.reference,
    email: terms.email ?? "",
    user_name: terms.userName ?? "",
    name_surname: terms.nameSurname ?? "",
    amount: lira(link.amountMinor),
    currency: link.currency,
    installment: paidBy?.instalments ?? 0,
    phone: terms.phone ?? "",
    ...bankMembers(merchant, link),
    expire_date: dateWithoutOffset(link.expiresAt),
    create_date: dateWithoutOffset(link.createdAt),
    note: terms.note ?? "",
    agent_note: terms.agentNote ?? "",
    succeed_url: terms.succeedUrl ?? "",
    error_url: terms.errorUrl ?? "",
    confirmation_url: terms.confirmationUrl ?? "",
    addcomission_to_amount: terms.addCommission,
    multi_payment: link.isMulti,
    send_mail: terms.sendMail,
    send_sms: terms.sendSms,
    send_confirmation_mail: terms.sendConfirmationMail,
    installments: terms.instalments?.join(",") ?? "",
    no_instalment: terms.instalments?.join() === "0",
    pos_type: POS_TYPE,
    ratio_code: "",
    status: stateNumbers[state],
    status_desc: stateTexts[locale][state],
  };
}

/** A row of the list: the same, but that `expire_date` is the hours for which the link was made. */
export const linkRow = (link: Link, shown: Shown) => ({
  ...linkMembers(link, shown),
  expire_date: link.terms.hours,
});
