import type { Locale } from "../../lib/messages/index.ts";
import {
  type Done,
  listTransactions,
  readDone,
  release,
  reopen,
  reverse,
} from "../../payments/index.ts";
import { isInDoubt } from "../../payments/payment.rules.ts";
import type { PaynetDeps, Service } from "./deps.ts";
import { resultCode } from "./errors.ts";
import { findOne } from "./find.ts";
import { ReversalListBody, ReversedRequestBody, reversalItem, XactBody } from "./reversal.wire.ts";
import { envelope, errorMembers } from "./shape.ts";
import { agentAsked, posIdsOf } from "./transaction.ts";
import { movedAnswer, pageAnswer, pageOf, spanOf } from "./transaction.wire.ts";

/** These services have no `is_succeed`: a bank's no is `code` 1 with its words. */
function bareAnswer(objectName: string, { attempt }: Done, locale: Locale) {
  const wrapped = envelope(objectName, attempt, locale);
  if (isInDoubt(attempt) || attempt.status === "approved") return wrapped;
  const message = errorMembers(attempt, locale).bank_error_message;
  return { ...wrapped, code: resultCode.unsuccessful, message };
}

/** Cancels the whole on the day of the money, refunds all or a part later. */
export const reversedRequest: Service<typeof ReversedRequestBody> = {
  path: "/v1/transaction/reversed_request",
  summary: "Cancel or refund",
  body: ReversedRequestBody,
  objectName: "transaction_reversed_request",
  movesMoney: false,
  async run(deps, { caller, locale, receipt }, body) {
    const target = await findOne(deps, caller, body);
    const done = await reverse(deps.payments, caller, {
      target,
      amountMinor: body.amount,
      notifyUrl: body.succeedUrl,
      receipt,
    });
    return bareAnswer("transaction_reversed_request", done, locale);
  },
};

/** Gives a pre-authorisation back to the card. */
export const preauthReversal: Service<typeof XactBody> = {
  path: "/v1/transaction/preauth_reversal",
  summary: "Cancel of a pre-authorisation",
  body: XactBody,
  objectName: "transaction_preauth_reversal",
  movesMoney: false,
  async run(deps, { caller, locale, receipt }, body) {
    const target = await findOne(deps, caller, body);
    const done = await release(deps.payments, caller, { target, receipt });
    return bareAnswer("transaction_preauth_reversal", done, locale);
  },
};

/** Takes back a capture on its own day; the pre-authorisation is open again. */
export const captureReversal: Service<typeof XactBody> = {
  path: "/v1/transaction/capture_reversal",
  summary: "Cancel of a capture",
  body: XactBody,
  objectName: "transaction",
  movesMoney: true,
  async run(deps, { caller, locale, receipt }, body) {
    const target = await findOne(deps, caller, body);
    const done = await reopen(deps.payments, caller, { target, receipt });
    return movedAnswer(caller.merchant, done, locale);
  },
};

const originalOf = (deps: PaynetDeps, { attempt }: Done): Promise<Done | undefined> =>
  attempt.originalId
    ? readDone(deps.db, attempt.merchantId, { attemptId: attempt.originalId })
    : Promise.resolve(undefined);

/** Cancels and refunds of a span of days, by the day they were asked for. */
export const reversalList: Service<typeof ReversalListBody> = {
  path: "/v1/transaction/reversal_list",
  summary: "Cancels and refunds of a span of days",
  body: ReversalListBody,
  objectName: "transaction_reversal_list",
  movesMoney: false,
  lists: true,
  async run(deps, { caller, locale }, body) {
    const { merchant } = caller;
    const agent = await agentAsked(deps, caller, body.agent_id);
    const shown = pageOf(body);
    const page = await listTransactions(deps.db, merchant.id, {
      ...spanOf(body),
      agentId: agent?.id,
      posIds: posIdsOf(merchant, body.bank_id),
      withDeclined: true,
      kinds: ["void", "refund"],
      offset: shown.offset,
      limit: shown.limit,
    });
    const originals = await Promise.all(page.rows.map((done) => originalOf(deps, done)));
    const rows = page.rows.map((done, i) => reversalItem(merchant, done, originals[i], locale));
    return {
      ...pageAnswer(merchant, { ...page, totalMinor: -page.totalMinor }, shown, rows),
      ...envelope("transaction_reversal_list", undefined, locale),
    };
  },
};
