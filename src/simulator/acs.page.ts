import { type Html, html, ownCode } from "../lib/html.ts";
import { decimalText } from "../lib/money.ts";
import { type Lang, mdStatusWords, quirkWords, words } from "./acs.words.rules.ts";
import { document, type Frame } from "./page.rules.ts";
import { quirks } from "./return.rules.ts";
import { type MdStatus, type Model, mdStatuses, TRIES_MAX } from "./threeds.rules.ts";

/** What the page shows of an open session. */
export type Challenge = Readonly<{
  sid: string;
  bank: string;
  merchantNo: string;
  orderNo: string;
  amountKurus: number;
  currency: string;
  instalments: number;
  last4: string;
  model: Model;
  tries: number;
  code: string;
  own: MdStatus;
  /** `HH:mm:ss` in Istanbul, by the bank's clock. */
  expiresAt: string;
  /** Real milliseconds until then; `undefined` while the bank's clock stands still. */
  leftMs: number | undefined;
}>;

/** `1.234,50 TL` or `1,234.50 TRY`. */
export function amountText(kurus: number, currency: string, lang: Lang): string {
  const [whole = "", fraction = ""] = decimalText(BigInt(kurus)).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, lang === "tr" ? "." : ",");
  const sign = lang === "tr" && currency === "TRY" ? "TL" : currency;
  return `${grouped}${lang === "tr" ? "," : "."}${fraction} ${sign}`;
}

const fact = (name: string, value: Html | string, isSum = false): Html =>
  html`<div><dt>${name}</dt><dd class="${isSum ? "sum" : ""}">${value}</dd></div>`;

function facts(lang: Lang, c: Challenge): Html {
  const told = words[lang];
  const instalments = c.instalments > 1 ? fact(told.instalments, String(c.instalments)) : undefined;
  return html`<dl>${fact(told.merchant, told.merchantName(c.merchantNo))}
${fact(told.order, c.orderNo)}
${fact(told.amount, amountText(c.amountKurus, c.currency, lang), true)}${instalments}
${fact(told.card, `**** ${c.last4}`)}</dl>`;
}

/** Confirming stands first: it is what the Enter key presses. */
function codePart(lang: Lang, c: Challenge): Html {
  const told = words[lang];
  const isWrong = c.tries > 0;
  const alert =
    isWrong &&
    html`<p class="alert" role="alert" id="code-error">${told.wrongCode(TRIES_MAX - c.tries)}</p>`;
  const described = isWrong ? "code-error code-hint" : "code-hint";
  const [before = "", after = ""] = told.hint("\n").split("\n");
  return html`${alert || undefined}<label for="code">${told.code}</label>
<input type="text" id="code" name="code" autocomplete="one-time-code" autocapitalize="none"
spellcheck="false" maxlength="12" aria-describedby="${described}"
aria-invalid="${isWrong ? "true" : "false"}"${isWrong ? html` autofocus` : undefined}>
<p class="hint" id="code-hint">${before}<b>${c.code}</b>${after}</p>
<div class="two"><button class="first" type="submit" name="do" value="approve"
id="approve">${told.approve}</button><button type="submit" name="do" value="cancel"
id="cancel">${told.cancel}</button></div>`;
}

function timePart(lang: Lang, c: Challenge): Html {
  const told = words[lang];
  const left =
    c.leftMs === undefined
      ? undefined
      : html`<span id="left" class="hidden" role="timer" data-left="${c.leftMs}">${told.left}
<b></b></span>`;
  return html`<p class="time"><span>${told.expires}
<b>${c.expiresAt}</b></span>${left}</p>`;
}

function resultSelect(lang: Lang, own: MdStatus): Html {
  const told = words[lang];
  const options = mdStatuses.map(
    (each) => html`<option value="${each}">${each} – ${mdStatusWords[lang][each]}</option>`,
  );
  return html`<div class="choice"><label for="md-status">${told.result}</label>
<select id="md-status" name="mdStatus"><option value="">${told.resultOwn(own)}</option>${options}
</select></div>`;
}

const issuerCodes = ["05", "12", "14", "41", "43", "51", "54", "57", "58", "62", "82", "91", "96"];

function issuerSelect(lang: Lang): Html {
  const told = words[lang];
  const options = issuerCodes.map((code) => html`<option value="${code}">${code}</option>`);
  return html`<div class="choice"><label for="issuer-code">${told.issuerCode}</label>
<select id="issuer-code" name="issuerCode"><option value="">${told.issuerOwn}</option>${options}
</select></div>`;
}

const quirkBoxes = (lang: Lang): Html[] =>
  quirks.map(
    (each) => html`<label class="tick" for="quirk-${each}"><input type="checkbox"
id="quirk-${each}" name="option" value="${each}"><span>${quirkWords[lang][each]}</span></label>`,
  );

function testPart(lang: Lang, c: Challenge): Html {
  const told = words[lang];
  const button = (act: string, name: string, text: string) =>
    html`<button type="submit" name="do" value="${act}" id="${name}">${text}</button>`;
  return html`<details id="tests"><summary>${told.options}</summary><div class="tests">
<p class="soft">${told.optionsLead}</p>
${resultSelect(lang, c.own)}
${c.model === "3d_pay" ? issuerSelect(lang) : undefined}
<fieldset><legend>${told.quirks}</legend>${quirkBoxes(lang)}</fieldset>
<fieldset><legend>${told.buttons}</legend><div class="buttons">
${button("approve_right", "approve-right", told.approveRight)}
${button("reject", "reject", told.reject)}${button("expire", "expire", told.expire)}
${button("leave", "leave", told.leave)}${button("close", "close", told.close)}</div></fieldset>
</div></details>`;
}

/** Counts down by the browser's own clock and asks the bank again when nothing is left. */
const countdown = ownCode(`
const left = document.getElementById("left");
if (left) {
  const end = performance.now() + Number(left.dataset.left);
  const show = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    const text = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    left.querySelector("b").textContent = text;
    if (seconds > 0) setTimeout(show, 250);
    else setTimeout(() => location.replace(location.href), 1000);
  };
  left.classList.remove("hidden");
  show();
}`);

/** The page that asks the card holder for the code. */
export function challengePage(frame: Frame, challenge: Challenge): string {
  const { lang } = frame;
  const told = words[lang];
  const { sid, bank } = challenge;
  const body = html`<h1>${told.heading}</h1><p class="soft">${told.lead(bank)}</p>
${facts(lang, challenge)}${codePart(lang, challenge)}${timePart(lang, challenge)}`;
  const after = html`${testPart(lang, challenge)}`;
  const form = html`<form id="acs" method="post" action="/acs/${sid}">
<input type="hidden" name="lang" value="${lang}">`;
  return document(frame, {
    ...{ title: told.title, bank, body, after, form, script: countdown, isLoadable: true },
  });
}
