import { istanbulMinute } from "../clock.ts";
import { market } from "./market.tr.ts";
import {
  type CardPart,
  type DeclineText,
  declineWords,
  type InputProblem,
  type InvoiceState,
  type LinkState,
  type Messages,
  type OrderEnd,
  type ReceiptNeed,
  type SpentState,
} from "./shape.ts";

const problems: Record<InputProblem, (field: string, bound?: string) => string> = {
  missing: (field) => `${field} alanı zorunludur`,
  malformed: (field) => `${field} alanının biçimi geçersiz`,
  card_number: (field) => `${field} alanında kart numarası bulunamaz`,
  doubled: (field) => `${field} alanı birden fazla gönderilmiş`,
  too_long: (field, most) =>
    most ? `${field} alanı en fazla ${most} karakter olabilir` : `${field} alanı çok uzun`,
  out_of_range: (field, range) =>
    range ? `${field} alanı ${range} aralığında olmalıdır` : `${field} alanı aralık dışında`,
  not_an_amount: (field) =>
    `${field} alanı geçerli ve sıfırdan büyük bir tutar olmalıdır (ör. 20,50)`,
  not_hundredths: (field) =>
    `${field} alanı kuruş cinsinden, ayraçsız ve sıfırdan büyük bir tam sayı olmalıdır (10,00 TL için 1000)`,
  wrong_sum: (field, sum) => `${field} paylarının toplamı ${sum} olmalıdır`,
  not_a_date: (field) => `${field} alanı geçerli bir tarih olmalıdır (yyyy-AA-gg)`,
  not_a_time: (field) => `${field} alanı geçerli bir tarih ve saat olmalıdır (yyyy-AA-ggTSS:dd:ss)`,
  not_an_address: (field) =>
    `${field} alanı http:// veya https:// ile başlayan bir adres olmalıdır`,
  address_inside: (field) =>
    `${field} alanı dışarıdan erişilebilen bir adres olmalıdır; iç ağ adresleri kabul edilmez`,
  not_a_phone: (field) => `${field} alanı 5XXXXXXXXX biçiminde bir cep telefonu olmalıdır`,
  not_an_email: (field) => `${field} alanı geçerli bir e-posta adresi olmalıdır`,
  too_large: () => "İstek gövdesi çok büyük; en fazla 64 KB olabilir",
  unreadable: () => "İstek gövdesi okunamadı; tek bir JSON nesnesi, XML belgesi veya form gönderin",
  unknown_content_type: () =>
    "İçerik türü JSON, XML veya form olmalıdır (application/json, application/xml, application/x-www-form-urlencoded)",
};

const states: Record<SpentState, string> = {
  pending: "ödeme henüz sonuçlanmadı",
  held: "tutar ön otorizasyonda, henüz çekilmedi",
  captured: "tutar daha önce çekilmiş",
  declined: "ödeme reddedilmiş",
  voided: "ödeme daha önce iptal edilmiş",
  refunded: "tutar daha önce iade edilmiş",
};

const cardParts: Record<CardPart, string> = {
  number: "Kart bilgileri hatalı: kart numarası geçersiz (pan / card_number)",
  expiry:
    "Kart bilgileri hatalı: son kullanma tarihi geçersiz (month, year / expire_month, expire_year)",
  cvv: "Kart bilgileri hatalı: güvenlik kodu 3 veya 4 rakam olmalıdır (cvc / cvv)",
};

const invoiceStates: Record<InvoiceState, string> = {
  waiting: "ödeme bekliyor",
  paid: "ödenmiş",
  failed: "ödeme alınamamış",
  cancelled: "iptal edilmiş",
  deleted: "silinmiş",
};

const orderEnds: Record<OrderEnd, string> = {
  done: "tüm ödemeleri alınmış",
  failed: "son ödemesi alınamamış",
  deleted: "silinmiş",
};

const linkStates: Record<LinkState, string> = {
  paid: "Ödeme linki daha önce ödenmiş",
  passive: "Ödeme linki kapatılmış",
  expired: "Ödeme linkinin süresi dolmuş",
  sold_out: "Ödeme linkinin stoğu tükenmiş",
};

const receiptNeeds: Record<ReceiptNeed, string> = {
  code: "Son kullanıcının SMS kodunun süresi dolmuş, kullanılmış veya hiç istenmemiş; v2/agent/create_end_user_receipt_otp ile yeni kod isteyin",
  person: "Son kullanıcı bilgileri eksik veya hatalı",
  instalments: "Son kullanıcı makbuzu için en az 2 taksit gerekir",
  commission: "Son kullanıcı makbuzu için add_commission true olmalıdır",
};

