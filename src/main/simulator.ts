import { BookError, startSimulator } from "../simulator/index.ts";

/**
 * The offline bank as a process of its own. With a parent (IPC) it says `{ ready, url }` and goes
 * when the parent goes; without one it prints its address.
 */
const { VEZNE_BANK_PORT = "8090", VEZNE_BANK_BOOK, VEZNE_BANK_TOKEN } = process.env;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  return fail(`VEZNE_BANK_PORT must be a port number from 0 to 65535, not "${text}".`);
}

const port = readPort(VEZNE_BANK_PORT);
if (!VEZNE_BANK_BOOK) fail("VEZNE_BANK_BOOK must name the file of the bank's book.");
if (!VEZNE_BANK_TOKEN) fail("VEZNE_BANK_TOKEN must be set: it opens the bank's admin API.");

try {
  const bank = await startSimulator({
    port,
    bookFile: VEZNE_BANK_BOOK,
    adminToken: VEZNE_BANK_TOKEN,
    clock: () => new Date(Date.now()),
  });
  const stop = () => void bank.close().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  if (process.send) {
    process.once("disconnect", stop);
    process.send({ ready: true, url: bank.url });
  } else {
    process.stdout.write(`The bank simulator listens on ${bank.url}\n`);
  }
} catch (error) {
  if (error instanceof BookError) {
    const isPort = error.message.includes("port is in use");
    fail(isPort ? `${error.message} Choose another with VEZNE_BANK_PORT.` : error.message);
  }
  throw error;
}
