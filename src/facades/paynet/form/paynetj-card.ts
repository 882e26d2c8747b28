import { changeTerms, type Found, GATE_PATH, tryCard } from "../../../checkout/index.ts";
import { chosenOffer, offersFor } from "../../../checkout/offers.rules.ts";
import { stillToPay } from "../../../checkout/session.rules.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import type { CardFacts } from "../../../vault/bin.rules.ts";
import type { Card, StoredCard } from "../../../vault/index.ts";
import { type CardMembers, cardOf } from "../card/card-of.ts";
import type { Call, PaynetDeps, Service } from "../deps.ts";
import { bankMembers, factsOf, formOffer } from "../payment/offers.ts";
import { ownSession } from "../payment/own-session.ts";
import { forBrowsers } from "./paynetj.ts";
import {
  CheckBinBody,
  CheckCardBinBody,
  CreateCardTokenBody,
  CreateTokenBody,
  envelopeOf,
  type PayerMembers,
} from "./paynetj.wire.ts";

function binAnswer(deps: PaynetDeps, call: Call, found: Found, facts: CardFacts, single = false) {
  const { merchant, session } = found;
  stillToPay(session, timeOf(merchant, deps.clock()));
  const terms = single ? { ...session.terms, instalments: [0] } : session.terms;
  const offers = offersFor(merchant, facts, session, terms);
  return {
    ...bankMembers(merchant, facts.bankId, deps.checkout.publicUrl()),
    card_type: facts.type,
    tds_enable: true,
    data: offers.map((offer) => formOffer(facts, offer)),
    ...envelopeOf("paynetj_bin", call.locale),
    // The documents' own spelling; scripts may read either.
    obeject_name: "paynetj_bin",
  };
}

/** How a card may pay, by its first digits. */
export const paynetjCheckBin: Service<typeof CheckBinBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/check_bin",
  summary: "What a card's first digits tell",
  body: CheckBinBody,
  objectName: "paynetj_bin",
  async run(deps, call, body) {
    const found = await ownSession(deps, call.caller, body.session_id);
    return binAnswer(deps, call, found, factsOf(body.bin), body.no_instalment);
  },
};

/** How a stored card may pay. */
export const paynetjCheckCardBin: Service<typeof CheckCardBinBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/check_card_bin",
  summary: "What a stored card's first digits tell",
  body: CheckCardBinBody,
  objectName: "paynetj_bin",
  async run(deps, call, body) {
    const found = await ownSession(deps, call.caller, body.session_id);
    const { card } = await cardOf(deps, call.caller, body);
    return binAnswer(deps, call, found, card.facts, body.no_instalment);
  },
};

type Entered = Readonly<{ card: Card; stored?: StoredCard | undefined; body: PayerMembers }>;

/** Whether the card is kept beside the payment; one that is stored already never is again. */
const savesCard = ({ session: { terms } }: Found, { stored, body }: Entered): boolean =>
  (body.save_card ?? terms.savesCard ?? false) && terms.save !== undefined && !stored;

/** The session with the payer's own name for a card that is to be stored. */
async function named(deps: PaynetDeps, found: Found, entered: Entered): Promise<Found> {
  const description = entered.body.save_card_desc;
  const { save } = found.session.terms;
  if (!description || !savesCard(found, entered) || save?.description === description) return found;
  const session = await changeTerms(deps.checkout, found, ({ terms }) => ({
    terms: terms.save && { save: { ...terms.save, description } },
  }));
  return { ...found, session };
}

/** What a payer entered, as the token by which the shop's server charges it. */
async function createToken(deps: PaynetDeps, call: Call, opened: Found, entered: Entered) {
  const found = await named(deps, opened, entered);
  const { card, stored, body } = entered;
  const { merchant, session } = found;
  const { terms } = session;
  const offers = offersFor(merchant, card.facts, session, terms);
  const { instalments } = chosenOffer(offers, card.facts, body.instalment_key);
  const said = {
    note: body.description,
    phone: body.card_holder_phone,
    email: body.card_holder_mail,
  };
  const details = Object.entries(said).filter((pair): pair is [string, string] => !!pair[1]);
  const { token } = await tryCard(deps.checkout, found, {
    card,
    instalments,
    wants3d: body.do_3ds ?? false,
    savesCard: savesCard(found, entered),
    storedCardId: stored?.id,
    details: Object.fromEntries(details),
  });
  const is3d = token.status === "challenged";
  return {
    token_id: token.guid,
    is_tds: is3d,
    // Without a query: the script adds its own.
    ...(is3d && { post_url: `${deps.checkout.publicUrl()}${GATE_PATH}` }),
    ...envelopeOf("paynetj_token", call.locale),
  };
}

async function enterCard(
  deps: PaynetDeps,
  call: Call,
  body: CardMembers & PayerMembers & Readonly<{ session_id: string }>,
) {
  const found = await ownSession(deps, call.caller, body.session_id);
  return createToken(deps, call, found, { ...(await cardOf(deps, call.caller, body)), body });
}

/** Takes a typed card; nothing is drawn before the shop's server asks. */
export const paynetjCreateToken: Service<typeof CreateTokenBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/create_token",
  summary: "A typed card as a token",
  body: CreateTokenBody,
  objectName: "paynetj_token",
  run: enterCard,
};

/** The same with a stored card. */
export const paynetjCreateCardToken: Service<typeof CreateCardTokenBody> = {
  ...forBrowsers,
  path: "/v1/paynetj/create_card_token",
  summary: "A stored card as a token",
  body: CreateCardTokenBody,
  objectName: "paynetj_token",
  run: enterCard,
};
