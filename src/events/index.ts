export { emit, queueDeliveries } from "./emit.ts";
export { addJob, DELIVER_EVENTS, type DeliverEvents } from "./outbox.store.ts";
