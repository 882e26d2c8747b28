import { z } from "zod";
import type { Locale } from "../../../lib/messages/index.ts";
import { messages } from "../../../lib/messages/index.ts";
import type { Caller } from "../../../merchants/index.ts";
import { checkPhone } from "../../../messaging/recipient.rules.ts";
import type { StoredCard } from "../../../vault/index.ts";
import { bankMembers } from "../payment/offers.ts";
import { paging } from "../payment/transaction.wire.ts";
import { resultCode } from "../wire/errors.ts";
import { freeText, hidden, text, whole } from "../wire/formats.ts";

const CODE_TEXT_MAX = 20;
const phone = text(30);

/** `v1/card/save` has names of its own for what payments call `pan`, `month`, `year` and `cvc`. */
export const CardSaveBody = z
  .object({
    card_desc: freeText(100),
    card_holder: freeText(50),
    card_number: hidden(24),
    expire_month: whole(1, 12),
    expire_year: whole(0, 2099),
    cvv: hidden(24).optional(),
    user_unique_id: text(100).optional(),
    card_owner_id: text(100).optional(),
    otp_code: text(CODE_TEXT_MAX).optional(),
    otp_session_id: text(100).optional(),
    user_gsm: phone.optional(),
  })
  .meta({ id: "CardSave" });
export type CardSaveBody = z.output<typeof CardSaveBody>;

const named = { card_owner_id: text(100), card_hash: text(100) };
export const CardDeleteBody = z.object(named).meta({ id: "CardDelete" });
export const CardDescBody = z
  .object({ ...named, card_desc: freeText(100) })
  .meta({ id: "CardDescUpdate" });

export const CardListBody = z
  .object({ card_owner_id: text(100), ...paging })
  .meta({ id: "CardList" });

export const CardSendOtpBody = z
  .object({ user_gsm: phone, otp_session_id: text(100) })
  .meta({ id: "CardSendOtp" });
export const CardCheckOtpBody = z
  .object({ otp_code: text(CODE_TEXT_MAX), otp_session_id: text(100), user_gsm: phone })
  .meta({ id: "CardCheckOtp" });

/** The phone of these services, under the name that their callers know. */
export const gsmOf = (sent: string): string => checkPhone("user_gsm", sent);

/** How a stored card is named in a request. */
export const nameOf = (body: Readonly<{ card_owner_id: string; card_hash: string }>) => ({
  token: body.card_hash,
  ownerId: body.card_owner_id,
});

export type ShownTo = Readonly<{ caller: Caller; publicUrl: string }>;

const BIN_DIGITS = 6;

/** What a stored card shows in every answer: its number's ends and what they tell. */
function cardMembers(card: StoredCard, { caller, publicUrl }: ShownTo) {
  const bank = bankMembers(caller.merchant, card.facts.bankId, publicUrl);
  return {
    card_owner_id: card.ownerId,
    user_unique_id: card.customer,
    card_desc: card.description,
    card_hash: card.token,
    card_no: card.mask,
    card_bin: card.mask.slice(0, BIN_DIGITS),
    card_type: card.facts.type,
    card_bank_name: bank.bank_name,
    card_logo_url: bank.bank_logo,
    card_brand_name: card.facts.brand,
  };
}

/** The answer of `save`: number and first digits stand under the names of both generations. */
export function savedAnswer(card: StoredCard, shown: ShownTo, locale: Locale) {
  const members = cardMembers(card, shown);
  return {
    ...members,
    card_no_masked: members.card_no,
    card_bin_no: members.card_bin,
    object_name: "card_save",
    ...plainAnswer(locale),
  };
}

/** A row of the list. A card belongs to no agent, so the caller's own code stands there. */
export const cardRow = (card: StoredCard, shown: ShownTo) => ({
  company_code: shown.caller.merchant.companyCode,
  agent_id: shown.caller.agent?.code ?? shown.caller.merchant.companyCode,
  ...cardMembers(card, shown),
  card_holder: card.holderMask,
  card_bank_id: card.facts.bankId,
  expire_month: card.expiryMonth,
  expire_year: card.expiryYear,
});

/** Some of these services answer with these two members and no third. */
export const plainAnswer = (locale: Locale) => ({
  code: resultCode.successful,
  message: messages[locale].success,
});
