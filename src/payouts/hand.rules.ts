import type { Payout, PayoutState, Run } from "./payout.rules.ts";
import type { RefusalReason } from "./provider.rules.ts";

/**
 * What somebody says of transfers that are made by hand: done, not done, or done and come back.
 * `text` is the bank's reference or the reason; `by` is who says so.
 */
export type HandWord = Readonly<{
  kind: "paid" | "unpaid" | "returned";
  text: string;
  by: string;
}>;

/** A payout that is made by hand, with what was last said of it. */
export type HandPayout = Payout &
  Readonly<{
    batch: bigint;
    /** The reference of one that was paid, why another was not; empty where nothing was said. */
    word: string;
    markedBy: string | null;
  }>;

type Step = Readonly<{
  from: PayoutState;
  to: "paid" | "failed";
  failure: Extract<RefusalReason, "not_made" | "came_back"> | "";
  run: Exclude<Run["state"], "open" | "doubtful">;
}>;

/** What each word makes of a payout. Nothing is taken back of one that failed: it is due again. */
export const handSteps: Readonly<Record<HandWord["kind"], Step>> = {
  paid: { from: "queued", to: "paid", failure: "", run: "paid" },
  unpaid: { from: "queued", to: "failed", failure: "not_made", run: "refused" },
  returned: { from: "paid", to: "failed", failure: "came_back", run: "returned" },
};

type Standing = Pick<Payout, "state" | "failure">;

/**
 * Which of these payouts the word can be said of, of which it was said before, and the others,
 * which are in another state.
 */
export function sortedBy<Some extends Standing>(kind: HandWord["kind"], all: readonly Some[]) {
  const { from, to, failure } = handSteps[kind];
  const isReady = ({ state }: Standing) => state === from;
  const isSame = (each: Standing) => each.state === to && each.failure === failure;
  return {
    ready: all.filter(isReady),
    same: all.filter(isSame),
    others: all.filter((each) => !isReady(each) && !isSame(each)),
  };
}
