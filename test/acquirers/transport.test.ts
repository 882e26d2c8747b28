import net from "node:net";
import tls from "node:tls";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type BankRequest,
  createTransport,
  decodeReply,
  type Exchange,
  type Transport,
} from "../../src/acquirers/transport.ts";
import { closedAddress, type ScriptedBank, startScriptedBank } from "./scripted-bank.ts";
import { selfSigned } from "./self-signed.ts";

let bank: ScriptedBank;
let transport: Transport;
beforeEach(async () => {
  bank = await startScriptedBank();
  transport = createTransport();
});
afterEach(async () => {
  await bank.close();
  await transport.close();
});

/** For a reply that does not come; sending takes less on whatever machine. */
const HURRIED_MS = 700;
const request = (url: string, timeoutMs = 10_000): BankRequest => ({
  url,
  contentType: "application/x-www-form-urlencoded",
  body: "DATA=x",
  timeoutMs,
  transcript: (reply) => ({ request: "DATA=[hidden]", reply }),
});
const post = (timeoutMs?: number) => transport.post(request(`${bank.url}/fim/api?q=1`, timeoutMs));
const secureUrl = async (server: net.Server) => {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return `https://127.0.0.1:${(server.address() as net.AddressInfo).port}/`;
};
const notSent = { kind: "not_sent", why: expect.any(String) };
const lost = { kind: "lost", why: expect.any(String) };

test("a reply comes back with its bytes, whatever its status", async () => {
  bank.plays.push({ kind: "reply", body: "yes", status: 500, contentType: "text/html" });
  const reply = await post();
  expect(reply).toMatchObject({ kind: "answered", status: 500, contentType: "text/html" });
  expect(reply.kind === "answered" && Buffer.from(reply.body).toString()).toBe("yes");
  expect(bank.requests).toEqual(["DATA=x"]);
  expect(bank.heads[0]).toMatch(/^POST \/fim\/api\?q=1 HTTP\/1\.1\r\n/);
  expect(bank.heads[0]).not.toMatch(/expect:/i);
});

test("a redirect is an answer and is not followed", async () => {
  bank.plays.push({ kind: "reply", body: "", status: 302 });
  expect(await post()).toMatchObject({ kind: "answered", status: 302 });
  expect(bank.requests).toHaveLength(1);
});

test("an interim response is not the answer", async () => {
  bank.plays.push({ kind: "interim", body: "yes" });
  expect(await post()).toMatchObject({ kind: "answered", status: 200 });
});

test("calls one after the other share sockets", async () => {
  for (let i = 0; i < 5; i += 1) {
    bank.plays.push({ kind: "reply", body: "yes" });
    expect((await post()).kind).toBe("answered");
  }
  // A socket rests for one turn of the event loop, in which the next call may open a second.
  expect(bank.sockets()).toBeLessThanOrEqual(2);
});

test.each(["reset", "silence"] as const)(
  "after a %s the call is lost and not repeated",
  async (kind) => {
    bank.plays.push({ kind }, { kind: "reply", body: "a second answer" });
    expect(await post(HURRIED_MS)).toEqual(lost);
    expect(bank.requests).toHaveLength(1);
  },
);

test("half a reply is lost", async () => {
  bank.plays.push({ kind: "half", body: "0123456789" });
  expect(await post()).toEqual(lost);
});

