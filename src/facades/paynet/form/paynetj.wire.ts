import { z } from "zod";
import type { Session } from "../../../checkout/index.ts";
import { type Locale, messages } from "../../../lib/messages/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import { resultCode } from "../wire/errors.ts";
import {
  bin,
  dateWithoutOffset,
  flag,
  freeText,
  hidden,
  noisyHundredths,
  text,
  whole,
} from "../wire/formats.ts";

/** The scripts repeat the publishable key in the body; the header is what counts. */
const key = { token: text(200).optional() };
const session = { ...key, session_id: text(200) };

/** Both forms open a session with what stands on their script tag. */
export const AuthBody = z
  .object({
    ...key,
    amount: noisyHundredths,
    agent_id: text(10).optional(),
    add_commission: flag.optional(),
    pos_type: whole(0, 999).optional(),
    ratio_code: text(50).optional(),
    ratio_code_method: freeText(50).optional(),
    domain: freeText(256).optional(),
    tds_required: flag.optional(),
    show_tds_error: flag.optional(),
    merge_option: flag.optional(),
    no_instalment: flag.optional(),
    installments: text(100).optional(),
    name: freeText(100).optional(),
    description: freeText(140).optional(),
    reference_no: text(50).optional(),
    platform_id: freeText(50).optional(),
    payment_source: freeText(50).optional(),
    card_type: text(10).optional(),
    invoice_no: freeText(50).optional(),
    save_card: flag.optional(),
    user_unique_id: text(100).optional(),
    user_gsm_no: text(20).optional(),
    card_owner_id: text(100).optional(),
    card_desc: freeText(100).optional(),
    return_url: text(2_048).optional(),
  })
  .meta({ id: "PaynetjAuth" });
export type AuthBody = z.output<typeof AuthBody>;

export const AuthUpdateBody = z
  .object({
    ...session,
    amount: noisyHundredths.optional(),
    add_commission: flag.optional(),
    ratio_code: text(50).optional(),
    save_card: flag.optional(),
    card_desc: freeText(100).optional(),
    user_gsm_no: text(20).optional(),
  })
  .meta({ id: "PaynetjAuthUpdate" });

/** Six digits; more are looked at as far as they tell anything. */
const sixDigits = bin(24).refine((value) => /^\d{6}/.test(value), "malformed");
export const CheckBinBody = z
  .object({ ...session, bin: sixDigits, no_instalment: flag.optional() })
  .meta({ id: "PaynetjCheckBin" });
export const CheckCardBinBody = z
  .object({
    ...session,
    card_hash: text(100),
    card_owner_id: text(100),
    no_instalment: flag.optional(),
  })
  .meta({ id: "PaynetjCheckCardBin" });

const payer = {
  instalment_key: text(200).optional(),
  description: freeText(140).optional(),
  card_holder_phone: freeText(20).optional(),
  card_holder_mail: freeText(60).optional(),
  do_3ds: flag.optional(),
  save_card: flag.optional(),
  save_card_gsm: text(20).optional(),
  save_card_desc: freeText(100).optional(),
};
export const CreateTokenBody = z
  .object({
    ...session,
    pan: hidden(24),
    month: whole(1, 12),
    year: whole(0, 2099),
    cvc: hidden(24),
    card_holder: freeText(50),
    ...payer,
  })
  .meta({ id: "PaynetjCreateToken" });
export const CreateCardTokenBody = z
  .object({
    ...session,
    card_hash: text(100),
    card_owner_id: text(100),
    cvc: hidden(24).optional(),
    ...payer,
  })
  .meta({ id: "PaynetjCreateCardToken" });
export type PayerMembers = Readonly<z.output<z.ZodObject<typeof payer>>>;

export const SaveCardBody = z
  .object({ ...session, card_desc: freeText(100).optional(), user_gsm: text(20).optional() })
  .meta({ id: "PaynetjSaveCard" });

export const envelopeOf = (objectName: string, locale: Locale) => ({
  object_name: objectName,
  code: resultCode.successful,
  message: messages[locale].success,
});

export const authAnswer = (
  merchant: Merchant,
  opened: Readonly<{ handle: string; session: Session }>,
  locale: Locale,
) => ({
  session_id: opened.handle,
  expire_date: dateWithoutOffset(opened.session.expiresAt),
  name: merchant.name,
  tds_required: opened.session.terms.needs3d || !merchant.maySellWithout3d,
  ...envelopeOf("paynetj_auth", locale),
});
