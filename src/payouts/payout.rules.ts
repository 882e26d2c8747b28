import { type Account, dueToCompany, dueToMember, dueToPlatform } from "../ledger/account.rules.ts";
import { after, DAY_MS } from "../lib/clock.ts";
import type { Id, MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import type { Receiver, RefusalReason } from "./provider.rules.ts";

export type RunId = Id<"out">;
/** One of kind `hand` is in a file, and no bank is asked about it. */
export type PayoutKind = "order" | "daily" | "direct" | "hand";
export type PayoutParty = "platform" | "member" | "other";
export const payoutStates = ["queued", "sending", "paid", "failed"] as const;
export type PayoutState = (typeof payoutStates)[number];

/** What a caller says of a payout beside the money: shown again, never decided on. */
export type PayoutDetails = Readonly<Record<string, string | number | boolean>>;

/** One amount to one receiver. */
export type Payout = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  kind: PayoutKind;
  guid: string;
  party: PayoutParty;
  member: bigint | null;
  /** Null of those that are made by hand. */
  connection: bigint | null;
  currency: Currency;
  amountMinor: bigint;
  /** Earnings and debts in it. */
  count: number;
  /** The span of days of an order, `yyyy-MM-dd`, both ends in it. */
  days: Readonly<{ from: string; to: string }> | null;
  /** The client's own code, once in a month. */
  code: string | null;
  /** Null is read when it is sent: the account of its party as it is then. */
  receiver: Receiver | null;
  description: string;
  details: PayoutDetails;
  state: PayoutState;
  runs: number;
  /** Why it failed; empty otherwise. */
  failure: RefusalReason | "";
  dueAt: Date | null;
  createdAt: Date;
  settledAt: Date | null;
}>;

/** Each time a bank was asked to pay, and what was said of a transfer by hand. */
export type Run = Readonly<{
  merchantId: MerchantId;
  id: RunId;
  payout: bigint;
  run: number;
  /** `returned` undoes a paid one that was made by hand and came back. */
  state: "open" | "paid" | "refused" | "doubtful" | "returned";
  amountMinor: bigint;
  /** As it was when the run began; null where there was no account to pay to. */
  receiver: Receiver | null;
  bankReference: string | null;
  /** Why it did not pay: the bank's own words, or our reason where it had none (`whyText`). */
  message: string;
  openedAt: Date;
  settledAt: Date | null;
  inquiries: number;
  notFoundCount: number;
  firstNotFoundAt: Date | null;
  flaggedAt: Date | null;
  /** Whether a person ended it, no bank having said enough. */
  isJudged: boolean;
}>;

/** A payout with its run that no bank has settled. */
export type Sending = Readonly<{ payout: Payout; run: Run }>;

export const isSettled = ({ state }: Pick<Run, "state">): boolean =>
  state !== "open" && state !== "doubtful";

/** A client that heard nothing asks again; so long it is taken to mean the same payout. */
export const REPEAT_MS = 60 * 60_000;

type Meant = Pick<
  Payout,
  "party" | "member" | "currency" | "amountMinor" | "receiver" | "createdAt"
>;

/** Whether one of two payouts of one code repeats the other: the same money to the same place. */
export function isRepeat(one: Meant, other: Meant): boolean {
  const placeOf = ({ receiver }: Meant) =>
    receiver && ("iban" in receiver ? receiver.iban : receiver.accountNo);
  const apartMs = Math.abs(one.createdAt.getTime() - other.createdAt.getTime());
  return (
    apartMs <= REPEAT_MS &&
    one.party === other.party &&
    one.member === other.member &&
    one.currency === other.currency &&
    one.amountMinor === other.amountMinor &&
    placeOf(one) === placeOf(other)
  );
}

/** A bank that cannot be reached is called again this often, and so long after the payout's day. */
const AGAIN_GAP_MS = 15 * 60_000;
const AGAIN_FOR_MS = DAY_MS;

/**
 * When a payout that was made by itself is sent again, its bank not having been reached: nobody
 * waits for its answer. What somebody asked for fails, for its asker to decide. `undefined` for
 * anything else.
 */
export function sentAgainAt(
  { kind, createdAt }: Pick<Payout, "kind" | "createdAt">,
  reason: RefusalReason,
  at: Date,
): Date | undefined {
  const isOver = at.getTime() - createdAt.getTime() >= AGAIN_FOR_MS;
  return kind === "daily" && reason === "not_sent" && !isOver ? after(at, AGAIN_GAP_MS) : undefined;
}

/** Whose money is paid out: a direct payout is the main firm's own affair, whomever it goes to. */
export function paidFor({
  kind,
  party,
  member,
}: Pick<Payout, "kind" | "party" | "member">): Account {
  if (kind === "direct") return dueToCompany;
  return party === "member" && member !== null ? dueToMember(member) : dueToPlatform;
}
