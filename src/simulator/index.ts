import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../lib/clock.ts";
import { BookError, openBook } from "./book.store.ts";
import { createDesk } from "./desk.ts";
import { createGroup } from "./group.ts";
import { listener } from "./server.ts";

export { BookError } from "./book.store.ts";
export { seededMerchants } from "./merchants.rules.ts";

/** Requests in flight get this long to finish when the bank closes. */
const DRAIN_MS = 5_000;
const SWEEP_MS = 50;
const KEEP_ALIVE_MS = 65_000;

export type SimulatorOptions = Readonly<{
  /** `0` takes any free one. */
  port: number;
  host?: string;
  /** The durable book, one SQLite file; made when it is not there. */
  bookFile: string;
  adminToken: string;
  /** Draws every reference of a new book; a book that exists keeps its own. */
  seed?: string;
  clock: Clock;
}>;
export type Simulator = Readonly<{ url: string; close(): Promise<void> }>;

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const why = isTaken ? "the port is in use" : error.message;
      reject(new BookError(`The bank cannot listen on ${host}:${port}: ${why}.`));
    });
    server.listen(port, host, 1024, () => resolve((server.address() as AddressInfo).port));
  });
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // A kept-alive socket becomes idle only when its last answer has gone out.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/**
 * Starts the offline bank on the loopback address. Throws `BookError`, whose message is one
 * sentence for a person, when the book cannot be opened or the port not be had. `close` lets
 * requests in flight finish, then closes the book.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { port, host = "127.0.0.1", bookFile, adminToken, seed, clock } = options;
  const db = openBook(bookFile);
  try {
    const desk = createDesk(db, clock, seed);
    const group = createGroup(db, { before: desk.closeDays, undone: desk.refresh });
    const server = createServer(listener({ desk, group, adminToken }));
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.requestTimeout = KEEP_ALIVE_MS;
    const taken = await listen(server, port, host);
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= drain(server).then(() => db.close());
      return closing;
    };
    return { url: `http://${host}:${taken}`, close };
  } catch (error) {
    db.close();
    throw error;
  }
}
