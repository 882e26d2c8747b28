import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type CameBack,
  comeBack,
  type FoundTry,
  findTry,
  type Posted,
  RETURN_PATH,
} from "../../checkout/index.ts";
import type { SessionKind } from "../../checkout/session.rules.ts";
import { html } from "../../lib/html.ts";
import { messages, refusalText } from "../../lib/messages/index.ts";
import { Refusal } from "../../lib/refusal.ts";
import type { HostedDeps } from "./deps.ts";
import { queryOf } from "./form-body.ts";
import type { Names } from "./gate.ts";
import { sendLinkEnd, sendLinkRefused } from "./link-end.ts";
import { LOOKS, sendMarketEnd } from "./market-end.ts";
import { bankSaid, type Line, message, postForm } from "./message.ts";
import { sendEntryEnd, sendEntryRefused } from "./order-end.ts";
import { type Sheet, sendPage, sheetFor } from "./page.ts";
import { type Texts, texts } from "./texts.ts";
import { wayTexts } from "./way-texts.ts";

/** Long enough to read why a payment is not made before the shop's page takes over. */
const READ_MS = 5_000;

export type Ended = CameBack | Readonly<{ kind: "expired" }>;
type At = Readonly<{ reply: FastifyReply; sheet: Sheet; names: Names }>;

/** The wire's numbers for what a shop is told of a return that is no success. */
const codeOf = {
  refused: "16",
  given_back: "16",
  unproven: "16",
  in_doubt: "10",
  expired: "13",
} as const;

/** The statuses by which a bank says no. Beside any other its words may say the contrary. */
const SAYS_NO = /^[02-9]$/;

/**
 * Why the bank said no, by the status that it signed: in the page's language, and in the bank's own
 * words only where the status is none that we have words for. What it need not have said is shown
 * to nobody as its words.
 */
function whyRefused(ended: Ended, said: Texts): Line {
  const { bankCode, bankMessage } = ended.kind === "refused" ? ended.token : nothing;
  if (!bankCode || !SAYS_NO.test(bankCode)) return "";
  return said.statuses[bankCode] ?? (bankMessage ? bankSaid(bankMessage, said) : "");
}
const nothing = { bankCode: "", bankMessage: "" };

/** What of a return is shown to the payer, and told to the shop. */
export function wordsOf(
  ended: Exclude<Ended, { kind: "authenticated" }>,
  sheet: Sheet,
  kind: SessionKind,
) {
  const said = wayTexts(kind, sheet.locale);
  const code = ended.kind === "expired" ? "session_not_found" : "not_authenticated";
  const isDoubt = ended.kind === "in_doubt";
  return {
    sign: isDoubt ? "wait" : "bad",
    title: said[`${ended.kind}_title`],
    lines: [said[ended.kind], whyRefused(ended, said)],
    told: isDoubt
      ? messages[sheet.locale].in_doubt
      : refusalText(new Refusal(code, {}), sheet.locale),
  } as const;
}

/** The payer goes back to the shop by a form that the browser posts. */
function sendToShop(found: FoundTry, url: string, ended: Ended, { reply, sheet, names }: At) {
  const said = wayTexts(found.session.kind, sheet.locale);
  const { reference } = found.session.terms;
  const shared = { ...names, ...(reference && { reference_no: reference }) };
  const look = { isFrame: found.session.kind === "form", framing: "anywhere" } as const;
  if (ended.kind === "authenticated") {
    const fields = { ...shared, code: "0", message: messages[sheet.locale].success };
    const title = said.to_shop_title;
    const more = postForm({ url, fields, button: said.continue, id: "auto" });
    const body = message({ sign: "good", title, lines: [said.to_shop], more });
    return sendPage(reply, sheet, { title, body, scripts: [{ file: "auto.js" }], ...look });
  }
  const { sign, title, lines, told } = wordsOf(ended, sheet, found.session.kind);
  const code = codeOf[ended.kind];
  const fields = { ...shared, code, message: told, paynet_error_message: told };
  const more = postForm({ url, fields, button: said.back_to_shop, id: "auto" });
  const scripts = [{ file: "auto.js", data: { wait: String(READ_MS) } }];
  const body = message({ sign, title, lines, more });
  return sendPage(reply, sheet, { title, body, scripts, ...look });
}

