import { decimalText } from "../../../lib/money.ts";
import { maskPan, type Problem } from "../../ask.rules.ts";
import type { Field } from "../../form.rules.ts";
import type { Quirk, Store, Told } from "../../return.rules.ts";
import type { Ending, MdStatus } from "../../threeds.rules.ts";
import { refusals, wordsOfCode } from "./codes.rules.ts";
import { kurusOf } from "./read.rules.ts";
import { ver3Hash } from "./ver3.rules.ts";
import { trxDate } from "./write.rules.ts";

const mdWords: Readonly<Record<MdStatus, string>> = {
  "0": "Not authenticated",
  "1": "Authenticated",
  "2": "Card holder or issuer is not enrolled",
  "3": "Issuer is not enrolled (from cache)",
  "4": "Attempt: the card holder will enrol later",
  "5": "Authentication could not be done",
  "6": "3-D Secure error",
  "7": "Sistem hatasi",
  "8": "Kart numarasi bilinmiyor",
  "9": "None 3D - Secure Transaction",
};
const endWords: Readonly<Partial<Record<Ending, string>>> = {
  rejected: "Not authenticated: rejected by the card holder",
  cancelled: "Not authenticated: cancelled by the card holder",
  expired: "Not authenticated: the time of the page ran out",
  wrong_code: "Not authenticated: wrong code three times",
};
const wordsOf = (mdStatus: MdStatus, ending: Ending): string =>
  (mdStatus === "0" ? endWords[ending] : undefined) ?? mdWords[mdStatus];

const statusLetter = (mdStatus: MdStatus): string => {
  if (mdStatus === "0") return "N";
  if (mdStatus === "1") return "Y";
  return { "2": "A", "3": "A", "4": "A", "5": "U" }[mdStatus as string] ?? "E";
};

const schemeOf: Readonly<Record<string, string>> = { VISA: "1", MASTERCARD: "2" };

/** `4355 08** **** 4358` and `435508***4358`. */
const maskedFields = (panMasked: string): Field[] => [
  ["maskedCreditCard", panMasked.match(/.{1,4}/g)?.join(" ") ?? ""],
  ["MaskedPan", `${panMasked.slice(0, 6)}***${panMasked.slice(-4)}`],
];

/** The result of the provision, as the models that provision by themselves return it. */
function provisionFields(told: Told): Field[] {
  const { provision, orderNo } = told;
  const receipt =
    provision?.kind === "approved" || provision?.kind === "declined"
      ? provision.receipt
      : undefined;
  const isApproved = provision?.kind === "approved";
  const code = provision?.kind === "declined" ? provision.code : isApproved ? "00" : "99";
  const refused = provision?.kind === "refused" ? refusals[provision.problem.why] : undefined;
  const response = isApproved ? "Approved" : refused ? "Error" : "Declined";
  const notAuthenticated = provision ? "" : wordsOf(told.mdStatus, told.ending);
  const declined = provision?.kind === "declined" ? wordsOfCode(code) : "";
  const errorCode = refused?.[0] ?? (declined ? `ISO8583-${code}` : "");
  const extra: Field[] = receipt
    ? [
        ["EXTRA_TRXDATE", trxDate(receipt.atMs)],
        ["EXTRA_CARDBRAND", receipt.brand],
        ["EXTRA_CARDISSUER", receipt.issuerName],
      ]
    : [];
  return [
    ["Response", response],
    ["ProcReturnCode", code],
    ["AuthCode", receipt?.authCode ?? ""],
    ["HostRefNum", receipt?.rrn ?? ""],
    ["TransId", receipt?.bankTxnId ?? ""],
    ["ErrMsg", refused?.[1] || declined || notAuthenticated],
    ["SettleId", receipt?.batchNo ? String(receipt.batchNo) : ""],
    ["ReturnOid", orderNo],
    ...extra,
    ...(errorCode ? [["EXTRA_ERRORCODE", errorCode] as const] : []),
  ];
}

/** What was posted and is not card data, but for what the bank itself says. */
function after(kept: readonly Field[], own: readonly Field[]): Field[] {
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  return [...kept.filter(([name]) => !names.has(name.toLowerCase())), ...own];
}

/** The fields of a return in the order of the guide, not yet signed. */
export function returnFields(told: Told): Field[] {
  const { mdStatus, brand } = told;
  const isProven = told.cavv !== "";
  const scheme = schemeOf[brand] ?? "3";
  const isReadable = ["6", "7", "8", "9"].includes(mdStatus) ? "false" : "true";
  return after(told.kept, [
    ["mdStatus", mdStatus],
    ["mdErrorMsg", wordsOf(mdStatus, told.ending)],
    ["md", told.md],
    ["xid", told.xid],
    ...(told.eci ? [["eci", told.eci] as const] : []),
    ...(isProven ? [["cavv", told.cavv] as const] : []),
    ["txstatus", statusLetter(mdStatus)],
    ["iReqCode", ""],
    ["iReqDetail", ""],
    ["vendorCode", ""],
    ["PAResSyntaxOK", isReadable],
    ["PAResVerified", isReadable],
    ["cavvAlgorithm", isProven ? (brand === "MASTERCARD" ? "3" : "2") : ""],
    ...maskedFields(told.panMasked),
    ["merchantID", told.merchantNo],
    ["sID", scheme],
    ["digest", "digest"],
    ["clientIp", told.clientIp],
    ["payResults_dsId", scheme],
    ["dsId", scheme],
    ...(told.model === "3d_pay" ? provisionFields(told) : []),
  ]);
}

