import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { assetsFolder, buildAssets, loadAssets } from "../../src/main/assets.ts";
import { cardPage, returnPage, waitingPage } from "./pages.ts";
import { formOf, listen, textOf } from "./sites.ts";

/** What a page asked the platform. */
export type Asked = Readonly<{
  path: string;
  authorization: string | undefined;
  body: Readonly<Record<string, unknown>>;
}>;

export const KEY = "pbk_of_the_shop";
/** Of the next answers: a refusal, or a pause. */
export type Moods = { expired: number; declined: boolean; slowBinMs: number; tds: boolean };

const offer = (key: string, label: string, count: number, per: string, total: string) => ({
  key,
  label,
  instalments: count,
  per_instalment: per,
  total,
});
const singleOnly = [offer("ji_1", "Tek çekim", 0, "249,90 TL", "249,90 TL")];
const three = offer("ji_3", "3 taksit", 3, "85,80 TL", "257,40 TL");
const counts = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const many = [
  ...singleOnly,
  ...counts.map((n) => offer(`ji_of_${n}`, `${n} taksit`, n, "25,00 TL", `${250 + n},00 TL`)),
];
/** Of the card page, by the first digits. */
const offers: Record<string, object> = {
  "435508": { bank_name: "Axess", tds: "optional", options: [...singleOnly, three] },
  "557113": { bank_name: "Axess", tds: "required", options: singleOnly },
  "520097": { bank_name: "Maximum", tds: "optional", options: many },
  "540134": {
    bank_name: "Bankkart",
    tds: "optional",
    options: [offer("ji_9", "Tek çekim", 0, "255,00 TL", "255,00 TL")],
  },
};

const renderedOptions = `<label class="option"><input type="radio" name="instalment_key"
  value="ji_old" checked><span class="option-name">12 taksit</span></label>`;

const wireOffers = [
  { instalment_key: "ji_1", instalment: 0, instalment_amount: 100.5, total_amount: 100.5 },
  { instalment_key: "ji_3", instalment: 3, instalment_amount: 35, total_amount: 105 },
];

/** The pages of our own need no more than this. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'";

const allowAll = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "Authorization, Content-Type, Accept",
};

type Refusal = Readonly<{ result_code: number; message: string }>;
const refusal = (code: number, message: string): Refusal => ({ result_code: code, message });

/** The answers of `v1/paynetj/*`, as the browser's side of the protocol has them. */
function answerTo(path: string, moods: Moods, url: string, tokens: number): object | Refusal {
  const ok = { code: 0, message: "Başarılı İşlem" };
  if (path.startsWith("/v1/paynetj/auth?")) {
    return { ...ok, session_id: "js_A+1/", expire_date: "2030-01-01", tds_required: moods.tds };
  }
  if (moods.expired > 0) {
    moods.expired -= 1;
    return refusal(13, "Oturum bulunamadı");
  }
  if (moods.declined) return refusal(18, "Kart bilgileri hatalı");
  if (/check_(card_)?bin$/.test(path)) {
    return { ...ok, bank_id: "AXSS", bank_name: "Axess", bank_logo: "", data: wireOffers };
  }
  if (path.endsWith("Get_public")) return { ...ok, data: [{ bank_id: "AXSS", ratio: wireOffers }] };
  const token = { ...ok, token_id: `TOKEN-${tokens}`, is_tds: moods.tds };
  return moods.tds ? { ...token, post_url: `${url}/v1/paynetjgate/tds` } : token;
}

const sendJson = (reply: ServerResponse, status: number, body: object) =>
  reply
    .writeHead(status, { ...allowAll, "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify(body));
const sendPage = (reply: ServerResponse, html: string) =>
  reply
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    })
    .end(html);

/** What tests look at and change, and where the others are. */
type State = Readonly<{
  asked: Asked[];
  posted: Record<string, string>[];
  moods: Moods;
  at: { own: string; shop: string; bank: string };
}>;

async function protocol(state: State, request: IncomingMessage, reply: ServerResponse) {
  if (request.method === "OPTIONS") return reply.writeHead(204, allowAll).end();
  const { authorization } = request.headers;
  const path = request.url ?? "";
  const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
  state.asked.push({ path, authorization, body });
  if (authorization !== `Basic ${KEY}` || body["token"] !== KEY) {
    return sendJson(reply, 401, refusal(7, "API anahtarınız yanlış"));
  }
  const answer = answerTo(path, state.moods, state.at.own, state.asked.length);
  return sendJson(reply, "result_code" in answer ? 400 : 200, answer);
}

/** The last page in the overlay: it hands both ids to the shop's page around it. */
function endPage(values: URLSearchParams, shop: string): string {
  const { session_id = "", token_id = "TOKEN-RF" } = Object.fromEntries(values);
  const message = new URLSearchParams({ command: "form-post", session_id, token_id });
  return returnPage(message.toString().replaceAll("&", "&amp;"), shop);
}

async function pages(state: State, request: IncomingMessage, reply: ServerResponse) {
  const { at, moods, posted } = state;
  const { pathname, search, searchParams } = new URL(request.url ?? "/", at.own);
  switch (pathname) {
    case "/card":
      return sendPage(reply, cardPage({}));
    case "/card-again":
      return sendPage(reply, cardPage({ options: renderedOptions }));
    case "/card-and-fee":
      return sendPage(reply, cardPage({ addsCommission: true }));
    case "/card-en":
      return sendPage(reply, cardPage({ lang: "en" }));
    case "/v1/paynetjgate/form":
      // As if somebody else's page had got into the overlay.
      return searchParams.get("session_id") === "js_strange"
        ? reply.writeHead(302, { location: `${at.bank}/strange` }).end()
        : sendPage(reply, cardPage({ shop: at.shop, action: `/pay${search}` }));
    case "/v1/paynetjgate/tds":
      return sendPage(
        reply,
        waitingPage(`${at.bank}/acs`, Object.fromEntries(searchParams), at.shop),
      );
    case "/bin": {
      const { bin } = JSON.parse(await textOf(request)) as { bin: string };
      await pause(moods.slowBinMs);
      return sendJson(reply, offers[bin] ? 200 : 404, offers[bin] ?? {});
    }
    case "/pay":
      posted.push(await formOf(request));
      return sendPage(reply, endPage(searchParams, at.shop));
    case "/back":
      return sendPage(reply, endPage(new URLSearchParams(await textOf(request)), at.shop));
    default:
      return reply.writeHead(404).end();
  }
}

/**
 * The browser's side of the platform, as far as the scripts see it: their own files, the protocol
 * and the pages in the overlay. `at` names the sites that those pages talk to.
 */
export async function openPlatform() {
  await buildAssets(assetsFolder);
  const assets = await loadAssets(assetsFolder);
  const state: State = {
    asked: [],
    posted: [],
    moods: { expired: 0, declined: false, slowBinMs: 0, tds: false },
    at: { own: "http://platform", shop: "", bank: "" },
  };
  const site = await listen((request, reply) => {
    const path = request.url ?? "/";
    const asset = assets.get(path);
    if (asset) return reply.writeHead(200, { "content-type": asset.type }).end(asset.body);
    const isProtocol = /^\/v1\/(?:paynetj|ratio)\//.test(path);
    return (isProtocol ? protocol : pages)(state, request, reply);
  });
  state.at.own = site.url;
  return { ...state, url: site.url, close: site.close };
}
export type Platform = Awaited<ReturnType<typeof openPlatform>>;
