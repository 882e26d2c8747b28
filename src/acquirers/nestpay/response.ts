import { withoutCardData } from "../../lib/card-number.ts";
import type { Outcome } from "../index.ts";
import { type CodeMeaning, meaningOfErrorCode, meaningOfIssuerCode } from "./codes.ts";
import { withoutCardNumbers } from "./transcript.ts";
import { type Document, type Fields, readXml } from "./xml.ts";

const MESSAGE_MAX = 200;

export const field = (fields: Fields, name: string): string => (fields.get(name) ?? "").trim();

const links = /\bhttps?:\S*/gi;

/**
 * A bank's words as they may be shown: one line, bounded, without a card number should it quote
 * one, and without addresses. A page's return can be made up, and links in it then lead anywhere.
 */
export function bankWords(text: string): string {
  const line = text
    .replaceAll(links, "")
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/[\p{C}\s]+/gu, " ");
  return [...withoutCardData(withoutCardNumbers(line)).trim()].slice(0, MESSAGE_MAX).join("");
}

export const messageOf = (fields: Fields): string => bankWords(field(fields, "ErrMsg"));

/** The gateway's detail code where there is one, else the issuer's. */
function codeOf({ fields, extra }: Extract<Document, { kind: "document" }>): string {
  return field(extra, "ERRORCODE") || field(fields, "ProcReturnCode");
}

/**
 * What an explicit refusal means. The detail code counts first: `99` says nothing by itself. An
 * unknown code is a plain no only when an issuer gave it.
 */
function meaningOf(fields: Fields, extra: Fields): CodeMeaning | undefined {
  const detail = field(extra, "ERRORCODE");
  if (detail) return meaningOfErrorCode(detail);
  return meaningOfIssuerCode(field(fields, "ProcReturnCode"));
}

/**
 * Reads the reply to a call that moves money. In this order: is it a document of this dialect, does
 * it name our order, is it a plain yes (`Approved` with `00`), and only then what its codes say.
 */
export function readOutcome(text: string, orderId: string): Outcome {
  const document = readXml(text);
  if (document.kind === "unreadable") return { kind: "doubtful", why: document.why };
  const { fields, extra } = document;
  const response = field(fields, "Response");
  const about = field(fields, "OrderId");
  // The gateway refuses some requests before it has read as far as the order.
  if (about !== orderId && !(about === "" && response === "Error")) {
    return { kind: "doubtful", why: "the reply is about another order" };
  }
  const code = codeOf(document);
  const message = messageOf(fields);
  if (response === "Approved") {
    const bankReference = field(fields, "TransId");
    if (field(fields, "ProcReturnCode") !== "00" || bankReference === "") {
      return { kind: "doubtful", why: `an approval that contradicts itself (${code})` };
    }
    return { kind: "approved", bankReference, authorizationCode: field(fields, "AuthCode") };
  }
  const meaning = meaningOf(fields, extra);
  if ((response !== "Declined" && response !== "Error") || !meaning) {
    return { kind: "doubtful", why: `the bank answered ${code || "without a code"}: ${message}` };
  }
  if (meaning.class === "doubtful") {
    return { kind: "doubtful", why: `${meaning.reason}, the bank answered ${code}: ${message}` };
  }
  return { kind: "declined", reason: meaning.reason, bankCode: code, bankMessage: message };
}
