import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { assert } from "../../lib/assert.ts";
import { decimalText } from "../../lib/money.ts";
import type { Challenge, ChallengeOrder, Pos, ReturnOrder } from "../index.ts";
import { ver3Hash } from "./hash.rules.ts";
import { chargeTypeOf, currencyNumbers, expiryOf, taksitOf } from "./request.ts";

const RND_MAX = 20;

/** The fields that say what a challenge is about: the bank posts them back as they were. */
export const orderFields = (pos: Pos, order: ReturnOrder) => ({
  clientid: pos.clientId,
  storetype: order.model,
  amount: decimalText(order.amount.minor),
  oid: order.orderId,
  okUrl: order.returnUrl,
  failUrl: order.returnUrl,
  currency: currencyNumbers[order.amount.currency],
  taksit: taksitOf(order),
  TranType: chargeTypeOf(order),
  hashAlgorithm: "ver3",
});

/** A longer nonce by its digest: cut, two of them might become one. */
const rndOf = (nonce: string): string =>
  nonce.length <= RND_MAX
    ? nonce
    : createHash("sha256").update(nonce).digest("base64url").slice(0, RND_MAX);

/**
 * The hash covers values and not their names, so a browser may send a security code of `949` under
 * the name of the currency, which stands right before it. Where the bank's page takes the money a
 * payment in another currency would be the cheaper one; such a code is left out.
 */
function isSafe({ model, amount }: ChallengeOrder, cvv: string): boolean {
  const isCurrency = Object.values(currencyNumbers).includes(cvv);
  return model === "3d" || !isCurrency || cvv === currencyNumbers[amount.currency];
}

function cardFields(order: ChallengeOrder): Record<string, string> {
  const { card } = order;
  const { month, year } = expiryOf(card);
  const cvv = card.cvv?.open();
  return {
    pan: card.pan.open(),
    Ecom_Payment_Card_ExpDate_Month: month,
    Ecom_Payment_Card_ExpDate_Year: year,
    ...(cvv && isSafe(order, cvv) ? { cv2: cvv } : {}),
  };
}

/**
 * The form for the bank's page. By that of the model `3d` no money moves; by that of `3d_pay` the
 * bank charges. Its hash covers every field. Values are ASCII, so that it cannot matter in which
 * charset a page posts them or a bank hashes them; the holder's name is left out for that.
 */
export function challengeForm(pos: Pos, order: ChallengeOrder): Challenge {
  const hashed = {
    ...orderFields(pos, order),
    rnd: rndOf(order.nonce),
    lang: order.locale,
    ...cardFields(order),
  };
  const areAscii = Object.values(hashed).every((value) => isAscii(Buffer.from(value)));
  assert(areAscii, "a challenge is written in ASCII");
  return {
    url: `${pos.baseUrl.replace(/\/+$/, "")}/fim/est3Dgate`,
    fields: { ...hashed, hash: ver3Hash(hashed, pos.storeKey.open()) },
  };
}
