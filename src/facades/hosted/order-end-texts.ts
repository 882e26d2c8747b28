import type { Locale } from "../../lib/messages/index.ts";

const tr = {
  end: {
    stored: "Kartınız kaydedildi",
    stored_line: (merchant: string) =>
      `${merchant} düzenli ödemeniz bu karttan çekilecek. Bu sayfayı kapatabilirsiniz.`,
    group_line: (count: number) => `Kartınız ${count} düzenli ödemenizde kullanılacak.`,
    added_line: "Kartınız, ödemenin kayıtlı kartları arasına eklendi.",
    paid: "İlk ödemeniz alındı",
    paid_line: "Kartınız kaydedildi ve ilk ödeme alındı. Bu sayfayı kapatabilirsiniz.",
    not_paid: "Kartınız kaydedildi, ödeme alınamadı",
    not_paid_line: (when: string) => `Ödeme ${when} yeniden denenecek.`,
    not_paid_end: "Ödeme yeniden denenmeyecek; satıcıyla görüşün.",
    pending: "Kartınız kaydedildi, ödemenin sonucu bekleniyor",
    pending_line: "Bankadan yanıt bekleniyor. Yeniden kart girmeniz gerekmez.",
    stopped_line: "Düzenli ödeme şu anda durdurulmuş; sürdürüldüğünde bu karttan çekilecek.",
    amount: "Çekilen tutar",
    card: "Kart",
    payment: "Ödeme",
    hold: "Doğrulama için bloke edilen 1,00 TL geri veriliyor.",
    declined: "Kartınız doğrulanamadı",
    declined_line:
      "Kart kaydedilmedi ve karttan para çekilmedi. Başka bir kartla yeniden deneyebilirsiniz.",
    doubt: "Bankanın yanıtı bekleniyor",
    doubt_line:
      "Bankadan kesin yanıt alınamadı; kart henüz kaydedilmedi. Bloke edildiyse 1,00 TL kendiliğinden geri verilir.",
    not_stored: "Kart kaydedilemedi",
  },
  /** In the place of the words for payments on the way to the bank and back. */
  way: {
    to_bank: "Kartınızı doğrulamanız için bankanızın 3D Secure sayfası açılıyor.",
    to_shop: "Doğrulama tamamlandı. Kartınızı mağaza kaydedecek.",
    given_out:
      "Banka sayfası başka bir pencerede açık olabilir; orada devam edin. Kapattıysanız kartınızı yeniden girin. Karttan para çekilmedi.",
    over: "Kartınızın kaydedilip kaydedilmediğini mağazanın sayfasında görürsünüz.",
    refused:
      "Bankanız doğrulamayı onaylamadı. Kart kaydedilmedi ve karttan para çekilmedi; yeniden deneyebilirsiniz.",
    unproven:
      "Bankadan geldiği kesin olmayan bir yanıt aldık ve dikkate almadık. Kart kaydedilmedi; yeniden deneyin.",
    in_doubt_title: "Bankanın yanıtı bekleniyor",
    in_doubt:
      "Bankadan kesin yanıt alınamadı ve banka sorgulanıyor. Bloke edildiyse 1,00 TL kendiliğinden geri verilir.",
    given_back_title: "Kartınız doğrulanmadı",
    given_back:
      "Banka 1,00 TL bloke etti ama doğrulama geçerli sayılmadı; tutar geri veriliyor. Kart kaydedilmedi.",
    expired_title: "Doğrulamanın süresi doldu",
    expired: "Bankanızdan dönüş çok geç geldi. Kart kaydedilmedi; yeniden deneyin.",
  },
  closed: {
    stopped_title: "Bu düzenli ödeme durdurulmuş",
    stopped: (merchant: string) =>
      `Şu anda kart eklenemez ve çekim yapılmaz. Ayrıntı için ${merchant} ile görüşün.`,
    deleted_title: "Bu düzenli ödeme iptal edilmiş",
    deleted: (merchant: string) => `Çekim yapılmaz. Ayrıntı için ${merchant} ile görüşün.`,
    done_title: "Bu düzenli ödeme tamamlandı",
    done: () => "Planın bütün ödemeleri alındı; yapmanız gereken bir şey yok.",
    failed_title: "Bu düzenli ödemenin planı bitti",
    failed: (merchant: string) =>
      `Çekilecek ödeme kalmadı. Alınamayan ödemeler için ${merchant} ile görüşün.`,
    not_stored: "Girdiğiniz kart kaydedilmedi ve karttan para çekilmedi.",
    unknown_title: "Düzenli ödeme bulunamadı",
    unknown: "Adresi kontrol edin veya satıcıdan yeni bir bağlantı isteyin.",
  },
};

