import { z } from "zod";
import type { Saved } from "../../../checkout/index.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import { messages, refusalText } from "../../../lib/messages/index.ts";
import type { Agent, Merchant } from "../../../merchants/index.ts";
import type { Done, PaymentDetails } from "../../../payments/index.ts";
import {
  flag,
  fraction,
  freeText,
  hidden,
  liraAmount,
  liraPart,
  text,
  whole,
} from "../wire/formats.ts";
import { chargeMembers, endUserMembers, envelope, posOf, sides } from "../wire/shape.ts";
import { bankLogo } from "./offers.ts";
import { endUserShape } from "./receipt.wire.ts";

/** `v2/transaction/payment`. Members that only newer or older clients send are all optional. */
export const PaymentBody = z
  .object({
    amount: liraAmount,
    reference_no: text(50),
    domain: freeText(256),
    agent_reference_no: freeText(50).optional(),
    agent_id: text(10).optional(),
    user_id: freeText(50).optional(),
    card_holder: freeText(50).optional(),
    pan: hidden(24).optional(),
    month: whole(1, 12).optional(),
    year: whole(0, 2099).optional(),
    cvc: hidden(24).optional(),
    card_hash: text(100).optional(),
    card_holder_phone: freeText(20).optional(),
    card_holder_mail: freeText(60).optional(),
    description: freeText(140).optional(),
    instalment: whole(0, 999).optional(),
    pos_type: whole(0, 999).optional(),
    company_amount: liraPart.optional(),
    add_commission: flag.optional(),
    ratio_code: text(50).optional(),
    ratio_code_method: freeText(50).optional(),
    merge_option: flag.optional(),
    dont_apply_campaign: flag.optional(),
    approved_card: flag.optional(),
    is_escrow: flag.optional(),
    iban: freeText(34).optional(),
    agent_customer_name: freeText(100).optional(),
    save_card: flag.optional(),
    card_save: flag.optional(),
    card_desc: freeText(100).optional(),
    user_unique_id: text(100).optional(),
    card_owner_id: text(100).optional(),
    user_gsm_no: text(20).optional(),
    subscription_id: freeText(50).optional(),
    invoice_no: freeText(50).optional(),
    transaction_type: whole(0, 99).optional(),
    ...endUserShape,
  })
  .meta({ id: "PaymentRequest" });
export type PaymentBody = z.output<typeof PaymentBody>;

/** What the request says beside money and card; kept with the payment to be shown again. */
export function detailsOf(
  body: PaymentBody,
  agent: Agent | undefined,
  address: string,
): PaymentDetails {
  const said: Record<string, string | number | boolean | undefined> = {
    agent_code: agent?.code,
    agent_name: agent?.name,
    ip: address,
    domain: body.domain,
    agent_reference_no: body.agent_reference_no,
    user_id: body.user_id,
    phone: body.card_holder_phone,
    email: body.card_holder_mail,
    note: body.description,
    ratio_code_method: body.ratio_code_method,
    merge_option: body.merge_option,
    dont_apply_campaign: body.dont_apply_campaign,
    approved_card: body.approved_card,
    iban: body.iban,
    agent_customer_name: body.agent_customer_name,
    subscription_id: body.subscription_id,
    invoice_no: body.invoice_no,
  };
  const details: Record<string, string | number | boolean> = {};
  for (const name in said) {
    const value = said[name];
    if (value !== undefined) details[name] = value;
  }
  return details;
}

/** What became of the wish to store a card, and where the marks of programmes are found. */
export type ShownSaved = Readonly<{ saved: Saved | undefined; publicUrl: string }>;

export function savedMembers({ saved, publicUrl }: ShownSaved, locale: Locale) {
  const card = saved?.kind === "saved" ? saved.card : undefined;
  const why = saved?.kind === "not_saved" ? saved.why : undefined;
  const notSaved = why ? refusalText(why, locale) : messages[locale].card_not_saved;
  return {
    is_save_card_succeed: card !== undefined,
    save_card_result_message: card ? messages[locale].success : saved ? notSaved : "",
    card_owner_id: card?.ownerId ?? "",
    user_unique_id: card?.customer ?? "",
    card_hash: card?.token ?? "",
    card_logo_url: card ? bankLogo(publicUrl, card.facts.bankId) : "",
  };
}

/** The answer: charge's members and those that only this service has. */
export function paymentAnswer(merchant: Merchant, done: Done, locale: Locale, shown: ShownSaved) {
  const { payment, attempt } = done;
  const members = chargeMembers(merchant, done, locale);
  const pos = posOf(merchant, payment);
  const { company, agent } = sides(done);
  return {
    id: members.xact_id,
    ...members,
    bank_name: pos?.bankName ?? "",
    bank_authorization_code: members.authorization_code,
    bank_reference_code: members.reference_code,
    bank_order_id: members.order_id,
    campaign_url: "",
    end_user_ratio: endUserMembers(done).end_user_ratio,
    ratio_code_method: String(payment.details["ratio_code_method"] ?? ""),
    card_brand_name: payment.cardBrand,
    card_type: payment.cardType,
    card_bank_id: payment.cardBankId,
    plus_installment: 0,
    company_cost_ratio: fraction(payment.ratePpm),
    company_amount: company.amount,
    agent_amount: agent.amount,
    company_commission: company.commission,
    company_commission_with_tax: company.commission_with_tax,
    company_net_amount: company.net_amount,
    ...savedMembers(shown, locale),
    ...envelope("payment_response", attempt, locale),
  };
}
