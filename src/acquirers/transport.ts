import { isAscii, isUtf8 } from "node:buffer";
import { type Dispatcher, Pool } from "undici";

export type BankTimeouts = Readonly<{ moneyMs: number; inquiryMs: number }>;
/**
 * Calls that move money wait for the bank's own time-out, up to a minute, and a little more. Calls
 * that only read may be asked again, so they give up sooner.
 */
export const bankTimeouts: BankTimeouts = { moneyMs: 65_000, inquiryMs: 20_000 };
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS_MAX = 256;
const REPLY_BYTES_MAX = 1024 * 1024;
/** Below the five seconds after which common servers hang up, so few sockets go stale here. */
const IDLE_MS = 3_500;
/** Addresses come from the settings of POSes; these bound what a long life may gather. */
const ORIGINS_MAX = 256;
const URLS_MAX = 4_096;

/** The texts of one exchange with card data and credentials masked. Built by the connector. */
type Transcript = Readonly<{ request: string; reply: string }>;
/** One masked exchange. Without an answer, `reply` says why there is none. */
export type Exchange = Transcript & Readonly<{ url: string; kind: Reply["kind"]; ms: number }>;

export type BankRequest = Readonly<{
  url: string;
  contentType: string;
  /** What a bank wants beside the usual ones, such as a key; in no transcript. */
  headers?: Readonly<Record<string, string>>;
  body: string;
  /** The whole call: waiting for a socket, connecting, sending and reading to the last byte. */
  timeoutMs: number;
  /** Asked only when somebody listens. Takes the decoded reply. */
  transcript(reply: string): Transcript;
}>;

/**
 * What became of a call. `not_sent` is said only when surely no byte of the request left this
 * process; whatever failed later, or might have, is `lost`. Any HTTP status is an answer.
 */
export type Reply =
  | { kind: "answered"; status: number; body: Uint8Array; contentType: string }
  | { kind: "not_sent"; why: string }
  | { kind: "lost"; why: string };

export interface Transport {
  /** Sends once: no retry, no redirect. Never rejects. */
  post(request: BankRequest): Promise<Reply>;
  /** Waits for the calls under way; later calls are `not_sent`. */
  close(): Promise<void>;
}

export type TransportOptions = Readonly<{
  connectTimeoutMs?: number;
  /** Sockets per origin; further calls wait for one. */
  connections?: number;
  onExchange?: (exchange: Exchange) => void;
}>;

/** Follows one call. The dispatcher tells when it starts to write, which divides the failures. */
class Call implements Dispatcher.DispatchHandler {
  readonly #settle: (reply: Reply) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #contentType = "";
  #isOver = false;

  constructor(timeoutMs: number, settle: (reply: Reply) => void) {
    this.#settle = settle;
    this.#timer = setTimeout(Call.#expire, timeoutMs, this);
  }

  static #expire(call: Call): void {
    call.#fail("the deadline passed");
    call.#controller?.abort(new Error("the deadline passed"));
  }

  /** Runs right before the first byte is written; aborting here keeps all of it back. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) controller.abort(new Error("the deadline passed"));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#contentType = `${headers["content-type"] ?? ""}`;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    const [status, contentType] = [this.#status, this.#contentType];
    this.#finish({ kind: "answered", status, body, contentType });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error.message);
  }

  #fail(why: string): void {
    this.#finish({ kind: this.#controller ? "lost" : "not_sent", why });
  }

  #finish(reply: Reply): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#settle(reply);
  }
}

type Target = Readonly<{ pool: Pool; path: string }>;

/** Keeps one pool of kept-alive HTTP/1.1 sockets per origin. */
function createTargets(options: TransportOptions) {
  const pools = new Map<string, Pool>();
  const targets = new Map<string, Target>();
  const openPool = (origin: string) =>
    new Pool(origin, {
      connections: options.connections ?? CONNECTIONS_MAX,
      allowH2: false,
      pipelining: 1,
      // The deadline of the call covers these; timers of the pool's own would only cost.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      maxResponseSize: REPLY_BYTES_MAX,
      connect: {
        timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        // Said aloud, so that no environment variable can switch it off.
        rejectUnauthorized: true,
        minVersion: "TLSv1.2",
      },
    });
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known) return known;
    const [eldest] = pools;
    if (eldest && pools.size >= ORIGINS_MAX) {
      pools.delete(eldest[0]);
      targets.clear();
      void eldest[1].close();
    }
    const pool = openPool(origin);
    pools.set(origin, pool);
    return pool;
  };
  const targetOf = (url: string): Target | undefined => {
    const known = targets.get(url);
    if (known) return known;
    if (!URL.canParse(url)) return undefined;
    const { protocol, origin, pathname, search } = new URL(url);
    if (protocol !== "https:" && protocol !== "http:") return undefined;
    if (targets.size >= URLS_MAX) targets.clear();
    const target = { pool: poolOf(origin), path: `${pathname}${search}` };
    targets.set(url, target);
    return target;
  };
  const close = async () => {
    await Promise.all([...pools.values()].map((pool) => pool.close()));
  };
  return { targetOf, close };
}

