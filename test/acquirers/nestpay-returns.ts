import type { Pos, ReturnOrder } from "../../src/acquirers/index.ts";
import { orderFields } from "../../src/acquirers/nestpay/challenge.ts";
import { ver3Digest, ver3Plaintext } from "../../src/acquirers/nestpay/hash.rules.ts";

export type Fields = Readonly<Record<string, string>>;
export type Charset = "utf-8" | "iso-8859-9";

/** The letters that ISO-8859-9 has in place of six of ISO-8859-1. */
const turkish = new Map(Object.entries({ Ğ: 0xd0, İ: 0xdd, Ş: 0xde, ğ: 0xf0, ı: 0xfd, ş: 0xfe }));

/** A text in a charset; of letters outside ASCII only those of Turkish are written. */
export const bytesIn = (charset: Charset, text: string): Buffer =>
  charset === "utf-8"
    ? Buffer.from(text)
    : Buffer.from([...text].map((letter) => turkish.get(letter) ?? letter.charCodeAt(0)));

/**
 * What the gate posts back for an order, not yet signed: what was posted to it but for the card,
 * and its own. Cards of a scheme numbered 1 bring fields that hold the text of full authentication.
 */
export const returnFields = (pos: Pos, order: ReturnOrder, mdStatus: string): Fields => ({
  ...orderFields(pos, order),
  rnd: "J/jGATA5LLVaMfpU+Yyu",
  lang: "tr",
  mdStatus,
  mdErrorMsg: mdStatus === "1" ? "Authenticated" : "Not authenticated",
  md: "435508:51104213993AC8DFE8839C7F7E391B461115D09A1D88948C8ACE421D:3545:##990000001",
  xid: "N1An1iS5iN4u/1VWS6CgzSGRtN0=",
  eci: "05",
  cavv: "ABABBCgghAAAAABllJMDdZdTdic=",
  txstatus: "Y",
  iReqCode: "",
  iReqDetail: "",
  vendorCode: "",
  PAResSyntaxOK: "true",
  PAResVerified: "true",
  cavvAlgorithm: "2",
  maskedCreditCard: "4355 08** **** 4358",
  MaskedPan: "435508***4358",
  merchantID: pos.clientId,
  merchantName: "ŞIK GİYİM",
  EXTRA_CARDISSUER: "ZİRAAT BANKASI",
  sID: "1",
  dsId: "1",
  payResults_dsId: "1",
  digest: "digest",
  clientIp: "203.0.113.9",
  encoding: "ISO-8859-9",
});

/** What the page says of the money that it took by itself. */
export const approvedFields: Fields = {
  Response: "Approved",
  ProcReturnCode: "00",
  AuthCode: "621911",
  HostRefNum: "632510100001",
  TransId: "26325KPaJ10001",
  ErrMsg: "",
  SettleId: "2380",
  EXTRA_TRXDATE: "20261121 10:15:31",
  EXTRA_CARDBRAND: "VISA",
};
export const declinedFields: Fields = {
  ...approvedFields,
  Response: "Declined",
  ProcReturnCode: "51",
  AuthCode: "",
  ErrMsg: "Limit yetersiz",
  EXTRA_ERRORCODE: "ISO8583-51",
};
/** Where nobody was authenticated, no issuer was asked. */
export const notAskedFields: Fields = {
  ...approvedFields,
  ...{ Response: "Declined", ProcReturnCode: "99", AuthCode: "", HostRefNum: "", TransId: "" },
  ...{ ErrMsg: "Not authenticated", SettleId: "", EXTRA_TRXDATE: "", EXTRA_CARDBRAND: "" },
};

/** What the gate posts back for an order of the model `3d_pay`, not yet signed. */
export const chargedFields = (
  pos: Pos,
  order: ReturnOrder,
  mdStatus: string,
  money: Fields,
): Fields => ({
  ...returnFields(pos, { ...order, model: "3d_pay" }, mdStatus),
  ReturnOid: order.orderId,
  ...money,
});

/** The fields with the bank's hash, made over their text in `hashedIn`. */
export function signed(fields: Fields, storeKey: string, hashedIn: Charset = "utf-8"): Fields {
  const plaintext = bytesIn(hashedIn, ver3Plaintext(fields, storeKey));
  return { ...fields, HASH: ver3Digest(plaintext) };
}

const escaped = (bytes: Buffer): string =>
  bytes
    .toString("latin1")
    .replace(/[^A-Za-z0-9*._-]/g, (byte) =>
      byte === " " ? "+" : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );

/** A form as a browser posts it from a page in `charset`. */
export function posted(fields: Fields, charset: Charset = "utf-8"): Uint8Array {
  const written = (text: string) => escaped(bytesIn(charset, text));
  const pairs = Object.entries(fields).map(([name, value]) => `${written(name)}=${written(value)}`);
  return Buffer.from(pairs.join("&"));
}
