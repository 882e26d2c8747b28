import type { z } from "zod";
import { approvalServices } from "./approval.ts";
import { cardWall } from "./card-wall.ts";
import { checkoutServices } from "./checkout.ts";
import { debtServices } from "./debt.ts";
import { type Service, service } from "./deps.ts";
import { earningReports } from "./earning.ts";
import { earningChanges } from "./earning-changes.ts";
import { binInquiry, installment } from "./installment.ts";
import { linkQr } from "./link.ts";
import { manualTrigger } from "./manual-trigger.ts";
import { memberServices } from "./member.ts";
import { memberAccountServices } from "./member-account.ts";
import { memberValueDateServices } from "./member-value-date.ts";
import { startDirect, startDirectInsurance } from "./payment.ts";
import { payoutServices } from "./payout.ts";
import { productServices } from "./product.ts";
import { cancelProvision, closeProvision } from "./provision.ts";
import { queryByCode, queryByPaymentId, queryByUniqueCode } from "./query.ts";
import { recurringServices } from "./recurring.ts";
import { retryServices } from "./retry.ts";
import { tempToken } from "./temp-card.ts";
import { endPayment, startModel, startPage } from "./three-d.ts";
import { undoServices } from "./undo.ts";
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