test("a reply that drips past the deadline is lost at the deadline", async () => {
  bank.plays.push({ kind: "drip", body: "0123456789".repeat(50), everyMs: 20 });
  const began = performance.now();
  expect(await post(HURRIED_MS)).toEqual(lost);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("a reply of more than a mebibyte is lost, one of a mebibyte is read", async () => {
  bank.plays.push({ kind: "reply", body: "x".repeat(1024 * 1024 + 1) });
  expect(await post()).toEqual(lost);
  bank.plays.push({ kind: "reply", body: "x".repeat(1024 * 1024) });
  const reply = await post();
  expect(reply.kind === "answered" && reply.body.length).toBe(1024 * 1024);
});

test("what is not HTTP at all is lost", async () => {
  const server = net.createServer((socket) => socket.on("data", () => socket.end("hello\r\n\r\n")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  expect(await transport.post(request(`http://127.0.0.1:${port}/`))).toEqual(lost);
  server.close();
});

test("a refused connection is surely not sent", async () => {
  expect(await transport.post(request(await closedAddress()))).toEqual(notSent);
});

test("a name that does not resolve is surely not sent", async () => {
  expect(await transport.post(request("http://bank.invalid/fim/api"))).toEqual(notSent);
});

test.each(["", "bank.example", "ftp://bank.example/", "/fim/api"])(
  "the address %j is surely not sent to",
  async (url) => expect(await transport.post(request(url))).toEqual(notSent),
);

test("a server that does not speak TLS is surely not sent to", async () => {
  const server = net.createServer((socket) => {
    socket.on("error", () => {}).on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  expect(await transport.post(request(await secureUrl(server)))).toEqual(notSent);
  server.close();
});

test.each(["", "0"])(
  "a certificate that nobody vouches for is surely not sent to, NODE_TLS_REJECT_UNAUTHORIZED=%j",
  async (value) => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", value);
    let heard = "";
    const server = tls.createServer(selfSigned("localhost"), (socket) => {
      socket
        .on("error", () => {})
        .on("data", (chunk) => {
          heard += chunk;
          socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        });
    });
    const url = (await secureUrl(server)).replace("127.0.0.1", "localhost");
    const reply = await transport.post(request(url));
    expect(reply).toEqual({ kind: "not_sent", why: expect.stringContaining("self-signed") });
    expect(heard).toBe("");
    server.close();
    vi.unstubAllEnvs();
  },
);

test("a TLS handshake that never ends is surely not sent, at the connect time-out", async () => {
  transport = createTransport({ connectTimeoutMs: 400 });
  const server = net.createServer((socket) => socket.on("error", () => {}));
  const began = performance.now();
  expect(await transport.post(request(await secureUrl(server)))).toEqual(notSent);
  expect(performance.now() - began).toBeLessThan(5_000);
  server.close();
});

test("a call that waits for a socket past its deadline is not sent, then or later", async () => {
  transport = createTransport({ connections: 1 });
  bank.plays.push({ kind: "silence" }, { kind: "reply", body: "late" });
  const first = post(2 * HURRIED_MS);
  const second = post(HURRIED_MS);
  expect(await second).toEqual(notSent);
  expect(await first).toEqual(lost);
  bank.plays.length = 0;
  bank.plays.push({ kind: "reply", body: "third" });
  expect((await post()).kind).toBe("answered");
  expect(bank.requests).toHaveLength(2);
});

test("a failed call does not take its waiting neighbours along", async () => {
  transport = createTransport({ connections: 1 });
  bank.plays.push(
    { kind: "reset" },
    { kind: "reply", body: "yes" },
    { kind: "reply", body: "yes" },
  );
  const kinds = (await Promise.all([post(), post(), post()])).map(({ kind }) => kind);
  expect(kinds).toEqual(["lost", "answered", "answered"]);
  expect(bank.requests).toHaveLength(3);
});

test("after closing, calls under way finish and new ones are not sent", async () => {
  bank.plays.push({ kind: "drip", body: "0123456789", everyMs: 10 });
  const underWay = post();
  await vi.waitFor(() => expect(bank.requests).toHaveLength(1));
  const closed = transport.close();
  expect(await post()).toEqual(notSent);
  expect((await underWay).kind).toBe("answered");
  await closed;
});

test("a listener hears masked exchanges of every kind", async () => {
  const heard: Exchange[] = [];
  transport = createTransport({ onExchange: (exchange) => heard.push(exchange) });
  bank.plays.push({ kind: "reply", body: "evet: ş" }, { kind: "reset" });
  await post();
  await post();
  await transport.post(request(await closedAddress()));
  expect(heard.map(({ kind }) => kind)).toEqual(["answered", "lost", "not_sent"]);
  expect(heard[0]).toMatchObject({ request: "DATA=[hidden]", reply: "evet: ş" });
  expect(heard[0]?.ms).toBeGreaterThan(0);
});

test("a listener that throws changes nothing", async () => {
  const onExchange = () => {
    throw new Error("disk full");
  };
  transport = createTransport({ onExchange });
  bank.plays.push({ kind: "reply", body: "yes" });
  expect((await post()).kind).toBe("answered");
});

test("without a listener no transcript is made", async () => {
  bank.plays.push({ kind: "reply", body: "yes" });
  const transcript = vi.fn();
  await transport.post({ ...request(bank.url), transcript });
  expect(transcript).not.toHaveBeenCalled();
});

const latin5 = Uint8Array.from([0xdd, 0xfe, 0xf0]); // İşğ
const utf8 = Buffer.from("İşğ", "utf8");
const declared = (charset: string, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`<?xml version="1.0" encoding="${charset}"?>`), bytes]);

test.each([
  ["the XML declaration first", declared("ISO-8859-9", latin5), "text/xml; charset=utf-8"],
  ["the XML declaration in any case", declared("Windows-1254", latin5), ""],
  ["then the content type", Buffer.from(latin5), "text/xml;charset=iso-8859-9"],
  ["the content type in quotes", Buffer.from(latin5), 'text/xml; charset="ISO-8859-9"'],
  ["then UTF-8", utf8, "text/xml"],
  ["then Turkish", Buffer.from(latin5), "text/xml"],
  ["Turkish where UTF-8 is declared but not written", declared("utf-8", latin5), ""],
  ["UTF-8 where something unheard of is declared", declared("utf-16", utf8), "x; charset=klingon"],
])("the charset of a reply is decided by %s", (_, bytes, contentType) => {
  expect(decodeReply(bytes, contentType)).toMatch(/(^|\?>)İşğ$/);
});
