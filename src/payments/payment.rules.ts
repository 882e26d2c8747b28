import type { DeclineReason } from "../acquirers/outcome.rules.ts";
import type { PaymentId, PosId } from "../lib/id.ts";
import { type AgentId, type AttemptId, bareId, type MerchantId } from "../lib/id.ts";
import type { Currency } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";

/**
 * Amounts captured and refunded are amounts, not states; doubt belongs to an attempt, never to a
 * payment. `declined` and `voided` are terminal.
 */
export type PaymentStatus = "pending" | "held" | "captured" | "declined" | "voided";

/** The table of moves is the machine. `reopen` takes back a capture and leaves the hold. */
export const paymentMoves = {
  hold: { from: ["pending"], to: "held" },
  capture: { from: ["pending", "held"], to: "captured" },
  decline: { from: ["pending"], to: "declined" },
  void: { from: ["held", "captured"], to: "voided" },
  reopen: { from: ["captured"], to: "held" },
} as const satisfies Record<string, { from: readonly PaymentStatus[]; to: PaymentStatus }>;
export type PaymentMove = keyof typeof paymentMoves;

/** Refuses `nothing_to_do` where the table has no such move. */
export function move(status: PaymentStatus, event: PaymentMove): PaymentStatus {
  const { from, to }: { from: readonly PaymentStatus[]; to: PaymentStatus } = paymentMoves[event];
  if (!from.includes(status)) return refuse("nothing_to_do", { status });
  return to;
}

/**
 * `release` takes back a hold, `reopen` a capture, `void` a sale or capture whole; `refund` gives
 * back a part or all once the bank's day is closed.
 */
export type AttemptKind = "sale" | "hold" | "capture" | "void" | "release" | "reopen" | "refund";
export type AttemptStatus = "open" | "approved" | "declined" | "doubtful";

/** What a request says beside the money: shown again, never decided on. */
export type PaymentDetails = Readonly<Record<string, string | number | boolean | null>>;

export type Payment = Readonly<{
  merchantId: MerchantId;
  id: PaymentId;
  version: number;
  status: PaymentStatus;
  reference: string;
  /** A link that may be paid many times gives one reference to many payments. */
  sharesReference: boolean;
  posId: PosId;
  agentId: AgentId | null;
  currency: Currency;
  /** What the card pays. */
  amountMinor: bigint;
  commissionMinor: bigint;
  commissionTaxMinor: bigint;
  /** The main firm's part of the amount; the rest is the agent's. */
  companyMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  ratePpm: bigint;
  commissionTaxPpm: bigint;
  /** Whether the commission was put on top of what the merchant asked for. */
  isCommissionAdded: boolean;
  /** 0 is a single payment. */
  instalments: number;
  cardMask: string;
  cardHolder: string;
  cardBrand: string;
  cardType: "cc" | "bc" | "dc";
  cardBankId: string;
  /** The attempt whose hold or money is live; what a capture, void or refund acts on. */
  liveAttemptId: AttemptId | null;
  capturedAt: Date | null;
  details: PaymentDetails;
  createdAt: Date;
}>;

export type Attempt = Readonly<{
  merchantId: MerchantId;
  id: AttemptId;
  paymentId: PaymentId;
  /** The integer that the wires show. */
  xact: bigint;
  kind: AttemptKind;
  status: AttemptStatus;
  currency: Currency;
  amountMinor: bigint;
  commissionMinor: bigint;
  commissionTaxMinor: bigint;
  originalId: AttemptId | null;
  originalReference: string | null;
  originalCode: string | null;
  insteadOfId: AttemptId | null;
  refundedBeforeMinor: bigint;
  bankReference: string | null;
  authorizationCode: string | null;
  declineReason: DeclineReason | null;
  bankCode: string | null;
  bankMessage: string | null;
  doubt: string | null;
  requestKey: string | null;
  askHash: string | null;
  notifyUrl: string | null;
  openedAt: Date;
  settledAt: Date | null;
  dueAt: Date | null;
  inquiries: number;
  notFoundCount: number;
  firstNotFoundAt: Date | null;
  safetyVoidAt: Date | null;
  flaggedAt: Date | null;
  reversedById: AttemptId | null;
}>;

/** A payment with the attempt in question: what every verb answers. */
export type Done = Readonly<{ payment: Payment; attempt: Attempt }>;

export const isSettled = (attempt: Attempt): boolean =>
  attempt.status === "approved" || attempt.status === "declined";

export const isInDoubt = (attempt: Attempt): boolean => !isSettled(attempt);

export const isCharge = (kind: AttemptKind): boolean => kind === "sale" || kind === "hold";

/** The sale or hold of a payment: the one attempt that shares its characters. */
export const chargeIdOf = (payment: Pick<Payment, "id">): AttemptId => `att_${bareId(payment.id)}`;

export const leftToRefund = (payment: Payment): bigint =>
  payment.capturedMinor - payment.refundedMinor;
