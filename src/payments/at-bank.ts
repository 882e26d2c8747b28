import type { BankOriginal, BankQuestion, Finding, Means, Outcome } from "../acquirers/index.ts";
import { bareId } from "../lib/id.ts";
import { money } from "../lib/money.ts";
import type { Merchant, MerchantPos } from "../merchants/index.ts";
import type { PaymentsDeps } from "./deps.ts";
import type { Attempt, AttemptKind, Done, Payment } from "./payment.rules.ts";
import { isUnwritten, settle } from "./settle.ts";

/** What each kind of attempt is to a bank. */
const operationOf = {
  sale: "sale",
  hold: "hold",
  capture: "capture",
  void: "void",
  release: "void",
  reopen: "void",
  refund: "refund",
} as const satisfies Record<AttemptKind, string>;

/** What the bank is told: its order id, the amount, and what the attempt acts on. */
function orderOf(payment: Payment, attempt: Attempt) {
  return {
    orderId: bareId(payment.id),
    amount: money(attempt.amountMinor, attempt.currency),
    original: {
      bankReference: attempt.originalReference ?? "",
      authorizationCode: attempt.originalCode ?? "",
    },
  };
}

/** A connector that throws is a bug; what the bank did meanwhile is unknown all the same. */
async function orDoubt(call: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await call();
  } catch (error) {
    return { kind: "doubtful", why: error instanceof Error ? error.message : "unknown failure" };
  }
}

/** Sends a sale or a hold. Never throws: what is not known is doubtful. */
export function chargeAtBank(
  deps: PaymentsDeps,
  ask: Readonly<{ merchant: Merchant; kind: "sale" | "hold"; means: Means; clientIp: string }>,
  { payment, attempt }: Done,
): Promise<Outcome> {
  return orDoubt(async () =>
    deps.findAcquirer(posIn(ask.merchant, payment)).charge({
      operation: ask.kind,
      orderId: bareId(payment.id),
      amount: money(attempt.amountMinor, attempt.currency),
      instalments: payment.instalments,
      means: ask.means,
      clientIp: ask.clientIp,
    }),
  );
}

function posIn(merchant: Merchant, payment: Payment): MerchantPos {
  const pos = merchant.pos.find((each) => each.id === payment.posId);
  if (!pos) throw new Error(`POS ${payment.posId} of payment ${payment.id} is gone`);
  return pos;
}

const posOf = async (deps: PaymentsDeps, payment: Payment): Promise<MerchantPos> =>
  posIn(await deps.merchantOf(payment.merchantId), payment);

/** Sends a capture, void or refund. Never throws: what is not known is doubtful. */
export function followUpAtBank(deps: PaymentsDeps, { payment, attempt }: Done): Promise<Outcome> {
  return orDoubt(async () => {
    const acquirer = deps.findAcquirer(await posOf(deps, payment));
    const operation = operationOf[attempt.kind];
    if (operation === "sale" || operation === "hold") throw new Error("A charge is no follow-up");
    return acquirer[operation](orderOf(payment, attempt));
  });
}

/**
 * Takes back a charge that is to have none, or has ended without: by the order alone where the bank
 * never told its references.
 */
export const voidChargeAtBank = (
  deps: PaymentsDeps,
  { payment, attempt }: Done,
  original?: BankOriginal,
): Promise<Outcome> =>
  orDoubt(async () => {
    const order = orderOf(payment, attempt);
    const acquirer = deps.findAcquirer(await posOf(deps, payment));
    return acquirer.void({ ...order, ...(original && { original }) });
  });

/** The same once the bank's day is closed. */
export const refundStrayAtBank = (deps: PaymentsDeps, done: Done, original: BankOriginal) =>
  orDoubt(async () =>
    deps
      .findAcquirer(await posOf(deps, done.payment))
      .refund({ ...orderOf(done.payment, done.attempt), original }),
  );

/** Asks what became of an attempt. Never throws. */
export async function askAtBank(deps: PaymentsDeps, done: Done): Promise<Finding> {
  const { payment, attempt } = done;
  const question: BankQuestion = {
    ...orderOf(payment, attempt),
    operation: operationOf[attempt.kind],
    refundedBeforeMinor: attempt.refundedBeforeMinor,
  };
  try {
    return await deps.findAcquirer(await posOf(deps, payment)).inquire(question);
  } catch (error) {
    return { kind: "unknown", why: error instanceof Error ? error.message : "unknown failure" };
  }
}

/**
 * Writes the outcome. When it cannot be written the money may have moved all the same, so the
 * caller is told of doubt; the stored attempt falls due and the bank is asked about it.
 */
export async function settleOrLeave(
  deps: PaymentsDeps,
  done: Done,
  outcome: Outcome,
): Promise<Done> {
  try {
    return await settle(deps, done, outcome);
  } catch (error) {
    if (!isUnwritten(error)) throw error;
    const attempt: Attempt = { ...done.attempt, status: "doubtful", doubt: "outcome not stored" };
    return { payment: done.payment, attempt };
  }
}