const declines: DeclineText = {
  insufficient_funds: "Kart limiti veya bakiyesi yetersiz",
  limit_exceeded: "Kartın işlem limiti aşıldı",
  do_not_honour: "Banka işlemi onaylamadı",
  call_issuer: "Kart sahibi bankasını aramalıdır",
  expired_card: "Kartın süresi dolmuş",
  invalid_card: "Kart numarası geçersiz",
  invalid_cvv: "Güvenlik kodu hatalı",
  lost_card: "Kayıp kart",
  stolen_card: "Çalıntı kart",
  pickup_card: "Karta el konulmalı",
  restricted_card: "Kısıtlı kart",
  ecommerce_closed: "Kart internet alışverişine kapalı",
  not_permitted_cardholder: "Kart sahibi bu işlemi yapamaz",
  not_permitted_terminal: "Bu POS bu işlemi yapamaz",
  invalid_amount: "Tutar geçersiz",
  invalid_installment: "Bu kart için taksit seçeneği geçersiz",
  invalid_transaction: "Geçersiz işlem",
  pin_error: "Şifre hatalı veya deneme sınırı aşıldı",
  fraud_suspect: "İşlem güvenlik nedeniyle reddedildi",
  security_violation: "Güvenlik ihlali",
  authentication_failed: "Kart sahibi doğrulanamadı",
  format_error: "Banka isteği biçim hatasıyla reddetti",
  duplicate_order: "Bu sipariş numarası bankada zaten kullanılmış",
  original_not_found: "Asıl işlem bankada bulunamadı",
  already_voided: "İşlem daha önce iptal edilmiş",
  already_refunded: "İşlem daha önce iade edilmiş",
  amount_over_original: "Tutar asıl işlemin tutarını aşıyor",
  not_settled_yet: "Gün sonu alınmadığı için iade yapılamıyor; işlem iptal edilebilir",
  batch_closed: "Gün sonu alındığı için iptal yapılamıyor; işlem iade edilebilir",
  credentials: "Banka, üye işyeri kullanıcı bilgilerini kabul etmedi",
  ip_not_allowed: "Banka, sunucu adresini tanımıyor",
  hash_error: "Banka doğrulama özeti hatalı",
  merchant_config: "Bankadaki üye işyeri tanımı hatalı",
  issuer_unavailable: "Kartın bankasına ulaşılamadı",
  system_error: "Bankada sistem hatası",
  timeout: "Banka zamanında yanıt vermedi",
  retry_later: "Daha sonra tekrar deneyin",
  bank_unreachable: "Bankaya bağlanılamadı; karttan para çekilmedi",
  never_arrived: "İstek bankaya ulaşmamış; karttan para çekilmedi",
  unknown: "Banka işlemi reddetti",
};

