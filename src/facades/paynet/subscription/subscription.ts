import type { Caller } from "../../../merchants/index.ts";
import {
  changeAmount,
  changeStatus,
  createSubscription,
  findOrder,
  listOrders,
  orderUrl,
  sendAgain,
  showOrder,
} from "../../../subscriptions/index.ts";
import { type PaynetDeps, type Service, service } from "../deps.ts";
import { pageAnswer, pageOf, spanOf } from "../payment/transaction.wire.ts";
import { orderEnvelope } from "../wire/shape.ts";
import {
  AmountUpdateBody,
  amountOf,
  orderAskOf,
  orderMembers,
  planRow,
  SendAgainBody,
  SubscriptionCreateBody,
  SubscriptionDetailBody,
  SubscriptionListBody,
  SubscriptionStatusBody,
} from "./subscription.wire.ts";
import { orderNameOf } from "./subscription-name.wire.ts";

/** Makes a regular payment order, and writes its page's address to the payer if asked to. */
const subscriptionCreate: Service<typeof SubscriptionCreateBody> = {
  path: "/v1/subscription/create",
  summary: "A regular payment order",
  body: SubscriptionCreateBody,
  objectName: "subscription_create",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const { merchant } = caller;
    const agent = await deps.reception.agentFor(caller, body.agent_id);
    const ask = orderAskOf(body, agent, locale);
    const order = await createSubscription(deps.subscriptions, merchant, ask);
    const { plan } = await showOrder(deps, order);
    return {
      url: orderUrl(deps.subscriptions, merchant, order),
      subscription_id: order.id,
      company_code: merchant.companyCode,
      plan: plan.map(planRow),
      ...orderEnvelope("subscription_create", locale),
    };
  },
};

/** Everything known about one order, and its plan term by term. */
const subscriptionDetail: Service<typeof SubscriptionDetailBody> = {
  path: "/v1/subscription/subscription_detail",
  summary: "All members of a regular payment order, and its plan",
  body: SubscriptionDetailBody,
  objectName: "subscription_detail",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const { merchant } = caller;
    const order = await findOrder(deps, caller, orderNameOf(body));
    const { plan, ...view } = await showOrder(deps, order);
    const url = orderUrl(deps.subscriptions, merchant, order);
    return {
      ...orderMembers(view, { merchant, url }),
      plan: plan.map(planRow),
      ...orderEnvelope("subscription_detail", locale),
    };
  },
};

/**
 * Whose orders a list shows: an agent's key its own, a main firm those of the agent that it names,
 * its own ones, or all of them with `show_all_agent`.
 */
async function agentOfList(
  deps: PaynetDeps,
  caller: Caller,
  body: Readonly<{ agent_id?: string | undefined; show_all_agent?: boolean | undefined }>,
) {
  const agent = await deps.reception.agentFor(caller, body.agent_id);
  if (agent) return agent.id;
  return body.show_all_agent ? undefined : null;
}

/** Orders that were made in a span of days, newest first, without their plans. */
const subscriptionList: Service<typeof SubscriptionListBody> = {
  path: "/v1/subscription/list",
  summary: "Regular payment orders of a span of days",
  body: SubscriptionListBody,
  objectName: "subscription_list",
  movesMoney: false,
  lists: "data",
  async run(deps, { caller, locale }, body) {
    const { merchant } = caller;
    const shown = pageOf(body);
    const page = await listOrders(deps, merchant, {
      ...spanOf(body),
      agentId: await agentOfList(deps, caller, body),
      groupReference: body.group_reference_no,
      offset: shown.offset,
      limit: shown.limit,
    });
    const rows = page.rows.map((view) => {
      const url = orderUrl(deps.subscriptions, merchant, view.order);
      return orderMembers(view, { merchant, url });
    });
    return {
      ...pageAnswer(merchant, page, shown, rows),
      // The documented name; other lists of this wire write it large.
      data: rows,
      ...orderEnvelope("subscription_list", locale),
    };
  },
};

/** Stops an order, resumes it, or deletes it. */
const subscriptionStatusUpdate: Service<typeof SubscriptionStatusBody> = {
  path: "/v1/subscription/status_update",
  summary: "Stop, resumption and deletion of a regular payment order",
  body: SubscriptionStatusBody,
  objectName: "subscription_status_update",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const order = await findOrder(deps, caller, orderNameOf(body));
    await changeStatus(deps.subscriptions, caller.merchant, order, body.status);
    return orderEnvelope("subscription_status_update", locale);
  },
};

/** Changes what an order draws from now on, in all of its terms that are not paid. */
const amountUpdate: Service<typeof AmountUpdateBody> = {
  path: "/v1/subscription/amount_update",
  summary: "Another amount for a regular payment order",
  body: AmountUpdateBody,
  objectName: "subscription_amount_update",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const order = await findOrder(deps, caller, orderNameOf(body));
    await changeAmount(deps.subscriptions, caller.merchant, order, amountOf(body));
    return orderEnvelope("subscription_amount_update", locale);
  },
};

/** Writes the address of an order's page to its payer once more. */
const subscriptionSendAgain: Service<typeof SendAgainBody> = {
  path: "/v1/subscription/send_again",
  summary: "The link of a regular payment order, sent again",
  body: SendAgainBody,
  objectName: "subscription_send_again",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const order = await findOrder(deps, caller, orderNameOf(body));
    await sendAgain(deps.subscriptions, caller.merchant, order);
    return orderEnvelope("subscription_send_again", locale);
  },
};

/** The services of regular payment orders. */
export const subscriptionServices = [
  service(subscriptionCreate),
  service(subscriptionDetail),
  service(subscriptionList),
  service(subscriptionStatusUpdate),
  service(amountUpdate),
  // The page that lists the services writes the path so.
  service({ ...amountUpdate, path: "/v1/subcription/amount_update" }),
  service(subscriptionSendAgain),
] as const;
