export { emit, queueDeliveries } from "./emit.ts";
export type { EventType, NewEvent } from "./event.rules.ts";
export { addJob, DELIVER_EVENTS, type DeliverEvents } from "./outbox.store.ts";
