import { linkPaidBy, mayPayLink } from "../../../checkout/index.ts";
import { addJob } from "../../../events/index.ts";
import type { AttemptId, MerchantId } from "../../../lib/id.ts";
import type { Merchant } from "../../../merchants/index.ts";
import type { AfterSettlement, Done } from "../../../payments/index.ts";
import { dateWithoutOffset, xactIdOf } from "../wire/formats.ts";
import { agentCodeOf, bankCodes, figures, isSucceed, posOf } from "../wire/shape.ts";

export const SEND_CONFIRMATION = "send-paynet-confirmation";
/** Names the payment and the address; what is told is read when it is told. */
export type Confirmation = Readonly<{
  merchantId: MerchantId;
  attemptId: AttemptId;
  url: string;
}>;

/** Once, and three times more when the address does not take it. */
const TRIES_MAX = 4;

/**
 * Queues the post to `confirmation_url` in the transaction that settles a link's payment: no
 * payment is without it, and no payer waits for it.
 */
export const queueConfirmation: AfterSettlement = {
  wants: mayPayLink,
  async run(tx, settlement) {
    const url = (await linkPaidBy(tx, settlement))?.terms.confirmationUrl;
    if (!url) return;
    const { merchantId, id: attemptId } = settlement.attempt;
    const job: Confirmation = { merchantId, attemptId, url };
    await addJob(tx, SEND_CONFIRMATION, job, { triesMax: TRIES_MAX });
  },
};

/**
 * What the address is told. The reference stands under its right name too, beside the one that the
 * wire has always misspelt; `netAmount` is written so here.
 */
export function confirmationBody(merchant: Merchant, done: Done) {
  const { payment, attempt } = done;
  const { amount, net, comission, comission_tax } = figures(attempt);
  const { authorization_code, order_id } = bankCodes(done);
  return {
    referance_no: payment.reference,
    reference_no: payment.reference,
    xact_id: xactIdOf(attempt.id),
    xact_date: dateWithoutOffset(attempt.openedAt),
    agent_id: agentCodeOf(merchant, payment),
    bank_id: posOf(merchant, payment)?.bankId ?? "",
    instalment: payment.instalments,
    card_type: payment.cardType,
    card_holder: payment.cardHolder,
    card_number: payment.cardMask,
    amount,
    netAmount: net,
    comission,
    comission_tax,
    currency: attempt.currency,
    authorization_code,
    order_id,
    is_succeed: isSucceed(attempt),
  };
}