export const tr: Messages = {
  success: "Başarılı İşlem",
  order_success: "Başarılı Islem",
  no_data: "Kayıt bulunamadı",
  in_doubt:
    "Bankadan yanıt alınamadı; işlemin sonucu belirsiz. v1/transaction/check ile sorgulayın",
  in_doubt_here: "Bankadan henüz kesin yanıt yok; ödemeyi sorgulayın",
  declined: "Başarısız",
  card_not_saved: "Kart saklanamadı; ödeme etkilenmedi",
  internal_error:
    "Beklenmeyen bir hata oluştu; işlemi v1/transaction/check ile sorgulayın ve hatayı x-request-id ile bildirin",
  unexpected_error:
    "Beklenmeyen bir hata oluştu; ödemeyi sorgulayın ve hatayı x-request-id ile bildirin",
  card_check: "Kart doğrulama: 1,00 TL bloke edilir ve geri verilir",
  code_sent: "Sms gönderimi başarılı.",
  label_saved: "Güncelleme başarılı.",
  undrawn: {
    no_card: "Düzenli ödemenin kartı yok; çekim yapılamadı",
    card_not_taken:
      "Kart artık kullanılamıyor veya firmanın anlaşmalı bankaları bu kartı almıyor; çekim denenmedi",
  },
  declines,
  refusals: {
    invalid_input: ({ field, problem, bound }) => problems[problem](field, bound),
    key_unknown: () => "API anahtarınız yanlış",
    not_permitted: ({ what }) => `Bu işlem için yetkiniz yok: ${what}`,
    address_not_allowed: ({ address }) => `Bu anahtar ${address} adresinden kullanılamaz`,
    merchant_blocked: () => "Ana firma bloke edilmiş",
    agent_blocked: () => "Bayi bloke edilmiş",
    agent_not_found: ({ agent }) => `Bayi bulunamadı: ${agent}`,
    path_unknown: () => "Böyle bir servis yok",
    method_not_allowed: ({ method }) => `Bu servis ${method} ile çağrılamaz, POST kullanın`,
    payment_not_found: () => "İşlem bulunamadı",
    reference_taken: ({ reference }) =>
      `${reference} referans numarası başarılı bir ödemede kullanılmış; v1/transaction/check ile sorgulayın`,
    request_key_reused: () => "Bu Idempotency-Key başka bir istekle kullanılmış",
    payment_in_doubt: ({ reference }) =>
      `${reference} referanslı işlemin sonucu bankada belirsiz; v1/transaction/check ile sorgulayın`,
    payment_busy: () => "Bu ödeme üzerinde başka bir işlem sürüyor; biraz sonra tekrar deneyin",
    nothing_to_do: ({ status }) => `Yapılacak işlem yok: ${states[status]}`,
    wrong_transaction_type: () => "İşlem tipi bu servis için uygun değil",
    amount_above_hold: ({ most }) =>
      `amount alanı ön otorizasyon tutarını aşamaz (en fazla ${most})`,
    amount_above_rest: ({ most }) => `İade tutarı kalan tutarı aşamaz (en fazla ${most})`,
    same_day_partial_refund: () =>
      "İşlem gününde kısmi iade yapılamaz; tamamı iptal edilebilir veya ertesi gün kısmen iade edilebilir",
    capture_too_old: () => "Finansallaştırma iptali yalnız aynı gün yapılabilir; iade kullanın",
    wrong_card_data: ({ part }) => cardParts[part],
    card_expired: () => "Kartın son kullanma tarihi geçmiş",
    card_unknown: () => "Kart numarasının bankası tanınmıyor",
    stored_card_not_found: () => "Saklı kart bulunamadı",
    instalment_not_offered: ({ instalments }) => `Bu kart için ${instalments} taksit sunulmuyor`,
    pos_not_offered: ({ pos }) => `POS tipi desteklenmiyor: ${pos}`,
    rate_table_not_found: ({ table }) => `Oran tipi bulunamadı: ${table}`,
    session_not_found: () => "Oturum bulunamadı veya süresi doldu; ödemeyi yeniden başlatın",
    session_mismatch: () => "token_id veya tutar bu oturuma ait değil",
    not_authenticated: () => "3D doğrulaması başarısız veya tamamlanmadı; karttan para çekilmedi",
    session_used: () => "Bu oturum daha önce kullanılmış; ödemeyi yeniden başlatın",
    card_owner_unknown: () => "card_owner_id bu firmaya ait değil",
    card_not_verified: ({ reason, bankMessage }) =>
      `Kart banka tarafından doğrulanmadı ve saklanmadı: ${declineWords(declines, reason, bankMessage)}`,
    card_check_in_doubt: () =>
      "Banka yanıt vermedi; kart doğrulanamadı ve saklanmadı. Karttan 1,00 TL bloke edildiyse kendiliğinden geri verilir. Yeniden deneyebilirsiniz",
    code_needed: () => "Kart saklamak için önce SMS ile gönderilen kod doğrulanmalıdır",
    code_wrong: ({ left }) =>
      left > 0 ? `Kod hatalı; ${left} deneme hakkı kaldı` : "Kod hatalı; yeni bir kod isteyin",
    code_expired: () => "Kodun süresi doldu; yeni bir kod isteyin",
    code_too_early: ({ wait }) => `Yeni kod ${wait} saniye sonra istenebilir`,
    day_limit_reached: ({ until }) =>
      `Bugünkü deneme sınırına ulaşıldı; ${istanbulMinute(until)} sonrasında yeniden deneyin`,
    link_not_found: () => "Ödeme linki bulunamadı",
    link_closed: ({ state }) => linkStates[state],
    receipt_refused: ({ what, field }) =>
      field ? `${receiptNeeds[what]}: ${field}` : receiptNeeds[what],
    subscription_not_found: () => "Düzenli ödeme bulunamadı",
    subscription_reference_taken: ({ reference }) =>
      `${reference} referans numarası başka bir düzenli ödemede kullanılıyor`,
    subscription_stopped: () => "Düzenli ödeme durdurulmuş veya silinmiş",
    subscription_state_fixed: ({ state }) =>
      `Düzenli ödeme durdurulamaz veya yeniden başlatılamaz: ${orderEnds[state]}`,
    invoice_not_found: () => "Fatura bulunamadı",
    invoice_name_taken: ({ name }) => `${name} fatura numarası daha önce kullanılmış`,
    invoice_state_fixed: ({ status }) => `Fatura değiştirilemez: ${invoiceStates[status]}`,
    invoice_busy: () => "Fatura şu anda bankada; sonucu belli olunca yeniden deneyin",
    price_is_fixed: () => "Sabit tutarlı düzenli ödemede dönemler kendiliğinden faturalanır",
    price_is_variable: () => "Değişken tutarlı düzenli ödemede tutar create_invoice ile verilir",
    plan_is_full: () => "Planın her döneminin faturası var",
    plan_row_not_found: () => "Planda böyle bir dönem yok (plan_id)",
    no_invoice_to_change: () => "Bu duruma getirilebilecek fatura yok",
    payer_card_not_found: () => "Kart bulunamadı",
    last_card_stays: () => "Düzenli ödemenin tek kartı silinemez; önce başka bir kart ekleyin",
    nothing_to_send: () => "Düzenli ödeme send_mail veya send_sms olmadan oluşturulmuş",
    draw_left_over: () => "Bu çağrıda denenmedi; kalan faturalar için yeniden çağırın",
    market_refused: ({ problem, mostDays }) =>
      mostDays === undefined ? market[problem] : `Tarih aralığı en fazla ${mostDays} gün olabilir`,
    temporarily_unavailable: () =>
      "Hizmet geçici olarak kullanılamıyor; bankaya istek gönderilmedi, tekrar deneyin",
  },
};
