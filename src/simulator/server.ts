import type { IncomingMessage, ServerResponse } from "node:http";
import { ACCOUNTS, type AccountCall, type AccountServed, serveAccount } from "./accounts.ts";
import { accountRoutes } from "./accounts.wire.ts";
import { handleAcs, pageOf, problem } from "./acs.ts";
import { handleAdmin } from "./admin.ts";
import { deliver } from "./deliver.ts";
import type { Desk } from "./desk.ts";
import { type Dialect, dialects } from "./dialects/index.ts";
import type { Reply } from "./dialects/reply.rules.ts";
import { readForm } from "./form.rules.ts";
import { enter, type Passed } from "./gate.ts";
import type { createGroup } from "./group.ts";
import { seededMerchants } from "./merchants.rules.ts";
import { returnPage } from "./return.page.ts";
import { type Call, type Served, serve } from "./teller.ts";

const BODY_BYTES_MAX = 1024 * 1024;
/** A browser's form with room for a basket of goods. */
const FORM_BYTES_MAX = 64 * 1024;

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

/** Serves one call; one that a fault puts off comes again after its wait, client or no client. */
async function serveCall(bank: Bank, call: Call): Promise<Served> {
  const served = await bank.group.submit(() => serve(bank.desk, call));
  if (served.putOffMs === undefined) return served;
  await bank.desk.waits.wait(served.putOffMs);
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
  await deliver(bank.desk.waits, response, reply, dialect.charset, served.fault);
}

/** An IPv4 address as its own self, although the socket is an IPv6 one. */
const addressOf = (request: IncomingMessage): string =>
  (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");

function replyOf({ lang, way }: Passed): Reply {
  switch (way.kind) {
    case "session": {
      const headers = { location: `/acs/${way.sid}`, "cache-control": "no-store" };
      return { status: 303, contentType: "text/html; charset=utf-8", text: "", headers };
    }
    case "back":
      return pageOf(lang, 200, (frame) => returnPage(frame, "", way.back));
    case "dead_end":
      return problem(lang, 400, way.why);
    case "nothing":
      return { status: 200, contentType: "text/html; charset=utf-8", text: "" };
  }
}

async function answerGate(
  bank: Bank,
  [prefix, { gate }]: [string, Dialect],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { waits } = bank.desk;
  const body = await readBody(request);
  if (!body || body.length > FORM_BYTES_MAX) {
    return deliver(waits, response, problem("tr", 413, "too_large"), "utf-8", undefined);
  }
  const visit = { prefix, gate, form: readForm(body), clientIp: addressOf(request) };
  const passed = await bank.group.submit(() => enter(bank.desk, visit));
  await deliver(waits, response, replyOf(passed), "utf-8", passed.fault);
}

/** As `serveCall`, of an account. */
async function serveOfAccount(bank: Bank, call: AccountCall): Promise<AccountServed> {
  const served = await bank.group.submit(() => serveAccount(bank.desk, call));
  if (served.putOffMs === undefined) return served;
  await bank.desk.waits.wait(served.putOffMs);
  return bank.group.submit(() => serveAccount(bank.desk, { ...call, isPutOff: true }));
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The interface of accounts: JSON under `/accounts/<number>`, the key in `x-account-key`. */
async function answerAccount(
  bank: Bank,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedMs = bank.desk.realMs();
  const [, accountNo = "", service = ""] = /^\/accounts\/([^/]+)(\/[a-z]+)$/.exec(path) ?? [];
  const op = accountRoutes[service];
  if (!op) return plain(response, 404, "No bank answers at this address.");
  if (request.method !== "POST") return plain(response, 405, "A bank is asked by POST.");
  const read = await readBody(request);
  if (!read) return plain(response, 413, "The request is larger than one MiB.");
  const key = String(request.headers["x-account-key"] ?? "");
  const call = { accountNo, op, key, body: readJson(read), arrivedMs, isPutOff: false };
  const { reply, fault } = await serveOfAccount(bank, call);
  // Who is not to find the transfer must not have heard of it either.
  const isLost = op === "transfer" && fault?.action === "not_found_for";
  const suffered = isLost ? { ...fault, action: "reset_after_commit" as const } : fault;
  const { status, body } = reply;
  const text = JSON.stringify(body);
  const json = { status, contentType: "application/json", text };
  await deliver(bank.desk.waits, response, json, "utf-8", suffered);
}

async function route(bank: Bank, request: IncomingMessage, response: ServerResponse) {
  const path = (request.url ?? "/").split("?", 1)[0]!.toLowerCase();
  if (path.startsWith("/_sim/")) return handleAdmin(bank, request, response, readBody);
  if (path.startsWith("/acs/")) return handleAcs(bank, request, response, readBody);
  if (path.startsWith(`${ACCOUNTS}/`)) return answerAccount(bank, path, request, response);
  const prefix = path.slice(0, path.indexOf("/", 1));
  const dialect = dialectOf.get(prefix);
  const kind = dialect?.routes[path.slice(prefix.length)];
  if (!dialect || !kind) return plain(response, 404, "No bank answers at this address.");
  if (request.method !== "POST") return plain(response, 405, "A bank is asked by POST.");
  const answer = kind === "gate" ? answerGate : answerApi;
  return answer(bank, [prefix, dialect], request, response);
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
