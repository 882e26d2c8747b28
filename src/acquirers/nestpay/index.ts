import type {
  Ability,
  Acquirer,
  BankQuestion,
  Finding,
  FollowUpOrder,
  Means,
  Outcome,
  Pos,
} from "../index.ts";
import {
  type BankTimeouts,
  bankTimeouts,
  decodeReply,
  type Reply,
  type Transport,
} from "../transport.ts";
import { challengeForm } from "./challenge.ts";
import { readHistory, readStatus } from "./inquiry.ts";
import {
  CONTENT_TYPE,
  captureXml,
  chargeXml,
  formBody,
  inquiryXml,
  refundXml,
  voidXml,
} from "./request.ts";
import { readOutcome } from "./response.ts";
import { readReturn } from "./returned.ts";
import { masked } from "./transcript.ts";

const plainAbilities: readonly Ability[] = [
  "hold",
  "partial_refund",
  "installments",
  "stored_card",
];

type Ask = (xml: string, timeoutMs: number, means?: Means) => Promise<Reply>;

function outcomeOf(reply: Reply, orderId: string): Outcome {
  switch (reply.kind) {
    case "answered":
      return readOutcome(decodeReply(reply.body, reply.contentType), orderId);
    case "not_sent":
      return {
        kind: "declined",
        reason: "bank_unreachable",
        bankCode: "",
        bankMessage: reply.why,
      };
    case "lost":
      return { kind: "doubtful", why: reply.why };
  }
}

async function inquire(ask: Ask, pos: Pos, question: BankQuestion, ms: number): Promise<Finding> {
  const isCharge = question.operation === "sale" || question.operation === "hold";
  const what = isCharge ? "ORDERSTATUS" : "ORDERHISTORY";
  const reply = await ask(inquiryXml(pos, question, what), ms);
  if (reply.kind !== "answered") return { kind: "unknown", why: reply.why };
  const text = decodeReply(reply.body, reply.contentType);
  return isCharge ? readStatus(text, question, pos) : readHistory(text, question);
}

/** "Nothing to void" is also what a second void hears, so the original's own state decides. */
async function confirmVoid(
  outcome: Outcome,
  order: FollowUpOrder,
  look: (question: BankQuestion) => Promise<Finding>,
): Promise<Outcome> {
  const saysNothingToVoid =
    outcome.kind === "declined" &&
    (outcome.reason === "original_not_found" || outcome.reason === "already_voided");
  if (!saysNothingToVoid) return outcome;
  const finding = await look({ ...order, operation: "void", refundedBeforeMinor: 0n });
  if (finding.kind === "approved") return finding;
  if (finding.kind !== "unknown") return outcome;
  return { kind: "doubtful", why: `nothing to void, and then: ${finding.why}` };
}

/**
 * A POS at a bank that speaks NestPay: XML in one form field, user and password in the document;
 * 3-D Secure by a form and a return that travel by the browser and are signed with the store key.
 * The base address is the bank's host with whatever stands before `/fim`.
 */
export function nestpay(
  pos: Pos,
  transport: Transport,
  { moneyMs, inquiryMs }: BankTimeouts = bankTimeouts,
): Acquirer {
  const url = `${pos.baseUrl.replace(/\/+$/, "")}/fim/api`;
  const ask: Ask = (xml, timeoutMs, means) =>
    transport.post({
      url,
      contentType: CONTENT_TYPE,
      body: formBody(xml),
      timeoutMs,
      transcript: (reply) => ({
        request: masked(xml, pos, means),
        reply: masked(reply, pos, means),
      }),
    });
  const move = async (xml: string, orderId: string, means?: Means): Promise<Outcome> =>
    outcomeOf(await ask(xml, moneyMs, means), orderId);
  const look = (question: BankQuestion) => inquire(ask, pos, question, inquiryMs);
  return {
    // Without a store key a form cannot be signed, and a return would prove nothing.
    abilities: new Set(pos.storeKey.open() ? [...plainAbilities, "3d"] : plainAbilities),
    challenge: (order) => challengeForm(pos, order),
    resume: (order, posted) => readReturn(pos, order, posted),
    charge: async (order) => move(chargeXml(pos, order), order.orderId, order.means),
    capture: (order) => move(captureXml(pos, order), order.orderId),
    void: async (order) => confirmVoid(await move(voidXml(pos, order), order.orderId), order, look),
    refund: (order) => move(refundXml(pos, order), order.orderId),
    inquire: look,
  };
}