/** What the pages at the end of a card's entry say. A missing sentence does not compile. */
type EndTexts = typeof tr;

const en: EndTexts = {
  end: {
    stored: "Your card has been saved",
    stored_line: (merchant) =>
      `Your regular payment to ${merchant} will be drawn from this card. You can close this page.`,
    group_line: (count) => `Your card will serve ${count} of your regular payments.`,
    added_line: "Your card was added to the cards of this payment.",
    paid: "Your first payment was received",
    paid_line: "Your card was saved and the first payment was made. You can close this page.",
    not_paid: "Your card was saved, the payment was not made",
    not_paid_line: (when) => `The payment will be tried again: ${when}.`,
    not_paid_end: "The payment will not be tried again; ask the seller.",
    pending: "Your card was saved, the payment's result is awaited",
    pending_line: "Your bank's answer is awaited. You need not enter the card again.",
    stopped_line:
      "The regular payment is stopped at the moment; it will be drawn from this card when it goes on.",
    amount: "Amount drawn",
    card: "Card",
    payment: "Payment",
    hold: "The TRY 1.00 that was held to verify the card is going back.",
    declined: "Your card could not be verified",
    declined_line:
      "The card was not saved and nothing was taken from it. You can try again with another card.",
    doubt: "The bank's answer is awaited",
    doubt_line:
      "Your bank gave no clear answer; the card is not saved yet. If TRY 1.00 was held, it goes back by itself.",
    not_stored: "The card was not saved",
  },
  way: {
    to_bank: "Your bank's 3-D Secure page is opening, where you verify your card.",
    to_shop: "You have been verified. The shop will now save your card.",
    given_out:
      "Your bank's page may be open in another window; go on there. If you closed it, enter your card again. Nothing was taken from the card.",
    over: "The shop's page shows whether your card was saved.",
    refused:
      "Your bank did not verify you. The card was not saved and nothing was taken from it; you can try again.",
    unproven:
      "We received an answer that need not have come from the bank and disregarded it. The card was not saved; try again.",
    in_doubt_title: "The bank's answer is awaited",
    in_doubt:
      "Your bank gave no clear answer and is being asked. If TRY 1.00 was held, it goes back by itself.",
    given_back_title: "Your card was not verified",
    given_back:
      "Your bank held TRY 1.00, but the verification does not count; the amount is going back. The card was not saved.",
    expired_title: "The time of this verification is over",
    expired: "The way back from your bank took too long. The card was not saved; try again.",
  },
  closed: {
    stopped_title: "This regular payment was stopped",
    stopped: (merchant) =>
      `No card can be added and nothing is drawn at the moment. Ask ${merchant} for details.`,
    deleted_title: "This regular payment was cancelled",
    deleted: (merchant) => `Nothing is drawn. Ask ${merchant} for details.`,
    done_title: "This regular payment is complete",
    done: () => "All payments of the plan were made; you need not do anything.",
    failed_title: "The plan of this regular payment is over",
    failed: (merchant) =>
      `Nothing is left to be drawn. Ask ${merchant} about payments that were not made.`,
    not_stored: "The card that you entered was not saved and nothing was taken from it.",
    unknown_title: "The regular payment was not found",
    unknown: "Check the address, or ask the seller for a new link.",
  },
};

export const endTexts: Readonly<Record<Locale, EndTexts>> = { tr, en };
