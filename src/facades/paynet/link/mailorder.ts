import {
  changeLink,
  createLink,
  findLink,
  type Link,
  linkUrl,
  listLinks,
} from "../../../checkout/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import type { Call, PaynetDeps, Service } from "../deps.ts";
import { checkRoute } from "../payment/order.ts";
import { pageAnswer, pageOf, spanOf } from "../payment/transaction.wire.ts";
import { envelope } from "../wire/shape.ts";
import {
  linkAskOf,
  linkMembers,
  linkRow,
  MailorderBody,
  MailorderDetailBody,
  MailorderListBody,
  MailorderStatusBody,
  type Shown,
} from "./mailorder.wire.ts";

async function create(deps: PaynetDeps, { caller, locale, receipt }: Call, body: MailorderBody) {
  checkRoute(body);
  const agent = await deps.reception.agentFor(caller, body.agent_id);
  const ask = linkAskOf(body, agent, locale);
  return createLink(deps.checkout, caller.merchant, { ...ask, receipt });
}

/** Makes a link by which a payer pays on a page of ours, and writes it to the payer if asked to. */
export const mailorderCreate: Service<typeof MailorderBody> = {
  path: "/v1/mailorder/create",
  summary: "A link to a payment page",
  body: MailorderBody,
  objectName: "mailorder_create",
  movesMoney: false,
  async run(deps, call, body) {
    const { link, url } = await create(deps, call, body);
    return { url, id: link.id, ...envelope("mailorder_create", undefined, call.locale) };
  },
  /**
   * A form of a shop's page may send its visitor straight to the payment page. The key stands in
   * that page for anybody to read, so nobody is written to in the merchant's name by it.
   */
  async redirect(deps, call, body) {
    if (body.send_mail ?? body.send_email) refuse("not_permitted", { what: "send_mail" });
    if (body.send_sms) refuse("not_permitted", { what: "send_sms" });
    if (body.send_confirmation_mail ?? body.send_confirmation_email) {
      refuse("not_permitted", { what: "send_confirmation_mail" });
    }
    return (await create(deps, call, body)).url;
  },
};

function shownFor(deps: PaynetDeps, { caller, locale }: Call, link: Link): Shown {
  const { merchant } = caller;
  const now = timeOf(merchant, deps.clock());
  return { merchant, url: linkUrl(deps.checkout, merchant, link), now, locale };
}

/** Everything known about one link. */
export const mailorderDetail: Service<typeof MailorderDetailBody> = {
  path: "/v1/mailorder/detail",
  summary: "All members of a payment link",
  body: MailorderDetailBody,
  objectName: "mailorder_detail",
  movesMoney: false,
  async run(deps, call, body) {
    const named = { id: body.id, reference: body.reference_no };
    const link = await findLink(deps.checkout, call.caller, named);
    return {
      ...linkMembers(link, shownFor(deps, call, link)),
      ...envelope("mailorder_detail", undefined, call.locale),
    };
  },
};

/** Links that were made in a span of days, newest first. */
export const mailorderList: Service<typeof MailorderListBody> = {
  path: "/v1/mailorder/list",
  summary: "Payment links of a span of days",
  body: MailorderListBody,
  objectName: "mailorder_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, call, body) {
    const { merchant } = call.caller;
    const agent = await deps.reception.agentFor(call.caller, body.agent_id);
    const shown = pageOf(body);
    const filter = {
      ...spanOf(body),
      agentId: agent?.id,
      reference: body.reference_no,
      state: body.status,
      offset: shown.offset,
      limit: shown.limit,
    };
    const page = await listLinks(deps.checkout, merchant, filter);
    const rows = page.rows.map((link) => linkRow(link, shownFor(deps, call, link)));
    return {
      ...pageAnswer(merchant, page, shown, rows),
      ...envelope("mailorder_list", undefined, call.locale),
    };
  },
};

/** Closes a link to payers, or opens it again. */
export const mailorderStatusUpdate: Service<typeof MailorderStatusBody> = {
  path: "/v1/mailorder/status_update",
  summary: "Closing and opening of a payment link",
  body: MailorderStatusBody,
  // The words stand the other way round than in the path.
  objectName: "mailorder_update_status",
  movesMoney: false,
  async run(deps, call, body) {
    const named = { id: body.id, reference: body.reference_no };
    const link = await findLink(deps.checkout, call.caller, named);
    await changeLink(deps.checkout, link, body.status);
    return envelope("mailorder_update_status", undefined, call.locale);
  },
};
