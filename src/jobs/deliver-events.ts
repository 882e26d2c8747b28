import type { Task } from "graphile-worker";
import type { DeliverEvents } from "../events/index.ts";

/**
 * Takes events to whoever listens. A merchant has no endpoint yet, so there is nobody to tell: the
 * events stay in their table, where endpoints will find them from the first on.
 */
export const deliverEvents: Task = async (payload, { logger }) => {
  const { merchantId, events } = payload as DeliverEvents;
  logger.debug(`${events.length} events of ${merchantId}, no endpoints`);
};
