import type { Outcome } from "../acquirers/outcome.rules.ts";
import type { EventType, NewEvent } from "../events/event.rules.ts";
import { capture, type Leg, refunded, sale, voided } from "../ledger/postings.rules.ts";
import { never } from "../lib/assert.ts";
import { after } from "../lib/clock.ts";
import { type AttemptId, bareId } from "../lib/id.ts";
import { firstInquiryAt } from "./doubt.rules.ts";
import { partsOf } from "./parts.rules.ts";
import { type Attempt, type AttemptKind, chargeIdOf, move, type Payment } from "./payment.rules.ts";

/** What an outcome makes of a payment: the new rows, the books and the news. */
export type Settlement = Readonly<{
  payment: Payment;
  attempt: Attempt;
  /** Every end of an attempt moves its payment's version; doubt changes the attempt alone. */
  isMoved: boolean;
  legs: readonly Leg[];
  events: readonly NewEvent[];
  /** An earlier attempt that this one took back whole. */
  reversedId?: AttemptId | undefined;
}>;

type Change = Readonly<{ payment: Partial<Payment>; legs: readonly Leg[] }>;
/** The day of the money is the day it was asked for, also when the bank says so a day later. */
const live = ({ id, openedAt }: Attempt) => ({ liveAttemptId: id, capturedAt: openedAt });
const nothingLive = { liveAttemptId: null, capturedMinor: 0n, capturedAt: null };

/** What an approved attempt changes. Sales and captures make money live, others take it back. */
function approvedChange(payment: Payment, attempt: Attempt): Change {
  const { kind, amountMinor } = attempt;
  const drawn = () => partsOf(payment, payment.capturedMinor);
  switch (kind) {
    case "hold":
      return {
        payment: { status: move(payment.status, "hold"), liveAttemptId: attempt.id },
        legs: [],
      };
    case "sale":
    case "capture": {
      const status = move(payment.status, "capture");
      const book = kind === "sale" ? sale : capture;
      return {
        payment: { status, capturedMinor: amountMinor, ...live(attempt) },
        legs: book(partsOf(payment, amountMinor)),
      };
    }
    case "release":
      return { payment: { status: move(payment.status, "void"), ...nothingLive }, legs: [] };
    case "void":
    case "reopen": {
      const chargeId = chargeIdOf(payment);
      const legs = voided(drawn());
      if (attempt.originalId === chargeId) {
        return { payment: { status: move(payment.status, "void"), ...nothingLive }, legs };
      }
      // Without its capture the hold stands again at the bank: giving that back is another attempt.
      const status = move(payment.status, "reopen");
      return { payment: { status, ...nothingLive, liveAttemptId: chargeId }, legs };
    }
    case "refund": {
      const refundedMinor = payment.refundedMinor + amountMinor;
      return {
        payment: { refundedMinor },
        legs: refunded(drawn(), payment.refundedMinor, refundedMinor),
      };
    }
    default:
      return never(kind);
  }
}

const approvedEvents: Record<AttemptKind, EventType> = {
  sale: "payment.captured",
  hold: "payment.held",
  capture: "payment.captured",
  void: "payment.voided",
  release: "payment.voided",
  reopen: "payment.reopened",
  refund: "payment.refunded",
};

const eventTypeOf = (payment: Payment, { kind }: Attempt): EventType =>
  kind === "void" && payment.status === "held" ? "payment.reopened" : approvedEvents[kind];

/** The event that tells of an attempt. Its id is the attempt's: it cannot be told twice. */
export function eventOf(payment: Payment, attempt: Attempt, type: EventType): NewEvent {
  return {
    merchantId: payment.merchantId,
    id: `evt_${bareId(attempt.id)}_${type.split(".")[1]}`,
    type,
    subjectId: payment.id,
    payload: {
      payment_id: payment.id,
      attempt_id: attempt.id,
      reference: payment.reference,
      status: payment.status,
      amount_minor: attempt.amountMinor.toString(),
      captured_minor: payment.capturedMinor.toString(),
      refunded_minor: payment.refundedMinor.toString(),
      currency: payment.currency,
      decline_reason: attempt.declineReason,
    },
  };
}

function reversedBy(payment: Payment, attempt: Attempt): AttemptId | undefined {
  if (!attempt.originalId || attempt.kind === "capture") return undefined;
  const isWhole = attempt.kind !== "refund" || payment.refundedMinor === payment.capturedMinor;
  return isWhole ? attempt.originalId : undefined;
}

function approve(
  payment: Payment,
  attempt: Attempt,
  outcome: Extract<Outcome, { kind: "approved" }>,
  now: Date,
): Settlement {
  const change = approvedChange(payment, attempt);
  const next = { ...payment, ...change.payment, version: payment.version + 1 };
  const settled: Attempt = {
    ...attempt,
    status: "approved",
    bankReference: outcome.bankReference,
    authorizationCode: outcome.authorizationCode,
    settledAt: now,
    dueAt: null,
    doubt: null,
  };
  return {
    payment: next,
    attempt: settled,
    isMoved: true,
    legs: change.legs,
    events: [eventOf(next, settled, eventTypeOf(next, settled))],
    reversedId: reversedBy(next, settled),
  };
}

function decline(
  payment: Payment,
  attempt: Attempt,
  outcome: Extract<Outcome, { kind: "declined" }>,
  now: Date,
): Settlement {
  const isCharge = attempt.kind === "sale" || attempt.kind === "hold";
  const status = isCharge ? move(payment.status, "decline") : payment.status;
  const next = { ...payment, status, version: payment.version + 1 };
  const settled: Attempt = {
    ...attempt,
    status: "declined",
    declineReason: outcome.reason,
    bankCode: outcome.bankCode,
    bankMessage: outcome.bankMessage,
    settledAt: now,
    dueAt: null,
    doubt: null,
  };
  const type = isCharge ? "payment.declined" : "payment.operation_declined";
  const events = [eventOf(next, settled, type)];
  return { payment: next, attempt: settled, isMoved: true, legs: [], events };
}

/**
 * What an outcome makes of an unsettled attempt and its payment at `now`. Doubt changes nothing but
 * the attempt, which will be asked about: no entry, no event.
 */
export function applyOutcome(
  payment: Payment,
  attempt: Attempt,
  outcome: Outcome,
  now: Date,
): Settlement {
  switch (outcome.kind) {
    case "approved":
      return approve(payment, attempt, outcome, now);
    case "declined":
      return decline(payment, attempt, outcome, now);
    case "doubtful":
      return {
        payment,
        attempt: {
          ...attempt,
          status: "doubtful",
          doubt: outcome.why,
          dueAt: after(now, firstInquiryAt),
        },
        isMoved: false,
        legs: [],
        events: [],
      };
    default:
      return never(outcome);
  }
}
