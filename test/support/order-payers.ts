import type { Subscription } from "../../src/subscriptions/subscription.rules.ts";
import { createOrder } from "./orders.ts";
import { type Names, type Page, payerOf } from "./payer.ts";
import type { TestWorld } from "./world.ts";

/** What a payer types into the page of an order, and the box that is ticked. */
export const typed = {
  pan: "5571135571135575",
  expiry: "12/30",
  cvc: "000",
  card_holder: "Can Er",
  accept: "1",
};

/** Walks the page of an order without a browser: what a page posts is posted by hand. */
export function orderPayersOf(world: TestWorld) {
  const payer = payerOf(world);
  const pathOf = ({ id }: Subscription) => `${world.url}/sub/10001/${id}`;
  const show = (order: Subscription, query = ""): Promise<Page> =>
    payer.get(`${pathOf(order)}${query}`);
  const post = (order: Subscription, fields: Record<string, string>, more = ""): Promise<Page> =>
    payer.submit({ action: `${pathOf(order)}${more}`, fields });
  /** What the form of an open page says of the group's other orders. */
  const shownIn = ({ text }: Page): string => /name="shown" value="([^"]*)"/.exec(text)?.[1] ?? "";
  /** Posts a card: the page of the gate, or the same page with what was wrong. */
  async function enter(order: Subscription, more: Record<string, string> = {}): Promise<Page> {
    const shown = order.groupReference === null ? "" : shownIn(await show(order));
    return post(order, { ...typed, ...(shown && { shown }), ...more });
  }
  /** From the gate by the bank's page to the last page. */
  async function goThrough(gate: Page, asked: object = { result: "approve" }) {
    const { searchParams } = new URL(gate.url);
    const names = Object.fromEntries(searchParams) as Names;
    const bank = await payer.submit(gate.form!);
    const sid = /\/acs\/([\w-]+)/.exec(bank.url + bank.text)?.[1];
    if (!sid) throw new Error(`the bank shows no page: ${bank.status} ${bank.text.slice(0, 400)}`);
    const resolved = await payer.resolve(sid, asked);
    return { names, resolved, page: await payer.comeBack(resolved) };
  }
  /** The whole way: the last page. */
  const add = async (order: Subscription, more: Record<string, string> = {}, asked?: object) =>
    (await goThrough(await enter(order, more), asked)).page;
  /** An order whose payer proves a phone; each has a phone of its own. */
  let phones = 0;
  const orderWithCode = async (more: Partial<Subscription> = {}) => {
    phones += 1;
    const phone = `53211${String(phones).padStart(5, "0")}`;
    const { terms } = await createOrder(world);
    return createOrder(world, { terms: { ...terms, needsCode: true, phone }, ...more });
  };
  return { payer, pathOf, show, shownIn, post, enter, goThrough, add, orderWithCode };
}

/** The name of a visit in a page's forms. */
export const visitIn = ({ text }: Page): string =>
  /name="visit" value="([\w-]{22})"/.exec(text)?.[1] ?? "";
export const alertIn = ({ text }: Page): string =>
  /<p class="alert"[^>]*>([^<]*)</.exec(text)?.[1] ?? "";
export const titleIn = ({ text }: Page): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1] ?? "";
