import type { FastifyInstance } from "fastify";
import { assert } from "../../lib/assert.ts";
import { refuseMarket } from "../../lib/refusal.ts";

/** Paths that the wire's documents name and that lead to nothing here, with all below them. */
const notHere = [
  // Many charges in one order.
  "/api/paywall/payment/bulk",
  // Wallets and other ways to pay that are no cards.
  "/api/paywall/apm",
  "/api/paywall/card/production",
  "/api/paywall/masterpass",
  "/api/paywall/private/vpos/reconciliation",
  // Insurers know the first and last digits of a card alone, by which no bank here charges.
  "/paywall/card/insurance",
  // Devices, and wallets of their own.
  "/api/payment",
  "/api/v1",
];

/** What a client that asks for one of them is told: without signing in, and in the envelope. */
export function notOffered(app: FastifyInstance): void {
  for (const path of notHere) {
    for (const url of [path, `${path}/*`]) {
      app.route({
        method: app.supportedMethods,
        url,
        exposeHeadRoute: false,
        onRequest: async () => refuseMarket("not_offered"),
        handler: () => assert(false, "the request was refused before"),
      });
    }
  }
}
