import type { Task } from "graphile-worker";
import { type SendingDeps, type SendMessage, sendMessage as send } from "../messaging/index.ts";

/** Hands a message to its carrier. Failing, it is tried again, until it is said to have failed. */
export const sendMessage =
  (deps: SendingDeps): Task =>
  async (payload, { logger }) => {
    const { messageId } = payload as SendMessage;
    const problem = await send(deps, payload as SendMessage);
    if (problem) logger.warn(`${messageId} failed. ${problem.what}`);
  };
