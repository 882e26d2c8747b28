/** Pages after the contract of `browser/README.md`, as a server would render them. */

const lock =
  '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">' +
  '<path d="M4 7V5a4 4 0 0 1 8 0v2h.5A1.5 1.5 0 0 1 14 8.5V13.5a1.5 1.5 0 0 1-1.5 1.5' +
  'h-9A1.5 1.5 0 0 1 2 13.5V8.5A1.5 1.5 0 0 1 3.5 7H4zm2 0h4V5a2 2 0 0 0-4 0v2z"/></svg>';

const problemsTr = {
  number_missing: "Kart numaranızı girin.",
  number_wrong: "Kart numarası hatalı; kartınızdaki numarayla karşılaştırın.",
  expiry_missing: "Son kullanma tarihini girin.",
  expiry_wrong: "Tarihi AA / YY olarak girin.",
  expiry_past: "Bu kartın süresi dolmuş.",
  cvc_missing: "Güvenlik kodunu girin.",
  cvc_wrong: "Güvenlik kodu hatalı.",
  holder_missing: "Kart üzerindeki adı girin.",
  holder_wrong: "Kart üzerindeki adı harflerle girin.",
};

const problemsEn: typeof problemsTr = {
  number_missing: "Enter your card number.",
  number_wrong: "This number is not right; compare it with your card.",
  expiry_missing: "Enter the expiry date.",
  expiry_wrong: "Enter the date as MM / YY.",
  expiry_past: "This card has expired.",
  cvc_missing: "Enter the security code.",
  cvc_wrong: "The security code is wrong.",
  holder_missing: "Enter the name on the card.",
  holder_wrong: "Enter the name on the card in letters.",
};

const tr = {
  other: '<a href="?lang=en" hreflang="en" lang="en">English</a>',
  title: "Kart bilgileri",
  number: "Kart numarası",
  expiry: "Son kullanma",
  expiryForm: "AA / YY",
  cvc: "Güvenlik kodu",
  holder: "Kart üzerindeki ad",
  instalments: "Taksit",
  tds: "3D Secure ile öde",
  tdsNote: "Bankanız ödemeyi telefonunuzdan onaylamanızı ister.",
  trust: "Kart bilgileriniz şifrelenerek gönderilir ve bu sayfada tutulmaz.",
  reference: "Sipariş",
  drawn: "Karttan çekilecek",
  drawnUnknown: "Kartınıza göre",
  commission: "Karta ve taksite göre hizmet bedeli eklenir.",
  footer: "Vezne ile güvenli ödeme",
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
    problems: problemsTr,
  },
};
const en: typeof tr = {
  other: '<a href="?lang=tr" hreflang="tr" lang="tr">Türkçe</a>',
  title: "Card details",
  number: "Card number",
  expiry: "Expiry",
  expiryForm: "MM / YY",
  cvc: "Security code",
  holder: "Name on card",
  instalments: "Instalments",
  tds: "Pay with 3-D Secure",
  tdsNote: "Your bank asks you to confirm the payment on your phone.",
  trust: "Your card details are sent encrypted and are not kept on this page.",
  reference: "Order",
  drawn: "Drawn from your card",
  drawnUnknown: "Depends on the card",
  commission: "A service fee is added by card and instalments.",
  footer: "Secure payment by Vezne",
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
    problems: problemsEn,
  },
};
const languages = { tr, en };

type CardPage = Readonly<{
  lang?: "tr" | "en";
  /** The origin of the shop around it, if it is shown in an overlay. */
  shop?: string;
  problem?: string;
  /** Instalments of the card before, as the server shows them to whom scripts do not run. */
  options?: string;
  addsCommission?: boolean;
  /** Where the card is posted to. */
  action?: string;
}>;

const head = (lang: string, title: string, isFramed: boolean): string => `<!doctype html>
<html lang="${lang}"${isFramed ? ' class="frame"' : ""}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/public/hosted/checkout.css">`;

type Words = typeof tr;

const field = (id: string, label: string, attributes: string, more = "") => `
<div class="field${id === "pan" || id === "card_holder" ? " wide" : ""}">
  <label for="${id}">${label}</label>
  <div class="control">
    <input id="${id}" name="${id}" type="text" required ${attributes}>
    ${id === "pan" ? '<span class="brand" id="brand"></span>' : ""}
  </div>
  ${more}<p class="error" id="${id}-error" hidden></p>
</div>`;

