import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Waits } from "./bank-wait.ts";
import { type Charset, encode } from "./charset.rules.ts";
import type { Reply } from "./dialects/reply.rules.ts";
import type { Fault } from "./faults.rules.ts";

const DELAY_MS = 75_000;
const DRIP_MS = 100;

const page = (title: string, text: string): string =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;

/** Pages that machines in front of a bank put in the place of its reply. */
const pages: Readonly<Record<string, readonly [status: number, html: string]>> = {
  html_502: [502, page("502 Bad Gateway", "The server returned an invalid response.")],
  http_500: [500, page("500 Internal Server Error", "The request could not be completed.")],
  waf_reject: [
    200,
    page("Request Rejected", "Please contact your administrator. Your support ID is: 4711000815"),
  ],
  maintenance: [503, page("Bakim / Maintenance", "The system is being worked on.")],
};

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: Buffer,
  more: Reply["headers"] = {},
): void {
  const headers = { "content-type": contentType, "content-length": body.length, ...more };
  response.writeHead(status, headers);
  response.end(body);
}

const sendReply = (response: ServerResponse, reply: Reply, body: Buffer): void =>
  send(response, reply.status, reply.contentType, body, reply.headers);

/** Promises the whole length, sends a part of it and ends the connection. */
function sendHalf(response: ServerResponse, reply: Reply, body: Buffer, fault: Fault): void {
  const { bytes = Math.floor(body.length / 2), end = "fin" } = fault.params;
  response.writeHead(reply.status, {
    "content-type": reply.contentType,
    "content-length": body.length,
    ...reply.headers,
  });
  response.write(body.subarray(0, Math.min(bytes, body.length - 1)), () => {
    const { socket } = response;
    if (end === "rst") socket?.resetAndDestroy();
    else socket?.end();
  });
}

async function drip(response: ServerResponse, reply: Reply, body: Buffer, everyMs: number) {
  response.writeHead(reply.status, {
    "content-type": reply.contentType,
    "content-length": body.length,
    ...reply.headers,
  });
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await wait(everyMs, undefined, { ref: false });
  }
  response.end();
}

/** Sends the reply, or what the fault leaves of it. Whatever was decided is already on the disk. */
export async function deliver(
  waits: Waits,
  response: ServerResponse,
  reply: Reply,
  charset: Charset,
  fault: Fault | undefined,
): Promise<void> {
  const body = encode(reply.text, charset);
  if (!fault) return sendReply(response, reply, body);
  const front = pages[fault.action];
  if (front) return send(response, front[0], "text/html; charset=utf-8", Buffer.from(front[1]));
  switch (fault.action) {
    case "reset_before_commit":
    case "reset_after_commit":
      response.socket?.resetAndDestroy();
      return;
    case "refuse":
      response.socket?.destroy();
      return;
    case "half_reply":
      return sendHalf(response, reply, body, fault);
    case "empty_body":
      return send(response, 200, reply.contentType, Buffer.alloc(0));
    case "invalid_xml": {
      const broken = encode(reply.text.slice(0, reply.text.lastIndexOf("</")), charset);
      return send(response, 200, reply.contentType, broken);
    }
    case "slow_drip":
      return drip(response, reply, body, fault.params.ms ?? DRIP_MS);
    case "delay":
      await waits.wait(fault.params.ms ?? DELAY_MS);
      if (response.destroyed) return;
      return sendReply(response, reply, body);
    default:
      return sendReply(response, reply, body);
  }
}
