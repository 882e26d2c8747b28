import { constraintOf, inTx } from "../db/transaction.ts";
import { refuse } from "../lib/refusal.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import {
  askNow,
  type Done,
  endLate,
  giveReference,
  isStray,
  openAhead,
  readDone,
  settleReturned,
} from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import { markTold } from "./bank-charge.store.ts";
import { orderOf, type Posted, posOf, returnUrlOf } from "./bank-order.ts";
import { claim, readToken } from "./checkout.store.ts";
import type { CheckoutDeps } from "./deps.ts";
import { keepHolder, vouched } from "./holder.ts";
import { checkLinkOf } from "./link-session.ts";
import type { FoundTry } from "./open-session.ts";
import { awayUntil, mayTell, receiptOfTry, type Token } from "./session.rules.ts";
import { openingOf } from "./stock.ts";
import { agentIn } from "./try-card.ts";

/**
 * The model `3d_pay`, in which the bank's page takes the money by itself. The charge is opened
 * before the payer goes there, settled by what comes back or by what the bank says when it is
 * asked, told to the shop that asks for it, and given back where none does.
 */

/**
 * Gives the session to the try and opens its charge. False where another try has the session, or
 * its amount has changed. Run twice it does so once. Refuses `link_closed`, `agent_blocked`, and as
 * `openAhead`.
 */
export async function beginCharge(
  deps: CheckoutDeps,
  found: FoundTry,
  now: Date,
): Promise<boolean> {
  const { merchant, session, token } = found;
  await checkLinkOf(deps, session, { now, paymentId: token.payment.id });
  await agentIn(deps, merchant, session);
  if (!(await claim(deps.db, found))) return false;
  await openAhead(deps.payments, {
    merchant,
    payment: token.payment,
    kind: session.terms.kind,
    receipt: receiptOfTry(token),
    dueAt: awayUntil(session),
    openCharge: openingOf(deps, session),
  });
  return true;
}

async function chargeOf({ db }: Pick<CheckoutDeps, "db">, token: Token): Promise<Done> {
  const { requestKey } = receiptOfTry(token);
  const done = await readDone(db, token.merchantId, { requestKey });
  if (!done) throw new Error(`Try ${token.id} was to be charged by the bank and has no attempt`);
  return done;
}

/** What became of a try that the bank's page was to charge. */
export type Charged =
  | Readonly<{ kind: "authenticated"; token: Token }>
  | Readonly<{ kind: "refused"; token: Token }>
  | Readonly<{ kind: "in_doubt"; token: Token }>
  /** It took money that goes back: of a holder it did not vouch for, or that came too late. */
  | Readonly<{ kind: "given_back"; token: Token }>;

function endOf(token: Token, { attempt }: Done): Charged {
  if (!isSettled(attempt)) return { kind: "in_doubt", token };
  const isPaid = attempt.status === "approved";
  if (token.status === "refused") return { kind: isPaid ? "given_back" : "refused", token };
  // Of an issuer's no the shop hears when it asks, as after every other way.
  const isKnown = isPaid || token.status === "authenticated";
  return { kind: isKnown ? "authenticated" : "refused", token };
}

/**
 * Reads what a payer's browser posted back from a page that charges by itself, at any time: money
 * may have moved. What the bank need not have said changes nothing and has the bank asked. An
 * approval of a payment that had ended without one is taken back.
 */
export async function comeBackCharged(
  deps: CheckoutDeps,
  found: FoundTry,
  posted: Posted,
): Promise<Charged> {
  const { token } = found;
  const begun = await chargeOf(deps, token);
  const order = { ...orderOf(found, "3d_pay"), returnUrl: returnUrlOf(deps, found, posted.lang) };
  const returned = deps.findAcquirer(posOf(found)).resume(order, posted.bytes);
  if (returned.kind !== "charged") {
    const why = returned.kind === "unproven" ? returned.why : "it tells of no charge";
    deps.onUnproven({ merchantId: token.merchantId, tokenId: token.id, why });
    return endOf(token, await askNow(deps.payments, begun));
  }
  const { outcome, holder } = returned;
  const settled = await settleReturned(deps.payments, begun, outcome);
  const done = await endLate(deps.payments, settled, outcome);
  if (isStray(outcome, done)) return { kind: "given_back", token };
  return endOf(await keepHolder(deps.payments, token, { holder, done }), done);
}

/** What a shop says of a charge when it asks for it. */
export type TellAsk = Readonly<{ kind?: "sale" | "hold" | undefined; reference: string }>;

/** Marks the charge as told, under the reference that the shop gives it last: both or neither. */
async function tellFirst(deps: CheckoutDeps, token: Token, done: Done, reference: string) {
  const now = timeOf(await deps.merchantOf(token.merchantId), deps.clock());
  try {
    return await inTx(deps.db, async (tx) => {
      if (!(await markTold(tx, token, now))) return undefined;
      return { ...done, payment: await giveReference(tx, done.payment, reference) };
    });
  } catch (error) {
    if (constraintOf(error) !== "one_use_of_reference") throw error;
    return refuse("reference_taken", { reference });
  }
}

/**
 * Tells a shop of the charge that the bank's page made: the first time as news, then as a repeat.
 * From then on it is not given back by itself. Unsettled, the bank is asked, and it is told another
 * time. Refuses as `mayTell` and `vouched`, `wrong_transaction_type` for what the page did not do,
 * and `reference_taken`.
 */
export async function tellCharge(
  deps: CheckoutDeps,
  { token }: FoundTry,
  { kind, reference }: TellAsk,
): Promise<Readonly<{ done: Done; isRepeat: boolean }>> {
  mayTell(token);
  const asked = await askNow(deps.payments, await chargeOf(deps, token));
  // The payer's return may have settled it while the bank was asked.
  const done = isSettled(asked.attempt) ? asked : await chargeOf(deps, token);
  if (kind !== undefined && kind !== done.attempt.kind) refuse("wrong_transaction_type", {});
  if (!isSettled(done.attempt)) return { done, isRepeat: false };
  if (token.toldAt === null) mayTell(await vouched(deps.payments, token, done));
  const told = await tellFirst(deps, token, done, reference);
  if (told) return { done: told, isRepeat: false };
  const current = await readToken(deps.db.kysely, token.merchantId, { id: token.id });
  mayTell(current ?? token);
  return { done: await chargeOf(deps, token), isRepeat: true };
}
