import type { AfterSettlement } from "../payments/index.ts";
import { lockSale } from "./approvals.store.ts";
import { capturedOf } from "./sale.rules.ts";
import { readProducts, readSale, saveCaptured } from "./sales.store.ts";

/**
 * What a capture makes of a sale's lines, in the transaction that settles it and whichever wire
 * asked for it: of less than the hold each line has its share.
 */
export const followCaptures: AfterSettlement = {
  wants: ({ attempt }) => attempt.kind === "capture" && attempt.status === "approved",
  async run(tx, { payment, attempt }) {
    const { merchantId } = payment;
    const sale = await readSale(tx, merchantId, { paymentId: payment.id });
    if (!sale) return;
    // An approval that is under way reads the lines of before or of after, and not of both.
    await lockSale(tx, merchantId, sale.number);
    const products = await readProducts(tx, merchantId, sale.number);
    const captured = capturedOf(products, attempt.amountMinor, payment.amountMinor);
    await saveCaptured(tx, merchantId, captured);
  },
};
