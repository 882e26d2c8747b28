import type { Invoice, Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { invoicesNow } from "./orders.ts";
import type { TestWorld } from "./world.ts";

/** Their issuers always say no: too little money, a lost card. */
export const emptyCard = "5100050000006661";
export const lostCard = "5136620000006669";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

type Headers = Readonly<Record<string, string>>;
export type ManualRow = Readonly<{ object_name: null; code: number; message: string }>;

/** What a shop's server does with the invoices of regular payment orders. */
export function orderInvoicesOf(world: TestWorld) {
  const call = (service: string, body: object, headers: Headers = {}) =>
    world.post(`v1/subscription/${service}`, body, { ...headers });
  const manual = ({ id }: Pick<Subscription, "id">, more: object = {}, headers: Headers = {}) =>
    call("manuel_charge", { subscription_id: id, ...more }, headers);
  /** The rows of a manual charge: code and sentence of each. */
  const manualRows = async (order: Pick<Subscription, "id">, more: object = {}) => {
    const { body } = await manual(order, more);
    return (body["data"] as ManualRow[]).map(({ code, message }) => [code, message] as const);
  };
  /** Their codes alone. */
  const manualCodes = async (order: Pick<Subscription, "id">, more: object = {}) =>
    (await manualRows(order, more)).map(([code]) => code);
  const setStatus = (invoice: Pick<Invoice, "number">, status: number) =>
    call("invoice_status_update", { invoice_id: Number(invoice.number), status });
  const setAmount = (invoice: Pick<Invoice, "number">, amount: number | string) =>
    call("invoice_amount_update", { invoice_id: Number(invoice.number), amount });
  /** The first invoice of an order, as it now is. */
  const firstOf = async (order: Subscription): Promise<Invoice> =>
    (await invoicesNow(world, order))[0]!;

  /** What of an order stands in the bank's book, in kuruş, oldest first. */
  async function takenFor({ merchantId, reference }: Subscription): Promise<number[]> {
    const rows = await world.db.kysely
      .selectFrom("payments")
      .select("id")
      .where("merchant_id", "=", merchantId)
      .where("reference", "=", reference)
      .orderBy("id")
      .execute();
    const book = new Map((await world.bank.orders()).map((each) => [each.orderNo, each]));
    return rows.flatMap(({ id }) => {
      const found = book.get(id.slice("pay_".length));
      return found && found.capturedKurus > 0 ? [found.capturedKurus] : [];
    });
  }
  return { call, manual, manualRows, manualCodes, setStatus, setAmount, firstOf, takenFor };
}
