import type { MerchantId } from "../lib/id.ts";

/** The task that tells a client's address what became of a payout. */
export const TELL_OF_PAYOUT = "tell-of-payout";

/** Names the payout; what is told is read when it is told. */
export type PayoutNotice = Readonly<{ merchantId: MerchantId; number: string }>;

/** The queue's pauses grow up to six hours: an address that is away for a day hears of it all. */
export const NOTICE_TRIES_MAX = 14;

/** How long a caller waits for the bank; it may take longer, and then goes on without one. */
export const ANSWER_WAIT_MS = 5_000;
