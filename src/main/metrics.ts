import type { Logger } from "pino";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Acquirer, FindAcquirer, Finding, Outcome, Returned } from "../acquirers/index.ts";
import type { Unsettled } from "../payments/index.ts";

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 65];

/** What a process tells Prometheus. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "vezne_http_request_seconds",
    help: "Time to answer a request",
    labelNames: ["route", "status"] as const,
    buckets: SECONDS,
    registers: [registry],
  });
  const bankCalls = new Histogram({
    name: "vezne_bank_call_seconds",
    help: "Time a bank took to answer",
    labelNames: ["dialect", "operation", "outcome"] as const,
    buckets: SECONDS,
    registers: [registry],
  });
  const bankReturns = new Counter({
    name: "vezne_bank_returns_total",
    help: "What cardholders brought back from a bank's page; unproven ones need not be its own",
    labelNames: ["dialect", "result"] as const,
    registers: [registry],
  });
  return { registry, requests, bankCalls, bankReturns };
}
export type Metrics = ReturnType<typeof createMetrics>;

/** Counts at each scrape what the database holds of unsettled attempts; silent while it is away. */
export function watchUnsettled({ registry }: Metrics, count: () => Promise<Unsettled>): void {
  new Gauge({
    name: "vezne_attempts_unsettled",
    help: "Attempts whose outcome is not known; a person must look at those flagged",
    labelNames: ["state"] as const,
    registers: [registry],
    async collect() {
      const found = await count().catch(() => undefined);
      this.reset();
      if (!found) return;
      for (const state of ["open", "doubtful", "flagged"] as const)
        this.set({ state }, found[state]);
    },
  });
}

type Asked = Readonly<{ orderId: string }>;

/** Answers that leave something unknown, or that only a mistake of ours explains. */
const isStrange = (answer: Outcome | Finding): boolean =>
  answer.kind === "doubtful" || answer.kind === "unknown";

const resultOf = (returned: Returned): string =>
  returned.kind === "authenticated" ? returned.level : returned.kind;

/**
 * Times every call to a bank, and says in the log which answers left something open, and why.
 * What browsers bring back from a bank's page is counted alone; whoever reads it says more.
 */
export function watched(
  find: FindAcquirer,
  { bankCalls, bankReturns }: Metrics,
  log: Pick<Logger, "warn" | "error">,
): FindAcquirer {
  const kept = new WeakMap<Acquirer, Acquirer>();
  return (pos) => {
    const acquirer = find(pos);
    const known = kept.get(acquirer);
    if (known) return known;
    const timed =
      <Order extends Asked, Answer extends Outcome | Finding>(
        operation: string,
        call: (order: Order) => Promise<Answer>,
      ) =>
      async (order: Order): Promise<Answer> => {
        const startedAt = performance.now();
        const about = { pos: pos.id, operation, order: order.orderId };
        const answer = await call(order).catch((error: unknown) => {
          log.error({ err: error, ...about }, "a bank connector failed");
          throw error;
        });
        if (isStrange(answer)) log.warn({ answer, ...about }, "a bank left it open");
        const labels = { dialect: pos.dialect, operation, outcome: answer.kind };
        bankCalls.observe(labels, (performance.now() - startedAt) / 1_000);
        return answer;
      };
    const wrapped: Acquirer = {
      abilities: acquirer.abilities,
      challenge: (order) => acquirer.challenge(order),
      resume: (order, posted) => {
        const returned = acquirer.resume(order, posted);
        bankReturns.inc({ dialect: pos.dialect, result: resultOf(returned) });
        return returned;
      },
      charge: timed("charge", (order) => acquirer.charge(order)),
      capture: timed("capture", (order) => acquirer.capture(order)),
      void: timed("void", (order) => acquirer.void(order)),
      refund: timed("refund", (order) => acquirer.refund(order)),
      inquire: timed("inquire", (question) => acquirer.inquire(question)),
    };
    kept.set(acquirer, wrapped);
    return wrapped;
  };
}
