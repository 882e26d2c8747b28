import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { handleAdmin } from "./admin.ts";
import { deliver } from "./deliver.ts";
import type { Desk } from "./desk.ts";
import { type Dialect, dialects } from "./dialects/index.ts";
import type { createGroup } from "./group.ts";
import { seededMerchants } from "./merchants.rules.ts";
import { type Call, type Served, serve } from "./teller.ts";

const BODY_BYTES_MAX = 1024 * 1024;

export type Bank = Readonly<{
  desk: Desk;
  group: ReturnType<typeof createGroup>;
  adminToken: string;
}>;

/** Which dialect a bank's prefix speaks. */
const dialectOf = new Map(seededMerchants.map((m) => [m.prefix, dialects[m.dialect]!]));

/** The body, or `undefined` when it is larger than any request of a bank. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= BODY_BYTES_MAX) parts.push(part);
    });
    request.on("end", () => {
      if (size > BODY_BYTES_MAX) resolve(undefined);
      else resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    });
    request.on("error", reject);
  });
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

function noPage(response: ServerResponse): void {
  response.writeHead(501, { "content-type": "text/html; charset=utf-8" });
  response.end(
    "<html><head><title>No 3-D page</title></head><body><h1>No 3-D Secure page</h1>" +
      "<p>This version of the simulator has no 3-D Secure page. Use the payment API.</p>" +
      "</body></html>",
  );
}

/** Serves one call; one that a fault puts off comes again after its wait, client or no client. */
async function serveCall(bank: Bank, call: Call): Promise<Served> {
  const served = await bank.group.submit(() => serve(bank.desk, call));
  if (served.putOffMs === undefined) return served;
  await wait(served.putOffMs, undefined, { ref: false });
  return bank.group.submit(() => serve(bank.desk, { ...call, isPutOff: true }));
}

async function answerApi(
  bank: Bank,
  [prefix, dialect]: [string, Dialect],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedMs = bank.desk.realMs();
  const body = await readBody(request);
  if (!body) return plain(response, 413, "The request is larger than one MiB.");
  const ask = dialect.read(body, request.headers["content-type"] ?? "");
  const served = await serveCall(bank, { prefix, ask, arrivedMs, isPutOff: false });
  const isLie = served.fault?.action === "wrong_charset";
  const declared = isLie && dialect.charset !== "utf-8" ? "utf-8" : dialect.charset;
  const reply = dialect.write(ask, served.orderNo, served.answer, declared);
  await deliver(response, reply, dialect.charset, served.fault);
}

async function route(bank: Bank, request: IncomingMessage, response: ServerResponse) {
  const path = (request.url ?? "/").split("?", 1)[0]!.toLowerCase();
  if (path.startsWith("/_sim/")) return handleAdmin(bank, request, response, readBody);
  if (path === "/acs" || path.startsWith("/acs/")) return noPage(response);
  const prefix = path.slice(0, path.indexOf("/", 1));
  const dialect = dialectOf.get(prefix);
  const kind = dialect?.routes[path.slice(prefix.length)];
  if (!dialect || !kind) return plain(response, 404, "No bank answers at this address.");
  if (kind === "page") return noPage(response);
  if (request.method !== "POST") return plain(response, 405, "A bank is asked by POST.");
  return answerApi(bank, [prefix, dialect], request, response);
}

/** The request listener. A failure inside costs its own request an HTTP 500 and no other. */
export const listener =
  (bank: Bank) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    route(bank, request, response).catch((error: unknown) => {
      const hasClientGone = request.destroyed && !request.complete;
      if (hasClientGone) return;
      process.stderr.write(`The bank could not serve a request: ${String(error)}\n`);
      if (response.headersSent) response.destroy();
      else plain(response, 500, "The bank could not serve this request.");
    });
  };
