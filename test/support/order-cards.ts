import { findAgent } from "../../src/merchants/index.ts";
import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { addCard, createOrder } from "./orders.ts";
import type { TestWorld } from "./world.ts";

/** Numbers of three banks, that pay. */
export const pans = ["4355084355084358", "5571135571135575", "4506347010299085"] as const;

type Row = Readonly<Record<string, unknown>>;

/** What a shop's server does with the cards of regular payment orders. */
export function orderCardsOf(world: TestWorld) {
  const call = (service: string, body: object, headers: Record<string, string> = {}) =>
    world.post(`v1/subscription/card_info_${service}`, body, headers);
  /** An order with as many cards, in this order, and their numbers on the wire. */
  const orderWith = async (cards: number | readonly string[], more: Partial<Subscription> = {}) => {
    const order = await createOrder(world, more);
    const numbers: number[] = [];
    for (const pan of typeof cards === "number" ? pans.slice(0, cards) : cards) {
      numbers.push(Number(await addCard(world, order, pan)));
    }
    return { order, cards: numbers };
  };
  const list = async ({ id }: Pick<Subscription, "id">): Promise<readonly Row[]> =>
    (await call("list", { subscription_id: id })).body["Data"] as Row[];
  /** The cards of an order, in the order in which they are tried. */
  const cardsOn = async (order: Pick<Subscription, "id">) =>
    (await list(order)).map((row) => row["card_id"]);
  const agentId = async (code: string) =>
    (await findAgent(world.db, world.merchant.merchantId, { code }))!.id;
  /** 5 stops an order, 6 deletes it. */
  const setStatus = async ({ id }: Pick<Subscription, "id">, status: 0 | 5 | 6) => {
    const body = { subscription_id: id, status };
    const { body: said } = await world.post("v1/subscription/status_update", body);
    if (said["code"] !== 0) throw new Error(JSON.stringify(said));
  };
  return { call, orderWith, list, cardsOn, agentId, setStatus };
}
