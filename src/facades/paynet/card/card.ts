import { keepCard } from "../../../checkout/index.ts";
import { messages } from "../../../lib/messages/index.ts";
import { Refusal } from "../../../lib/refusal.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import { checkCode, sendCode } from "../../../messaging/index.ts";
import {
  describeStored,
  forgetStored,
  listStored,
  ownerFor,
  readCard,
} from "../../../vault/index.ts";
import { type Call, type PaynetDeps, type Service, service } from "../deps.ts";
import { pageOf } from "../payment/transaction.wire.ts";
import { resultCode } from "../wire/errors.ts";
import { dateWithOffset } from "../wire/formats.ts";
import { envelope } from "../wire/shape.ts";
import {
  CardCheckOtpBody,
  CardDeleteBody,
  CardDescBody,
  CardListBody,
  CardSaveBody,
  CardSendOtpBody,
  cardRow,
  gsmOf,
  nameOf,
  plainAnswer,
  savedAnswer,
} from "./card.wire.ts";

const shownTo = (deps: PaynetDeps, { caller }: Call) => ({
  caller,
  publicUrl: deps.checkout.publicUrl(),
});

function typedCard(deps: PaynetDeps, { caller: { merchant } }: Call, body: CardSaveBody) {
  const typed = {
    pan: body.card_number,
    month: body.expire_month,
    year: body.expire_year,
    cvv: body.cvv,
    holder: body.card_holder,
  };
  return readCard(typed, timeOf(merchant, deps.clock()), merchant.mode === "sandbox");
}

/** What stands in the merchant's lists beside the hold that checks the card. */
const checkDetails = ({ caller: { agent }, locale, address }: Call) => ({
  note: messages[locale].card_check,
  ip: address,
  ...(agent && { agent_code: agent.code, agent_name: agent.name }),
});

/** Stores a card without a payment; with its security code the card's bank is asked first. */
const cardSave: Service<typeof CardSaveBody> = {
  path: "/v1/card/save",
  summary: "Storing of a card without a payment",
  body: CardSaveBody,
  objectName: "card_save",
  movesMoney: false,
  async run(deps, call, body) {
    const phone = body.user_gsm === undefined ? undefined : gsmOf(body.user_gsm);
    const stored = await keepCard(deps.checkout, call.caller, {
      card: typedCard(deps, call, body),
      owner: { ownerId: body.card_owner_id, customer: body.user_unique_id },
      description: body.card_desc,
      sent: { session: body.otp_session_id, code: body.otp_code, phone },
      clientIp: call.address,
      details: checkDetails(call),
      receipt: call.receipt,
    });
    return savedAnswer(stored, shownTo(deps, call), call.locale);
  },
};

/** Forgets a stored card: its mask stays, its number is erased. */
const cardDelete: Service<typeof CardDeleteBody> = {
  path: "/v1/card/delete",
  summary: "Deletion of a stored card",
  body: CardDeleteBody,
  objectName: "card_delete",
  movesMoney: false,
  async run(deps, { caller: { merchant }, locale }, body) {
    const now = timeOf(merchant, deps.clock());
    await forgetStored(deps, merchant.id, nameOf(body), now);
    return envelope("card_delete", undefined, locale);
  },
};

/** Gives a stored card another name. */
const cardDescUpdate: Service<typeof CardDescBody> = {
  path: "/v1/card/desc_update",
  summary: "Renaming of a stored card",
  body: CardDescBody,
  objectName: null,
  movesMoney: false,
  async run(deps, { caller: { merchant }, locale }, body) {
    await describeStored(deps, merchant.id, nameOf(body), body.card_desc);
    return plainAnswer(locale);
  },
};

async function isOwner(deps: PaynetDeps, { caller }: Call, ownerId: string): Promise<boolean> {
  const { merchant } = caller;
  try {
    await ownerFor(deps.db.kysely, merchant.id, { ownerId }, timeOf(merchant, deps.clock()));
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === "card_owner_unknown") return false;
    throw error;
  }
}

/** An owner's stored cards, the newest first. An owner whom nobody knows has none, and says so. */
const cardList: Service<typeof CardListBody> = {
  path: "/v1/card/list",
  summary: "Stored cards of an owner",
  body: CardListBody,
  objectName: "card_list",
  movesMoney: false,
  lists: "Data",
  async run(deps, call, body) {
    const { caller, locale } = call;
    const { offset, limit, shown } = pageOf(body);
    const [isKnown, { rows, total }] = await Promise.all([
      isOwner(deps, call, body.card_owner_id),
      listStored(deps, caller.merchant.id, body.card_owner_id, { offset, limit }),
    ]);
    return {
      total,
      total_count: rows.length,
      ...shown,
      has_more: offset + rows.length < total,
      Data: rows.map((card) => cardRow(card, shownTo(deps, call))),
      ...envelope("card_list", undefined, locale),
      ...(!isKnown && { code: resultCode.no_data, message: messages[locale].no_data }),
    };
  },
};

/** Sends a code to the phone of somebody who wants a card to be stored. */
const cardSendOtp: Service<typeof CardSendOtpBody> = {
  path: "/v1/card/send_otp",
  summary: "Code by SMS before a card is stored",
  body: CardSendOtpBody,
  objectName: "card_send_otp",
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const ask = { purpose: "card", session: body.otp_session_id } as const;
    const phone = gsmOf(body.user_gsm);
    const { expiresAt } = await sendCode(deps, caller.merchant, { ...ask, phone }, locale);
    return {
      otp_expire: dateWithOffset(expiresAt),
      ...envelope("card_send_otp", undefined, locale),
    };
  },
};

/** Checks the code that came with `send_otp`; `save` then takes it by its session. */
const cardCheckOtp: Service<typeof CardCheckOtpBody> = {
  path: "/v1/card/check_otp",
  summary: "Check of a code that was sent by SMS",
  body: CardCheckOtpBody,
  objectName: null,
  movesMoney: false,
  async run(deps, { caller, locale }, body) {
    const ask = { purpose: "card", session: body.otp_session_id } as const;
    const phone = gsmOf(body.user_gsm);
    await checkCode(deps, caller.merchant, { ...ask, phone, code: body.otp_code });
    return plainAnswer(locale);
  },
};

/** The services of stored cards. */
export const cardServices = [
  service(cardSave),
  service(cardDelete),
  service(cardDescUpdate),
  service(cardList),
  service(cardSendOtp),
  service(cardCheckOtp),
] as const;
