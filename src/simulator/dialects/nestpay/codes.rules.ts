import type { Currency } from "../../../lib/money.ts";
import type { Refusal } from "../../ask.rules.ts";

/** ISO 4217 numbers of the wire. */
export const currencyOfNumber: Readonly<Record<string, Currency>> = {
  "949": "TRY",
  "840": "USD",
  "978": "EUR",
  "826": "GBP",
};

/**
 * The error code and the words of each refusal (NestPay integration guide, error list). Where the
 * guide gives a range for a group of errors, one number of the range stands for the group.
 */
export const refusals: Readonly<Record<Refusal, readonly [code: string, words: string]>> = {
  format: ["CORE-1006", "Istek alani eksik veya hatali"],
  type_unknown: ["CORE-2001", "Islem tipi gecersiz."],
  currency_unknown: ["CORE-2105", "Para birimi gecersiz."],
  currency_differs: ["CORE-2119", "Para birimi orjinal islemden farkli."],
  amount_zero: ["CORE-2009", "Sifir miktarli islem yapilamaz."],
  credentials: ["CORE-2201", "Kullanicinin bu islem icin yetkisi yok."],
  merchant_unknown: ["CORE-2202", "Isyeri veya kullanici bulunamadi."],
  order_number_invalid: ["CORE-2301", "Siparis numarasi gecersiz."],
  order_paid: ["CORE-2507", "Bu siparis numarasi ile zaten basarili bir islem var."],
  order_running: ["CORE-2304", "Bu siparis icin devam eden bir islem var."],
  card_number_missing: ["CORE-2015", "Kredi karti numarasi bos."],
  card_number_wrong: ["CORE-2012", "Kredi karti numarasi gecerli formatta degil."],
  expiry_wrong: ["CORE-2011", "Son kullanma tarihi gecersiz."],
  card_expired: ["CORE-2010", "Kartin son kullanma tarihi gecmis."],
  cvv_wrong: ["CORE-2515", "CVV gecerli formatta degil."],
  instalment_refused: ["CORE-2204", "Taksit tablosu icin gecersiz deger"],
  instalment_in_foreign_currency: ["CORE-2124", "Dovizli islemde taksit yapilamaz."],
  authentication_unknown: ["CORE-2121", "3D guvenlik verileri eslesmiyor."],
  recurring_not_offered: ["CORE-2020", "Tekrarli odeme tanimi kabul edilmiyor."],
  nothing_to_void: ["CORE-2008", "İptal edilmeye uygun satış işlemi bulunamadı."],
  batch_closed: ["CORE-2511", "Gunsonuna girmis islem iptal edilemez."],
  not_settled: ["CORE-2508", "Iade yapilamaz, siparis gunsonuna girmemis."],
  refund_above_net: ["CORE-2503", "Net miktardan fazlasi iade edilemez."],
  refund_net_zero: ["CORE-2504", "Sifir miktarli iade yapilamaz."],
  capture_done: ["CORE-2505", "On otorizasyon daha once kapatilmis."],
  capture_without_hold: ["CORE-2506", "Kapatilacak on otorizasyon bulunamadi."],
  capture_above_hold: ["CORE-2512", "On otorizasyon miktarinin ustunde kapama yapilamaz."],
  capture_too_late: ["CORE-2513", "On otorizasyon kapama suresi gecmis."],
  system_error: ["CORE-2500", "Sistem hatasi."],
};

/** What issuers say, by the two-digit code; any other code gets the general word. */
const issuerWords: Readonly<Record<string, string>> = {
  "01": "Bankanızı arayın",
  "02": "Bankanızı arayın",
  "03": "Geçersiz üye işyeri",
  "04": "Karta el koy",
  "05": "RED-ONAYLANMADI",
  "07": "Karta el koy",
  "09": "Tekrar deneyin",
  "12": "RED-GEÇERSİZ İŞLEM",
  "13": "Geçersiz tutar",
  "14": "Geçersiz kart numarası",
  "15": "Bankası bulunamadı",
  "30": "Mesaj formatı hatalı",
  "36": "Kısıtlı kart",
  "41": "Kayıp kart",
  "43": "Çalıntı kart",
  "51": "Limit yetersiz",
  "54": "Vadesi dolmuş kart",
  "57": "Kart sahibi bu işlemi yapamaz",
  "58": "Terminal bu işlemi yapamaz",
  "59": "Sahtekarlık şüphesi",
  "62": "Kısıtlı kart",
  "82": "CVV Hatasi veya girilen CVV gecersiz.",
  "91": "Kart bankası cevap vermiyor",
  "92": "timeout, reversal is trying",
  "96": "Sistem arızası",
  "99": "Genel hata",
};

export const wordsOfCode = (code: string): string => issuerWords[code] ?? "Islem onaylanmadi";