function send({ pool, path }: Target, request: BankRequest): Promise<Reply> {
  return new Promise((settle) => {
    const { contentType, body, headers: more } = request;
    const headers = { ...more, "content-type": contentType, "user-agent": "vezne" };
    const call = new Call(request.timeoutMs, settle);
    pool.dispatch({ method: "POST", path, headers, body, idempotent: false }, call);
  });
}

/** HTTP to banks: one try, one deadline, verified certificates, masked transcripts. */
export function createTransport(options: TransportOptions = {}): Transport {
  const { targetOf, close } = createTargets(options);
  const { onExchange } = options;
  let closing: Promise<void> | undefined;
  const attempt = (request: BankRequest): Promise<Reply> => {
    if (closing) return Promise.resolve({ kind: "not_sent", why: "the transport is closed" });
    const target = targetOf(request.url);
    if (target) return send(target, request);
    return Promise.resolve({ kind: "not_sent", why: "the bank's address is not an HTTP address" });
  };
  const attemptAndTell = async (request: BankRequest): Promise<Reply> => {
    const began = performance.now();
    const reply = await attempt(request);
    const text = reply.kind === "answered" ? decodeReply(reply.body, reply.contentType) : reply.why;
    try {
      // Tenths: of a double's sixteen digits a log's readers cannot tell what number they are.
      const ms = Math.round((performance.now() - began) * 10) / 10;
      onExchange?.({ url: request.url, kind: reply.kind, ms, ...request.transcript(text) });
    } catch {
      // A transcript that fails must not change what the bank answered.
    }
    return reply;
  };
  return {
    post: onExchange ? attemptAndTell : attempt,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Charsets that agree with ASCII; a reply that names another one names it wrongly. */
const utf8 = new TextDecoder("utf-8");
const turkish = new TextDecoder("windows-1254");
const western = new TextDecoder("windows-1252");
const decoders = new Map([
  ["utf-8", utf8],
  ["utf8", utf8],
  ["iso-8859-9", turkish],
  ["latin5", turkish],
  ["windows-1254", turkish],
  ["iso-8859-1", western],
  ["windows-1252", western],
]);

/**
 * The text of a reply. Banks declare one charset and write another, so in order: what the XML
 * declaration says, what the content type says, UTF-8 if the bytes are, the Turkish code page.
 */
export function decodeReply(bytes: Uint8Array, contentType: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString("latin1");
  const declared = /<\?xml[^>]{0,80}?encoding\s*=\s*["']([\w-]+)["']/.exec(
    buffer.toString("latin1", 0, 200),
  )?.[1];
  const named = declared ?? /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1] ?? "utf-8";
  const decoder = decoders.get(named.toLowerCase());
  if (decoder && decoder !== utf8) return decoder.decode(buffer);
  return (isUtf8(buffer) ? utf8 : turkish).decode(buffer);
}
