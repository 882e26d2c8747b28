import { endUserDetails, endUserOf } from "../../../checkout/end-user.rules.ts";
import type { CodeForReceipt } from "../../../checkout/index.ts";
import { messages } from "../../../lib/messages/index.ts";
import { sendCode } from "../../../messaging/index.ts";
import { checkPhone } from "../../../messaging/recipient.rules.ts";
import type { PaymentDetails } from "../../../payments/index.ts";
import type { Call, Service } from "../deps.ts";
import { resultCode } from "../wire/errors.ts";
import type { PaymentBody } from "./payment.wire.ts";
import { ReceiptOtpBody } from "./receipt.wire.ts";

/** Sends an end user the code with which a receipt can be made out. */
export const endUserReceiptOtp: Service<typeof ReceiptOtpBody> = {
  path: "/v2/agent/create_end_user_receipt_otp",
  summary: "Code by SMS before a payment with a receipt for an end user",
  body: ReceiptOtpBody,
  objectName: null,
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const phone = checkPhone("phoneNumber", body.phoneNumber);
    const ask = { purpose: "receipt", session: phone, phone } as const;
    await sendCode(deps, caller.merchant, ask, locale);
    return {
      object_name: null,
      code: resultCode.successful,
      message: messages[locale].code_sent,
    };
  },
};

type Terms = Readonly<{ instalments: number; addCommission: boolean }>;
export type AskedReceipt = Readonly<{ code: CodeForReceipt; details: PaymentDetails }>;

/**
 * The receipt that a payment asks for by sending a code, with all its conditions met but the code
 * itself, which is looked at last: a request that lacks something else does not use it up. Refuses
 * `receipt_refused`.
 */
export function receiptAskOf(
  { locale }: Call,
  body: PaymentBody,
  terms: Terms,
): AskedReceipt | undefined {
  const code = body.otp_code ?? body.otp;
  if (code === undefined) return undefined;
  const user = endUserOf(body, terms);
  return {
    code: { phone: user.phone, code, reference: body.reference_no },
    details: endUserDetails(user, locale),
  };
}
