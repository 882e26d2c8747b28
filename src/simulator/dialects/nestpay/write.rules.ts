import { istanbulTime } from "../../../lib/clock.ts";
import type { Answer, Ask, Receipt } from "../../ask.rules.ts";
import type { Charset } from "../../charset.rules.ts";
import type { HistoryRow, Standing } from "../../view.rules.ts";
import type { Reply } from "../reply.rules.ts";
import { refusals, wordsOfCode } from "./codes.rules.ts";
import { escapeXml } from "./xml.rules.ts";

const statOf: Readonly<Record<Standing, string>> = {
  authorised: "A",
  captured: "C",
  settled: "S",
  voided: "V",
  declined: "D",
};

/** `yyyyMMdd HH:mm:ss`, Istanbul. */
export const trxDate = (atMs: number): string => {
  const local = istanbulTime(new Date(atMs));
  return `${local.slice(0, 10).replaceAll("-", "")} ${local.slice(11, 19)}`;
};

/** `yyyy-MM-dd HH:mm:ss.f`, Istanbul; empty where it never happened. */
const dttm = (atMs: number | null): string =>
  atMs === null ? "" : istanbulTime(new Date(atMs)).slice(0, 21).replace("T", " ");

type Head = {
  response: "Approved" | "Declined" | "Error";
  code: string;
  words: string;
  receipt?: Receipt;
};
type Extra = readonly (readonly [name: string, value: string | number])[];

const element = ([name, value]: readonly [string, string | number]): string =>
  `<${name}>${typeof value === "number" ? value : escapeXml(value)}</${name}>`;

function document(orderNo: string, head: Head, extra: Extra, declared: Charset): Reply {
  const { response, code, words, receipt } = head;
  const order = escapeXml(orderNo);
  const encoding = declared === "utf-8" ? "UTF-8" : "ISO-8859-9";
  const text =
    `<?xml version="1.0" encoding="${encoding}"?>\r\n<CC5Response>` +
    `<OrderId>${order}</OrderId><GroupId>${order}</GroupId><Response>${response}</Response>` +
    `<AuthCode>${receipt?.authCode ?? ""}</AuthCode>` +
    `<HostRefNum>${receipt?.rrn ?? ""}</HostRefNum><ProcReturnCode>${code}</ProcReturnCode>` +
    `<TransId>${receipt?.bankTxnId ?? ""}</TransId><ErrMsg>${escapeXml(words)}</ErrMsg>` +
    `<Extra>${extra.map(element).join("")}</Extra></CC5Response>`;
  return { status: 200, contentType: `text/xml; charset=${encoding}`, text };
}

const receiptExtra = (ask: Ask, receipt: Receipt, errorCode: string, code: string): Extra => [
  ["SETTLEID", receipt.batchNo === 0 ? "" : receipt.batchNo],
  ["TRXDATE", trxDate(receipt.atMs)],
  ["ERRORCODE", errorCode],
  ["TERMINALID", ask.merchantNo.slice(-8)],
  ["MERCHANTID", ask.merchantNo],
  ["CARDBRAND", receipt.brand],
  ["CARDISSUER", receipt.issuerName],
  ["AVSAPPROVE", "Y"],
  ["NUMCODE", code.length === 2 ? `${code}0000` : ""],
];

function statusExtra(orderNo: string, row: HistoryRow, mdStatus: string): Extra {
  const { txn } = row;
  return [
    ["ORDERSTATUS", `ORD_ID:${orderNo}`],
    ["ORD_ID", orderNo],
    ["CHARGE_TYPE_CD", row.isCredit ? "C" : "S"],
    ["TRANS_STAT", statOf[row.standing]],
    ["ORIG_TRANS_AMT", row.originalKurus],
    ["CAPTURE_AMT", row.capturedKurus ?? ""],
    ["AUTH_DTTM", dttm(row.authMs)],
    ["CAPTURE_DTTM", dttm(row.captureMs)],
    ["VOID_DTTM", dttm(row.voidMs)],
    ["TRANS_ID", txn.bankTxnId],
    ["HOST_REF_NUM", txn.rrn],
    ["AUTH_CODE", txn.authCode],
    ["PROC_RET_CD", txn.code],
    ["PAN", txn.panMasked],
    ["MDSTATUS", mdStatus],
    ["SETTLEID", txn.batchNo === 0 ? "" : txn.batchNo],
    ["NUMCODE", txn.code],
  ];
}

/** One line of the history: eleven columns with tabs between them. */
const historyLine = (row: HistoryRow): string =>
  [
    row.isCredit ? "C" : "S",
    statOf[row.standing],
    row.originalKurus,
    row.capturedKurus ?? "",
    dttm(row.authMs),
    dttm(row.captureMs),
    dttm(row.voidMs),
    row.txn.rrn,
    row.txn.authCode,
    row.txn.code,
    row.txn.bankTxnId,
  ].join("\t");

function refusal(ask: Ask, orderNo: string, answer: Answer & { kind: "refused" }, as: Charset) {
  const [errorCode, words] = refusals[answer.problem.why];
  const told = answer.problem.field ? `${words}: ${answer.problem.field}` : words;
  const extra: Extra = [
    ["SETTLEID", ""],
    ["TRXDATE", trxDate(answer.atMs)],
    ["ERRORCODE", errorCode],
    ["MERCHANTID", ask.merchantNo],
    ["NUMCODE", "99"],
  ];
  return document(orderNo, { response: "Error", code: "99", words: told }, extra, as);
}

function notFound(ask: Ask, orderNo: string, declared: Charset): Reply {
  const code = ask.op === "history" ? "05" : "99";
  const words = `No record found for ${orderNo}`;
  return document(orderNo, { response: "Declined", code, words }, [["NUMCODE", "0"]], declared);
}

/**
 * The reply document. An inquiry that finds the order says `Approved` and `00` whatever became of
 * it: only `TRANS_STAT` and `PROC_RET_CD` tell that (NestPay integration guide, order status).
 */
export function write(ask: Ask, orderNo: string, answer: Answer, declared: Charset): Reply {
  const found = { response: "Approved" as const, code: "00" };
  switch (answer.kind) {
    case "approved": {
      const { receipt } = answer;
      const extra = receiptExtra(ask, receipt, "", "00");
      return document(orderNo, { ...found, words: "", receipt }, extra, declared);
    }
    case "declined": {
      const { receipt, code } = answer;
      const words = wordsOfCode(code);
      const extra = receiptExtra(ask, receipt, `ISO8583-${code}`, code);
      return document(orderNo, { response: "Declined", code, words, receipt }, extra, declared);
    }
    case "refused":
      return refusal(ask, orderNo, answer, declared);
    case "not_found":
      return notFound(ask, orderNo, declared);
    case "status": {
      const words = `Record(s) found for ${orderNo}`;
      const extra = statusExtra(orderNo, answer.status, answer.mdStatus);
      return document(orderNo, { ...found, words }, extra, declared);
    }
    case "history": {
      const lines = answer.rows.map((row, i) => [`TRX${i + 1}`, historyLine(row)] as const);
      const words = `Record(s) found for ${orderNo}`;
      const extra: Extra = [["TRXCOUNT", answer.rows.length], ...lines];
      return document(orderNo, { ...found, words }, extra, declared);
    }
  }
}
