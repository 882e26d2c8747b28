import { manualCharge } from "../../../subscriptions/index.ts";
import type { Service } from "../deps.ts";
import { ManualChargeBody, manualAnswer } from "./manual-charge.wire.ts";
import { orderNameOf } from "./subscription-name.wire.ts";

/** Draws due invoices of an order at once, or says in how long the next try is allowed. */
export const manuelCharge: Service<typeof ManualChargeBody> = {
  path: "/v1/subscription/manuel_charge",
  summary: "Drawing of due invoices at once",
  body: ManualChargeBody,
  objectName: null,
  movesMoney: false,
  lists: "data",
  async run(deps, { caller, locale, address }, body) {
    const ask = { ...orderNameOf(body), invoiceNo: body.invoice_no, clientIp: address };
    return manualAnswer(await manualCharge(deps.subscriptions, caller, ask), locale);
  },
};
