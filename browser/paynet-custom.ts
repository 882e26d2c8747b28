import { createBins } from "./custom/bins.ts";
import { createServices } from "./custom/calls.ts";
import { createEvents } from "./custom/events.ts";
import { keepCardHere } from "./custom/marks.ts";
import { createPayment, findForm, type PayDeps } from "./custom/pay.ts";
import { createSessions } from "./custom/session.ts";
import { findTag, type Settings, settingsOf } from "./custom/settings.ts";

/** A pause in typing after which the first digits are looked at. */
const TYPING_PAUSE_MS = 250;

const whenRead = (then: () => void): void => {
  if (document.readyState !== "loading") then();
  else document.addEventListener("DOMContentLoaded", then, { once: true });
};

function listenToPage(deps: PayDeps, pay: () => Promise<void>): void {
  // Pages build their forms late, so it is the document that listens, ahead of the page's own code.
  const onMarked = (type: string, mark: string, then: (field: HTMLElement, it: Event) => void) =>
    document.addEventListener(
      type,
      (event) => {
        const target = event.target instanceof Element ? event.target : null;
        const field = target?.closest<HTMLElement>(`[data-paynet="${mark}"]`);
        if (field) then(field, event);
      },
      true,
    );
  onMarked("click", "submit", (_button, event) => {
    event.preventDefault();
    deps.events.emit("onPaymentClick");
    void pay();
  });
  let typing: ReturnType<typeof setTimeout> | undefined;
  const look = (field: HTMLElement) => {
    clearTimeout(typing);
    const then = () => void deps.bins.ofNumber((field as HTMLInputElement).value);
    typing = setTimeout(then, TYPING_PAUSE_MS);
  };
  // Scripts that group digits write into the input themselves: then only the key is told.
  for (const type of ["input", "keyup", "change"]) onMarked(type, "number", look);
  document.addEventListener(
    "submit",
    ({ target }) => target instanceof HTMLFormElement && keepCardHere(target),
    true,
  );
}

type Started = Readonly<{ paynet: object; use(tag: HTMLScriptElement): void }>;

function start(): Started {
  let tag: HTMLScriptElement;
  let settings: Settings;
  let usesStoredCard = false;
  const events = createEvents((error) =>
    setTimeout(() => {
      throw error;
    }),
  );
  const read = () => settings;
  const sessions = createSessions(read, events);
  const bins = createBins(read, sessions, events);
  const deps = {
    settings: read,
    sessions,
    bins,
    events,
    usesStoredCard: () => usesStoredCard,
    setStored(uses: boolean) {
      usesStoredCard = uses;
    },
    today: () => new Date(),
  };
  const pay = createPayment(deps);
  listenToPage(deps, pay);
  const services = createServices(deps, pay);
  /** Reads the tag's attributes again (seen in client pages). */
  const refreshContext = () => {
    settings = settingsOf(tag);
    sessions.forget();
    bins.forget();
  };
  return {
    paynet: { events: events.registrars, services, utils: { refreshContext } },
    use(next) {
      tag = next;
      refreshContext();
      usesStoredCard = settings.usesStoredCard;
      whenRead(() => {
        const form = findForm(settings.form);
        if (form) keepCardHere(form);
        if (settings.authMode === "load") void services.auth();
        events.emit("onLoad");
      });
    },
  };
}

/** Pages that draw themselves anew load the script again: its listeners must not pay twice. */
const page = window as Window & { Paynet?: object; __paynetCustom?: Started };
const tag = findTag();
if (tag) {
  page.__paynetCustom ??= start();
  page.Paynet = page.__paynetCustom.paynet;
  page.__paynetCustom.use(tag);
}
