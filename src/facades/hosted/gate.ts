import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type FoundTry, findTry, goToBank } from "../../checkout/index.ts";
import { html } from "../../lib/html.ts";
import { Secret } from "../../lib/secret.ts";
import { autoForm, notice } from "./auto-form.ts";
import type { HostedDeps } from "./deps.ts";
import { formOf } from "./form-body.ts";
import { type Sheet, sendPage, sheetFor } from "./page.ts";
import { texts } from "./texts.ts";

/** The page that takes a payer to the bank: shops redirect to it, post to it, or frame it. */
const PATH = "/v1/paynetjgate/tds";

type Names = Readonly<{ session_id?: string; token_id?: string }>;

/** Asks for the security code again: the process that knew it has ended since. */
function codePage(reply: FastifyReply, sheet: Sheet, names: Names, asked: CodeAsked) {
  const said = texts[sheet.locale];
  const body = html`
<main class="notice">
<h1>${said.code_title}</h1>
<p id="why">${said.code(asked.cardMask)}</p>
<form method="post" action="${PATH}" class="code-form">
<input type="hidden" name="session_id" value="${names.session_id}">
<input type="hidden" name="token_id" value="${names.token_id}">
<label for="cvc">${said.code_label}</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" maxlength="4" required
  pattern="[0-9]{3,4}" aria-describedby="why">
${asked.isWrong && html`<p class="error" role="alert">${said.code_wrong}</p>`}
<button type="submit" class="button">${said.continue}</button>
</form>
</main>`;
  return sendPage(reply, sheet, { title: said.code_title, body, framing: "anywhere" });
}
type CodeAsked = Readonly<{ cardMask: string; isWrong: boolean }>;

/** Shows a payer the way to the bank, once. Used by every page that ends there. */
export async function sendToBank(
  deps: HostedDeps,
  found: FoundTry,
  asked: Readonly<{ reply: FastifyReply; sheet: Sheet; names: Names; code?: string | undefined }>,
) {
  const { reply, sheet, names, code } = asked;
  const said = texts[sheet.locale];
  const isCode = /^\d{3,4}$/.test(code ?? "");
  const cvv = code !== undefined && isCode ? new Secret(code) : undefined;
  const way = await goToBank(deps.checkout, found, { locale: sheet.locale, cvv });
  if (way.kind === "needs_cvv") {
    const isWrong = code !== undefined && !isCode;
    return codePage(reply, sheet, names, { cardMask: way.cardMask, isWrong });
  }
  if (way.kind === "given_out") {
    const lines = [said.given_out];
    const body = notice({ kind: "failure", title: said.given_out_title, lines });
    return sendPage(reply, sheet, { title: said.given_out_title, body, framing: "anywhere" });
  }
  const { url, fields } = way.form;
  return sendPage(reply, sheet, {
    title: said.to_bank_title,
    body: notice({
      kind: "progress",
      title: said.to_bank_title,
      lines: [said.to_bank],
      more: autoForm({ url, fields, button: said.continue }),
    }),
    scripts: ["auto.js"],
    framing: "anywhere",
  });
}

export function gate(app: FastifyInstance, deps: HostedDeps): void {
  const open = async (request: FastifyRequest, reply: FastifyReply) => {
    const sent: Readonly<Record<string, string>> = {
      ...(request.query as Record<string, string>),
      ...formOf(request),
    };
    const { session_id = "", token_id = "", cvc } = sent;
    const found = await findTry(deps.checkout, session_id, token_id);
    const names = { session_id, token_id };
    return sendToBank(deps, found, { reply, sheet: sheetFor(request), names, code: cvc });
  };
  app.get(PATH, open);
  app.post(PATH, open);
}
