import type { Locale } from "../../lib/messages/index.ts";

type Statuses = Readonly<Partial<Record<string, string>>>;

/** By the numbers that banks' integration guides agree on; 9 is one that they use as they like. */
function statusTexts(failed: string, noPart: string, error: string, unknown: string): Statuses {
  const none = { "2": noPart, "3": noPart, "4": noPart };
  return { "0": failed, ...none, "5": error, "6": error, "7": error, "8": unknown };
}

const tr = {
  to_bank_title: "Bankanıza yönlendiriliyorsunuz",
  to_bank: "Ödemeyi onaylamanız için bankanızın 3D Secure sayfası açılıyor.",
  to_shop_title: "Mağazaya dönülüyor",
  to_shop: "Doğrulama tamamlandı. Ödemenizi mağaza tamamlayacak.",
  continue: "Devam",
  back_to_shop: "Mağazaya dön",
  close: "Kapat",
  code_title: "Güvenlik kodunu yeniden girin",
  code: (mask: string) =>
    `Güvenliğiniz için kodu saklamıyoruz; ${mask} numaralı kartın güvenlik kodunu bir kez daha yazın.`,
  code_label: "Güvenlik kodu (CVV)",
  code_wrong: "Güvenlik kodu 3 veya 4 rakam olmalıdır.",
  given_out_title: "Bu sayfa daha önce açıldı",
  given_out:
    "Banka sayfası başka bir pencerede açık olabilir; orada devam edin. Kapattıysanız mağazaya dönüp ödemeyi yeniden başlatın. Karttan para çekilmedi.",
  card_gone_title: "Bu kart artık yok",
  card_gone: "Kart bu arada silinmiş. Karttan para çekilmedi; başka bir kartla yeniden deneyin.",
  over_title: "Burada yapılacak bir şey kalmadı",
  over: "Bu ödemenin nasıl sonuçlandığını mağazanın sayfasında görürsünüz.",
  refused_title: "Kart doğrulanmadı",
  refused: "Bankanız ödemeyi onaylamadı. Karttan para çekilmedi; yeniden deneyebilirsiniz.",
  unproven_title: "Bankanın yanıtı doğrulanamadı",
  unproven:
    "Bankadan geldiği kesin olmayan bir yanıt aldık ve dikkate almadık. Karttan para çekilmedi; ödemeyi yeniden başlatın.",
  in_doubt_title: "Ödemenin sonucu bekleniyor",
  in_doubt:
    "Bankadan kesin yanıt alınamadı ve banka sorgulanıyor. Yeniden ödemeyin; sonucu mağazanın sayfasında görürsünüz.",
  given_back_title: "Ödeme geri veriliyor",
  given_back:
    "Bankanız tutarı çekti ama ödeme geçerli sayılmadı. Tutarın tamamı karta geri veriliyor; bir şey yapmanız gerekmez.",
  expired_title: "Ödemenin süresi doldu",
  expired: "Bankanızdan dönüş çok geç geldi. Karttan para çekilmedi; ödemeyi yeniden başlatın.",
  blocked_title: "Bu satıcı şu anda ödeme alamıyor",
  blocked: "Karttan para çekilmedi. Satıcıya başvurun.",
  gone_title: "Ödeme oturumu bulunamadı",
  gone: "Bu ödemenin süresi dolmuş olabilir. Nasıl sonuçlandığını mağazanın sayfasında görürsünüz; yapılmadıysa yeniden başlatın.",
  failed_title: "Bir sorun oluştu",
  failed: "Sayfa şu anda açılamıyor. Biraz sonra yeniden deneyin.",
  bank_said: "Bankanın yanıtı",
  /** What banks mean by the status of a holder whom they did not let through. */
  statuses: statusTexts(
    "Kod onaylanmadı veya işlemden bankanızın sayfasında vazgeçildi.",
    "Kart veya bankası 3D Secure’a katılmıyor; başka bir kart deneyin.",
    "Bankanızın 3D Secure sistemi şu anda doğrulama yapamıyor; biraz sonra yeniden deneyin.",
    "Banka bu kart numarasını tanımıyor; kartınızdaki numarayla karşılaştırın.",
  ),
  footer: "Vezne ile güvenli ödeme",
  paid_title: "Ödemeniz alındı",
  paid: (merchant: string) => `${merchant} ödemenizi aldı. Bu sayfayı kapatabilirsiniz.`,
  declined_title: "Ödeme alınamadı",
  declined: "Karttan para çekilmedi. Başka bir kartla yeniden deneyebilirsiniz.",
  not_taken: "Karttan para çekilmedi.",
  doubt_title: "Ödemenin sonucu bekleniyor",
  doubt: (merchant: string) =>
    `Bankadan kesin yanıt alınamadı ve banka sorgulanıyor. Yeniden ödemeyin; sonucu ${merchant} bildirecektir.`,
  again: "Yeniden dene",
  look_again: "Sonucu yeniden sor",
  paid_to: "Satıcı",
  amount: "Tutar",
  approval: "Onay kodu",
  when: "Tarih",
  link_passive_title: "Ödeme linki kapatılmış",
  link_expired_title: "Ödeme linkinin süresi dolmuş",
  link_sold_out_title: "Stok tükendi",
  link_paid: "Bu linkin ödemesi daha önce alınmış. Yeniden ödeme yapmanız gerekmiyor.",
  link_passive: "Yeni bir link için satıcıya başvurun.",
  link_expired: "Yeni bir link için satıcıya başvurun.",
  link_sold_out: "Bu linkle satılabilecek kalmadı. Yeni stok için satıcıya başvurun.",
  link_not_drawn: "Bu denemede karttan para çekilmedi.",
  item: "Ürün",
  basket: "Ürünler",
  more_products: (count: number) => `${count} ürün daha`,
  link_unknown_title: "Ödeme linki bulunamadı",
  link_unknown: "Adresi kontrol edin veya satıcıdan yeni bir link isteyin.",
};

