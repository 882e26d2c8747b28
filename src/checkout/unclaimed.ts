import { after } from "../lib/clock.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import { askNow, type Done, type PaymentsDeps, readDone } from "../payments/index.ts";
import { isSettled } from "../payments/payment.rules.ts";
import {
  leaseUnclaimed,
  markTold,
  merchantsWithUnclaimed,
  putOff,
  refuseTry,
} from "./bank-charge.store.ts";
import { readSession } from "./checkout.store.ts";
import { giveBack } from "./give-back.ts";
import { vouched } from "./holder.ts";
import { lookAgainAt, requestKeyOf, type Token, UNCLAIMED } from "./session.rules.ts";

/** Longer than asking a bank and taking back together take. */
const LEASE_MS = 5 * 60_000;
const LEASE_MAX = 50;
const AT_ONCE_MAX = 10;

/**
 * Whether nobody has to ask for a charge: it took nothing, it pays a link or a marketplace's sale,
 * which are completed by themselves, or the shop has captured the hold and so knows of it.
 */
async function isWanted(deps: PaymentsDeps, token: Token, { payment, attempt }: Done) {
  if (attempt.status === "declined") return true;
  if (attempt.kind === "hold" && payment.status === "captured") return true;
  const { merchantId, sessionId } = token;
  const kind = (await readSession(deps.db, { merchantId, id: sessionId }))?.kind;
  return kind === "link" || kind === "market";
}

/** Ends what the bank's page charged and nobody asked for; what is in doubt is looked at later. */
async function endUnclaimed(deps: PaymentsDeps, token: Token): Promise<void> {
  const { merchantId } = token;
  const now = timeOf(await deps.merchantOf(merchantId), deps.clock());
  const again = lookAgainAt(token, now);
  const found = await readDone(deps.db, merchantId, { requestKey: requestKeyOf(token.id) });
  if (!found) throw new Error(`Try ${token.id} was to be charged by the bank and has no attempt`);
  const done = await askNow(deps, found);
  if (!isSettled(done.attempt)) return putOff(deps.db, token, again);
  if (token.status === "refused") return giveBack(deps, token, done);
  if (await isWanted(deps, token, done)) {
    const known = await vouched(deps, token, done);
    if (known.status !== "refused") await markTold(deps.db.kysely, token, now);
    return;
  }
  const from = ["challenged", "authenticated"] as const;
  const unclaimed = { from, reason: UNCLAIMED, bankCode: "", bankMessage: "", dueAt: again };
  // The shop may ask for it at this very moment: one of the two finds the try as it was.
  if (await refuseTry(deps.db, token, unclaimed, now)) await giveBack(deps, token, done);
}

/**
 * Gives back what banks' pages charged and no shop asked for while its session lasted, merchant by
 * merchant, and says how many tries were looked at: nothing is taken of a payer before `tds_charge`
 * that is not given back without it. A crash in the middle leaves the rest leased.
 */
export async function giveBackDue(
  deps: PaymentsDeps,
  onError: (error: unknown) => void,
): Promise<number> {
  let looked = 0;
  for (const merchantId of await merchantsWithUnclaimed(deps.db, deps.clock())) {
    const now = timeOf(await deps.merchantOf(merchantId), deps.clock());
    const until = after(now, LEASE_MS);
    const due = await leaseUnclaimed(deps.db, merchantId, now, until, LEASE_MAX);
    for (let i = 0; i < due.length; i += AT_ONCE_MAX) {
      const batch = due.slice(i, i + AT_ONCE_MAX);
      await Promise.all(batch.map((each) => endUnclaimed(deps, each).catch(onError)));
    }
    looked += due.length;
  }
  return looked;
}
