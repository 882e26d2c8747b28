import type { BankQuestion, Finding, Pos } from "../index.ts";
import { meaningOfIssuerCode } from "./codes.ts";
import { holderOf } from "./holder.ts";
import { field, messageOf } from "./response.ts";
import { type Fields, readXml } from "./xml.ts";

const unknown = (why: string): Finding => ({ kind: "unknown", why });

/** Minor units as inquiries write them: digits alone. */
const minorOf = (text: string): bigint | undefined =>
  /^\d{1,15}$/.test(text) ? BigInt(text) : undefined;

type Found = { kind: "found"; fields: Fields; extra: Fields };

/** Common to both inquiries: readable, about our order, and something was found. */
function readFound(text: string, orderId: string): Found | Finding {
  const document = readXml(text);
  if (document.kind === "unreadable") return unknown(document.why);
  const { fields, extra } = document;
  const message = messageOf(fields);
  const code = field(fields, "ProcReturnCode");
  const about = field(extra, "ORD_ID") || field(fields, "OrderId");
  const isOurs = about === orderId || (about === "" && message.split(" ").includes(orderId));
  if (!isOurs) return unknown("the reply is about another order");
  if (field(fields, "Response") === "Approved" && code === "00") {
    return { kind: "found", fields, extra };
  }
  const isNone = message.startsWith("No record found") || (code === "05" && !field(extra, "TRX1"));
  if (isNone && field(fields, "Response") !== "Approved") return { kind: "not_found" };
  return unknown(`the inquiry was answered ${code || "without a code"}: ${message}`);
}

/**
 * What the status of an order (`ORDERSTATUS`) says about its sale or hold. The reply itself is
 * `Approved` even for declined and voided orders; only the state, its code and its amounts count.
 */
export function readStatus(
  text: string,
  question: BankQuestion,
  pos: Pick<Pos, "acceptsHalfSecure">,
): Finding {
  const found = readFound(text, question.orderId);
  if (found.kind !== "found") return found;
  const { extra } = found;
  const state = field(extra, "TRANS_STAT");
  if (field(extra, "CHARGE_TYPE_CD") === "C") return unknown("the order shows a refund");
  const asked = question.amount.minor;
  if (minorOf(field(extra, "ORIG_TRANS_AMT")) !== asked) {
    return unknown("the bank has another amount for this order");
  }
  if (state === "V") return { kind: "undone" };
  if (state === "D" || state === "ERR") return readRefusal(extra, state);
  if (state === "C" || state === "S" || (state === "A" && question.operation === "hold")) {
    const isWhole = question.operation === "hold" || minorOf(field(extra, "CAPTURE_AMT")) === asked;
    return isWhole ? readApproval(extra, pos) : unknown("the bank captured another amount");
  }
  return unknown(`the order is in state ${state || "(none)"}`);
}

function readApproval(extra: Fields, pos: Pick<Pos, "acceptsHalfSecure">): Finding {
  const bankReference = field(extra, "TRANS_ID");
  const isPlain =
    field(extra, "PROC_RET_CD") === "00" && /^0*$/.test(field(extra, "NUMCODE")) && bankReference;
  if (!isPlain) return unknown("the bank's state and its codes contradict each other");
  const mdStatus = field(extra, "MDSTATUS");
  const holder = holderOf(pos, { mdStatus, eci: field(extra, "ECI_3D"), bankMessage: "" });
  return {
    kind: "approved",
    bankReference,
    authorizationCode: field(extra, "AUTH_CODE"),
    ...(mdStatus && { holder }),
  };
}

function readRefusal(extra: Fields, state: string): Finding {
  const code = field(extra, "PROC_RET_CD");
  if (code === "00") return unknown("the bank's state and its codes contradict each other");
  // A gateway that lost its issuer is still reversing; its word is not the last yet.
  if (state === "ERR" && code === "92") return unknown("the bank is still reversing");
  const reason = meaningOfIssuerCode(code)?.reason ?? "unknown";
  return { kind: "declined", reason, bankCode: code, bankMessage: "" };
}

