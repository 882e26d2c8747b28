export { emit, queueDeliveries } from "./emit.ts";
export {
  addJob,
  addJobs,
  DELIVER_EVENTS,
  type DeliverEvents,
  eventsInsert,
} from "./outbox.store.ts";
