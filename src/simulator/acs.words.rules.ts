import type { Quirk } from "./return.rules.ts";
import type { MdStatus } from "./threeds.rules.ts";

const tr = {
  bank: "Deneme Bankası",
  bannerMore: "Deneme bankası: gerçek para çekilmez",
  title: "3-D Secure doğrulama",
  heading: "Ödemenizi onaylayın",
  lead: (bank: string) =>
    `${bank} kartınızla yapılan ödemenin size ait olduğunu doğrulamak için kodu girin.`,
  merchant: "İşyeri",
  amount: "Tutar",
  card: "Kart",
  order: "Sipariş",
  instalments: "Taksit",
  merchantName: (no: string) => `Deneme işyeri ${no}`,
  expires: "Bitiş saati",
  left: "Kalan süre",
  code: "Doğrulama kodu",
  hint: (code: string) => `Deneme kodu: ${code}`,
  approve: "Onayla",
  cancel: "İptal",
  wrongCode: (left: number) => `Kod yanlış. ${left} deneme hakkınız kaldı.`,
  options: "Deneme seçenekleri",
  optionsLead: "Bunlar yalnızca denemek içindir; gerçek bir bankanın sayfasında yoktur.",
  result: "Sonuç",
  resultOwn: (own: string) => `Kartın kendisi: mdStatus ${own}`,
  issuerCode: "Banka yanıt kodu",
  issuerOwn: "Kartın kendi yanıtı",
  quirks: "Dönüşteki hata",
  buttons: "Bitir",
  approveRight: "Onayla (doğru kod)",
  reject: "Reddet",
  expire: "Süre dolsun",
  leave: "Hiç dönme",
  close: "Tarayıcıyı kapat",
  other: "English",
  returning: "İşyerine dönülüyor",
  returningLead: "Birkaç saniye içinde dönmezseniz Devam’a basın.",
  returningLate: (seconds: number) =>
    `Dönüş ${seconds} saniye geciktiriliyor. Beklemeden dönmek için Devam’a basın.`,
  goOn: "Devam",
  earlier: (n: number) => `${n}. gönderim (ayrı çerçevede)`,
  noReturn: "İşyerine dönülmeyecek",
  noReturnLead: "Banka tarayıcınızı işyerine geri göndermiyor. Bu sekmeyi kapatabilirsiniz.",
  closed: "Tarayıcı kapatıldı sayıldı",
  closedLead:
    "Kart sahibi doğrulandı ve işyerine dönmedi. Bu sekmeyi kapatabilirsiniz; 3d_pay " +
    "modelinde ödeme alınmıştır.",
  problem: "Bu sayfa gösterilemiyor",
};

const en: typeof tr = {
  bank: "Test Bank",
  bannerMore: "Test bank: no real money moves",
  title: "3-D Secure authentication",
  heading: "Confirm your payment",
  lead: (bank: string) =>
    `Enter the code to confirm that this payment by your ${bank} card is yours.`,
  merchant: "Merchant",
  amount: "Amount",
  card: "Card",
  order: "Order",
  instalments: "Instalments",
  merchantName: (no: string) => `Test merchant ${no}`,
  expires: "Open until",
  left: "Time left",
  code: "Verification code",
  hint: (code: string) => `Test code: ${code}`,
  approve: "Confirm",
  cancel: "Cancel",
  wrongCode: (left: number) => `The code is wrong. ${left} ${left === 1 ? "try" : "tries"} left.`,
  options: "Test options",
  optionsLead: "These are for testing only; no real bank has them on its page.",
  result: "Result",
  resultOwn: (own: string) => `The card's own: mdStatus ${own}`,
  issuerCode: "Issuer's code",
  issuerOwn: "The card's own answer",
  quirks: "Fault on the way back",
  buttons: "End it",
  approveRight: "Confirm (right code)",
  reject: "Reject",
  expire: "Let the time run out",
  leave: "Never return",
  close: "Close the browser",
  other: "Türkçe",
  returning: "Returning to the merchant",
  returningLead: "If nothing happens in a few seconds, press Continue.",
  returningLate: (seconds: number) =>
    `The return is held back for ${seconds} seconds. Press Continue to return at once.`,
  goOn: "Continue",
  earlier: (n: number) => `Post ${n} (in a frame)`,
  noReturn: "There will be no return",
  noReturnLead: "The bank does not send your browser back to the merchant. You may close this tab.",
  closed: "The browser counts as closed",
  closedLead:
    "The card holder was authenticated and did not return. You may close this tab; with the " +
    "model 3d_pay the payment has been taken.",
  problem: "This page cannot be shown",
};

