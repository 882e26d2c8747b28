import type { Locale } from "../../lib/messages/index.ts";
import type { Refusal, RefusalCode } from "../../lib/refusal.ts";

const tr = {
  title: "Kart bilgileri",
  number: "Kart numarası",
  expiry: "Son kullanma",
  expiry_form: "AA / YY",
  cvc: "Güvenlik kodu",
  holder: "Kart üzerindeki ad",
  instalments: "Taksit",
  single: "Tek çekim",
  instalment: (count: number) => `${count} taksit`,
  tds: "3D Secure ile öde",
  tds_note: "Bankanız ödemeyi onaylamanızı ister.",
  trust: "Kart bilgileriniz şifrelenerek gönderilir ve bu sayfada tutulmaz.",
  payer: "Ödeyen",
  reference: "Referans",
  drawn: "Karttan çekilecek",
  drawn_unknown: "Kartınıza göre",
  pay_chosen: "Seçilen tutarı öde",
  commission:
    "Karta ve taksite göre hizmet bedeli eklenir; çekilecek tutar ödemeden önce gösterilir.",
  phone: "Telefonunuzda açın",
  qr: "Bu sayfanın adresini taşıyan karekod",
  card_types: { cc: "", bc: "Ticari kart", dc: "Banka kartı" },
  stored: {
    title: "Kartınızı seçin",
    last: "son dört hanesi",
    until: "geçerlilik",
    expired: "Süresi doldu",
    more: (count: number) => `Diğer kartlarınız (${count})`,
    other: "Başka bir kartla öde",
    other_title: "Kart bilgileri",
    code: "Seçilen kartın güvenlik kodu",
    store: "Kartımı sonraki ödemelerim için sakla",
    store_note: (merchant: string) =>
      `Ödeme onaylanınca kart numaranız ${merchant} için şifreli saklanır; güvenlik kodu saklanmaz.`,
  },
  /** What the page's script says; see `browser/card/texts.ts`. */
  script: {
    pay: "{total} öde",
    sending: "Gönderiliyor…",
    total: "Kartınızdan toplam {total} çekilecek.",
    parts: "{count} × {amount}",
    more: "Diğer taksitler ({count})",
    looking: "Taksit seçenekleri aranıyor…",
    unknown: "Taksit seçenekleri alınamadı; tek çekimle ödeyebilirsiniz.",
    cvc_hint: "Arka yüzdeki 3 rakam",
    cvc_hint_amex: "Ön yüzdeki 4 rakam",
    problems: {
      number_missing: "Kart numaranızı girin.",
      number_wrong: "Kart numarası hatalı; kartınızdaki numarayla karşılaştırın.",
      expiry_missing: "Son kullanma tarihini girin.",
      expiry_wrong: "Tarihi AA / YY olarak girin.",
      expiry_past: "Bu kartın süresi dolmuş.",
      cvc_missing: "Güvenlik kodunu girin.",
      cvc_wrong: "Güvenlik kodu hatalı.",
      holder_missing: "Kart üzerindeki adı girin.",
      holder_wrong: "Kart üzerindeki adı harflerle girin.",
    },
  },
  refusals: {
    card_unknown: "Bu kartın bankası tanınmıyor; başka bir kart deneyin.",
    instalment_not_offered: "Seçilen taksit bu kart için sunulmuyor; yeniden seçin.",
    reference_taken: "Bu ödeme daha önce yapılmış; yeniden ödemeniz gerekmiyor.",
    payment_in_doubt:
      "Önceki denemenin sonucu bankada belirsiz; sonuç belli olmadan yeniden ödemeyin.",
    stored_card_not_found: "Bu kayıtlı kart artık kullanılamıyor; başka bir kart seçin.",
    session_used: "Bu sayfada çok fazla deneme yapıldı veya ödeme tamamlandı; sayfayı yenileyin.",
  } as Readonly<Partial<Record<RefusalCode, string>>>,
  choose: "Çekilecek tutarı görmek için taksit seçin ve kart bilgilerinizi yeniden girin.",
  not_now: "Ödeme şu anda başlatılamıyor; karttan para çekilmedi. Biraz sonra yeniden deneyin.",
};

/** What the page of a card says. A missing sentence does not compile. */
export type CardTexts = typeof tr;

