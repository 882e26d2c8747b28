import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type CameBack,
  comeBack,
  type FoundTry,
  findTry,
  RETURN_PATH,
} from "../../checkout/index.ts";
import { html } from "../../lib/html.ts";
import { messages, refusalText } from "../../lib/messages/index.ts";
import { Refusal } from "../../lib/refusal.ts";
import { autoForm, notice } from "./auto-form.ts";
import type { HostedDeps } from "./deps.ts";
import { type Sheet, sendPage, sheetFor } from "./page.ts";
import { texts } from "./texts.ts";

/** Long enough to read why a payment is not made before the shop's page takes over. */
const READ_MS = 4_000;

type Names = Readonly<{ session_id: string; token_id: string }>;
type Ended = CameBack | Readonly<{ kind: "expired" }>;
type At = Readonly<{ reply: FastifyReply; sheet: Sheet; names: Names }>;

/** The wire's numbers for what a shop is told of a return that is no success. */
const codeOf = { refused: "16", unproven: "16", expired: "13" } as const;

/** What of a return is shown to the payer, and told to the shop. */
function wordsOf(ended: Exclude<Ended, { kind: "authenticated" }>, { sheet }: At) {
  const said = texts[sheet.locale];
  const bankMessage =
    ended.kind === "refused"
      ? (ended.token.bankMessage ?? "")
      : ended.kind === "unproven"
        ? ended.bankMessage
        : "";
  const why = new Refusal(ended.kind === "expired" ? "session_not_found" : "not_authenticated", {});
  return {
    title: said[`${ended.kind}_title`],
    lines: [said[ended.kind], bankMessage && said.bank_said(bankMessage)],
    message: refusalText(why, sheet.locale),
  };
}

/** The payer goes back to the shop by a form that the browser posts. */
function sendToShop(found: FoundTry, url: string, ended: Ended, at: At) {
  const said = texts[at.sheet.locale];
  const reference = found.session.terms.reference;
  const shared = { ...at.names, ...(reference && { reference_no: reference }) };
  if (ended.kind === "authenticated") {
    const fields = { ...shared, code: "0", message: messages[at.sheet.locale].success };
    const body = notice({
      kind: "success",
      title: said.to_shop_title,
      lines: [said.to_shop],
      more: autoForm({ url, fields, button: said.continue }),
    });
    const page = { title: said.to_shop_title, body, scripts: ["auto.js"] };
    return sendPage(at.reply, at.sheet, { ...page, framing: "anywhere" });
  }
  const { title, lines, message } = wordsOf(ended, at);
  const fields = {
    ...shared,
    code: codeOf[ended.kind],
    message,
    paynet_error_message: message,
  };
  const more = autoForm({ url, fields, button: said.back_to_shop, waitMs: READ_MS });
  const body = notice({ kind: "failure", title, lines, more });
  const page = { title, body, scripts: ["auto.js"] };
  return sendPage(at.reply, at.sheet, { ...page, framing: "anywhere" });
}

/** The page that frames us is told; it adds what it is told to its own form. */
function tellFrame(found: FoundTry, ended: Ended, at: At) {
  const said = texts[at.sheet.locale];
  const target = found.session.terms.origin ?? "*";
  if (ended.kind === "authenticated") {
    const told = new URLSearchParams({ command: "form-post", ...at.names }).toString();
    const body = notice({
      kind: "success",
      title: said.to_shop_title,
      lines: [said.to_shop],
      more: html`<div id="frame" data-message="${told}" data-target="${target}"></div>`,
    });
    const page = { title: said.to_shop_title, body, scripts: ["frame.js"] };
    return sendPage(at.reply, at.sheet, { ...page, framing: "anywhere" });
  }
  const { title, lines } = wordsOf(ended, at);
  const closes = html`<button type="button" class="button" id="frame"
    data-message="command=close-iframe" data-target="${target}">${said.close}</button>`;
  const body = notice({ kind: "failure", title, lines, more: closes });
  const page = { title, body, scripts: ["frame.js"] };
  return sendPage(at.reply, at.sheet, { ...page, framing: "anywhere" });
}

/** What a browser posted, or wrote into the address: some banks' pages come back by GET. */
function postedOf(request: FastifyRequest): Uint8Array {
  if (Buffer.isBuffer(request.body)) return request.body;
  const { url } = request;
  const start = url.indexOf("?");
  return Buffer.from(start < 0 ? "" : url.slice(start + 1), "latin1");
}

async function endOf(deps: HostedDeps, found: FoundTry, posted: Uint8Array): Promise<Ended> {
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
  const path = `${RETURN_PATH}/:session/:token`;
  const open = async (request: FastifyRequest, reply: FastifyReply) => {
    const { session, token } = request.params as Readonly<{ session: string; token: string }>;
    const found = await findTry(deps.checkout, session, token);
    const ended = await endOf(deps, found, postedOf(request));
    const names = { session_id: session, token_id: found.token.guid };
    const at = { reply, sheet: sheetFor(request), names };
    const { returnUrl } = found.session.terms;
    return returnUrl ? sendToShop(found, returnUrl, ended, at) : tellFrame(found, ended, at);
  };
  app.get(path, open);
  app.post(path, open);
}
