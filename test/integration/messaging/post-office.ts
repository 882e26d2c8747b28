import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";

export type Letter = Readonly<{ from: string; to: string[]; data: string }>;

export type OfficeOptions = Readonly<{
  /** Its certificate; with `first` it speaks TLS from the first byte, else after STARTTLS. */
  tls?: Readonly<{ key: string; cert: string; isFirst: boolean }>;
  /** `user:password` that it wants before anything else. */
  login?: string;
}>;

/** A command, or a part of the conversation that is none. */
type Moment = "GREETING" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "BODY";
/** What is said instead of the usual: a line, nothing, the end, or drops that make no answer. */
type Order = string | "silence" | "hang up" | "drip";

const DRIP_MS = 20;

/** One conversation, line by line. */
class Counter {
  readonly #office: PostOffice;
  #socket: Socket;
  #rest = "";
  #letter: { from: string; to: string[] } = { from: "", to: [] };
  #isBody = false;
  #isKnown: boolean;

  constructor(office: PostOffice, socket: Socket) {
    this.#office = office;
    this.#isKnown = !office.options.login;
    this.#socket = socket;
    this.#listen(socket);
    this.#answer("GREETING", "220 post.example");
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    this.#rest = "";
    socket.on("error", () => {}); // The other side hung up; that is its own affair.
    socket.on("data", (chunk) => {
      this.#rest += chunk.toString("utf8");
      this.#read();
    });
  }

  #read(): void {
    for (;;) {
      const end = this.#rest.indexOf(this.#isBody ? "\r\n.\r\n" : "\r\n");
      if (end < 0) return;
      const text = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + (this.#isBody ? 5 : 2));
      if (this.#isBody) this.#takeBody(text);
      else this.#obey(text);
    }
  }

  #answer(moment: Moment, usual: string): boolean {
    const ordered = this.#office.takeOrder(moment);
    if (ordered === "silence") return false;
    if (ordered === "hang up") this.#socket.destroy();
    else if (ordered === "drip") this.#drip();
    else this.#socket.write(`${ordered ?? usual}\r\n`);
    return ordered === undefined;
  }

  #drip(): void {
    const socket = this.#socket;
    const drops = setInterval(() => socket.write("220-wait\r\n"), DRIP_MS);
    socket.on("close", () => clearInterval(drops));
  }

  #takeBody(data: string): void {
    this.#isBody = false;
    // Taken into the bag before it is said: so a lost answer is a letter that goes twice.
    const isKept = this.#office.willKeep("BODY");
    if (isKept)
      this.#office.letters.push({ ...this.#letter, data: data.replaceAll("\r\n..", "\r\n.") });
    this.#answer("BODY", "250 taken");
  }

  #obey(line: string): void {
    this.#office.heard.push(line);
    const [command = ""] = line.toUpperCase().split(/[ :]/);
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    if (command === "EHLO") this.#answer("EHLO", this.#abilities());
    else if (command === "STARTTLS") this.#startTls();
    else if (command === "AUTH") this.#admit(line);
    else if (command === "MAIL") this.#open(address);
    else if (command === "RCPT") {
      if (this.#answer("RCPT", "250 yes")) this.#letter.to.push(address);
    } else if (command === "DATA") this.#isBody = this.#answer("DATA", "354 go on");
    else this.#socket.end(command === "QUIT" ? "221 bye\r\n" : "500 what\r\n");
  }

  #abilities(): string {
    const { tls, login } = this.#office.options;
    const offers = tls && !tls.isFirst && !(this.#socket instanceof TLSSocket);
    const all = ["post.example", ...(offers ? ["STARTTLS"] : []), ...(login ? ["AUTH PLAIN"] : [])];
    return all.map((each, i) => `250${i === all.length - 1 ? " " : "-"}${each}`).join("\r\n");
  }

  #startTls(): void {
    const { tls } = this.#office.options;
    const plain = this.#socket;
    plain.write(tls ? "220 go on\r\n" : "502 not here\r\n");
    if (!tls) return;
    plain.removeAllListeners("data");
    this.#listen(new TLSSocket(plain, { isServer: true, key: tls.key, cert: tls.cert }));
  }

  #admit(line: string): void {
    const [, user, password] = Buffer.from(line.split(" ")[2] ?? "", "base64")
      .toString()
      .split("\0");
    this.#isKnown = `${user}:${password}` === this.#office.options.login;
    this.#answer("AUTH", this.#isKnown ? "235 welcome" : "535 who are you");
  }

  #open(from: string): void {
    this.#letter = { from, to: [] };
    if (!this.#isKnown) this.#socket.write("530 who are you\r\n");
    else this.#answer("MAIL", "250 yes");
  }
}

