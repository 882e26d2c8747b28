import { timingSafeEqual } from "node:crypto";
import type { Problem } from "../../ask.rules.ts";
import type { Field } from "../../form.rules.ts";
import type { GateAsk } from "../../threeds.rules.ts";
import { currencyOfNumber } from "./codes.rules.ts";
import { INSTALMENTS_MAX, kurusOf, ORDER_NUMBER } from "./read.rules.ts";
import { ver3Hash } from "./ver3.rules.ts";

const FIELDS_MAX = 100;
const URL_LENGTH_MAX = 1_000;

/** Card data and the hash go no further than the gate; small letters, as names are compared. */
const notKept = new Set([
  "pan",
  "cv2",
  "cvv",
  "cvc",
  "cardtype",
  "ecom_payment_card_expdate_month",
  "ecom_payment_card_expdate_year",
  "hash",
]);

/** Left out too where the number of the card stands in a field of another name. */
const holdsNumber = (value: string, pan: string): boolean =>
  pan.length >= 13 && value.replaceAll(/\D/g, "").includes(pan);

type Fields = ReadonlyMap<string, string>;
const modelOf: Readonly<Record<string, GateAsk["model"]>> = {
  "3d": "3d",
  "3d_pay": "3d_pay",
  "3d_pay_hosting": "hosted",
  "3d_host": "hosted",
};
const opOf: Readonly<Record<string, GateAsk["op"]>> = { auth: "sale", preauth: "preauth" };

/** An absolute address that a browser can be sent back to. */
function isReturnUrl(text: string): boolean {
  if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) return false;
  return ["http:", "https:"].includes(new URL(text).protocol);
}

const wrong = (field: string): Problem => ({ why: "format", field });

function amountProblem(fields: Fields): Problem | undefined {
  const kurus = kurusOf(fields.get("amount") ?? "");
  if (kurus === undefined) return wrong("amount");
  if (kurus === 0) return { why: "amount_zero" };
  const number = fields.get("currency") ?? "";
  if (number === "") return wrong("currency");
  return currencyOfNumber[number] ? undefined : { why: "currency_unknown" };
}

function instalmentProblem(taksit: string): Problem | undefined {
  if (taksit === "") return undefined;
  if (!/^\d{1,3}$/.test(taksit)) return wrong("taksit");
  const count = Number(taksit);
  return count >= 2 && count <= INSTALMENTS_MAX ? undefined : { why: "instalment_refused" };
}

function cardProblem(fields: Fields): Problem | undefined {
  if (!/^\d{13,19}$/.test(fields.get("pan") ?? "")) return { why: "card_number_wrong" };
  const month = fields.get("ecom_payment_card_expdate_month") ?? "";
  const isMonth = /^\d{1,2}$/.test(month) && Number(month) >= 1 && Number(month) <= 12;
  const year = fields.get("ecom_payment_card_expdate_year") ?? "";
  if (!isMonth || !/^(?:20)?\d{2}$/.test(year)) return { why: "expiry_wrong" };
  const cvv = fields.get("cv2") ?? "";
  return cvv === "" || /^\d{3,4}$/.test(cvv) ? undefined : { why: "cvv_wrong" };
}

function findProblem(fields: Fields, op: GateAsk["op"] | undefined): Problem | undefined {
  const orderNo = fields.get("oid") ?? "";
  if (!modelOf[fields.get("storetype") ?? ""]) return wrong("storetype");
  if (!op) return { why: "type_unknown" };
  if (fields.get("rnd") === undefined || fields.get("rnd") === "") return wrong("rnd");
  if (!ORDER_NUMBER.test(orderNo)) return { why: "order_number_invalid" };
  const taksit = fields.get("taksit") ?? fields.get("instalment") ?? "";
  return amountProblem(fields) ?? instalmentProblem(taksit) ?? cardProblem(fields);
}

/** A browser's form. What cannot be accepted is told in `problem`; this never throws. */
export function readGate(form: readonly Field[]): GateAsk {
  const fields = new Map(form.map(([name, value]) => [name.toLowerCase(), value]));
  const text = (name: string) => fields.get(name) ?? "";
  const op = opOf[(fields.get("trantype") ?? text("islemtipi")).toLowerCase()];
  const isUrl = (name: string) => (isReturnUrl(text(name)) ? text(name) : "");
  return {
    merchantNo: /^\w{1,15}$/.test(text("clientid")) ? text("clientid") : "",
    model: modelOf[text("storetype")],
    op: op ?? "sale",
    orderNo: ORDER_NUMBER.test(text("oid")) ? text("oid") : "",
    amountKurus: kurusOf(text("amount")) ?? 0,
    currency: currencyOfNumber[text("currency")] ?? "",
    instalments: Number(fields.get("taksit") ?? text("instalment")) || 0,
    okUrl: isUrl("okurl"),
    failUrl: isUrl("failurl"),
    lang: text("lang").toLowerCase() === "en" ? "en" : "tr",
    pan: text("pan"),
    expiryMonth: Number(text("ecom_payment_card_expdate_month")) || 0,
    expiryYear: 2000 + (Number(text("ecom_payment_card_expdate_year").slice(-2)) || 0),
    cvv: text("cv2"),
    kept: form.filter(
      ([name, value]) => !notKept.has(name.toLowerCase()) && !holdsNumber(value, text("pan")),
    ),
    problem: findProblem(fields, op),
  };
}

/** Whether the form's hash is that of all its fields under the store's key. */
export function isSigned(form: readonly Field[], storeKey: string): boolean {
  const names = form.map(([name]) => name.toLowerCase());
  if (form.length > FIELDS_MAX || new Set(names).size !== names.length) return false;
  const textOf = (wanted: string) => form[names.indexOf(wanted)]?.[1] ?? "";
  if (textOf("hashalgorithm") !== "ver3") return false;
  const [given, wanted] = [textOf("hash"), ver3Hash(form, storeKey)].map((t) => Buffer.from(t));
  return given!.length === wanted!.length && timingSafeEqual(given!, wanted!);
}
