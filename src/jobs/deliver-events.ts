import type { Task } from "graphile-worker";
import type { DeliverEvents } from "../events/index.ts";
import { queueCallbacks } from "../marketplace/index.ts";
import type { PaymentsDeps } from "../payments/index.ts";

/** Takes events to each address that a merchant has named for them, by a job of its own. */
export const deliverEvents =
  (deps: PaymentsDeps): Task =>
  async (payload) => {
    const { merchantId, events } = payload as DeliverEvents;
    await queueCallbacks(deps, merchantId, events);
  };
