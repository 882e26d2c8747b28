import { randomUUID } from "node:crypto";
import { inTx } from "../db/transaction.ts";
import { checkAddress } from "../lib/address.ts";
import { refuse } from "../lib/refusal.ts";
import { type Agent, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { checkEmail, checkPhone } from "../messaging/recipient.rules.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import { invite } from "./invite.ts";
import { draftsOf, makeInvoices, takePlanNumbers } from "./make-invoices.ts";
import { checkBegin, checkPlan } from "./plan.rules.ts";
import { companyShare, type Shares } from "./shares.rules.ts";
import type { Subscription, SubscriptionTerms } from "./subscription.rules.ts";
import { insertOrder } from "./subscriptions.store.ts";

/** What a merchant asks for; what of it cannot be used is told by the wire's names. */
export type OrderAsk = Shares &
  Pick<
    Subscription,
    | "reference"
    | "currency"
    | "amountMinor"
    | "interval"
    | "intervalCount"
    | "period"
    | "beginAt"
    | "isFixedPrice"
    | "renews"
    | "addsCommission"
    | "dailyAttempts"
    | "attemptDays"
    | "drawsAtCard"
  > &
  Readonly<{
    groupReference?: string | undefined;
    agent?: Agent | undefined;
    terms: Omit<SubscriptionTerms, "agentCode">;
  }>;

/** An address that cannot be written to, or gone to, is told while somebody can mend it. */
function checkTerms(merchant: Merchant, { agent, terms }: OrderAsk): SubscriptionTerms {
  const address = (field: string, text: string | undefined) =>
    text === undefined ? undefined : checkAddress(field, text, merchant);
  return {
    ...terms,
    agentCode: agent?.code,
    email: checkEmail("end_user_email", terms.email),
    phone: checkPhone("end_user_gsm", terms.phone),
    confirmationUrl: address("confirmation_webhook", terms.confirmationUrl),
    succeededUrl: address("suceed_webhook", terms.succeededUrl),
    failedUrl: address("error_webhook", terms.failedUrl),
    redirectUrl: address("confirmation_redirect_url", terms.redirectUrl),
    logoUrl: address("agent_logo", terms.logoUrl),
  };
}

/** An order as it is asked for, all but the numbers of its plan. */
function newOrder(merchant: Merchant, ask: OrderAsk, now: Date): Subscription {
  const { agent, companyMinor, agentMinor, groupReference, ...said } = ask;
  checkBegin(ask.beginAt, now);
  checkPlan(ask);
  return {
    ...said,
    merchantId: merchant.id,
    id: randomUUID(),
    status: "active",
    groupReference: groupReference ?? null,
    agentId: agent?.id ?? null,
    companyMinor: companyShare(ask.amountMinor, { companyMinor, agentMinor }),
    planNumbers: [],
    terms: checkTerms(merchant, ask),
    acceptedAt: null,
    acceptedFrom: null,
    stoppedAt: null,
    createdAt: now,
  };
}

/**
 * Makes a regular payment order, with its invoices where its price is fixed, and writes the address
 * of its page to the payer: all of it or nothing. Refuses `invalid_input` for a begin before today,
 * a plan that reaches too far, parts that are not the amount's, and addresses that cannot be used;
 * and `subscription_reference_taken`, also to the same request that is sent again.
 */
export async function createSubscription(
  deps: SubscriptionsDeps,
  merchant: Merchant,
  ask: OrderAsk,
): Promise<Subscription> {
  const now = timeOf(merchant, deps.clock());
  const draft = newOrder(merchant, ask, now);
  const first = await takePlanNumbers(deps, merchant.id, draft.intervalCount);
  const order: Subscription = { ...draft, planNumbers: [first] };
  const { reference } = order;
  await inTx(deps.db, async (tx) => {
    if (!(await insertOrder(tx, order))) refuse("subscription_reference_taken", { reference });
    const drafts = order.isFixedPrice ? draftsOf(order, 0, order.intervalCount) : [];
    await makeInvoices(deps, tx, { merchant, order, hasCard: false, now }, drafts);
    await invite(deps, tx, merchant, order, now);
  });
  return order;
}
