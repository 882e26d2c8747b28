import type { Holder, Outcome } from "../acquirers/index.ts";
import { askAtBank, settleOrLeave } from "./at-bank.ts";
import type { PaymentsDeps } from "./deps.ts";
import { askNow } from "./inquire.ts";
import { type Done, isSettled } from "./payment.rules.ts";

/**
 * Settles a charge that a bank's page made, by what its signed return says. A yes is believed. A no
 * is believed when the bank, asked, knows of no charge: a payer may send the page's form again, and
 * the two returns may come in either order. What is in doubt is asked about at once.
 */
export async function settleReturned(
  deps: PaymentsDeps,
  done: Done,
  outcome: Outcome,
): Promise<Done> {
  if (isSettled(done.attempt) || outcome.kind === "approved") {
    return settleOrLeave(deps, done, outcome);
  }
  if (outcome.kind === "doubtful") {
    return askNow(deps, await settleOrLeave(deps, done, outcome));
  }
  const finding = await askAtBank(deps, done);
  if (finding.kind === "approved") return settleOrLeave(deps, done, finding);
  const why = `the return said no (${outcome.bankCode}), and the bank was not to be asked`;
  const isKnown = finding.kind !== "unknown";
  return settleOrLeave(deps, done, isKnown ? outcome : { kind: "doubtful", why });
}

/** What a bank says of who paid on its page: `unsaid` in an answer, or not to be asked. */
export type Vouched = Holder | "unsaid" | "unknown";

/** Asks the bank who paid, where no return of its page has said so. */
export async function askHolder(deps: PaymentsDeps, done: Done): Promise<Vouched> {
  const finding = await askAtBank(deps, done);
  return finding.kind === "approved" ? (finding.holder ?? "unsaid") : "unknown";
}
