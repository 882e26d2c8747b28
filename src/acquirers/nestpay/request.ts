import { type Currency, decimalText } from "../../lib/money.ts";
import type {
  BankCard,
  BankQuestion,
  ChargeOrder,
  FollowUpOrder,
  Means,
  Pos,
  ReturnOrder,
} from "../index.ts";
import { openProof, type Proof } from "./proof.ts";

export const CONTENT_TYPE = "application/x-www-form-urlencoded";

/** ISO 4217 numbers, which this gateway takes in place of codes. */
export const currencyNumbers: Readonly<Record<Currency, string>> = {
  TRY: "949",
  USD: "840",
  EUR: "978",
  GBP: "826",
};

const isPlain = /^[A-Za-z0-9 .,:;/_+=@()-]*$/;

/** Control characters, halves of surrogate pairs and non-characters cannot stand in XML at all. */
const hasNoForm = (code: number): boolean =>
  code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff) || (code & 0xfffe) === 0xfffe;

/** ASCII with numeric references, so that whatever charset a document declares cannot matter. */
export function xmlText(text: string): string {
  if (isPlain.test(text)) return text;
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (isPlain.test(character)) out += character;
    else if (hasNoForm(code)) out += " ";
    else out += `&#${code};`;
  }
  return out;
}

const element = (name: string, value: string) => `<${name}>${xmlText(value)}</${name}>`;

/** The fields in the order of the integration guide; which of them stand depends on the type. */
function documentOf(pos: Pos, type: string, fields: string): string {
  const who =
    element("Name", pos.user) +
    element("Password", pos.password.open()) +
    element("ClientId", pos.clientId);
  const declaration = '<?xml version="1.0" encoding="ISO-8859-9"?>';
  return `${declaration}<CC5Request>${who}${type}${fields}</CC5Request>`;
}

const typed = (type: "Auth" | "PreAuth" | "PostAuth" | "Void" | "Credit") => element("Type", type);

/** A card's expiry as this gateway writes it: two digits each. */
export const expiryOf = ({ expiryMonth, expiryYear }: BankCard) => ({
  month: `${expiryMonth}`.padStart(2, "0"),
  year: `${expiryYear % 100}`.padStart(2, "0"),
});

/** Empty for a single payment: some banks refuse `1`. */
export const taksitOf = ({ instalments }: Pick<ReturnOrder, "instalments">): string =>
  instalments > 1 ? `${instalments}` : "";

export const chargeTypeOf = ({ operation }: Pick<ReturnOrder, "operation">): "Auth" | "PreAuth" =>
  operation === "sale" ? "Auth" : "PreAuth";

function cardFields(card: BankCard): string {
  const { month, year } = expiryOf(card);
  return (
    element("Number", card.pan.open()) +
    element("Expires", `${month}/${year}`) +
    (card.cvv ? element("Cvv2Val", card.cvv.open()) : "")
  );
}

/** In place of the card what its bank's page gave back; expiry and code are not sent again. */
const proofFields = ({ md, xid, eci, cavv }: Proof): string =>
  element("Number", md) +
  element("PayerTxnId", xid) +
  element("PayerSecurityLevel", eci) +
  element("PayerAuthenticationCode", cavv);

const meansFields = (means: Means): string =>
  "card" in means ? cardFields(means.card) : proofFields(openProof(means.proof));

const holderOf = (means: Means): string => ("card" in means ? means.card.holder : "");

/** A sale (`Auth`) or a pre-authorisation (`PreAuth`), with the card or with a 3-D proof. */
export function chargeXml(pos: Pos, order: ChargeOrder): string {
  const { amount, means } = order;
  const holder = holderOf(means);
  const fields =
    element("IPAddress", order.clientIp) +
    element("OrderId", order.orderId) +
    element("Total", decimalText(amount.minor)) +
    element("Currency", currencyNumbers[amount.currency]) +
    element("Taksit", taksitOf(order)) +
    meansFields(means) +
    // Always "P": the gateway knows its test merchants by their number.
    element("Mode", "P") +
    (holder ? `<BillTo>${element("Name", holder)}</BillTo>` : "");
  return documentOf(pos, typed(chargeTypeOf(order)), fields);
}

export function captureXml(pos: Pos, { orderId, amount }: FollowUpOrder): string {
  const fields = element("OrderId", orderId) + element("Total", decimalText(amount.minor));
  return documentOf(pos, typed("PostAuth"), fields);
}

/** Names the transaction; an order alone would mean whichever came last on it. */
export function voidXml(pos: Pos, { orderId, original }: FollowUpOrder): string {
  const fields = element("OrderId", orderId) + element("TransId", original.bankReference);
  return documentOf(pos, typed("Void"), fields);
}

/** Always with its amount: at some banks a refund without one takes back everything. */
export function refundXml(pos: Pos, { orderId, amount }: FollowUpOrder): string {
  const fields =
    element("OrderId", orderId) +
    element("Total", decimalText(amount.minor)) +
    element("Currency", currencyNumbers[amount.currency]);
  return documentOf(pos, typed("Credit"), fields);
}

/** Asks for the state of an order (`ORDERSTATUS`) or for all its transactions (`ORDERHISTORY`). */
export function inquiryXml(
  pos: Pos,
  { orderId }: Pick<BankQuestion, "orderId">,
  what: "ORDERSTATUS" | "ORDERHISTORY",
): string {
  return documentOf(
    pos,
    "",
    `${element("OrderId", orderId)}<Extra>${element(what, "QUERY")}</Extra>`,
  );
}

/** The document as the one form field that every bank of this dialect takes. */
export const formBody = (xml: string): string => `DATA=${encodeURIComponent(xml)}`;
