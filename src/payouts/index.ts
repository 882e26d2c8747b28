export {
  findConnection,
  listConnections,
  moveSandboxConnections,
  openConnection,
} from "./connections.store.ts";
export { createPayout, type NewPayout } from "./create-payout.ts";
export type { AccountOf, PayoutsDeps } from "./deps.ts";
export { lockHandPayouts, readHandPayouts } from "./hand.store.ts";
export { type Judgement, judgeRun } from "./judge.ts";
export { listPayouts } from "./list.store.ts";
export { markByHand } from "./mark-by-hand.ts";
export { type PayoutNotice, TELL_OF_PAYOUT } from "./notice.ts";
export { readPayout, requeuePayout } from "./payouts.store.ts";
export { runPayouts } from "./run-payouts.ts";
export { readRuns } from "./runs.store.ts";
export { type DirectAsk, sendDirect } from "./send-direct.ts";
export { readDoubtful, readVerdicts, type Verdict } from "./verdicts.store.ts";
