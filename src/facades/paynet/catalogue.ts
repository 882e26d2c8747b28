import type { z } from "zod";
import { cardServices } from "./card/card.ts";
import { type Service, service } from "./deps.ts";
import { formCharge } from "./form/form-charge.ts";
import { paynetjAuth, paynetjAuthUpdate, paynetjSaveCard } from "./form/paynetj.ts";
import {
  paynetjCheckBin,
  paynetjCheckCardBin,
  paynetjCreateCardToken,
  paynetjCreateToken,
} from "./form/paynetj-card.ts";
import {
  mailorderCreate,
  mailorderDetail,
  mailorderList,
  mailorderStatusUpdate,
} from "./link/mailorder.ts";
import { payment } from "./payment/payment.ts";
import { ratioGet, ratioGetPublic } from "./payment/ratio.ts";
import { endUserReceiptOtp } from "./payment/receipt.ts";
import {
  captureReversal,
  preauthReversal,
  reversalList,
  reversedRequest,
} from "./payment/reversal.ts";
import { tdsCharge, tdsInitial } from "./payment/tds.ts";
import { capture, check, detail, list } from "./payment/transaction.ts";
import { manuelCharge } from "./subscription/manual-charge.ts";
import { subscriptionServices } from "./subscription/subscription.ts";
import { subscriptionCardServices } from "./subscription/subscription-cards.ts";
import { subscriptionEntryServices } from "./subscription/subscription-entry.ts";
import { subscriptionInvoiceServices } from "./subscription/subscription-invoices.ts";

/** Every service of this wire that is built. */
export const services: readonly Service<z.ZodType>[] = [
  service(payment),
  service(tdsInitial),
  service(tdsCharge),
  service(formCharge),
  service(paynetjAuth),
  service(paynetjAuthUpdate),
  service(paynetjCheckBin),
  service(paynetjCheckCardBin),
  service(paynetjCreateToken),
  service(paynetjCreateCardToken),
  service(paynetjSaveCard),
  service(mailorderCreate),
  service(mailorderDetail),
  service(mailorderList),
  service(mailorderStatusUpdate),
  service(ratioGet),
  service(ratioGetPublic),
  service(capture),
  service(check),
  service(detail),
  service(list),
  service(reversedRequest),
  service(reversalList),
  service(preauthReversal),
  service(captureReversal),
  ...cardServices,
  service(endUserReceiptOtp),
  ...subscriptionServices,
  ...subscriptionCardServices,
  ...subscriptionEntryServices,
  ...subscriptionInvoiceServices,
  service(manuelCharge),
];
