import type { FastifyInstance } from "fastify";
import { assert } from "../../lib/assert.ts";
import type { MarketProblem } from "../../lib/market-problem.ts";
import { refuseMarket } from "../../lib/refusal.ts";

/** Paths that the wire's documents name and that lead to nothing here, with all below them. */
const notHere: Readonly<Record<string, MarketProblem>> = {
  // Many charges in one order.
  "/api/paywall/payment/bulk": "not_offered",
  // Wallets and other ways to pay that are no cards.
  "/api/paywall/apm": "not_offered",
  "/api/paywall/card/production": "not_offered",
  "/api/paywall/masterpass": "not_offered",
  "/api/paywall/private/vpos/reconciliation": "not_offered",
  // Insurers know the first and last digits of a card alone, by which no bank here charges.
  "/paywall/card/insurance": "not_offered",
  // Devices, and wallets of their own.
  "/api/payment": "not_offered",
  "/api/v1": "not_offered",
};

/** What a client that asks for one of them is told: without signing in, and in the envelope. */
export function notOffered(app: FastifyInstance): void {
  for (const [path, problem] of Object.entries(notHere)) {
    for (const url of [path, `${path}/*`]) {
      app.route({
        method: app.supportedMethods,
        url,
        exposeHeadRoute: false,
        onRequest: async () => refuseMarket(problem),
        handler: () => assert(false, "the request was refused before"),
      });
    }
  }
}
