import { addJobs } from "../events/index.ts";
import { assert } from "../lib/assert.ts";
import type { AfterSettlement, Done } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { isRefusal } from "./draw.rules.ts";
import { endTries, keyOf, type TryEnd } from "./draws.store.ts";
import { NOTICE_TRIES_MAX, type Notice, TELL_SHOP } from "./notice.ts";

const KEY_PREFIX = "invoice:";

/** The key of a try: what is charged for it is its own receipt, and charged once. */
export const requestKeyOf = (invoice: bigint, no: number): string =>
  `${KEY_PREFIX}${invoice}:${no}`;

const keyPattern = new RegExp(`^${KEY_PREFIX}(\\d+):(\\d+)$`);

function endOf({ payment, attempt }: Done): TryEnd[] {
  const [, invoice, no] = keyPattern.exec(attempt.requestKey ?? "") ?? [];
  if (!invoice || !no) return [];
  const { merchantId } = payment;
  return [
    {
      merchantId,
      invoice: BigInt(invoice),
      no: Number(no),
      paymentId: payment.id,
      isPaid: attempt.status === "approved",
      isRefused: attempt.status === "declined" && isRefusal(attempt.declineReason),
      reason: attempt.declineReason,
      message: attempt.bankMessage,
      at: attempt.settledAt ?? attempt.openedAt,
    },
  ];
}

/**
 * What a settled try makes of its invoice, in the transaction that settles it: so an invoice says
 * paid when its money was taken, whoever found that out, and whenever. An approval that no invoice
 * waits for breaks the settlement: it stays in doubt, for a person to look at.
 */
export const settleDraws: AfterSettlement = {
  wants: ({ attempt }) =>
    attempt.kind === "sale" &&
    isSettled(attempt) &&
    (attempt.requestKey?.startsWith(KEY_PREFIX) ?? false),
  async runAll(tx, settlements) {
    const ends = settlements.flatMap(endOf);
    const ended = new Map((await endTries(tx, ends)).map((each) => [keyOf(each), each]));
    const told: Notice[] = [];
    for (const each of ends.filter((end) => end.isPaid)) {
      const { merchantId, invoice: number } = each;
      const found = ended.get(keyOf({ merchantId, number }));
      assert(found, "an approved try is the one its invoice waits for");
      if (!found.isTold) continue;
      told.push({ merchantId, invoice: String(number), what: "succeeded", no: each.no });
    }
    await addJobs(tx, TELL_SHOP, told, { triesMax: NOTICE_TRIES_MAX });
  },
};