/** What the pages say. A missing sentence does not compile. */
export type Texts = typeof tr;

const en: Texts = {
  to_bank_title: "Taking you to your bank",
  to_bank: "Your bank's 3-D Secure page is opening, where you approve the payment.",
  to_shop_title: "Taking you back to the shop",
  to_shop: "You have been verified. The shop will now complete your payment.",
  continue: "Continue",
  back_to_shop: "Back to the shop",
  close: "Close",
  code_title: "Enter the security code again",
  code: (mask) =>
    `For your safety we do not keep it; type the security code of card ${mask} once more.`,
  code_label: "Security code (CVV)",
  code_wrong: "The security code must have 3 or 4 digits.",
  given_out_title: "This page was opened before",
  given_out:
    "Your bank's page may be open in another window; go on there. If you closed it, go back to the shop and start the payment again. Nothing was taken from the card.",
  card_gone_title: "This card is gone",
  card_gone:
    "The card was deleted meanwhile. Nothing was taken from it; try again with another card.",
  over_title: "Nothing is left to do here",
  over: "The shop's page shows how this payment ended.",
  refused_title: "The card was not verified",
  refused:
    "Your bank did not approve the payment. Nothing was taken from the card; you can try again.",
  unproven_title: "The bank's answer could not be verified",
  unproven:
    "We received an answer that need not have come from the bank and disregarded it. Nothing was taken from the card; start the payment again.",
  in_doubt_title: "The payment's result is awaited",
  in_doubt:
    "Your bank gave no clear answer and is being asked. Do not pay again; the shop's page will show the result.",
  given_back_title: "The payment is being given back",
  given_back:
    "Your bank took the amount, but the payment does not count. All of it is going back to the card; you need not do anything.",
  expired_title: "The time of this payment is over",
  expired:
    "The way back from your bank took too long. Nothing was taken from the card; start it again.",
  blocked_title: "This seller cannot take payments now",
  blocked: "Nothing was taken from the card. Ask the seller.",
  gone_title: "The payment session was not found",
  gone: "The time of this payment may be over. The shop's page shows how it ended; if it was not made, start it again.",
  failed_title: "Something went wrong",
  failed: "The page cannot be opened now. Try again in a moment.",
  bank_said: "The bank's answer",
  statuses: statusTexts(
    "The code was not confirmed, or it was cancelled on your bank's page.",
    "The card or its bank takes no part in 3-D Secure; try another card.",
    "Your bank's 3-D Secure system cannot verify anybody now; try again shortly.",
    "The bank does not know this card number; compare it with your card.",
  ),
  footer: "Secure payment by Vezne",
  paid_title: "Your payment was received",
  paid: (merchant) => `${merchant} has received your payment. You can close this page.`,
  declined_title: "The payment was not made",
  declined: "Nothing was taken from the card. You can try again with another card.",
  not_taken: "Nothing was taken from the card.",
  doubt_title: "The payment's result is awaited",
  doubt: (merchant) =>
    `Your bank gave no clear answer and is being asked. Do not pay again; ${merchant} will tell you the result.`,
  again: "Try again",
  look_again: "Ask again",
  paid_to: "Paid to",
  amount: "Amount",
  approval: "Approval code",
  when: "Date",
  link_passive_title: "This payment link was closed",
  link_expired_title: "This payment link has expired",
  link_sold_out_title: "Sold out",
  link_paid: "This link has been paid before. You do not need to pay again.",
  link_passive: "Ask the seller for a new one.",
  link_expired: "Ask the seller for a new one.",
  link_sold_out: "Nothing is left to sell by this link. Ask the seller for more.",
  link_not_drawn: "Nothing was taken from the card this time.",
  item: "Product",
  basket: "Products",
  more_products: (count) => `${count} more`,
  link_unknown_title: "The payment link was not found",
  link_unknown: "Check the address, or ask the seller for a new link.",
};

export const texts: Readonly<Record<Locale, Texts>> = { tr, en };
