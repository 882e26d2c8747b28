import { MOST_MINOR } from "../../../lib/money.ts";
import { type Ask, emptyAsk, type Operation, type Problem } from "../../ask.rules.ts";
import { decode } from "../../charset.rules.ts";
import type { Proof } from "../../threeds.rules.ts";
import { currencyOfNumber } from "./codes.rules.ts";
import { type Elements, readXml } from "./xml.rules.ts";

const typeOf: Readonly<Record<string, Operation>> = {
  Auth: "sale",
  PreAuth: "preauth",
  PostAuth: "capture",
  Void: "void",
  Credit: "refund",
};
export const INSTALMENTS_MAX = 12;
export const ORDER_NUMBER = /^[A-Za-z0-9-]{1,64}$/;
/** Longest texts of the guide. */
const longest: Readonly<Record<string, number>> = { ClientId: 15, Name: 255, IPAddress: 39 };

/** Percent-decoding that keeps bytes as they are: the charset is told inside the document. */
function unquote(form: string): Buffer {
  const bytes = form.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

/** Documents of plain ASCII, which is nearly all of them, take the engine's own fast way. */
function unquoteText(form: string): string {
  const plain = form.replaceAll("+", " ");
  try {
    const text = decodeURIComponent(plain);
    if (Buffer.byteLength(text) === text.length) return text;
  } catch {
    // Bytes of another charset than UTF-8.
  }
  return decode(unquote(plain));
}

/** The bare document, `DATA=` in front of it, or a form field `DATA` with percent-encoding. */
function xmlOf(body: Buffer): string {
  if (body.toString("latin1", 0, 5).toUpperCase() !== "DATA=") return decode(body);
  const value = body.subarray(5);
  return value[0] === 60 ? decode(value) : unquoteText(value.toString("latin1"));
}

/** Whole kuruş of `1234.5` or `1234.50`; `undefined` for any other writing. */
export function kurusOf(text: string): number | undefined {
  if (!/^\d{1,15}(\.\d{1,2})?$/.test(text)) return undefined;
  const [whole = "", fraction = ""] = text.split(".");
  const kurus = Number(`${whole}${fraction.padEnd(2, "0")}`);
  return kurus <= Number(MOST_MINOR) ? kurus : undefined;
}

const wrong = (field: string): Problem => ({ why: "format", field });

function findOperation(fields: Elements): Operation | undefined {
  if (fields.get("Extra/ORDERSTATUS") === "QUERY") return "inquire";
  if (fields.get("Extra/ORDERHISTORY") === "QUERY") return "history";
  return typeOf[fields.get("Type") ?? ""];
}

/** The number of a charge after 3-D Secure is the session's `md`, which holds colons. */
const is3d = (fields: Elements): boolean =>
  fields.has("PayerTxnId") || (fields.get("Number") ?? "").includes(":");

/** Such a charge names the session and nothing of the card. */
function proofProblem(fields: Elements): Problem | undefined {
  if ((fields.get("Expires") ?? "") !== "") return wrong("Expires");
  if ((fields.get("Cvv2Val") ?? "") !== "") return wrong("Cvv2Val");
  return fields.has("PayerTxnId") ? undefined : { why: "authentication_unknown" };
}

function cardProblem(fields: Elements, expiry: RegExpExecArray | null): Problem | undefined {
  const number = fields.get("Number") ?? "";
  if (number === "") return { why: "card_number_missing" };
  if (is3d(fields)) return proofProblem(fields);
  if (!/^\d+$/.test(number)) return { why: "card_number_wrong" };
  if (!/^\d{13,19}$/.test(number)) return { why: "card_number_wrong" };
  if (!expiry || Number(expiry[1]) < 1 || Number(expiry[1]) > 12) return { why: "expiry_wrong" };
  const cvv = fields.get("Cvv2Val") ?? "";
  return cvv === "" || /^\d{3,4}$/.test(cvv) ? undefined : { why: "cvv_wrong" };
}

function amountProblem(fields: Elements, op: Operation): Problem | undefined {
  if (op === "inquire" || op === "history" || op === "void") return undefined;
  const kurus = kurusOf(fields.get("Total") ?? "");
  if (kurus === undefined) return wrong("Total");
  if (kurus === 0) return { why: "amount_zero" };
  const number = fields.get("Currency") ?? "";
  const isNeeded = op === "sale" || op === "preauth";
  if (number === "") return isNeeded ? wrong("Currency") : undefined;
  return currencyOfNumber[number] ? undefined : { why: "currency_unknown" };
}

function orderProblem(fields: Elements, op: Operation): Problem | undefined {
  const orderId = fields.get("OrderId") ?? "";
  if (orderId !== "") {
    return ORDER_NUMBER.test(orderId) ? undefined : { why: "order_number_invalid" };
  }
  const isOptional = op === "sale" || op === "preauth" || (op === "void" && fields.get("TransId"));
  return isOptional ? undefined : wrong("OrderId");
}

function instalmentProblem(taksit: string): Problem | undefined {
  if (taksit === "") return undefined;
  if (!/^\d{1,3}$/.test(taksit)) return wrong("Taksit");
  const count = Number(taksit);
  return count >= 2 && count <= INSTALMENTS_MAX ? undefined : { why: "instalment_refused" };
}

function findProblem(fields: Elements, op: Operation | undefined, expiry: RegExpExecArray | null) {
  for (const [field, most] of Object.entries(longest)) {
    if ((fields.get(field) ?? "").length > most) return wrong(field);
  }
  if (!op) return fields.has("Type") ? { why: "type_unknown" as const } : wrong("Type");
  if (![undefined, "", "P"].includes(fields.get("Mode"))) return wrong("Mode");
  if ([...fields.keys()].some((key) => key.startsWith("PbOrder/") || key.startsWith("Extra/REC"))) {
    return { why: "recurring_not_offered" as const };
  }
  const isCharge = op === "sale" || op === "preauth";
  return (
    orderProblem(fields, op) ??
    amountProblem(fields, op) ??
    (isCharge ? instalmentProblem(fields.get("Taksit") ?? "") : undefined) ??
    (isCharge ? cardProblem(fields, expiry) : undefined)
  );
}

const proofOf = (text: (name: string) => string): Proof => ({
  md: text("Number"),
  xid: text("PayerTxnId"),
  eci: text("PayerSecurityLevel"),
  cavv: text("PayerAuthenticationCode"),
});

/** One API request. What cannot be accepted is told in `problem`; this never throws. */
export function read(body: Buffer): Ask {
  const fields = readXml(xmlOf(body), "CC5Request");
  if (!fields) return { ...emptyAsk, problem: wrong("DATA") };
  const text = (name: string) => fields.get(name) ?? "";
  const op = findOperation(fields);
  const expiry = /^(\d{2})\/(?:20)?(\d{2})$/.exec(text("Expires"));
  const proof = is3d(fields) ? proofOf(text) : undefined;
  return {
    op: op ?? "sale",
    merchantNo: text("ClientId"),
    user: text("Name"),
    password: text("Password"),
    orderNo: text("OrderId"),
    bankTxnId: text("TransId"),
    amountKurus: op === "void" ? 0 : (kurusOf(text("Total")) ?? 0),
    currency: currencyOfNumber[text("Currency")] ?? "",
    instalments: Number(text("Taksit")) || 0,
    pan: proof ? "" : text("Number"),
    expiryMonth: Number(expiry?.[1] ?? 0),
    expiryYear: 2000 + Number(expiry?.[2] ?? 0),
    cvv: text("Cvv2Val"),
    proof,
    clientIp: text("IPAddress"),
    problem: findProblem(fields, op, expiry),
  };
}
