import type { z } from "zod";
import { cardWall } from "./card/card-wall.ts";
import { tempToken } from "./card/temp-card.ts";
import { type Service, service } from "./deps.ts";
import { approvalServices } from "./marketplace/approval.ts";
import { debtServices } from "./marketplace/debt.ts";
import { earningReports } from "./marketplace/earning.ts";
import { earningChanges } from "./marketplace/earning-changes.ts";
import { manualTrigger } from "./marketplace/manual-trigger.ts";
import { productServices } from "./marketplace/product.ts";
import { retryServices } from "./marketplace/retry.ts";
import { memberServices } from "./member/member.ts";
import { memberAccountServices } from "./member/member-account.ts";
import { memberValueDateServices } from "./member/member-value-date.ts";
import { checkoutServices } from "./page/checkout.ts";
import { linkQr } from "./page/link.ts";
import { binInquiry, installment } from "./payment/installment.ts";
import { startDirect, startDirectInsurance } from "./payment/payment.ts";
import { cancelProvision, closeProvision } from "./payment/provision.ts";
import { queryByCode, queryByPaymentId, queryByUniqueCode } from "./payment/query.ts";
import { endPayment, startModel, startPage } from "./payment/three-d.ts";
import { undoServices } from "./payment/undo.ts";
import { payoutServices } from "./payout/payout.ts";
import { recurringServices } from "./recurring/recurring.ts";
import { version } from "./version.ts";

/** Every service of this wire that is built. */
export const services: readonly Service<z.ZodType>[] = [
  service(version),
  service(startDirect),
  service(startDirectInsurance),
  service(closeProvision),
  service(cancelProvision),
  service(queryByCode),
  service(queryByUniqueCode),
  service(queryByPaymentId),
  ...undoServices,
  service(installment),
  service(binInquiry),
  service(startPage),
  service(startModel),
  service(endPayment),
  service(tempToken),
  service(linkQr),
  ...checkoutServices,
  ...recurringServices,
  ...cardWall,
  ...manualTrigger,
  ...payoutServices,
  ...retryServices,
  ...approvalServices,
  ...earningReports,
  ...earningChanges,
  ...debtServices,
  ...productServices,
  ...memberServices,
  ...memberAccountServices,
  ...memberValueDateServices,
];
