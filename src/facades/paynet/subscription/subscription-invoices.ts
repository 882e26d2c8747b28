import {
  createInvoice,
  listInvoices,
  listTries,
  setAllInvoices,
  setInvoiceAmount,
  setInvoiceStatus,
  setPlanAmount,
} from "../../../subscriptions/index.ts";
import { type Service, service } from "../deps.ts";
import { pageOf } from "../payment/transaction.wire.ts";
import { orderEnvelope } from "../wire/shape.ts";
import { amountOf } from "./subscription.wire.ts";
import {
  AttemptListBody,
  attemptRow,
  CreateInvoiceBody,
  InvoiceAmountBody,
  InvoiceListBody,
  InvoiceStatusBody,
  InvoicesStatusAllBody,
  invoiceNameOf,
  invoiceRow,
  PlanAmountBody,
} from "./subscription-invoices.wire.ts";
import { orderNameOf } from "./subscription-name.wire.ts";

/** Gives a term of an order whose amounts vary its amount and day. */
const create: Service<typeof CreateInvoiceBody> = {
  path: "/v1/subscription/create_invoice",
  summary: "Invoice of one term of a regular payment order",
  body: CreateInvoiceBody,
  objectName: "subscription_invoice",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const ask = { ...amountOf(body), drawnFrom: body.val_date, invoiceNo: body.invoice_no };
    const invoice = await createInvoice(deps.subscriptions, caller, orderNameOf(body), ask);
    return {
      invoice_id: Number(invoice.number),
      invoice_no: invoice.invoiceNo,
      ...orderEnvelope("subscription_invoice", locale),
    };
  },
};

/** Invoices of an order in the order of its plan, page by page. */
const list: Service<typeof InvoiceListBody> = {
  path: "/v1/subscription/invoice_list",
  summary: "Invoices of a regular payment order",
  body: InvoiceListBody,
  objectName: "subscription_invoice_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, { caller, locale }, body) {
    const agent = await deps.reception.agentFor(caller, body.agent_id);
    const { offset, limit, shown } = pageOf(body);
    const filter = { agentId: agent?.id, status: body.invoice_status, offset, limit };
    const ask = { ...orderNameOf(body), ...filter };
    const { order, rows, total } = await listInvoices(deps, caller, ask);
    return {
      total,
      total_count: rows.length,
      ...shown,
      has_more: offset + rows.length < total,
      Data: rows.map((invoice) => invoiceRow(caller.merchant, order, invoice)),
      ...orderEnvelope("subscription_invoice_list", locale),
    };
  },
};

/** Cancels an invoice, lets it wait again, gives it up or deletes it. */
const statusUpdate: Service<typeof InvoiceStatusBody> = {
  path: "/v1/subscription/invoice_status_update",
  summary: "State of an invoice",
  body: InvoiceStatusBody,
  objectName: "subscription_invoice_status_update",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    await setInvoiceStatus(deps.subscriptions, caller, invoiceNameOf(body), body.status);
    return orderEnvelope("subscription_invoice_status_update", locale);
  },
};

/** The same of every invoice of an order that may be put into the state. */
const statusUpdateAll: Service<typeof InvoicesStatusAllBody> = {
  path: "/v1/subscription/invoices_status_update_all",
  summary: "State of all invoices of a regular payment order",
  body: InvoicesStatusAllBody,
  objectName: "subscription_invoices_status_update_all",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    await setAllInvoices(deps.subscriptions, caller, orderNameOf(body), body.status);
    return orderEnvelope("subscription_invoices_status_update_all", locale);
  },
};

/** Changes what an invoice that is still to be drawn is drawn with. */
const amountUpdate: Service<typeof InvoiceAmountBody> = {
  path: "/v1/subscription/invoice_amount_update",
  summary: "Amount of an invoice",
  body: InvoiceAmountBody,
  objectName: "subscription_invoice_amount_update",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const named = invoiceNameOf(body);
    await setInvoiceAmount(deps.subscriptions, caller, named, amountOf(body));
    return orderEnvelope("subscription_invoice_amount_update", locale);
  },
};

/** Changes what one row of a plan is drawn with. */
const planAmountUpdate: Service<typeof PlanAmountBody> = {
  path: "/v1/subscription/plan_amount_update",
  summary: "Amount of one term of a plan",
  body: PlanAmountBody,
  objectName: "subscription_plan_amount_update",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const named = { ...orderNameOf(body), planNumber: body.plan_id };
    await setPlanAmount(deps.subscriptions, caller, named, amountOf(body));
    return orderEnvelope("subscription_plan_amount_update", locale);
  },
};

/** Every try to draw an invoice, with what the bank said of it. */
const attemptList: Service<typeof AttemptListBody> = {
  path: "/v1/subscription/invoice_attempt_list",
  summary: "Tries to draw an invoice",
  body: AttemptListBody,
  // Misspelt on the wire.
  objectName: "subcription_invoice_attempt_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, { caller, locale }, body) {
    const tries = await listTries(deps, caller, invoiceNameOf(body));
    return {
      Data: tries.map((each) => attemptRow(each, locale)),
      ...orderEnvelope("subcription_invoice_attempt_list", locale),
    };
  },
};

/** The services of invoices of regular payment orders. */
export const subscriptionInvoiceServices = [
  service(create),
  service(list),
  service(statusUpdate),
  service(statusUpdateAll),
  service(amountUpdate),
  // The documents' heading spells it so.
  service({ ...amountUpdate, path: "/v1/subcription/invoice_amount_update" }),
  service(planAmountUpdate),
  service(attemptList),
] as const;
