export { emit, queueDeliveries } from "./emit.ts";
export {
  addJob,
  addJobs,
  DELIVER_EVENTS,
  type DeliverEvents,
  eventsInsert,
  readPayloads,
} from "./outbox.store.ts";
