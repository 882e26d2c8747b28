import { randomUUID } from "node:crypto";
import type { Tx } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { isRepeat, type Payout, REPEAT_MS } from "./payout.rules.ts";
import { insertPayout, lockCode } from "./payouts.store.ts";

/** Whoever asks for a direct payout sends it at once; after this long somebody else does. */
export const SENDER_LEASE_MS = 60_000;

/** `number` is from the merchant's counter; `createdAt` is the merchant's time. */
export type NewPayout = Omit<Payout, "guid" | "state" | "runs" | "failure" | "dueAt" | "settledAt">;

/** Refuses to pay the same a second time under one code, though a month has ended in between. */
async function checkCode(tx: Tx, asked: NewPayout): Promise<void> {
  const { merchantId, code, createdAt } = asked;
  if (code === null) return;
  const near = { from: after(createdAt, -REPEAT_MS), to: after(createdAt, REPEAT_MS) };
  const made = await lockCode(tx, merchantId, code, near);
  if (made.some((each) => isRepeat(each, asked))) refuseMarket("payout_code_taken");
}

/**
 * Stores a payout that is due at once, in the caller's transaction. A direct one is left to its
 * caller for a minute. The constraint `one_payout_per_code` holds a client's code to once a month;
 * what is asked for once more within an hour is refused (`payout_code_taken`) in the next one too.
 */
export async function createPayout(tx: Tx, asked: NewPayout): Promise<Payout> {
  const { createdAt, kind } = asked;
  await checkCode(tx, asked);
  const payout: Payout = {
    ...asked,
    guid: randomUUID(),
    state: "queued",
    runs: 0,
    failure: "",
    dueAt: createdAt,
    settledAt: null,
  };
  await insertPayout(tx, payout, kind === "direct" ? after(createdAt, SENDER_LEASE_MS) : null);
  return payout;
}
