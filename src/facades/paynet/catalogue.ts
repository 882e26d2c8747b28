import type { z } from "zod";
import { cardServices } from "./card.ts";
import { type Service, service } from "./deps.ts";
import { formCharge } from "./form-charge.ts";
import {
  mailorderCreate,
  mailorderDetail,
  mailorderList,
  mailorderStatusUpdate,
} from "./mailorder.ts";
import { manuelCharge } from "./manual-charge.ts";
import { payment } from "./payment.ts";
import { paynetjAuth, paynetjAuthUpdate, paynetjSaveCard } from "./paynetj.ts";
import {
  paynetjCheckBin,
  paynetjCheckCardBin,
  paynetjCreateCardToken,
  paynetjCreateToken,
} from "./paynetj-card.ts";
import { ratioGet, ratioGetPublic } from "./ratio.ts";
import { endUserReceiptOtp } from "./receipt.ts";
import { captureReversal, preauthReversal, reversalList, reversedRequest } from "./reversal.ts";
import { subscriptionServices } from "./subscription.ts";
import { subscriptionCardServices } from "./subscription-cards.ts";
import { subscriptionEntryServices } from "./subscription-entry.ts";
import { subscriptionInvoiceServices } from "./subscription-invoices.ts";
import { tdsCharge, tdsInitial } from "./tds.ts";
import { capture, check, detail, list } from "./transaction.ts";

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