const en: CardTexts = {
  title: "Card details",
  number: "Card number",
  expiry: "Expiry",
  expiry_form: "MM / YY",
  cvc: "Security code",
  holder: "Name on card",
  instalments: "Instalments",
  single: "Single payment",
  instalment: (count) => `${count} instalments`,
  tds: "Pay with 3-D Secure",
  tds_note: "Your bank asks you to confirm the payment.",
  trust: "Your card details are sent encrypted and are not kept on this page.",
  payer: "Payer",
  reference: "Reference",
  drawn: "Drawn from your card",
  drawn_unknown: "Depends on the card",
  pay_chosen: "Pay the chosen total",
  commission: "A service fee is added by card and instalments; the total is shown before you pay.",
  phone: "Open it on your phone",
  qr: "QR code with this page's address",
  card_types: { cc: "", bc: "Commercial card", dc: "Debit card" },
  stored: {
    title: "Choose your card",
    last: "ending in",
    until: "expires",
    expired: "Expired",
    more: (count) => `Your other cards (${count})`,
    other: "Pay with another card",
    other_title: "Card details",
    code: "Security code of the chosen card",
    store: "Store my card for my next payments",
    store_note: (merchant) =>
      `Once the payment is approved your card number is stored encrypted for ${merchant}; the security code is not.`,
  },
  script: {
    pay: "Pay {total}",
    sending: "Sending…",
    total: "{total} in total will be drawn from your card.",
    parts: "{count} × {amount}",
    more: "More instalments ({count})",
    looking: "Looking for instalments…",
    unknown: "Instalments could not be found; you can pay all at once.",
    cvc_hint: "3 digits on the back",
    cvc_hint_amex: "4 digits on the front",
    problems: {
      number_missing: "Enter your card number.",
      number_wrong: "This number is not right; compare it with your card.",
      expiry_missing: "Enter the expiry date.",
      expiry_wrong: "Enter the date as MM / YY.",
      expiry_past: "This card has expired.",
      cvc_missing: "Enter the security code.",
      cvc_wrong: "The security code is wrong.",
      holder_missing: "Enter the name on the card.",
      holder_wrong: "Enter the name on the card in letters.",
    },
  },
  refusals: {
    card_unknown: "The bank of this card is not known; try another card.",
    instalment_not_offered: "These instalments are not offered for this card; choose again.",
    reference_taken: "This payment was made before; you do not need to pay again.",
    payment_in_doubt:
      "The bank has not said what became of an earlier try; do not pay again before it does.",
    stored_card_not_found: "This stored card can no longer be used; choose another card.",
    session_used: "Too many tries were made here, or the payment was made; load the page again.",
  },
  choose: "Choose how to pay to see the total, and enter your card again.",
  not_now: "The payment cannot be started now; nothing was taken from the card. Try again shortly.",
};

export const cardTexts: Readonly<Record<Locale, CardTexts>> = { tr, en };

export const NOT_NOW = "not_now";
export const CHOOSE = "choose";

/** The name of what was wrong, by which an address may say it: of ours, and nothing else. */
export function problemName(refusal: Refusal): string {
  if (refusal.code === "card_expired") return "expiry_past";
  if (refusal.code === "wrong_card_data") {
    const { part } = refusal.details as Refusal<"wrong_card_data">["details"];
    return { number: "number_wrong", expiry: "expiry_wrong", cvv: "cvc_wrong" }[part];
  }
  return refusal.code in cardTexts.tr.refusals ? refusal.code : NOT_NOW;
}

/** What was wrong, by its name; `undefined` for a name that is none. */
export function problemWords(name: string, locale: Locale): string | undefined {
  const { script, refusals, choose, not_now } = cardTexts[locale];
  const words: Readonly<Partial<Record<string, string>>> = {
    ...{ ...script.problems, ...refusals },
    ...{ [CHOOSE]: choose, [NOT_NOW]: not_now },
  };
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** A refusal in words for who holds the card: nothing of wires and services. */
export const payerWords = (refusal: Refusal, locale: Locale): string =>
  problemWords(problemName(refusal), locale) ?? cardTexts[locale].not_now;

/** The same, where it is not known what was under way when it was refused. */
export const payerWordsOr = (refusal: Refusal, locale: Locale, otherwise: string): string => {
  const name = problemName(refusal);
  return (name === NOT_NOW ? undefined : problemWords(name, locale)) ?? otherwise;
};
