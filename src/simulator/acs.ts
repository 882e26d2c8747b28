import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { istanbulTime } from "../lib/clock.ts";
import { type Challenge, challengePage } from "./acs.page.ts";
import { type Asked, askedByForm, askedByProgram } from "./acs.wire.ts";
import type { Lang } from "./acs.words.rules.ts";
import { issuerNames } from "./cards.rules.ts";
import type { Desk } from "./desk.ts";
import { readForm, writeForm } from "./form.rules.ts";
import type { createGroup } from "./group.ts";
import { type Frame, pageHeaders, problemPage } from "./page.rules.ts";
import { noReturnPage, returnPage } from "./return.page.ts";
import type { Post } from "./return.rules.ts";
import { ownMdStatus, TRIES_MAX } from "./threeds.rules.ts";
import type { SessionRow } from "./threeds.store.ts";
import { actOn, codeFor, lookAt } from "./threeds.ts";

type Bank = Readonly<{ desk: Desk; group: ReturnType<typeof createGroup> }>;
type ReadBody = (request: IncomingMessage) => Promise<Buffer | undefined>;

/** A page of the bank with a fresh nonce in its headers and its markup. */
export function pageOf(lang: Lang, status: number, write: (frame: Frame) => string) {
  const nonce = randomBytes(16).toString("base64");
  return {
    status,
    contentType: "text/html; charset=utf-8",
    text: write({ lang, nonce }),
    headers: pageHeaders(nonce),
  };
}
type Page = ReturnType<typeof pageOf>;

function send(response: ServerResponse, page: Page): void {
  const body = Buffer.from(page.text);
  const type = { "content-type": page.contentType, "content-length": body.length };
  response.writeHead(page.status, { ...type, ...page.headers });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "content-type": "application/json", "content-length": bytes.length };
  response.writeHead(status, { ...headers, "cache-control": "no-store" });
  response.end(bytes);
}

const cardOf = (desk: Desk, session: SessionRow) =>
  session.cardId === null ? undefined : desk.book.readCard(session.cardId);

function challengeOf(desk: Desk, session: SessionRow): Challenge {
  const card = cardOf(desk, session);
  const { isFrozen, rate } = desk.pace();
  const { sid, orderNo, amountKurus, currency, instalments, model, tries, expiresMs } = session;
  return {
    ...{ sid, orderNo, amountKurus, currency, instalments, model, tries },
    bank: bankOf(desk, session),
    merchantNo: desk.readMerchant(session.merchantId).merchantNo,
    last4: session.panMasked.slice(-4),
    code: codeFor(desk, session),
    own: ownMdStatus(card?.authentication ?? "full"),
    expiresAt: istanbulTime(new Date(expiresMs)).slice(11, 19),
    leftMs: isFrozen ? undefined : Math.max(0, Math.ceil((expiresMs - desk.nowMs()) / rate)),
  };
}

const bankOf = (desk: Desk, session: SessionRow): string =>
  issuerNames[cardOf(desk, session)?.issuerEft ?? ""] ?? "";

function sessionPage(desk: Desk, session: SessionRow, lang: Lang): Page {
  const bank = bankOf(desk, session);
  return pageOf(lang, 200, (frame) => {
    if (session.state === "open") return challengePage(frame, challengeOf(desk, session));
    if (session.back.posts.length > 0) return returnPage(frame, bank, session.back);
    return noReturnPage(frame, bank, session.ending === "closed");
  });
}

/** The same post as a program sends it: `body` is exact, `fields` keeps the first of a name. */
const postOf = ({ action, method, charset, fields }: Post) => ({
  action,
  method,
  charset,
  fields: Object.fromEntries(fields.toReversed()),
  pairs: fields,
  body: writeForm(fields, charset),
});

/** What `resolve` answers; without a return the action is `null` and there is nothing to post. */
function resolved(session: SessionRow) {
  const posts = session.back.posts.map(postOf);
  const last = posts.at(-1) ?? { action: null, method: null, fields: {} };
  const { sid, state, ending, mdStatus, tries } = session;
  return {
    ...last,
    repeat: posts.length,
    delayMs: session.back.delayMs,
    posts,
    ...{ sid, state, ending, mdStatus, triesLeft: TRIES_MAX - tries },
  };
}

async function resolve(bank: Bank, sid: string, body: Buffer, response: ServerResponse) {
  let asked: Asked;
  try {
    asked = askedByProgram(body.toString("utf8"));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const told = issue ? `${issue.path.join(".") || "body"}: ${issue.message}` : "not JSON";
    return sendJson(response, 400, { error: told });
  }
  const session = await bank.group.submit(() => actOn(bank.desk, sid, asked.act, asked.wish));
  if (!session) return sendJson(response, 404, { error: "There is no such 3-D session." });
  return sendJson(response, 200, resolved(session));
}

async function press(bank: Bank, sid: string, body: Buffer, response: ServerResponse) {
  const read = (): Asked | undefined => {
    try {
      return askedByForm(readForm(body));
    } catch {
      return undefined;
    }
  };
  const asked = read();
  if (!asked) return send(response, problem("tr", 400, "form_wrong"));
  const session = await bank.group.submit(() => actOn(bank.desk, sid, asked.act, asked.wish));
  if (!session) return send(response, problem(asked.lang ?? "tr", 404, "session_unknown"));
  // Shown by another request, so that loading the page again presses nothing twice.
  response.writeHead(303, {
    location: `/acs/${sid}?lang=${asked.lang ?? session.lang}`,
    "cache-control": "no-store",
  });
  response.end();
}

export const problem = (lang: Lang, status: number, why: Parameters<typeof problemPage>[1]): Page =>
  pageOf(lang, status, (frame) => problemPage(frame, why));

const wantedLang = (url: URL): Lang | undefined => {
  const lang = url.searchParams.get("lang");
  return lang === "tr" || lang === "en" ? lang : undefined;
};

/** `GET /acs/{sid}` shows where the session stands, `POST` acts on it, `/resolve` for programs. */
export async function handleAcs(
  bank: Bank,
  request: IncomingMessage,
  response: ServerResponse,
  readBody: ReadBody,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://bank");
  const [, , sid = "", step, ...rest] = url.pathname.toLowerCase().split("/");
  const lang = wantedLang(url);
  const unknown = problem(lang ?? "tr", 404, "session_unknown");
  const isStep = step === undefined || (step === "resolve" && request.method === "POST");
  if (!/^[0-9a-f]{32}$/.test(sid) || !isStep || rest.length > 0) return send(response, unknown);
  if (request.method === "POST") {
    const body = await readBody(request);
    if (!body) return send(response, problem(lang ?? "tr", 413, "too_large"));
    return step ? resolve(bank, sid, body, response) : press(bank, sid, body, response);
  }
  const session = await bank.group.submit(() => lookAt(bank.desk, sid));
  if (!session) return send(response, unknown);
  return send(response, sessionPage(bank.desk, session, lang ?? session.lang));
}
