import { addJob } from "../../../events/index.ts";
import { messages } from "../../../lib/messages/index.ts";
import type { AfterSettlement, Done } from "../../../payments/index.ts";
import { otherKind } from "../../../payments/other-way.rules.ts";
import { isSettled } from "../../../payments/payment.rules.ts";
import { xactIdOf } from "../wire/formats.ts";

export const SEND_NOTICE = "send-paynet-notice";
export type Notice = Readonly<{
  merchantId: string;
  url: string;
  body: Readonly<{ xact_id: string; code: string; status: string; message: string }>;
}>;

/** What `succeedUrl` is told: `code` 0 when the money goes back, 1 when it does not. */
function noticeOf({ attempt }: Done): Notice | undefined {
  if (!attempt.notifyUrl) return undefined;
  const isDone = attempt.status === "approved";
  const reason = attempt.declineReason ?? "unknown";
  return {
    merchantId: attempt.merchantId,
    url: attempt.notifyUrl,
    body: {
      xact_id: xactIdOf(attempt.id),
      code: isDone ? "0" : "1",
      status: isDone ? "approved" : "rejected",
      message: isDone ? messages.tr.success : (messages.tr.declines[reason] ?? ""),
    },
  };
}

/** Queues the notice in the transaction that settles a cancel or refund, once its end is known. */
export const queueNotice: AfterSettlement = {
  wants: ({ payment, attempt }) =>
    attempt.notifyUrl !== null && isSettled(attempt) && !otherKind(payment, attempt),
  async run(tx, settlement) {
    const notice = noticeOf(settlement);
    if (notice) await addJob(tx, SEND_NOTICE, notice);
  },
};
