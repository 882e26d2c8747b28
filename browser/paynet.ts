import { roundedHundredths } from "./page/amount.ts";
import { wireMembers } from "./page/attributes.ts";
import { postForm } from "./page/form-post.ts";
import { pageLanguage } from "./page/language.ts";
import { showNotice } from "./page/notice.ts";
import { openOverlay } from "./page/overlay.ts";
import { pageTexts } from "./page/texts.ts";
import { baseOf, type Caller, CallFailed, call } from "./page/transport.ts";
import { putButton, styleButtons } from "./ready/button.ts";
import { createHooks, type ReadyHooks } from "./ready/hooks.ts";

/** Of the shop's own key: nothing that a payer can do anything about. */
const WRONG_KEY = 7;

/** One page may hold many of these scripts: what the page hooks in counts for all of them. */
type ReadyWindow = Window & { Paynet?: object; __paynetReadyHooks?: ReadyHooks };
const page = window as ReadyWindow;
const isFirst = !page.__paynetReadyHooks;
page.__paynetReadyHooks ??= createHooks();
const hooks = page.__paynetReadyHooks;
// A page that loads the custom form too keeps the larger object of that one.
page.Paynet ??= { events: hooks.events };

/** A tag of the ready form; the custom form's tags bear the same class, and name their form. */
const TAGS = "script.paynet-button[src]:not([data-form])";

async function authenticate(caller: Caller, script: HTMLScriptElement) {
  const amount = script.dataset["amount"] ?? "";
  const reply = await call(caller, "v1/paynetj/auth?type=RF", {
    ...wireMembers(script.dataset),
    amount: roundedHundredths(amount) ?? amount,
    domain: location.origin,
  });
  return String(reply["session_id"] ?? "");
}

function openForm(form: HTMLFormElement, { base, key }: Caller, sessionId: string): void {
  const address = new URL("v1/paynetjgate/form", base);
  address.search = new URLSearchParams({
    session_id: sessionId,
    publishable_key: key,
    lang: pageLanguage(),
  }).toString();
  openOverlay({
    address: address.href,
    origins: [address.origin],
    onPost: (members) => postForm(form, members),
    onClose() {},
  });
}

async function pay(script: HTMLScriptElement): Promise<void> {
  const form = script.closest("form");
  if (!form) throw new Error("paynet.js: the script tag must stand in a form, which is posted");
  if (!(await hooks.mayOpen())) return;
  const caller = { base: baseOf(script.src), key: script.dataset["key"] ?? "" };
  try {
    const session = await authenticate(caller, script);
    hooks.tellAuthentication({ ok: true, session });
    openForm(form, caller, session);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { code, message } = error;
    hooks.tellAuthentication({ ok: false, code, message });
    showNotice(code === WRONG_KEY ? pageTexts[pageLanguage()].failed : message);
  }
}

function putButtons(): void {
  for (const script of document.querySelectorAll<HTMLScriptElement>(TAGS)) {
    putButton(script, () => pay(script));
  }
}

if (isFirst) styleButtons();
putButtons();
// Scripts that load late, or ahead of the rest of the page, find their tags then.
document.addEventListener("DOMContentLoaded", putButtons);
