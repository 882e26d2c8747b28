import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../lib/refusal.ts";
import { serveAssets } from "./assets.ts";
import { bankMarks } from "./bank-marks.ts";
import { payerWordsOr } from "./card-texts.ts";
import type { HostedDeps } from "./deps.ts";
import { formPage } from "./form-page.ts";
import { gate } from "./gate.ts";
import { linkPage } from "./link-page.ts";
import { message } from "./message.ts";
import { endTexts } from "./order-end-texts.ts";
import { orderPage } from "./order-page.ts";
import { sendPage, sheetFor } from "./page.ts";
import { receipts } from "./receipt.ts";
import { comingBack } from "./return.ts";
import { texts } from "./texts.ts";

export type { Asset, HostedDeps } from "./deps.ts";

/** A browser's form of a card, or a bank's return; nothing of it comes near this. */
const BODY_BYTES_MAX = 64 * 1024;

/** What went wrong, as a page that its reader understands. */
function fail(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const sheet = sheetFor(request);
  const said = texts[sheet.locale];
  const show = (status: number, title: string, line: string) =>
    sendPage(reply, sheet, {
      title,
      status,
      framing: "anywhere",
      body: message({ sign: "over", title, lines: [line] }),
    });
  if (error instanceof Refusal) {
    if (error.code === "session_not_found" || error.code === "session_mismatch") {
      return show(404, said.gone_title, said.gone);
    }
    if (error.code === "link_not_found") {
      return show(404, said.link_unknown_title, said.link_unknown);
    }
    if (error.code === "subscription_not_found") {
      const { unknown_title, unknown } = endTexts[sheet.locale].closed;
      return show(404, unknown_title, unknown);
    }
    if (error.code === "merchant_blocked" || error.code === "agent_blocked") {
      return show(403, said.blocked_title, said.blocked);
    }
    const status = error.code === "temporarily_unavailable" ? 503 : 400;
    return show(status, said.failed_title, payerWordsOr(error, sheet.locale, said.failed));
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error }, "a page ended in an unexpected error");
  return show(status, said.failed_title, said.failed);
}

/** The pages that payers see, and the files that they need. */
export async function hosted(app: FastifyInstance, deps: HostedDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  // As bytes: what a bank's page posts is hashed as it came.
  const options = { parseAs: "buffer", bodyLimit: BODY_BYTES_MAX } as const;
  app.addContentTypeParser("*", options, (_request, body, done) => done(null, body));
  app.setErrorHandler(fail);
  serveAssets(app, deps.assets);
  bankMarks(app);
  gate(app, deps);
  comingBack(app, deps);
  formPage(app, deps);
  linkPage(app, deps);
  orderPage(app, deps);
  receipts(app, deps);
}
