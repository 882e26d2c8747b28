import { postForm } from "../page/form-post.ts";
import { pageLanguage } from "../page/language.ts";
import type { Members } from "../page/message.ts";
import { showNotice } from "../page/notice.ts";
import { openOverlay } from "../page/overlay.ts";
import { CallFailed, type Reply } from "../page/transport.ts";
import type { Bins } from "./bins.ts";
import type { EventName, Events } from "./events.ts";
import { keepCardHere, type Model, readModel, unnameCard } from "./marks.ts";
import type { Session, Sessions } from "./session.ts";
import type { Settings } from "./settings.ts";
import { problemTexts } from "./texts.ts";
import { fullYear, type ProblemCode, problemOfCard, problemOfStored } from "./validation.ts";

export type PayDeps = Readonly<{
  settings: () => Settings;
  sessions: Sessions;
  bins: Bins;
  events: Events;
  usesStoredCard: () => boolean;
  today: () => Date;
}>;

/** The form of `data-form`, or else the one of the pay button or of the number's input. */
export function findForm(selector: string): HTMLFormElement | undefined {
  const named = selector ? document.querySelector(selector) : null;
  if (named instanceof HTMLFormElement) return named;
  const marked = document.querySelector<HTMLButtonElement | HTMLInputElement>(
    '[data-paynet="submit"], [data-paynet="number"]',
  );
  return marked?.closest("form") ?? undefined;
}

/** Tells the page, or the payer where the page does not listen. */
function tellFailure({ events }: PayDeps, name: EventName, code: number, message: string): void {
  if (!events.hasListener(name)) showNotice(message);
  events.emit(name, { ok: false, code, message });
}

export const tellProblem = (deps: PayDeps, code: ProblemCode): void =>
  tellFailure(deps, "validationError", code, problemTexts[pageLanguage()][code]);

/** The members of `create_token`, or of `create_card_token`. */
function tokenAsk(deps: PayDeps, model: Model, session: Session): object {
  const { year, month, do_3ds: wish, card_hash: _, ...rest } = model;
  const tds = session.needsTds ? true : wish;
  const common = { ...rest, ...(tds === undefined ? {} : { do_3ds: tds }) };
  if (deps.usesStoredCard()) {
    const { pan: __, cvc, ...stored } = common;
    const owner = deps.settings().members["card_owner_id"];
    return { ...stored, cvc, card_hash: model.card_hash, card_owner_id: owner };
  }
  return { ...common, month: String(Number(month)), year: String(fullYear(year ?? "")) };
}

function post({ events, settings }: PayDeps, members: Members): void {
  const form = findForm(settings().form);
  if (!form) throw new Error("paynet-custom.js: data-form names no form of this page");
  keepCardHere(form);
  unnameCard(form);
  events.emit("onFormSubmiting");
  postForm(form, members);
}

/** Opens the bank's page over the shop's; settles when the overlay is gone. */
function authenticateAtBank(deps: PayDeps, reply: Reply, sessionId: string): Promise<void> {
  const { base, key } = deps.settings().caller;
  const address = new URL(String(reply["post_url"]), base);
  address.search = new URLSearchParams({
    session_id: sessionId,
    token_id: String(reply["token_id"]),
    publishable_key: key,
    lang: pageLanguage(),
  }).toString();
  return new Promise((resolve) => {
    openOverlay({
      address: address.href,
      origins: [address.origin, new URL(base).origin],
      onPost: (members) => post(deps, members),
      onClose: resolve,
    });
  });
}

async function makeToken(deps: PayDeps, model: Model): Promise<{ reply: Reply; session: Session }> {
  const kind = deps.usesStoredCard() ? "create_card_token" : "create_token";
  let used: Session | undefined;
  const reply = await deps.sessions.ask(`v1/paynetj/${kind}`, (session) => {
    used = session;
    return tokenAsk(deps, model, session);
  });
  return { reply, session: used as Session };
}

/** Settles when the payer may try again, which is never if the shop's next page comes. */
async function tryToPay(deps: PayDeps, model: Model): Promise<void> {
  const { events } = deps;
  const name = deps.usesStoredCard() ? "onCreateCardToken" : "onCreateToken";
  const result = await makeToken(deps, model).catch((error: unknown) => {
    if (!(error instanceof CallFailed)) throw error;
    tellFailure(deps, name, error.code, error.message);
    return undefined;
  });
  if (!result) return;
  const { reply, session } = result;
  const tokenId = String(reply["token_id"]);
  const is3DPayment = reply["is_tds"] === true;
  events.emit(name, { ok: true, is3DPayment, orderToken: tokenId });
  if (is3DPayment) {
    events.emit("onTdsRedirect");
    return authenticateAtBank(deps, reply, session.id);
  }
  const ids = [
    ["session_id", session.id],
    ["token_id", tokenId],
  ] as const;
  post(deps, ids);
  // The shop's next page is on its way: a second payment must not start meanwhile.
  await new Promise((resolve) => window.addEventListener("pageshow", resolve, { once: true }));
}

/** One payment at a time: what the pay button, and `Paynet.services.createToken`, do. */
export function createPayment(deps: PayDeps) {
  let isUnderWay = false;
  return async (): Promise<void> => {
    if (isUnderWay) return;
    const { bins, events, sessions } = deps;
    const model = readModel();
    const now = deps.today();
    const today = { year: now.getFullYear(), month: now.getMonth() + 1 };
    const problem = deps.usesStoredCard()
      ? problemOfStored(model, bins.hasChoice())
      : problemOfCard(model, today, bins.hasChoice());
    if (problem) return tellProblem(deps, problem);
    isUnderWay = true;
    try {
      const executing = deps.usesStoredCard()
        ? "onCreateCardTokenExecuting"
        : "onCreateTokenExecuting";
      const session = sessions.current();
      events.emit(executing, { model, isAuthenticated: Boolean(session), session: session?.id });
      await tryToPay(deps, model);
    } finally {
      isUnderWay = false;
    }
  };
}