export type Lang = "tr" | "en";
export const words: Readonly<Record<Lang, typeof tr>> = { tr, en };

export const mdStatusWords: Readonly<Record<Lang, Readonly<Record<MdStatus, string>>>> = {
  tr: {
    "0": "doğrulanmadı",
    "1": "tam doğrulama",
    "2": "kart ya da bankası kayıtlı değil (yarım)",
    "3": "kartın bankası kayıtlı değil (yarım)",
    "4": "kart sahibi sonra kaydolacak (yarım)",
    "5": "doğrulama yapılamadı",
    "6": "3-D Secure hatası",
    "7": "sistem hatası",
    "8": "kart numarası bilinmiyor",
    "9": "işyeri 3-D Secure’a kayıtlı değil",
  },
  en: {
    "0": "not authenticated",
    "1": "full authentication",
    "2": "card or issuer not enrolled (half)",
    "3": "issuer not enrolled (half)",
    "4": "holder will enrol later (half)",
    "5": "authentication could not be done",
    "6": "3-D Secure error",
    "7": "system error",
    "8": "card number unknown",
    "9": "merchant not enrolled in 3-D Secure",
  },
};

export const quirkWords: Readonly<Record<Lang, Readonly<Record<Quirk, string>>>> = {
  tr: {
    wrong_hash: "Yanlış hash",
    no_hash: "Hash yok",
    no_mdstatus: "mdStatus yok",
    mdstatus_01: "mdStatus başında sıfırla (01)",
    mdstatus_doubled: "mdStatus iki kez, ikincisi ters",
    wrong_amount: "Tutar değiştirilmiş",
    wrong_order_id: "Sipariş numarası değiştirilmiş",
    wrong_currency: "Para birimi değiştirilmiş",
    other_store: "Başka işyerinin imzasıyla",
    duplicate_callback: "İki kez gönder",
    reorder_callback: "Önce başarısız, sonra gerçek dönüş",
    late_callback: "10 saniye geç",
    get_callback: "GET ile gönder",
    iso_8859_9: "ISO-8859-9 ile gönder (ZİRAAT BANKASI)",
  },
  en: {
    wrong_hash: "Wrong hash",
    no_hash: "No hash",
    no_mdstatus: "No mdStatus",
    mdstatus_01: "mdStatus with a leading zero (01)",
    mdstatus_doubled: "mdStatus twice, the second opposite",
    wrong_amount: "Changed amount",
    wrong_order_id: "Changed order id",
    wrong_currency: "Changed currency",
    other_store: "Signed by another store",
    duplicate_callback: "Post twice",
    reorder_callback: "A failure first, then the real return",
    late_callback: "10 seconds late",
    get_callback: "Send by GET",
    iso_8859_9: "Send as ISO-8859-9 (ZİRAAT BANKASI)",
  },
};

/** Pages that end a way through the gate, for the person who sent the form. */
export const deadEndWords = {
  tr: {
    merchant_unknown: "Bu işyeri numarası bu bankada kayıtlı değil (clientid).",
    return_address: "okUrl ve failUrl, http ya da https ile başlayan tam adresler olmalı.",
    hosted:
      "Kartın bankada girildiği modeller (3d_pay_hosting, 3d_host) bu simülatörde sunulmuyor. " +
      "storetype olarak 3d ya da 3d_pay gönderin.",
    too_large: "Form bir bankanın kabul edeceğinden büyük.",
    session_unknown: "Böyle bir doğrulama yok. Ödemeyi işyerinin sayfasından yeniden başlatın.",
    form_wrong: "Gönderilen form bu sayfanınki değil.",
  },
  en: {
    merchant_unknown: "This bank knows no merchant of that number (clientid).",
    return_address: "okUrl and failUrl must be whole addresses that begin with http or https.",
    hosted:
      "Models in which the card is typed at the bank (3d_pay_hosting, 3d_host) are not offered " +
      "by this simulator. Send 3d or 3d_pay as storetype.",
    too_large: "The form is larger than a bank would take.",
    session_unknown: "There is no such authentication. Start the payment again at the merchant.",
    form_wrong: "The form that was sent is not this page's.",
  },
} as const satisfies Record<Lang, Record<string, string>>;
export type PageProblem = keyof (typeof deadEndWords)["tr"];
