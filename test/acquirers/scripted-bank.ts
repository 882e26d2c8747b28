import net from "node:net";

/** How the next request is answered. `half` announces more bytes than it sends, then hangs up. */
export type Play =
  | { kind: "reply"; body: string | Uint8Array; status?: number; contentType?: string }
  | { kind: "reset" }
  | { kind: "silence" }
  | { kind: "half"; body: string }
  | { kind: "interim"; body: string }
  | { kind: "drip"; body: string; everyMs: number };

export type ScriptedBank = Readonly<{
  url: string;
  /** Answers in this order, one for each request; without an answer left the line is cut. */
  plays: Play[];
  /** The bodies received, whole ones only. */
  requests: string[];
  /** The heads received. */
  heads: string[];
  /** Sockets accepted so far. */
  sockets(): number;
  close(): Promise<void>;
}>;

const headOf = (length: number, status = 200, contentType = "text/xml") =>
  `HTTP/1.1 ${status} X\r\ncontent-type: ${contentType}\r\ncontent-length: ${length}\r\n\r\n`;

function perform(socket: net.Socket, play: Play | undefined): void {
  if (!play || play.kind === "reset") return void socket.resetAndDestroy();
  if (play.kind === "silence") return;
  const bytes = typeof play.body === "string" ? Buffer.from(play.body) : Buffer.from(play.body);
  if (play.kind === "reply") {
    const head = Buffer.from(headOf(bytes.length, play.status, play.contentType));
    return void socket.write(Buffer.concat([head, bytes]));
  }
  if (play.kind === "interim") {
    socket.write("HTTP/1.1 103 Early Hints\r\n\r\n");
    socket.write(headOf(bytes.length));
    return void socket.write(bytes);
  }
  socket.write(headOf(bytes.length));
  if (play.kind === "half") return void socket.end(bytes.subarray(0, bytes.length >> 1));
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length) return clearInterval(timer);
    socket.write(bytes.subarray(at, at + 1));
    at += 1;
  }, play.everyMs);
}

/** A bank on a socket of its own, which does to the letter what it is told, however rude. */
export async function startScriptedBank(): Promise<ScriptedBank> {
  const plays: Play[] = [];
  const requests: string[] = [];
  const heads: string[] = [];
  const open = new Set<net.Socket>();
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted += 1;
    open.add(socket);
    socket
      .setNoDelay(true)
      .on("error", () => {})
      .on("close", () => open.delete(socket));
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
      if (end < 0 || received.length < end + 4 + length) return;
      heads.push(received.slice(0, end));
      requests.push(received.slice(end + 4, end + 4 + length));
      received = "";
      perform(socket, plays.shift());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of open) socket.destroy();
      server.close(() => resolve());
    });
  return {
    url: `http://127.0.0.1:${port}`,
    plays,
    requests,
    heads,
    sockets: () => accepted,
    close,
  };
}

/** An address where surely nobody listens: a port that was just given back. */
export async function closedAddress(): Promise<string> {
  const bank = await startScriptedBank();
  await bank.close();
  return bank.url;
}