const CARD_WORDS: Readonly<Record<string, string>> = {
  card_number_wrong:
    "Girilen kart numarası doğru formatta değildir. " +
    "Kart numarasını kontrol ederek tekrar işlem deneyiniz.",
  expiry_wrong: "Girilen son kullanma tarihi doğru formatta değildir.",
  cvv_wrong: "Girilen güvenlik kodu doğru formatta değildir.",
};

/**
 * A form that the gate does not take: without `mdStatus`, as nobody was asked for anything. What
 * was typed wrong about the card is `HPP-1001`, all else the code of the API.
 */
export function refusedFields(kept: readonly Field[], problem: Problem, pan: string): Field[] {
  const [code, words] = refusals[problem.why];
  const typed = CARD_WORDS[problem.why];
  const told = problem.field ? `${words}: ${problem.field}` : words;
  const isNumber = /^\d{13,19}$/.test(pan);
  return after(kept, [
    ...(isNumber ? maskedFields(maskPan(pan)) : []),
    ["Response", "Error"],
    ["ErrMsg", typed ?? told],
    ["ErrorCode", typed ? "HPP-1001" : code],
  ]);
}

/** A form whose hash is wrong: the bank believes nothing of it, and asks nobody. */
export const forgedFields = (kept: readonly Field[]): Field[] =>
  after(kept, [
    ["mdStatus", "7"],
    ["mdErrorMsg", "Guvenlik Kodu hatali"],
    ["Response", "Error"],
    ["ErrMsg", "Guvenlik Kodu hatali"],
    ["ProcReturnCode", "99"],
  ]);

const LIRA_KURUS = 100n;
const otherAmount = (value: string): string =>
  decimalText(BigInt(kurusOf(value) ?? 0) + LIRA_KURUS);

/** The fields with the first of that name changed, whatever its case. */
const changed = (fields: readonly Field[], name: string, to: (value: string) => string) =>
  fields.map(
    ([key, value]): Field =>
      key.toLowerCase() === name.toLowerCase() ? [key, to(value)] : [key, value],
  );

function bent(fields: readonly Field[], quirk: Quirk, other: Store): readonly Field[] {
  switch (quirk) {
    case "no_mdstatus":
      return fields.filter(([name]) => name !== "mdStatus");
    case "mdstatus_01":
      return changed(fields, "mdStatus", (value) => `0${value}`);
    case "wrong_amount":
      return changed(fields, "amount", otherAmount);
    case "wrong_order_id":
      return changed(
        changed(fields, "oid", (v) => `${v}X`),
        "ReturnOid",
        (v) => `${v}X`,
      );
    case "wrong_currency":
      return changed(fields, "currency", (value) => (value === "949" ? "840" : "949"));
    case "other_store":
      return changed(
        changed(fields, "clientid", () => other.merchantNo),
        "merchantID",
        () => other.merchantNo,
      );
    case "iso_8859_9": {
      const plain = fields.filter(([name]) => !["EXTRA_CARDISSUER", "encoding"].includes(name));
      return [...plain, ["EXTRA_CARDISSUER", "ZİRAAT BANKASI"], ["encoding", "ISO-8859-9"]];
    }
    default:
      return fields;
  }
}

/** The first letter is exchanged, so that the hash keeps its form. */
const spoilt = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);

/**
 * Signs a return. What a quirk changes is signed as it then stands, as the bank's own mistake: only
 * `wrong_hash` and `no_hash` leave a return that its hash gives away. `mdstatus_doubled` adds a
 * second, opposite value after the hash was made over the first.
 */
export function signed(
  fields: readonly Field[],
  asked: ReadonlySet<Quirk>,
  stores: Readonly<{ own: Store; other: Store }>,
): Field[] {
  const told = [...asked].reduce((all, quirk) => bent(all, quirk, stores.other), fields);
  const store = asked.has("other_store") ? stores.other : stores.own;
  const hash = ver3Hash(told, store.storeKey);
  const mdStatus = told.find(([name]) => name === "mdStatus")?.[1];
  const second: Field[] =
    asked.has("mdstatus_doubled") && mdStatus !== undefined
      ? [["mdStatus", mdStatus === "1" ? "0" : "1"]]
      : [];
  const end: Field[] = asked.has("no_hash")
    ? []
    : [["HASH", asked.has("wrong_hash") ? spoilt(hash) : hash]];
  return [...told, ...second, ...end];
}
