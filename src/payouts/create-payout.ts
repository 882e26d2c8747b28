import { randomUUID } from "node:crypto";
import type { Tx } from "../db/transaction.ts";
import { after } from "../lib/clock.ts";
import type { Payout } from "./payout.rules.ts";
import { insertPayout } from "./payouts.store.ts";

/** Whoever asks for a direct payout sends it at once; after this long somebody else does. */
export const SENDER_LEASE_MS = 60_000;

/** `number` is from the merchant's counter; `createdAt` is the merchant's time. */
export type NewPayout = Omit<Payout, "guid" | "state" | "runs" | "failure" | "dueAt" | "settledAt">;

/**
 * Stores a payout that is due at once, in the caller's transaction. A direct one is left to its
 * caller for a minute. The constraint `one_payout_per_code` holds a client's code to once a month.
 */
export async function createPayout(tx: Tx, asked: NewPayout): Promise<Payout> {
  const { createdAt, kind } = asked;
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