/** The world's mail server: speaks SMTP, keeps letters, and does wrong what it is ordered to. */
export class PostOffice {
  readonly letters: Letter[] = [];
  /** Every command, in order. */
  readonly heard: string[] = [];
  readonly options: OfficeOptions;
  readonly #orders: { moment: Moment; order: Order; isKept: boolean }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;
  port = 0;

  private constructor(options: OfficeOptions) {
    this.options = options;
    const { tls } = options;
    this.#server = tls?.isFirst ? createTlsServer(tls) : createServer();
    this.#server.on(tls?.isFirst ? "secureConnection" : "connection", (socket: Socket) => {
      new Counter(this, socket);
    });
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(options: OfficeOptions = {}): Promise<PostOffice> {
    const office = new PostOffice(options);
    office.#server.listen(0, "127.0.0.1");
    await once(office.#server, "listening");
    office.port = (office.#server.address() as AddressInfo).port;
    return office;
  }

  /** Orders what is said the next time; with `isKept` a letter is kept whatever is said of it. */
  order(moment: Moment, order: Order, isKept = false): void {
    this.#orders.push({ moment, order, isKept });
  }

  willKeep(moment: Moment): boolean {
    return this.#orders.find((each) => each.moment === moment)?.isKept ?? true;
  }

  takeOrder(moment: Moment): Order | undefined {
    const at = this.#orders.findIndex((each) => each.moment === moment);
    return at < 0 ? undefined : this.#orders.splice(at, 1)[0]?.order;
  }

  clear(): void {
    this.letters.length = 0;
    this.heard.length = 0;
    this.#orders.length = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The headers of a letter or a part of one, by their names in small letters, and what follows. */
export function opened(text: string): { headers: Map<string, string>; body: string } {
  const end = text.indexOf("\r\n\r\n");
  const lines = text
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: new Map(headers), body: text.slice(end + 4) };
}

const fromQuoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\r\n/g, "")
      .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) =>
        String.fromCharCode(Number(`0x${hex}`)),
      ),
    "latin1",
  ).toString("utf8");

const decoders: ReadonlyMap<string, (text: string) => string> = new Map([
  ["base64", (text) => Buffer.from(text, "base64").toString("utf8")],
  ["quoted-printable", fromQuoted],
]);

/** The text of each part of a letter, by its type. */
export function partsOf(data: string): Map<string, string> {
  const { headers, body } = opened(data);
  const boundary = /boundary="([^"]+)"/.exec(headers.get("content-type") ?? "")?.[1];
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => opened(part.trimStart()));
  return new Map(
    parts.map((part) => {
      const type = part.headers.get("content-type")?.split(";")[0] ?? "";
      const coding = part.headers.get("content-transfer-encoding");
      const text = decoders.get(coding ?? "")?.(part.body) ?? part.body;
      return [type, text.replaceAll("\r\n", "\n").trim()];
    }),
  );
}

/** A header as a reader shows it. */
export const shownHeader = (text = ""): string =>
  text
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, coding: string, said: string) =>
      coding.toUpperCase() === "B"
        ? Buffer.from(said, "base64").toString("utf8")
        : fromQuoted(said.replaceAll("_", " ")),
    );