const numeric = 'inputmode="numeric" autocorrect="off" spellcheck="false"';
const form = (words: Words, action: string, options: string) => `
<form id="card-form" method="post" action="${action}" data-bin-url="/bin" data-total="249,90 TL">
  <h2>${words.title}</h2>
  <div class="fields">
${field(
  "pan",
  words.number,
  `${numeric} autocomplete="cc-number" placeholder="0000 0000 0000 0000" maxlength="23"
      aria-describedby="bank pan-error"`,
  '<p class="hint" id="bank" role="status"></p>',
)}
${field(
  "expiry",
  words.expiry,
  `${numeric} autocomplete="cc-exp" placeholder="${words.expiryForm}" maxlength="9"
      aria-describedby="expiry-error"`,
)}
${field(
  "cvc",
  words.cvc,
  `${numeric} autocomplete="cc-csc" placeholder="000" maxlength="4"
      aria-describedby="cvc-hint cvc-error"`,
  `<p class="hint" id="cvc-hint">${words.script.cvc_hint}</p>`,
)}
${field(
  "card_holder",
  words.holder,
  `autocomplete="cc-name" autocapitalize="words" spellcheck="false" maxlength="100"
      aria-describedby="card_holder-error"`,
)}
  </div>
  <fieldset class="instalments" id="instalments"${options === "" ? " hidden" : ""}>
    <legend>${words.instalments}</legend>
    <div class="options" id="options">${options}</div>
  </fieldset>
  <label class="choice" id="tds">
    <input type="checkbox" name="do_3ds" value="1" checked>
    <span>${words.tds}<small>${words.tdsNote}</small></span>
  </label>
  <p class="spoken" id="total" aria-live="polite"></p>
  <div class="pay-bar">
    <button class="pay" id="pay" type="submit">
      ${lock}
      <span class="pay-text">${words.script.pay.replace("{total}", "249,90 TL")}</span>
    </button>
  </div>
  <p class="trust">${lock}<span>${words.trust}</span></p>
</form>`;

const drawnLine = (words: Words, isKept: boolean): string =>
  isKept
    ? `<div id="drawn"><dt>${words.drawn}</dt><dd>${words.drawnUnknown}</dd></div>`
    : `<div id="drawn" hidden><dt>${words.drawn}</dt><dd></dd></div>`;

export function cardPage(asked: CardPage): string {
  const { lang = "tr", shop, problem, action = "/pay", options = "" } = asked;
  const { addsCommission = false } = asked;
  const words = languages[lang];
  const frame = `<script src="/public/hosted/frame.js" defer data-origin="${shop}"
  data-message="command=iframe-transparent" data-escape="command=close-iframe"></script>`;
  return `${head(lang, "249,90 TL · Deniz Kitabevi", shop !== undefined)}
<script type="application/json" id="texts">${JSON.stringify(words.script)}</script>
<script src="/public/hosted/checkout.js" defer></script>
${shop === undefined ? "" : frame}
</head>
<body>
<main class="sheet">
  <header class="summary">
    <p class="merchant">Deniz Kitabevi</p>
    <h1 class="amount">249,90 <span class="currency">TL</span></h1>
    <p class="note">Mayıs siparişi: üç kitap ve bir ajanda</p>
    <dl class="facts">
      <div><dt>${words.reference}</dt><dd>INV-31</dd></div>
      ${drawnLine(words, addsCommission)}
    </dl>
    ${addsCommission ? `<p class="note">${words.commission}</p>` : ""}
  </header>
  <section class="panel">
    ${problem ? `<p class="alert" role="alert" id="form-error">${problem}</p>` : ""}
    ${form(words, action, options)}
  </section>
</main>
<footer class="footer"><span>${words.footer}</span><nav>${words.other}</nav></footer>
</body>
</html>`;
}

type Sign = "good" | "bad" | "over" | "wait";

export const messagePage = (sign: Sign, title: string, text: string, rest = ""): string =>
  `${head("tr", title, false)}
</head>
<body>
<main class="message">
  <span class="sign ${sign}" aria-hidden="true"></span>
  <h1>${title}</h1>
  <p>${text}</p>
  ${rest}
</main>
<footer class="footer"><span>${tr.footer}</span><nav>${tr.other}</nav></footer>
</body>
</html>`;

/** The page that sends the payer on, as to the bank: by itself, or by its button. */
export const waitingPage = (
  action: string,
  members: Readonly<Record<string, string>>,
  shop: string,
): string =>
  messagePage(
    "wait",
    "Bankanıza yönlendiriliyorsunuz",
    "Birkaç saniye içinde açılmazsa devam edin.",
    `<form id="auto" method="post" action="${action}">
${Object.entries(members)
  .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  .join("\n")}
<button class="pay" type="submit">Devam et</button>
</form>
<script src="/public/hosted/auto.js" data-origin="${shop}"
  data-message="command=iframe-no-transparent"></script>`,
  );

/** The page in an overlay that tells the shop's page how it ended. */
export const returnPage = (message: string, shop: string): string =>
  `${head("tr", "Ödeme", true)}
</head>
<body>
<main class="message"><span class="sign wait" aria-hidden="true"></span><h1>Bekleyin</h1></main>
<script src="/public/hosted/frame.js" data-origin="${shop}" data-message="${message}"></script>
</body>
</html>`;
