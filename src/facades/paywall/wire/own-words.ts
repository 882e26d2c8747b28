import type { Locale } from "../../../lib/messages/index.ts";
import type { InputProblem, Refusal, RefusalCode, RefusalDetails } from "../../../lib/refusal.ts";

type Said = Readonly<Record<Locale, string>>;

/** What is wrong with a body or a member, where this wire takes other things than the others. */
const ofInput: Partial<Record<InputProblem, (field: string) => Said>> = {
  too_large: () => ({
    tr: "İstek gövdesi çok büyük; en fazla 1 MiB olabilir",
    en: "The request body is too large; at most 1 MiB",
  }),
  unreadable: () => ({
    tr: "İstek gövdesi okunamadı; her alanı bir kez içeren tek bir JSON nesnesi gönderin",
    en: "The request body cannot be read; send one JSON object that holds each member once",
  }),
  not_an_amount: (field) => ({
    tr: `${field} alanı en fazla iki ondalıklı ve eksi olmayan bir tutar olmalıdır (ör. 20.50)`,
    en: `${field} must be an amount, not negative, with two decimals at most (for example 20.50)`,
  }),
};

type OwnWords = { [Code in RefusalCode]?: (details: RefusalDetails[Code]) => Said | undefined };

/** Amounts are said as this wire writes them. */
const dotted = (amount: string): string => amount.replace(",", ".");

/** Sentences that speak of another wire's services and members, as this wire's own. */
const words: OwnWords = {
  invalid_input: ({ problem, field }) => ofInput[problem]?.(field),
  key_unknown: () => ({
    tr: "apikey ve apiclient başlıkları bu servis için geçerli değil",
    en: "The apikey and apiclient headers are not valid for this service",
  }),
  payment_not_found: () => ({ tr: "Ödeme bulunamadı", en: "There is no such payment" }),
  reference_taken: () => ({
    tr: "MerchantUniqueCode zaten mevcut",
    en: "MerchantUniqueCode has been used",
  }),
  payment_in_doubt: () => ({
    tr: "Bankadan henüz kesin yanıt yok; ödemeyi sorgulayın",
    en: "The bank has not said for sure yet; query the payment",
  }),
  amount_above_hold: ({ most }) => ({
    tr: `ProvisionAmount ön otorizasyon tutarını aşamaz (en fazla ${dotted(most)})`,
    en: `ProvisionAmount is above the pre-authorised amount (at most ${dotted(most)})`,
  }),
  amount_above_rest: ({ most }) => ({
    tr: `Amount iade edilebilecek kalan tutarı aşamaz (en fazla ${dotted(most)})`,
    en: `Amount is above what is left to refund (at most ${dotted(most)})`,
  }),
  card_expired: () => ({
    tr: "Kart'ın son kullanma tarihi dolmuş",
    en: "The card has expired",
  }),
  card_unknown: () => ({ tr: "Beklenmedik kart numarası", en: "The card number is not valid" }),
  instalment_not_offered: () => ({
    tr: "Beklenmedik taksit",
    en: "This number of instalments is not offered",
  }),
  method_not_allowed: () => ({
    tr: "Bu adres bu yöntemle çağrılamaz",
    en: "This address cannot be called by this method",
  }),
};

/** The sentence of a refusal in words of this wire; nothing where it is the same on every wire. */
export function ownText<Code extends RefusalCode>(
  { code, details }: Refusal<Code>,
  locale: Locale,
): string | undefined {
  return words[code]?.(details)?.[locale];
}
