export { emit, queueDeliveries } from "./emit.ts";
export { addJob, DELIVER_EVENTS, type DeliverEvents, eventsInsert } from "./outbox.store.ts";