/** One transaction of an order. Amounts in minor units. */
type Row = Readonly<{
  side: string;
  state: string;
  originalMinor: bigint | undefined;
  capturedMinor: bigint | undefined;
  isVoided: boolean;
  authorizationCode: string;
  code: string;
  bankReference: string;
}>;

const ROW_COLUMNS = 11;

function readRow(text: string): Row | undefined {
  const columns = text.split("\t").map((column) => column.trim());
  if (columns.length !== ROW_COLUMNS) return undefined;
  const [side = "", state = "", original = "", captured = "", , , voidedAt = ""] = columns;
  const [authorizationCode = "", code = "", bankReference = ""] = columns.slice(8);
  return {
    side,
    state,
    originalMinor: minorOf(original),
    capturedMinor: minorOf(captured),
    isVoided: state === "V" || voidedAt !== "",
    authorizationCode,
    code,
    bankReference,
  };
}

/** All rows of an `ORDERHISTORY` reply, newest first; nothing when one is missing or odd. */
function readRows(extra: Fields): Row[] | undefined {
  const names = [...extra.keys()].filter((name) => /^TRX\d+$/.test(name));
  const rows = names.map((name) => readRow(extra.get(name) ?? ""));
  const isWhole = field(extra, "TRXCOUNT") === `${rows.length}`;
  return isWhole && rows.every((row) => row !== undefined) ? rows : undefined;
}

const isDone = (row: Row): boolean =>
  row.code === "00" && (row.state === "C" || row.state === "S") && !row.isVoided;

const approvalOf = ({ bankReference, authorizationCode }: Row): Finding =>
  bankReference ? { kind: "approved", bankReference, authorizationCode } : unknown("no reference");

/** What the history of an order (`ORDERHISTORY`) says about one capture, void or refund of it. */
export function readHistory(text: string, question: BankQuestion): Finding {
  const found = readFound(text, question.orderId);
  if (found.kind !== "found") return found;
  const rows = readRows(found.extra);
  if (!rows) return unknown("the bank's list of transactions could not be read");
  if (question.operation === "capture") return findCapture(rows, question);
  if (question.operation === "void") return findVoid(rows, question);
  if (question.operation === "refund") return findRefund(rows, question);
  return unknown("a history does not answer for a sale");
}

/** A capture that was taken back is an earlier one: this one may still come. */
function findCapture(rows: Row[], { amount }: BankQuestion): Finding {
  const live = rows.filter((row) => row.side === "S" && row.capturedMinor && isDone(row));
  const [only] = live;
  if (only && live.length === 1 && only.capturedMinor === amount.minor) return approvalOf(only);
  if (live.length > 0) return unknown("the bank captured another amount");
  return { kind: "not_found" };
}

function findVoid(rows: Row[], { original }: BankQuestion): Finding {
  const row = rows.find(({ bankReference }) => bankReference === original?.bankReference);
  if (!row) return unknown("the bank's list lacks the transaction to void");
  return row.isVoided ? approvalOf(row) : { kind: "not_found" };
}

/**
 * Refunds carry no name of ours, so they are told apart by their sum: what is refunded now, less
 * what surely was before, is either nothing or exactly this refund.
 */
function findRefund(rows: Row[], { amount, refundedBeforeMinor }: BankQuestion): Finding {
  const credits = rows.filter((row) => row.side === "C" && isDone(row));
  const sizes = credits.map((row) => row.capturedMinor || row.originalMinor);
  if (sizes.includes(undefined)) return unknown("a refund without an amount");
  const total = sizes.reduce<bigint>((sum, size) => sum + (size ?? 0n), 0n);
  if (total === refundedBeforeMinor) return { kind: "not_found" };
  const newest = credits.find((_, i) => sizes[i] === amount.minor);
  if (total - refundedBeforeMinor !== amount.minor || !newest) {
    return unknown("the bank's refunds add up to another sum");
  }
  return approvalOf(newest);
}
