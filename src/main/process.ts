import type { Logger } from "pino";
import { ConfigProblem } from "./config.ts";

/** Longer than the longest call to a bank: a drain waits for requests in flight. */
const DRAIN_MAX_MS = 75_000;

/** Ends the process with one sentence; a stack trace would help nobody who made a slip. */
export function failWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** What a child needs from its environment. Started by hand, it says what is missing. */
export function needEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new ConfigProblem(`${name} must be set; \`npm start\` sets it by itself.`);
  return value;
}

/**
 * Runs `close` once on SIGTERM, SIGINT or when the parent goes away, and exits: 0 when everything
 * under way ended, 1 when it took too long.
 */
export function closeOnSignals(log: Logger, flush: () => void, close: () => Promise<void>): void {
  let isClosing = false;
  const end = (code: number) => {
    flush();
    process.exit(code);
  };
  const stop = (why: string) => {
    if (isClosing) return;
    isClosing = true;
    log.info({ why }, "draining");
    setTimeout(() => end(1), DRAIN_MAX_MS).unref();
    close().then(
      () => end(0),
      (error: unknown) => {
        log.error({ err: error }, "did not close cleanly");
        end(1);
      },
    );
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));
  if (process.send) process.on("disconnect", () => stop("the parent is gone"));
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "uncaught");
    end(1);
  });
}

/** Tells the parent that the process is up. */
export const tellReady = (message: object): void =>
  void process.send?.({ ready: true, ...message });
