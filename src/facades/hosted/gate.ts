import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type FoundTry,
  findTry,
  GATE_PATH,
  goToBank,
  handleOf,
  LINK_PATH,
  linkOf,
} from "../../checkout/index.ts";
import { html } from "../../lib/html.ts";
import { Refusal } from "../../lib/refusal.ts";
import { Secret } from "../../lib/secret.ts";
import { entryPlaceOf } from "../../subscriptions/index.ts";
import type { HostedDeps } from "./deps.ts";
import { formOf, queryOf } from "./form-body.ts";
import { closedBy, sendLinkClosed } from "./link-closed.ts";
import { message, postForm } from "./message.ts";
import { orderAgain } from "./order-end.ts";
import { type Sheet, sendPage, sheetFor } from "./page.ts";
import { texts } from "./texts.ts";
import { wayTexts } from "./way-texts.ts";

/** The way to the bank: shops redirect to it, post to it, or frame it. */
const PATH = GATE_PATH;
/** The same page, as the services of cards on orders name it. */
const CARD_PATH = "/v1/subscriptioncreatecardjgate/tds";

export type Names = Readonly<{ session_id: string; token_id: string }>;

/** Forms' pages stand in a shop's overlay; a shop's server sends its payer here by itself. */
const lookOf = ({ session }: FoundTry) =>
  ({ isFrame: session.kind === "form", framing: "anywhere" }) as const;

type CodeAsked = Readonly<{ names: Names; cardMask: string; isWrong: boolean }>;

/** Asks for the security code again: the process that knew it has ended since. */
function codePage(reply: FastifyReply, sheet: Sheet, found: FoundTry, asked: CodeAsked) {
  const said = texts[sheet.locale];
  const wrong = html`<p class="error" id="cvc-error" role="alert">${said.code_wrong}</p>`;
  const body = html`
<main class="message">
<span class="sign over" aria-hidden="true"></span>
<h1>${said.code_title}</h1>
<p id="why">${said.code(asked.cardMask)}</p>
<form method="post" action="${PATH}?lang=${sheet.locale}" class="code">
<input type="hidden" name="session_id" value="${asked.names.session_id}">
<input type="hidden" name="token_id" value="${asked.names.token_id}">
<div class="field">
<label for="cvc">${said.code_label}</label>
<div class="control"><input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc"
  maxlength="4" required pattern="[0-9]{3,4}"
  aria-describedby="why${asked.isWrong && " cvc-error"}"></div>
${asked.isWrong && wrong}
</div>
<button type="submit" class="pay">${said.continue}</button>
</form>
</main>`;
  return sendPage(reply, sheet, { title: said.code_title, body, ...lookOf(found) });
}

type At = Readonly<{ reply: FastifyReply; sheet: Sheet }>;
type WayAsk = At & Readonly<{ names: Names; code?: string | undefined }>;

/**
 * From a page that took a card to the way to the bank, by an address of its own: who goes back from
 * the bank comes to that, and not to a form that the browser would send again.
 */
export function redirectToGate(
  deps: HostedDeps,
  { session, token }: FoundTry,
  { reply, sheet }: At,
) {
  const names = { session_id: handleOf(deps.ring, session), token_id: token.guid };
  const query = new URLSearchParams({ ...names, lang: sheet.locale });
  return reply
    .headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" })
    .redirect(`${PATH}?${query}`, 303);
}

/** Where a payer goes on from a way that was given out or is over. */
async function wayOn(deps: HostedDeps, found: FoundTry, sheet: Sheet) {
  const { merchant, session } = found;
  const { locale } = sheet;
  const said = texts[locale];
  if (session.kind === "card" && !session.terms.returnUrl) {
    return orderAgain(await entryPlaceOf(deps.subscriptions, found), sheet);
  }
  if (session.kind === "link") {
    const path = `${LINK_PATH}/${encodeURIComponent(merchant.companyCode)}/${session.linkId}`;
    return html`<a class="pay" href="${path}?lang=${locale}">${said.again}</a>`;
  }
  if (session.kind !== "form") return undefined;
  return html`<button type="button" class="pay" data-say="command=close-iframe"
>${said.close}</button>`;
}

/** Shows a payer the way to the bank, once. */
async function sendToBank(
  deps: HostedDeps,
  found: FoundTry,
  { reply, sheet, names, code }: WayAsk,
) {
  const said = wayTexts(found.session.kind, sheet.locale);
  const isCode = /^\d{3,4}$/.test(code ?? "");
  const cvv = code !== undefined && isCode ? new Secret(code) : undefined;
  const way = await goToBank(deps.checkout, found, { locale: sheet.locale, cvv });
  if (way.kind === "needs_cvv") {
    const isWrong = code !== undefined && !isCode;
    return codePage(reply, sheet, found, { names, cardMask: way.cardMask, isWrong });
  }
  if (way.kind !== "form") {
    const title = said[`${way.kind}_title`];
    const more = await wayOn(deps, found, sheet);
    const body = message({ sign: "over", title, lines: [said[way.kind]], more });
    const data = { origin: found.session.terms.origin ?? "*" };
    const scripts = [{ file: "frame.js", data }];
    return sendPage(reply, sheet, { title, body, scripts, ...lookOf(found) });
  }
  const title = said.to_bank_title;
  const more = postForm({ ...way.form, button: said.continue, id: "auto" });
  // The way is given out: asked for in the other language, this page would not be there any more.
  return sendPage(
    reply,
    { ...sheet, elsewhere: undefined },
    {
      title,
      body: message({ sign: "wait", title, lines: [said.to_bank], more }),
      // A bank's page is not see-through, and the overlay shows it on a ground of its own.
      scripts: [
        {
          file: "auto.js",
          data: {
            message: "command=iframe-no-transparent",
            origin: found.session.terms.origin ?? "*",
          },
        },
      ],
      ...lookOf(found),
    },
  );
}

export function gate(app: FastifyInstance, deps: HostedDeps): void {
  const open = async (request: FastifyRequest, reply: FastifyReply) => {
    const posted = formOf(request);
    const { session_id = "", token_id = "" } = { ...queryOf(request), ...posted };
    const { cvc } = posted;
    const found = await findTry(deps.checkout, session_id, token_id);
    const names = { session_id, token_id };
    const sheet = sheetFor(request);
    try {
      return await sendToBank(deps, found, { reply, sheet, names, code: cvc });
    } catch (error) {
      // Its page takes the money, so nobody is sent there for what another has paid or bought.
      const closed = error instanceof Refusal ? closedBy(error) : undefined;
      if (!closed || found.session.kind !== "link") throw error;
      const link = await linkOf(deps.checkout, found.session);
      return sendLinkClosed({ reply, sheet }, { ...found, link }, closed, true);
    }
  };
  // Asking what a GET would answer must not use up the way.
  for (const path of [PATH, CARD_PATH]) {
    app.get(path, { exposeHeadRoute: false }, open);
    app.post(path, open);
  }
}
