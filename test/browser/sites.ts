import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = (request: IncomingMessage, reply: ServerResponse) => unknown;

/** A small site on a port of its own: to a browser, another origin. */
async function listen(answer: Answer) {
  const server = createServer(async (request, reply) => {
    try {
      await answer(request, reply);
    } catch (error) {
      reply.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  const text = Buffer.concat(await request.toArray()).toString("utf8");
  return Object.fromEntries(new URLSearchParams(text));
}

const htmlOf = (body: string, lang: string): string => `<!doctype html><html lang="${lang}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title>
${body}</html>`;

const send = (reply: ServerResponse, html: string) =>
  reply.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);

/** A shop: pages that tests put there, and one that takes what its forms post. */
export async function openShop() {
  const pages = new Map<string, string>();
  const posted: Record<string, string>[] = [];
  const site = await listen(async (request, reply) => {
    const path = new URL(request.url ?? "/", "http://shop").pathname;
    if (path === "/done") {
      posted.push(await formOf(request));
      return send(reply, "<h1>Thanks</h1>");
    }
    const page = pages.get(path);
    return page === undefined ? reply.writeHead(404).end() : send(reply, page);
  });
  return {
    url: site.url,
    posted,
    close: site.close,
    /** Puts a page there and gives its address. */
    put(path: string, body: string, lang = "tr"): string {
      pages.set(path, htmlOf(body, lang));
      return `${site.url}${path}`;
    },
  };
}
