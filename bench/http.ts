import net from "node:net";

/** The least an HTTP client can cost: the load must not eat the processor that is measured. */
export type Reply = Readonly<{ status: number; body: string }>;

type Waiting = { resolve(reply: Reply): void; reject(error: Error): void };

/** One keep-alive connection with one request under way at a time. */
export class Connection {
  readonly #socket: net.Socket;
  readonly #head: string;
  #buffered: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;

  constructor(url: URL, path: string, headers: Readonly<Record<string, string>>) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#head = `POST ${path} HTTP/1.1\r\nhost: ${url.host}\r\n${lines.join("")}content-length: `;
    this.#socket = net.connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (bytes: Buffer) => this.#read(bytes));
    this.#socket.on("error", (error) => this.#waiting?.reject(error));
    this.#socket.on("close", () => this.#waiting?.reject(new Error("the connection was closed")));
  }

  post(body: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${this.#head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  #read(bytes: Buffer): void {
    this.#buffered = this.#buffered.length > 0 ? Buffer.concat([this.#buffered, bytes]) : bytes;
    const end = this.#buffered.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#buffered.toString("latin1", 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#buffered.length < end + 4 + length) return;
    const body = this.#buffered.toString("utf8", end + 4, end + 4 + length);
    this.#buffered = this.#buffered.subarray(end + 4 + length);
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}
