import { watchBank } from "./card/bank.ts";
import { findConsent } from "./card/consent.ts";
import { type Fields, findFields } from "./card/fields.ts";
import { hideBrokenLogo } from "./card/logo.ts";
import { digitsOf } from "./card/number.ts";
import { type BankAnswer, findOffers, type Offers } from "./card/offers.ts";
import { type CardTexts, readTexts } from "./card/texts.ts";
import { groupWhileTyping, shapeExpiry, showBrand } from "./card/typing.ts";

/** The check box of optional 3-D Secure, which is no choice where the bank's card requires it. */
function showTds(form: HTMLFormElement, tds: BankAnswer["tds"] | undefined): void {
  const choice = document.getElementById("tds");
  if (choice) choice.hidden = tds === "required";
  const box = form.elements.namedItem("do_3ds");
  if (box instanceof HTMLInputElement && tds === "required") box.checked = true;
}

const bankView = (form: HTMLFormElement, offers: Offers, texts: CardTexts) => {
  const line = document.getElementById("bank");
  const say = (text: string) => {
    if (line) line.textContent = text;
  };
  return {
    wait(isAsking: boolean) {
      say(isAsking ? texts.looking : "");
      if (!isAsking) offers.show([]);
    },
    show(answer: BankAnswer | undefined) {
      say(
        answer ? [answer.bank_name, answer.card_type].filter(Boolean).join(" · ") : texts.unknown,
      );
      offers.show(answer?.options ?? []);
      showTds(form, answer?.tds);
    },
  };
};

/** The button while the form is on its way, and as it was. */
function sendingOf(form: HTMLFormElement, offers: Offers, texts: CardTexts) {
  const button = form.querySelector<HTMLButtonElement>("#pay");
  const words = form.querySelector(".pay-text");
  let isSending = false;
  return {
    isSending: () => isSending,
    set(now: boolean) {
      isSending = now;
      form.setAttribute("aria-busy", String(now));
      if (button) button.disabled = now;
      if (words && now) words.textContent = texts.sending;
      if (!now) offers.showTotal();
    },
  };
}

function sendOnce(
  form: HTMLFormElement,
  fields: Fields,
  offers: Offers,
  parts: { texts: CardTexts; settled: () => Promise<void> },
): void {
  const sending = sendingOf(form, offers, parts.texts);
  const consent = findConsent();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending.isSending()) return;
    const [areRight, isGiven] = [fields.areRight(), consent.isGiven()];
    if (areRight && !isGiven) consent.focus();
    if (!areRight || !isGiven) return;
    const agreed = offers.total();
    sending.set(true);
    // Instalments, and with them the total, may still be on their way.
    await parts.settled();
    if (offers.total() === agreed) return HTMLFormElement.prototype.submit.call(form);
    sending.set(false);
    form.querySelector<HTMLElement>("#pay")?.focus();
  });
  window.addEventListener("pagehide", () => {
    fields.clear();
    consent.clear();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) sending.set(false);
  });
}

function start(form: HTMLFormElement, texts: CardTexts): void {
  const fields = findFields(texts, () => new Date());
  const offers = findOffers(form, texts);
  const bank = watchBank(form.dataset["binUrl"] ?? "", bankView(form, offers, texts));
  const onDigits = (digits: string) => {
    showBrand(fields, texts);
    bank.onDigits(digits);
  };
  form.noValidate = true;
  // Instalments that the server shows are of the card before, for whom scripts do not run.
  offers.show([]);
  groupWhileTyping(fields.input("pan"), onDigits);
  shapeExpiry(fields.input("expiry"));
  sendOnce(form, fields, offers, { texts, settled: bank.settled });
  // A browser may have filled the number in before this script was there.
  const digits = digitsOf(fields.input("pan").value);
  if (digits) onDigits(digits);
}

const form = document.getElementById("card-form");
const texts = readTexts();
if (form instanceof HTMLFormElement && texts) start(form, texts);
hideBrokenLogo();
