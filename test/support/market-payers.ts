import { bareId } from "../../src/lib/id.ts";
import { liveCharges, moneyCalls } from "../faults/hands.ts";
import { type PageForm, payerOf, type Resolved } from "./payer.ts";
import type { Paywall } from "./paywall.ts";
import { type SaleMore, saleCode, saleInput } from "./sales.ts";
import type { TestWorld } from "./world.ts";

export type StartBody = Readonly<{
  RedirectUrl: string;
  Message: null;
  Error: null;
  Payment: Readonly<{ PaymentId: number; UniqueCode: string; MerchantUniqueKey: string }>;
}>;

/** Where these payers come back to; nobody listens there. */
export const backUrls = {
  MerchantSuccessBackUrl: "http://127.0.0.1:9/ok",
  MerchantFailBackUrl: "http://127.0.0.1:9/no",
};

const utf8 = (base64: string | undefined) => Buffer.from(base64 ?? "", "base64").toString("utf8");

/** What the last form of a payer's way tells the shop. */
export const toldIn = (
  form: PageForm | undefined,
): Readonly<Record<string, string | undefined>> => ({
  to: form?.action,
  ...form?.fields,
  errorMessage: utf8(form?.fields["errorMessage"]),
});

/** Payers of a marketplace on their way by the bank's page. */
export function marketPayersOf(world: TestWorld, wire: Paywall) {
  const payer = payerOf(world);

  const start = (more: SaleMore = {}, path = "start3d") =>
    wire.post<StartBody>(
      `api/paywall/payment/${path}`,
      saleInput({ ...more, detail: { ...backUrls, ...more.detail } }),
    );
  /** Started, and at the bank's page. */
  async function toBank(more: SaleMore = {}) {
    const code = saleCode();
    const started = await start({ ...more, detail: { MerchantUniqueCode: code, ...more.detail } });
    if (started.ErrorCode !== 0) throw new Error(`${started.ErrorCode} ${started.Message}`);
    const { Payment, RedirectUrl } = started.Body;
    return { code, Payment, RedirectUrl, sid: await payer.toBank(RedirectUrl) };
  }
  /** The bank's page has ended, and its return is still to be sent. */
  async function answered(more: SaleMore = {}, asked: object = { result: "approve" }) {
    const going = await toBank(more);
    const resolved: Resolved = await payer.resolve(going.sid, asked);
    return { ...going, resolved };
  }
  /** The whole way. */
  async function through(more: SaleMore = {}, asked?: object) {
    const ended = await answered(more, asked);
    return { ...ended, page: await payer.comeBack(ended.resolved) };
  }
  const end = (code: string) =>
    wire.post("api/paywall/payment/end3d", { MerchantUniqueCode: code });
  /** The order by which the bank knows a sale. */
  async function orderOf(code: string): Promise<string> {
    const sale = await world.db.kysely
      .selectFrom("sales")
      .select("payment_id")
      .where("code", "=", code)
      .executeTakeFirstOrThrow();
    return bareId(sale.payment_id);
  }
  const standing = async (code: string) => liveCharges(world, await orderOf(code));
  /** What moves money and was sent to the bank for a sale, beside the steps of its 3-D page. */
  const moved = async (code: string) =>
    (await moneyCalls(world, await orderOf(code))).filter((op) => op !== "3d");
  return { payer, start, toBank, answered, through, end, orderOf, standing, moved };
}
export type MarketPayers = ReturnType<typeof marketPayersOf>;
