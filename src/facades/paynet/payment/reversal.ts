import { checkAddress } from "../../../lib/address.ts";
import type { Locale } from "../../../lib/messages/index.ts";
import { type Done, readAttempts, release, reopen, reverse } from "../../../payments/index.ts";
import { isInDoubt } from "../../../payments/payment.rules.ts";
import type { PaynetDeps, Service } from "../deps.ts";
import { resultCode } from "../wire/errors.ts";
import { envelope, errorMembers } from "../wire/shape.ts";
import { findOne } from "./find.ts";
import { ReversalListBody, ReversedRequestBody, reversalItem, XactBody } from "./reversal.wire.ts";
import { listed } from "./transaction.ts";
import { movedAnswer, pageAnswer } from "./transaction.wire.ts";

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
    const { succeedUrl } = body;
    const notifyUrl = succeedUrl && checkAddress("succeedUrl", succeedUrl, caller.merchant);
    const target = await findOne(deps, caller, body);
    const done = await reverse(deps.payments, caller, {
      target,
      amountMinor: body.amount,
      notifyUrl,
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

/** The operations that were taken back, by the id of what took them back. */
async function originalsOf(deps: PaynetDeps, rows: readonly Done[]): Promise<Map<string, Done>> {
  const [first] = rows;
  if (!first) return new Map();
  const ids = rows.flatMap(({ attempt }) => attempt.originalId ?? []);
  const found = await readAttempts(deps.db, first.attempt.merchantId, ids);
  const byId = new Map(found.map((attempt) => [attempt.id, attempt]));
  const pairs = rows.flatMap(({ payment, attempt }): [string, Done][] => {
    const original = attempt.originalId && byId.get(attempt.originalId);
    return original ? [[attempt.id, { payment, attempt: original }]] : [];
  });
  return new Map(pairs);
}

/** Cancels and refunds of a span of days, by the day they were asked for. */
export const reversalList: Service<typeof ReversalListBody> = {
  path: "/v1/transaction/reversal_list",
  summary: "Cancels and refunds of a span of days",
  body: ReversalListBody,
  objectName: "transaction_reversal_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, { caller, locale }, body) {
    const { merchant } = caller;
    const { page, shown } = await listed(deps, caller, body, {
      withDeclined: true,
      kinds: ["void", "refund"],
    });
    const originals = await originalsOf(deps, page.rows);
    const rows = page.rows.map((done) =>
      reversalItem(merchant, done, originals.get(done.attempt.id), locale),
    );
    return {
      ...pageAnswer(merchant, { ...page, totalMinor: -page.totalMinor }, shown, rows),
      ...envelope("transaction_reversal_list", undefined, locale),
    };
  },
};
