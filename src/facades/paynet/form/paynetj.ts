import {
  changeTerms,
  handleOf,
  openSession,
  type SaveAsk,
  type Terms,
} from "../../../checkout/index.ts";
import { checkAddress } from "../../../lib/address.ts";
import type { Agent, Caller } from "../../../merchants/index.ts";
import type { Service } from "../deps.ts";
import { checkRoute } from "../payment/order.ts";
import { ownSession } from "../payment/own-session.ts";
import { AuthBody, AuthUpdateBody, authAnswer, envelopeOf, SaveCardBody } from "./paynetj.wire.ts";

/** The browser protocol behind the ready and the custom form. Sessions open with a public key. */
export const forBrowsers = {
  movesMoney: false,
  keys: ["publishable"],
  isForBrowsers: true,
} as const;

/** `1,3,6`: which numbers of instalments are offered. One is a single payment. */
function instalmentsOf(list: string | undefined, isSingle = false): number[] | undefined {
  if (isSingle) return [0];
  const found = (list ?? "").match(/\d{1,2}/g)?.map(Number);
  return found?.map((count) => (count === 1 ? 0 : count));
}

/** `https://shop.example`: who may hear from our page in its frame. */
function originOf(domain: string | undefined): string | undefined {
  const url = domain ? URL.parse(domain) : null;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

/** A card that is kept beside the payment, when the tag said so and named whose it is. */
function saveOf(body: AuthBody): SaveAsk | undefined {
  if (!body.card_owner_id && !body.user_unique_id) return undefined;
  return {
    ownerId: body.card_owner_id,
    customer: body.user_unique_id,
    description: body.card_desc ?? "",
  };
}

function termsOf(
  caller: Caller,
  body: AuthBody,
  by: Readonly<{ agent?: Agent; ip: string }>,
): Terms {
  const said: Record<string, string | undefined> = {
    agent_code: by.agent?.code,
    agent_name: by.agent?.name,
    ip: by.ip,
    domain: body.domain,
    // What charges by this wire are made by, where nobody else is named.
    user_id: "PaynetJ",
    note: body.description,
    ratio_code_method: body.ratio_code_method,
    invoice_no: body.invoice_no,
    platform_id: body.platform_id,
    payment_source: body.payment_source,
    title: body.name,
  };
  const details = Object.entries(said).filter((pair): pair is [string, string] => !!pair[1]);
  return {
    kind: "sale",
    addCommission: body.add_commission ?? false,
    needs3d: body.tds_required ?? true,
    instalments: instalmentsOf(body.installments, body.no_instalment),
    reference: body.reference_no,
    returnUrl: body.return_url && checkAddress("return_url", body.return_url, caller.merchant),
    origin: originOf(body.domain),
    showsErrors: body.show_tds_error ?? true,
    save: saveOf(body),
    savesCard: body.save_card ?? false,
    details: Object.fromEntries(details),
  };
}

/** Opens a session for what a form's tag asks. */
export const paynetjAuth: Service<typeof AuthBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/auth",
  summary: "Start of a form's session",
  body: AuthBody,
  objectName: "paynetj_auth",
  async run(deps, { caller, locale, address }, body) {
    checkRoute(body);
    const agent = await deps.reception.agentFor(caller, body.agent_id);
    const session = await openSession(deps.checkout, caller.merchant, {
      kind: "form",
      agent,
      amountMinor: body.amount,
      currency: "TRY",
      terms: termsOf(caller, body, { ...(agent && { agent }), ip: address }),
    });
    const handle = handleOf(deps.ring, session);
    return authAnswer(caller.merchant, { handle, session }, locale);
  },
};

/** Changes amount, commission or the wish to store the card, before a card is entered. */
export const paynetjAuthUpdate: Service<typeof AuthUpdateBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/auth_update",
  summary: "Change of a form's session",
  body: AuthUpdateBody,
  objectName: "paynetj_auth_update",
  async run(deps, { caller, locale }, body) {
    checkRoute(body);
    const found = await ownSession(deps, caller, body.session_id);
    await changeTerms(deps.checkout, found, ({ terms }) => ({
      amountMinor: body.amount,
      terms: {
        addCommission: body.add_commission ?? terms.addCommission,
        ...(terms.save && {
          save: { ...terms.save, description: body.card_desc ?? terms.save.description },
        }),
        savesCard: body.save_card ?? terms.savesCard,
      },
    }));
    return envelopeOf("paynetj_auth_update", locale);
  },
};

/** The payer wants the card to be stored. */
export const paynetjSaveCard: Service<typeof SaveCardBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/save_card",
  summary: "Wish to store the card of a form",
  body: SaveCardBody,
  objectName: "paynetj_save_card",
  async run(deps, { caller, locale }, body) {
    const found = await ownSession(deps, caller, body.session_id);
    await changeTerms(deps.checkout, found, ({ terms }) => ({
      terms: {
        savesCard: true,
        ...(terms.save && {
          save: { ...terms.save, description: body.card_desc ?? terms.save.description },
        }),
      },
    }));
    return { session_id: body.session_id, ...envelopeOf("paynetj_save_card", locale) };
  },
};
