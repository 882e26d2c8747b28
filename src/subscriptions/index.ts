export type { SubscriptionsDeps } from "./deps.ts";
export { drawDue } from "./draw-due.ts";
export { findOrder } from "./find-order.ts";
export { type Notice, TELL_SHOP } from "./notice.ts";
export { createOpenDraw } from "./open-draws.ts";
export { settleDraws } from "./settle-draws.ts";
