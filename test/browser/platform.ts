import type { IncomingMessage, ServerResponse } from "node:http";
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
/** Of the card page, by the first digits. */
const offers: Record<string, object> = {
  "435508": { bank_name: "Axess", tds: "optional", options: [...singleOnly, three] },
  "557113": { bank_name: "Axess", tds: "required", options: singleOnly },
  "540134": {
    bank_name: "Bankkart",
    tds: "optional",
    options: [offer("ji_9", "Tek çekim", 0, "255,00 TL", "255,00 TL")],
  },
};

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

/**
 * The browser's side of the platform, as far as the scripts see it: their own files, the protocol
 * and the pages in the overlay. `shop` is the origin that those pages talk to.
 */
export async function openPlatform() {
  await buildAssets(assetsFolder);
  const assets = await loadAssets(assetsFolder);
  const asked: Asked[] = [];
  const posted: Record<string, string>[] = [];
  const moods: Moods = { expired: 0, declined: false, slowBinMs: 0, tds: false };
  const at = { shop: "", bank: "" };

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

  async function protocol(request: IncomingMessage, reply: ServerResponse, path: string) {
    if (request.method === "OPTIONS") return reply.writeHead(204, allowAll).end();
    const { authorization } = request.headers;
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    asked.push({ path, authorization, body });
    if (authorization !== `Basic ${KEY}` || body["token"] !== KEY) {
      return sendJson(reply, 401, refusal(7, "API anahtarınız yanlış"));
    }
    const answer = answerTo(path, moods, site.url, asked.length);
    return sendJson(reply, "result_code" in answer ? 400 : 200, answer);
  }

  const ids = (values: URLSearchParams) => {
    const { session_id = "", token_id = "TOKEN-RF" } = Object.fromEntries(values);
    return new URLSearchParams({ command: "form-post", session_id, token_id }).toString();
  };
  const say = (values: URLSearchParams) =>
    returnPage(ids(values).replaceAll("&", "&amp;"), at.shop);

  const site = await listen(async (request, reply) => {
    const url = new URL(request.url ?? "/", "http://platform");
    const asset = assets.get(url.pathname);
    if (asset) return reply.writeHead(200, { "content-type": asset.type }).end(asset.body);
    const path = url.pathname;
    if (/^\/v1\/(?:paynetj|ratio)\//.test(path)) return protocol(request, reply, path + url.search);
    if (path === "/v1/paynetjgate/form") {
      const isStrange = url.searchParams.get("session_id") === "js_strange";
      if (isStrange) return reply.writeHead(302, { location: `${at.bank}/strange` }).end();
      const page = cardPage({ shop: at.shop, action: `/pay${url.search}` });
      return sendPage(reply, page);
    }
    if (path === "/v1/paynetjgate/tds") {
      return sendPage(reply, waitingPage(`${at.bank}/acs`, Object.fromEntries(url.searchParams)));
    }
    if (path === "/card") return sendPage(reply, cardPage({ action: "/pay" }));
    if (path === "/card-en") return sendPage(reply, cardPage({ lang: "en", action: "/pay" }));
    if (path === "/bin") {
      const { bin } = JSON.parse(await textOf(request)) as { bin: string };
      await new Promise((resolve) => setTimeout(resolve, moods.slowBinMs));
      return sendJson(reply, offers[bin] ? 200 : 404, offers[bin] ?? {});
    }
    if (path === "/pay") {
      posted.push(await formOf(request));
      return sendPage(reply, say(url.searchParams));
    }
    if (path === "/back") return sendPage(reply, say(new URLSearchParams(await textOf(request))));
    return reply.writeHead(404).end();
  });
  return { url: site.url, at, asked, posted, moods, close: site.close };
}
export type Platform = Awaited<ReturnType<typeof openPlatform>>;
