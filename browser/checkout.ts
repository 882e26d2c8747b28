import { watchBank } from "./card/bank.ts";
import { findConsent } from "./card/consent.ts";
import { endInTime } from "./card/ending.ts";
import { type Fields, findFields } from "./card/fields.ts";
import { hideBrokenLogo } from "./card/logo.ts";
import { digitsOf } from "./card/number.ts";
import { type BankAnswer, findOffers, type Offers } from "./card/offers.ts";
import { findStored, type Stored } from "./card/stored.ts";
import { type CardTexts, readTexts } from "./card/texts.ts";
import { groupWhileTyping, shapeExpiry, showBrand } from "./card/typing.ts";

/** The check box of optional 3-D Secure, which is no choice where the bank's card requires it. */
function showTds(form: HTMLFormElement, tds: BankAnswer["tds"] | undefined): void {
  const choice = document.getElementById("tds");
  if (choice) choice.hidden = tds === "required";
  const box = form.elements.namedItem("do_3ds");
  if (box instanceof HTMLInputElement && tds === "required") box.checked = true;
}

const bankView = (
  form: HTMLFormElement,
  { offers, stored }: Readonly<{ offers: Offers; stored: Stored }>,
  texts: CardTexts,
) => {
  const lines = {
    typed: document.getElementById("bank"),
    stored: document.getElementById("stored-bank"),
  };
  const say = (text: string) => {
    const isStored = stored.pick() !== "";
    if (lines.typed) lines.typed.textContent = isStored ? "" : text;
    if (lines.stored) lines.stored.textContent = isStored ? text : "";
  };
  const nameOf = ({ bank_name, card_type }: BankAnswer) =>
    // The row of a stored card tells its bank already.
    stored.pick() ? "" : [bank_name, card_type].filter(Boolean).join(" · ");
  return {
    wait(isAsking: boolean) {
      say(isAsking ? texts.looking : "");
      if (!isAsking) offers.show([]);
    },
    show(answer: BankAnswer | undefined) {
      say(answer ? nameOf(answer) : texts.unknown);
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
  parts: { texts: CardTexts; stored: Stored; settled: () => Promise<void> },
): void {
  const { stored } = parts;
  const sending = sendingOf(form, offers, parts.texts);
  const consent = findConsent();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending.isSending()) return;
    const isCardRight = stored.pick() ? stored.isRight() : fields.areRight();
    const [areRight, isGiven] = [isCardRight, consent.isGiven()];
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
    stored.clear();
    consent.clear();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) sending.set(false);
  });
}

function start(form: HTMLFormElement, texts: CardTexts): void {
  const fields = findFields(texts, () => new Date());
  const offers = findOffers(form, texts);
  const stored = findStored(form, texts);
  const view = bankView(form, { offers, stored }, texts);
  const bank = watchBank(form.dataset["binUrl"] ?? "", view);
  const onDigits = (digits: string) => {
    showBrand(fields, texts);
    bank.onDigits(digits);
  };
  const onChoice = () => {
    const pick = stored.pick();
    if (pick) bank.onCard(pick);
    else bank.onDigits(digitsOf(fields.input("pan").value));
  };
  form.noValidate = true;
  // Instalments that the server shows are of the card before, for whom scripts do not run.
  offers.show([]);
  groupWhileTyping(fields.input("pan"), onDigits);
  shapeExpiry(fields.input("expiry"));
  sendOnce(form, fields, offers, { texts, stored, settled: bank.settled });
  stored.onChange(onChoice);
  // A browser may have filled the number in before this script was there.
  const digits = digitsOf(fields.input("pan").value);
  if (stored.pick()) onChoice();
  else if (digits) onDigits(digits);
  endInTime(form);
}

const form = document.getElementById("card-form");
const texts = readTexts();
if (form instanceof HTMLFormElement && texts) start(form, texts);
hideBrokenLogo();
