import { type DestinationStream, type Logger, pino } from "pino";
import { scrub } from "../lib/scrub.ts";

const secretNames = ["authorization", "pan", "cvc", "cvv", "card_number", "password", "secret_key"];

/** Lines wait for each other up to this size, so that a busy process does not write per line. */
const BUFFER_BYTES = 4_096;

/**
 * The process's log: one JSON line per event, secrets hidden by name and, whatever their name, by
 * shape. `flush` before exit.
 */
export function createLog(level: string, process: string): { log: Logger; flush(): void } {
  const out = pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES });
  const hiding: DestinationStream = { write: (line) => void out.write(scrub(line)) };
  const flusher = setInterval(() => out.flush(), 1_000);
  flusher.unref();
  const log = pino(
    {
      level,
      base: { process },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[hidden]",
      },
    },
    hiding,
  );
  return { log, flush: () => out.flushSync() };
}
