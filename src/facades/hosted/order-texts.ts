import type { Locale } from "../../lib/messages/index.ts";
import type { Refusal, RefusalCode } from "../../lib/refusal.ts";
import { CHOOSE, cardTexts, NOT_NOW, problemName } from "./card-texts.ts";

const tr = {
  kind: "Düzenli ödeme",
  variable: "Değişken tutar",
  variable_note: "Tutar her dönem faturanızla belirlenir.",
  first: "İlk çekim",
  next: "Sonraki çekim",
  last: "Son çekim",
  total: (count: number) => `Toplam (${count} çekim)`,
  rest: (count: number) => `Kalan (${count} çekim)`,
  fee: "Tutarlara kartınıza göre hizmet bedeli eklenir.",
  drawn: "Her dönem çekilecek",
  drawn_unknown: "Kartınıza göre",
  at_once: "Kart kaydedilince",
  plan: "Ödeme planı",
  by_invoice: "fatura ile",
  more_rows: (count: number) => `Diğer ${count} ödeme`,
  rows_beyond: (count: number) => `… ve ${count} ödeme daha`,
  others: "Bu kart şu ödemelerinizde de kullanılacak",
  more_others: (count: number) => `Diğer ${count} düzenli ödeme`,
  has_card: (mask: string) =>
    `Bu ödemenin kayıtlı kartı ${mask}. Ekleyeceğiniz kart, ondan çekim yapılamazsa kullanılır.`,
  has_cards: (count: number) =>
    `Bu ödemenin kayıtlı ${count} kartı var. Ekleyeceğiniz kart sıranın sonuna yazılır.`,
  card: "Kart bilgileri",
  another_card: "Başka bir kart ekleyin",
  check: "Kart nasıl doğrulanır?",
  check_lines:
    "Bankanızın 3D Secure sayfasında 1,00 TL bloke edilir ve hemen geri verilir. Bu bir ödeme değildir.",
  terms: "Ödeme koşulları",
  term_fixed: (amount: string, first: string, every: string) =>
    `${first} tarihinden başlayarak ${every} kartınızdan ${amount} çekilir.`,
  term_fixed_now: (amount: string, every: string) =>
    `Kartınızdan ${every} ${amount} çekilir; ilk çekim kart kaydedilince yapılır.`,
  term_once: (amount: string, first: string) =>
    `${first} tarihinde kartınızdan bir kez ${amount} çekilir.`,
  term_once_now: (amount: string) => `Kart kaydedilince bir kez ${amount} çekilir.`,
  term_variable: (merchant: string, every: string) =>
    `Kartınızdan ${every}, ${merchant} tarafından düzenlenen faturanın tutarı çekilir.`,
  term_commission: "Çekilen tutara, kartınıza göre değişen bir hizmet bedeli eklenir.",
  term_retry: (daily: number, days: number) =>
    `Çekim yapılamazsa günde en fazla ${daily} kez, ${days} gün boyunca yeniden denenir; birden çok kartınız varsa sırayla denenirler.`,
  term_end: (last: string) => `Plan, ${last} tarihindeki son çekimle kendiliğinden biter.`,
  term_renews: (count: number, merchant: string) =>
    `Plan ${count} çekimde bir aynı koşullarla yenilenir; ${merchant} durdurana kadar sürer.`,
  term_stop: (merchant: string) => `Durdurmak veya değiştirmek için ${merchant} ile görüşün.`,
  term_group:
    "Bu kart, sayfada sayılan diğer ödemelerinizde de kendi tutar ve günleriyle kullanılır.",
  trust:
    "Kart bilgileriniz şifrelenerek gönderilir ve şifreli saklanır; güvenlik kodunuz saklanmaz.",
  accept: (merchant: string) =>
    `Koşulları okudum; ${merchant} ödemelerinin bu karttan düzenli olarak çekilmesini kabul ediyorum.`,
  accept_missing: "Devam etmek için koşulları kabul edin.",
  choose: "Çekilecek tutarı gördükten sonra kartınızı ve onayınızı yeniden girin.",
  /** What the page's script says otherwise than where something is paid. */
  script: {
    pay: "Kartı doğrula ve kaydet",
    total: "Kartınızdan her dönem {total} çekilecek.",
    looking: "Kartınız tanınıyor…",
    unknown: "Kartınızın bankası tanınmadı; yine de devam edebilirsiniz.",
  },
  refusals: {
    instalment_not_offered: "Bu kart kabul edilmiyor; başka bir kart deneyin.",
    session_used: "Bu sayfada çok fazla deneme yapıldı; sayfayı yenileyin.",
    code_needed: "Telefon onayının süresi doldu; yeni bir kod isteyin.",
    session_not_found: "Bu denemenin süresi doldu; kart kaydedilmedi. Yeniden başlayın.",
    not_now: "Kart şu anda kaydedilemiyor; karttan para çekilmedi. Biraz sonra yeniden deneyin.",
  },
  code: {
    step: (step: number) => `Adım ${step} / 2`,
    title: "Telefonunuzu doğrulayın",
    why: (phone: string) =>
      `Kartınızı almadan önce ${phone} numaralı telefona 4 karakterlik bir onay kodu göndereceğiz.`,
    send: "Kod gönder",
    sent: (phone: string) => `${phone} numaralı telefona gönderilen kodu yazın.`,
    label: "Onay kodu",
    check: "Doğrula",
    again: "Yeni kod gönder",
    wait: "Yeni kodu {wait} sonra isteyebilirsiniz.",
    minute: "dk",
    second: "sn",
    may: "Kod gelmediyse yenisini isteyebilirsiniz.",
    left: (left: number) => `Kalan deneme: ${left}`,
    spent: "Bu kod artık kullanılamaz.",
    wrong: (left: number) =>
      left > 0 ? `Kod hatalı; ${left} deneme hakkınız kaldı.` : "Kod hatalı; yeni bir kod isteyin.",
    expired: "Kodun süresi doldu; yeni bir kod isteyin.",
    missing: "Kodu yazın.",
    too_early: (wait: string) => `Yeni kodu ${wait} sonra isteyebilirsiniz.`,
    done: "Telefonunuz doğrulandı.",
    over: (until: string) =>
      `Bugünkü kod sınırına ulaşıldı. Yeni kod ${until} sonrasında istenebilir.`,
  },
  day_over: {
    title: "Bugünlük deneme sınırına ulaşıldı",
    line: (until: string) =>
      `Bu sayfada bugün çok fazla deneme yapıldı. ${until} sonrasında yeniden deneyebilirsiniz.`,
    ask: (merchant: string) => `Beklemek istemezseniz ${merchant} ile görüşün.`,
  },
};

