import type { FastifyInstance, FastifyReply } from "fastify";
import {
  giveTempToken,
  keepTempCard,
  readTempToken,
  TEMP_MINUTES_MAX,
} from "../../../checkout/index.ts";
import { Refusal } from "../../../lib/refusal.ts";
import type { PaywallDeps, Service } from "../deps.ts";
import type { Described } from "../openapi.ts";
import { envelope, ok, type Reply } from "../wire/envelope.ts";
import { headerMissing, tokenNotValid } from "../wire/errors.ts";
import { flag, hidden, moment, outside, text, whole, words } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { localeFor, readInput } from "../wire/request.ts";
import { typedCard } from "./card-of.ts";

const TokenInput = members({
  ClientCardSave: flag,
  ThreeDSession: flag,
  ExpiryMin: whole()
    .refine(
      (minutes) => minutes >= 0 && minutes <= TEMP_MINUTES_MAX,
      outside(`0 - ${TEMP_MINUTES_MAX}`),
    )
    .default(0),
});

/**
 * Lets a payer's browser enter its card at this server. `ExpiryMin` 0 is the longest time that
 * there is. The scope is said again and decides nothing: what is stored, and whether the payer goes
 * by the bank's page, the merchant's server says with the payment.
 */
export const tempToken: Service<typeof TokenInput> = {
  method: "POST",
  path: "/api/paywall/temptoken",
  summary: "Token with which a browser enters a card",
  pair: "paywall_public",
  input: TokenInput,
  async run(deps, { caller: { merchant } }, { ClientCardSave, ThreeDSession, ExpiryMin }) {
    const given = giveTempToken(deps, merchant, ExpiryMin || TEMP_MINUTES_MAX);
    return ok({
      TempTokenId: Number(await deps.payments.nextXact(merchant.id)),
      Token: given.text,
      ExpiryDateTime: moment(given.until),
      Scope: { ClientCardSave, ThreeDSession },
    });
  },
};

const CardInput = members({
  CardOwnerName: words(),
  CardNumber: hidden("card_number_wrong"),
  CardCvv: hidden("card_detail_wrong"),
  CardExpiryMonth: text(),
  CardExpiryYear: text(),
});

/** A browser of any shop may call, with the token that the shop's server gave it. */
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "token, content-type, locale",
  "access-control-max-age": "600",
};

const send = (reply: FastifyReply, status: number, answer: Reply) =>
  reply
    .status(status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(envelope(answer)));

/** The merchant whose browser calls; `undefined` for a token that is not good. */
async function entryOf(deps: PaywallDeps, token: string) {
  try {
    return await readTempToken(deps.checkout, token);
  } catch (error) {
    if (error instanceof Refusal && error.code === "key_unknown") return undefined;
    throw error;
  }
}

/** How the documents tell of `tempCard`. */
export const tempCardDescribed: Described = {
  method: "POST",
  path: "/api/paywall/tempcard",
  summary: "Card as a browser enters it",
  input: CardInput,
};

/** The one service that browsers call: a card as it is typed, for the name of it. */
export function tempCard(app: FastifyInstance, deps: PaywallDeps): void {
  const { path: url } = tempCardDescribed;
  app.options(url, (_request, reply) => reply.headers(cors).status(204).send());
  app.post(url, async (request, reply) => {
    reply.headers({ ...cors, "cache-control": "no-store" });
    const { token } = request.headers;
    const isThere = typeof token === "string" && token !== "";
    const entry = isThere ? await entryOf(deps, token) : undefined;
    if (!entry) {
      const locale = localeFor(request);
      const { status, ...said } = isThere ? tokenNotValid(locale) : headerMissing(locale, "token");
      return send(reply, status, { body: null, ...said });
    }
    const asked = readInput(request, CardInput);
    const card = await typedCard(deps, entry, {
      OwnerName: asked.CardOwnerName,
      Number: asked.CardNumber,
      ExpireMonth: asked.CardExpiryMonth,
      ExpireYear: asked.CardExpiryYear,
      Cvv: asked.CardCvv,
    });
    const kept = await keepTempCard(deps.checkout, entry, card);
    return send(reply, 200, {
      body: {
        TempCardId: Number(await deps.payments.nextXact(entry.merchant.id)),
        CardToken: kept.text,
        ExpiryDateTime: moment(kept.until),
      },
    });
  });
}
