import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { isoText } from "../lib/clock.ts";
import { scrub } from "../lib/scrub.ts";
import { systemClock } from "./clock.ts";

/** Lines wait for each other up to this size, so that a busy process does not write per line. */
const BUFFER_BYTES = 4_096;

const options = (level: string, process: string): LoggerOptions => ({
  level,
  base: { process },
  timestamp: () => `,"time":"${isoText(systemClock())}"`,
});

/** A log over any destination: secrets hidden by name and, whatever their name, by shape. */
export const logInto = (out: DestinationStream, level: string, process: string): Logger =>
  pino(options(level, process), { write: (line) => void out.write(scrub(line)) });

/** The process's log: one JSON line per event, on standard output. `flush` before exit. */
export function createLog(level: string, process: string): { log: Logger; flush(): void } {
  const out = pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES });
  const flusher = setInterval(() => out.flush(), 1_000);
  flusher.unref();
  return { log: logInto(out, level, process), flush: () => out.flushSync() };
}