/** What the pages of orders say. A missing sentence does not compile. */
export type OrderTexts = typeof tr;

const en: OrderTexts = {
  kind: "Regular payment",
  variable: "Varying amount",
  variable_note: "Each amount is told by your invoice.",
  first: "First payment",
  next: "Next payment",
  last: "Last payment",
  total: (count) => `Total (${count} payments)`,
  rest: (count) => `Left (${count} payments)`,
  fee: "A service fee that depends on the card is added to each amount.",
  drawn: "Drawn each time",
  drawn_unknown: "Depends on the card",
  at_once: "Once the card is saved",
  plan: "Schedule",
  by_invoice: "by invoice",
  more_rows: (count) => (count === 1 ? "1 more payment" : `${count} more payments`),
  rows_beyond: (count) => `… and ${count} more`,
  others: "This card will also serve",
  more_others: (count) =>
    count === 1 ? "1 more regular payment" : `${count} more regular payments`,
  has_card: (mask) =>
    `The card of this payment is ${mask}. The one that you add is used where that one cannot be.`,
  has_cards: (count) => `This payment has ${count} cards. The one that you add comes after them.`,
  card: "Card details",
  another_card: "Add another card",
  check: "How is the card verified?",
  check_lines:
    "On your bank's 3-D Secure page TRY 1.00 is held and given back at once. Nothing is paid by it.",
  terms: "Terms of payment",
  term_fixed: (amount, first, every) =>
    `${amount} is drawn from your card ${every}, beginning on ${first}.`,
  term_fixed_now: (amount, every) =>
    `${amount} is drawn from your card ${every}, for the first time once the card is saved.`,
  term_once: (amount, first) => `${amount} is drawn from your card once, on ${first}.`,
  term_once_now: (amount) => `${amount} is drawn once, as soon as the card is saved.`,
  term_variable: (merchant, every) =>
    `The amount of ${merchant}'s invoice is drawn from your card ${every}.`,
  term_commission: "A service fee that depends on the card is added to each amount.",
  term_retry: (daily, days) =>
    `A payment that fails is tried again, at most ${daily} ${daily === 1 ? "time" : "times"} a day for ${days} ${days === 1 ? "day" : "days"}; several cards are tried in turn.`,
  term_end: (last) => `The plan ends by itself with the last payment on ${last}.`,
  term_renews: (count, merchant) =>
    `After every ${count} payments the plan renews itself on the same terms, until ${merchant} stops it.`,
  term_stop: (merchant) => `Ask ${merchant} to stop or change it.`,
  term_group:
    "The card also serves the other payments named on this page, each with its own amount and days.",
  trust: "Your card details are sent and kept encrypted; your security code is not kept.",
  accept: (merchant) =>
    `I have read the terms and agree that ${merchant} draws these payments from this card.`,
  accept_missing: "Agree to the terms to go on.",
  choose: "See the amount that will be drawn, then enter your card and agree once more.",
  script: {
    pay: "Verify and save the card",
    total: "{total} will be drawn from your card each time.",
    looking: "Recognising your card…",
    unknown: "The bank of your card is not known; you can go on all the same.",
  },
  refusals: {
    instalment_not_offered: "This card is not accepted; try another card.",
    session_used: "Too many tries were made here; load the page again.",
    code_needed: "The time of your phone's code is over; ask for a new one.",
    session_not_found: "The time of this try is over and the card was not saved. Start again.",
    not_now: "The card cannot be saved now; nothing was taken from it. Try again shortly.",
  },
  code: {
    step: (step) => `Step ${step} of 2`,
    title: "Verify your phone",
    why: (phone) =>
      `Before we take your card we will send a code of 4 characters to the phone ${phone}.`,
    send: "Send the code",
    sent: (phone) => `Type the code that was sent to the phone ${phone}.`,
    label: "Code",
    check: "Verify",
    again: "Send a new code",
    wait: "You can ask for a new code in {wait}.",
    minute: "min",
    second: "sec",
    may: "If no code came, you can ask for a new one.",
    left: (left) => `Tries left: ${left}`,
    spent: "This code cannot be used any more.",
    wrong: (left) =>
      left > 0
        ? `The code is wrong; ${left} ${left === 1 ? "try is" : "tries are"} left.`
        : "The code is wrong; ask for a new one.",
    expired: "The time of the code is over; ask for a new one.",
    missing: "Type the code.",
    too_early: (wait) => `You can ask for a new code in ${wait}.`,
    done: "Your phone has been verified.",
    over: (until) =>
      `Today's limit of codes is reached. Another one can be asked for after ${until}.`,
  },
  day_over: {
    title: "The limit of tries for today is reached",
    line: (until) => `Too much was tried on this page today. You can try again after ${until}.`,
    ask: (merchant) => `Ask ${merchant} if you would rather not wait.`,
  },
};