/** The page that frames us is told; it adds what it is told to its own form. */
export function tellFrame(found: FoundTry, ended: Ended, { reply, sheet, names }: At) {
  const said = texts[sheet.locale];
  const origin = found.session.terms.origin ?? "*";
  const look = { isFrame: true, framing: "anywhere" } as const;
  // Of a doubt the shop hears when it asks for the charge; closed, it would not ask.
  if (ended.kind === "authenticated" || ended.kind === "in_doubt") {
    const told = new URLSearchParams({ command: "form-post", ...names }).toString();
    const title = said.to_shop_title;
    const isDoubt = ended.kind === "in_doubt";
    const line = isDoubt ? said.in_doubt : said.to_shop;
    const body = message({ sign: isDoubt ? "wait" : "good", title, lines: [line] });
    const scripts = [{ file: "frame.js", data: { message: told, origin } }];
    return sendPage(reply, sheet, { title, body, scripts, ...look });
  }
  const close = "command=close-iframe";
  const { title, lines } = wordsOf(ended, sheet, found.session.kind);
  const hides = found.session.terms.showsErrors === false;
  const more = html`<button type="button" class="pay" data-say="${close}">${said.close}</button>`;
  const body = message({ sign: "bad", title, lines, more });
  const data = { origin, escape: close, ...(hides && { message: close }) };
  return sendPage(reply, sheet, { title, body, scripts: [{ file: "frame.js", data }], ...look });
}

/** What a browser posted, or wrote into the address: some banks' pages come back by GET. */
function postedOf(request: FastifyRequest): Uint8Array {
  if (Buffer.isBuffer(request.body)) return request.body;
  const { url } = request;
  const start = url.indexOf("?");
  return Buffer.from(start < 0 ? "" : url.slice(start + 1), "latin1");
}

type WayBack = Readonly<{ session: string; token: string; lang?: string }>;

async function endOf(deps: HostedDeps, found: FoundTry, posted: Posted): Promise<Ended> {
  try {
    return await comeBack(deps.checkout, found, posted);
  } catch (error) {
    const isOver = error instanceof Refusal && error.code === "session_not_found";
    if (isOver) return { kind: "expired" };
    throw error;
  }
}

/** Where the bank's page posts payers back to. */
export function comingBack(app: FastifyInstance, deps: HostedDeps): void {
  const path = `${RETURN_PATH}/:session/:token/:lang?`;
  const open = async (request: FastifyRequest, reply: FastifyReply) => {
    const { session, token, lang } = request.params as WayBack;
    const found = await findTry(deps.checkout, session, token);
    // In the language that the payer left in.
    const sheet = sheetFor(request);
    const ended = await endOf(deps, found, { bytes: postedOf(request), lang });
    if (found.session.kind === "link") {
      if (ended.kind !== "authenticated" && ended.kind !== "in_doubt") {
        return sendLinkRefused(deps, found, { reply, sheet }, ended);
      }
      const back = { ...found, token: ended.token };
      return sendLinkEnd(deps, back, { reply, sheet, clientIp: request.ip });
    }
    if (found.session.kind === "market") {
      const looks = Number(queryOf(request)[LOOKS]) || 0;
      const path = request.url.replace(/\?.*$/, "");
      const at = { reply, sheet, clientIp: request.ip, path, looks };
      return sendMarketEnd(deps, found, at, ended);
    }
    const at = { reply, sheet, names: { session_id: session, token_id: found.token.guid } };
    const { returnUrl } = found.session.terms;
    if (found.session.kind === "card" && !returnUrl) {
      if (ended.kind !== "authenticated" && ended.kind !== "in_doubt") {
        return sendEntryRefused(deps, found, at, ended);
      }
      const back = { ...found, token: ended.token };
      return sendEntryEnd(deps, back, { reply, sheet, clientIp: request.ip });
    }
    return returnUrl ? sendToShop(found, returnUrl, ended, at) : tellFrame(found, ended, at);
  };
  app.get(path, { exposeHeadRoute: false }, open);
  app.post(path, open);
}
