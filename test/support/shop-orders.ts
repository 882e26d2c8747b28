import { after } from "../../src/lib/clock.ts";
import type { MerchantId } from "../../src/lib/id.ts";
import { findOrder } from "../../src/subscriptions/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import type { Answer, TestWorld } from "./world.ts";

const HOUR_MS = 60 * 60 * 1_000;

/** A row of an order's plan as the wire shows it. */
export type PlanRow = Readonly<{
  plan_id: number;
  invoice_id: number;
  val_date: string;
  amount: number;
  xact_id: number;
  status: number;
  status_desc: string;
}>;

type Members = Readonly<Record<string, unknown>>;
type Headers = Record<string, string>;

/** What a shop's server does with regular payment orders, over the wire. */
export function shopOrdersOf(world: TestWorld) {
  const call = (service: string, body: object, headers: Headers = {}): Promise<Answer> =>
    world.post(`v1/subscription/${service}`, body, headers);
  let asked = 0;
  /** Everything that an order needs: 99,00 TL a month, twelve times, in an hour for the first. */
  const whole = (more: object = {}): Members => {
    asked += 1;
    return {
      name_surname: "Can Er",
      amount: "9900",
      interval: 2,
      interval_count: 12,
      begin_date: after(world.clock(), HOUR_MS).toISOString(),
      reference_no: `ABO-${asked}`,
      end_user_email: "can@payer.example",
      end_user_gsm: "5321112233",
      end_user_desc: "Aidat",
      ...more,
    };
  };
  const create = (more: object = {}, headers: Headers = {}) => call("create", whole(more), headers);
  /** The id of an order that was made. */
  const made = async (more: object = {}): Promise<string> => {
    const { body } = await create(more);
    if (body["code"] !== 0) throw new Error(JSON.stringify(body));
    return String(body["subscription_id"]);
  };
  const detail = async (subscription_id: unknown, headers: Headers = {}): Promise<Members> =>
    (await call("subscription_detail", { subscription_id }, headers)).body;
  const planOf = async (id: unknown) => (await detail(id))["plan"] as readonly PlanRow[];
  const setStatus = (subscription_id: unknown, status: unknown) =>
    call("status_update", { subscription_id, status });
  const setAmount = (subscription_id: unknown, amount: unknown, more: object = {}) =>
    call("amount_update", { subscription_id, amount, ...more });
  /** The order itself, for what no service tells. */
  const orderOf = async (id: string): Promise<Subscription> => {
    const merchant = await world.deps.reception.merchantOf(world.merchant.merchantId as MerchantId);
    return findOrder(world.deps, { merchant }, { id });
  };
  return { call, whole, create, made, detail, planOf, setStatus, setAmount, orderOf };
}