export const orderTexts: Readonly<Record<Locale, OrderTexts>> = { tr, en };

/** Refusals that are said of a card here as they are of one that pays. */
const ofCard: ReadonlySet<RefusalCode> = new Set([
  "wrong_card_data",
  "card_expired",
  "card_unknown",
]);

export const NOT_ACCEPTED = "accept_missing";

/** The name of what was wrong, by which an address may say it: of ours, and nothing else. */
export function orderProblem(refusal: Refusal): string {
  if (ofCard.has(refusal.code)) return problemName(refusal);
  return refusal.code in orderTexts.tr.refusals ? refusal.code : NOT_NOW;
}

/** What was wrong, by its name; `undefined` for a name that is none. */
export function orderProblemWords(name: string, locale: Locale): string | undefined {
  const { refusals, choose, accept_missing } = orderTexts[locale];
  const words: Readonly<Partial<Record<string, string>>> = {
    ...{ ...cardTexts[locale].script.problems, ...refusals },
    card_unknown: cardTexts[locale].refusals.card_unknown,
    ...{ [CHOOSE]: choose, [NOT_ACCEPTED]: accept_missing },
  };
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** A refusal in words for who enters a card: nothing of wires and services. */
export const orderWords = (refusal: Refusal, locale: Locale): string =>
  orderProblemWords(orderProblem(refusal), locale) ?? orderTexts[locale].refusals.not_now;
