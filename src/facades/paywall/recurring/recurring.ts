import type { z } from "zod";
import { declineWords, type Locale, messages } from "../../../lib/messages/index.ts";
import { refuse } from "../../../lib/refusal.ts";
import {
  createRecurring,
  deleteRecurring,
  editRecurring,
  type Opened,
  showRecurring,
  switchRecurring,
} from "../../../subscriptions/index.ts";
import type { Service } from "../deps.ts";
import { ok, type Reply } from "../wire/envelope.ts";
import { moment } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import {
  CreateInput,
  EditInput,
  recurringCode,
  recurringShown,
  termsOf,
} from "./recurring.wire.ts";
import { recurringService } from "./recurring-admission.ts";
import { customerOf, itemsOf } from "./recurring-ask.ts";
import { cardOf, recurringCardServices } from "./recurring-card.ts";
import { queryPayment } from "./recurring-payment.ts";
import { recurringPoolServices } from "./recurring-pool.ts";

/** Why the first charge did not come, and so nothing was made. */
function notMade({ first }: Opened, locale: Locale): Reply {
  const { declines, undrawn } = messages[locale];
  const reason = first?.lastReason ?? "unknown";
  const isUndrawn = reason === "no_card" || reason === "card_not_taken";
  const words = isUndrawn ? undrawn[reason] : declineWords(declines, reason, first?.lastMessage);
  return { body: null, code: 1, message: words };
}

/** Makes a recurring payment; paid at its creation, it is there only if that charge came. */
const create = recurringService<typeof CreateInput>({
  method: "POST",
  path: "",
  summary: "Start of a recurring payment",
  input: CreateInput,
  async run(deps, { caller, locale, address }, asked) {
    const { id: merchantId } = caller.merchant;
    const terms = termsOf(asked, await itemsOf(deps.db, merchantId, asked.Items));
    const customer = await customerOf(deps.db, merchantId, asked.Customer);
    const code = asked.SubscriptionMerchantCode;
    const made = await createRecurring(deps.subscriptions, caller.merchant, {
      ...terms,
      code,
      customer,
      paysAtCreation: asked.PaymentAtCreation,
      firstDay: asked.FirstPaymentDate,
      callbackUrl: asked.CallbackUrl || undefined,
      card: await cardOf(deps, caller, asked.Card?.UniqueCode ?? ""),
      clientIp: address,
    });
    if (made.opened?.end === "in_doubt") return refuse("payment_in_doubt", { reference: code });
    if (made.opened?.end === "gone") return notMade(made.opened, locale);
    return ok({
      SubscriptionId: Number(made.recurring.number),
      FirstPaymentDateTime: moment(made.firstAt),
    });
  },
});

const NameInput = members({ SubscriptionMerchantCode: recurringCode });

/** Changes a recurring payment; who is charged, and by which cards, stays. */
const edit = recurringService<typeof EditInput>({
  method: "PUT",
  path: "",
  summary: "Change of a recurring payment",
  input: EditInput,
  async run({ db, subscriptions }, { caller }, asked) {
    const ask = {
      ...termsOf(asked, await itemsOf(db, caller.merchant.id, asked.Items)),
      callbackUrl: asked.CallbackUrl || undefined,
      changesPending: asked.ApplyForPendingJob,
    };
    const name = { code: asked.SubscriptionMerchantCode };
    await editRecurring(subscriptions, caller.merchant, name, ask);
    return ok();
  },
});

const query = recurringService<typeof NameInput>({
  method: "GET",
  path: "/query",
  summary: "A recurring payment",
  input: NameInput,
  async run({ subscriptions }, { caller }, { SubscriptionMerchantCode: code }) {
    return ok(recurringShown(await showRecurring(subscriptions, caller.merchant, { code })));
  },
});

const unsubscribe = recurringService<typeof NameInput>({
  method: "DELETE",
  path: "/unsubscribe",
  summary: "Stop of a recurring payment",
  input: NameInput,
  async run({ subscriptions }, { caller }, { SubscriptionMerchantCode: code }) {
    await switchRecurring(subscriptions, caller.merchant, { code }, "stopped");
    return ok();
  },
});

const resubscribe = recurringService<typeof NameInput>({
  method: "PUT",
  path: "/resubscribe",
  summary: "Resumption of a recurring payment",
  input: NameInput,
  async run({ subscriptions }, { caller }, { SubscriptionMerchantCode: code }) {
    await switchRecurring(subscriptions, caller.merchant, { code }, "active");
    return ok();
  },
});

const remove = recurringService<typeof NameInput>({
  method: "DELETE",
  path: "/delete",
  summary: "Deletion of a recurring payment",
  input: NameInput,
  async run({ subscriptions }, { caller }, { SubscriptionMerchantCode: code }) {
    await deleteRecurring(subscriptions, caller.merchant, { code });
    return ok();
  },
});

export const recurringServices: readonly Service<z.ZodType>[] = [
  create,
  edit,
  query,
  unsubscribe,
  resubscribe,
  remove,
  queryPayment,
  ...recurringCardServices,
  ...recurringPoolServices,
];
