import { handleOf } from "../../../checkout/index.ts";
import { checkAddress } from "../../../lib/address.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import { confirmCardEntry, entryTargetOf, startCardEntry } from "../../../subscriptions/index.ts";
import { type Card, readCard } from "../../../vault/index.ts";
import { type Call, type PaynetDeps, type Service, service } from "../deps.ts";
import { ownCardTry } from "../payment/own-session.ts";
import {
  CardTdsConfirmBody,
  CardTdsInitialBody,
  CONFIRM_OBJECT,
  cardTdsConfirmAnswer,
  cardTdsInitialAnswer,
} from "./subscription-entry.wire.ts";
import { orderNameOf } from "./subscription-name.wire.ts";

function typedCard(
  deps: PaynetDeps,
  { caller: { merchant } }: Call,
  body: CardTdsInitialBody,
): Card {
  const { pan, month, year, cvv, card_holder: holder = "" } = body;
  const now = timeOf(merchant, deps.clock());
  return readCard({ pan, month, year, cvv, holder }, now, merchant.mode === "sandbox");
}

/**
 * Starts the entry of a card for an order, or for each of a group: the answer is the payer's way to
 * the bank, where one lira is held.
 */
const createCardTdsInitial: Service<typeof CardTdsInitialBody> = {
  path: "/v1/subscription/create_card_tds_initial",
  summary: "Start of adding a card to a regular payment order",
  body: CardTdsInitialBody,
  objectName: "create_card_tds_initial",
  movesMoney: false,
  async run(deps, call, body) {
    const { caller, locale, address: clientIp } = call;
    const returnUrl = checkAddress("return_url", body.return_url, caller.merchant);
    const named = { ...orderNameOf(body), group: body.group_reference_no };
    const target = await entryTargetOf(deps, caller, named);
    const card = typedCard(deps, call, body);
    const ask = { card, origin: "server", label: body.label, returnUrl, clientIp } as const;
    const { session, token } = await startCardEntry(
      deps.subscriptions,
      caller.merchant,
      target,
      ask,
    );
    const names = { session_id: handleOf(deps.ring, session), token_id: token.guid };
    return cardTdsInitialAnswer(deps.checkout.publicUrl(), names, locale);
  },
};

/** Completes it once the bank has authenticated the holder. Asked again it answers the same. */
const createCardTdsConfirm: Service<typeof CardTdsConfirmBody> = {
  path: "/v1/subscription/create_card_tds_confirm",
  summary: "Completion of adding a card to a regular payment order",
  body: CardTdsConfirmBody,
  objectName: CONFIRM_OBJECT,
  movesMoney: true,
  async run(deps, { caller, locale, address: clientIp }, body) {
    const found = await ownCardTry(deps, caller, body);
    const end = await confirmCardEntry(deps.subscriptions, found, { clientIp });
    return cardTdsConfirmAnswer(found, end, locale);
  },
};

/** The services by which a merchant's own page adds a card. */
export const subscriptionEntryServices = [
  service(createCardTdsInitial),
  service(createCardTdsConfirm),
] as const;
