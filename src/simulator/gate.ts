import { assert } from "../lib/assert.ts";
import { istanbulDay } from "../lib/clock.ts";
import { hasLuhnDigit } from "../lib/luhn.ts";
import { maskPan, type Problem } from "./ask.rules.ts";
import type { CardRow, MerchantRow } from "./book.store.ts";
import { isExpired, WRONG_CVV } from "./cards.rules.ts";
import type { Desk } from "./desk.ts";
import type { Gate } from "./dialects/index.ts";
import { commits, type Fault } from "./faults.rules.ts";
import type { Field } from "./form.rules.ts";
import { pickFault } from "./pick-fault.ts";
import type { Return } from "./return.rules.ts";
import { panSha } from "./setting.store.ts";
import { sessionIds } from "./threeds.ids.rules.ts";
import { type End, type GateAsk, magicEnd, ownMdStatus, PAGE_MS } from "./threeds.rules.ts";
import { endSession, logStep, noWish } from "./threeds.ts";

/** A browser's form on its way through the gate. */
export type Visit = Readonly<{
  prefix: string;
  gate: Gate;
  form: readonly Field[];
  clientIp: string;
}>;
/** Why there is nowhere to send the browser, so that it sees a page of the bank. */
export type DeadEnd = "merchant_unknown" | "return_address" | "hosted" | "too_large";
export type Passed = Readonly<{
  lang: "tr" | "en";
  fault: Fault | undefined;
  way:
    | { kind: "session"; sid: string }
    | { kind: "back"; back: Return }
    | { kind: "dead_end"; why: DeadEnd }
    /** A fault stops the form before anything is done; the fault says what is seen of it. */
    | { kind: "nothing" };
}>;

type Entry = Readonly<{ desk: Desk; visit: Visit; ask: GateAsk; fault: Fault | undefined }>;

function log({ desk, visit, ask, fault }: Entry, answer: string): void {
  const { amountKurus, currency, pan, model } = ask;
  const card = /^\d{13,19}$/.test(pan) ? ` card=${maskPan(pan)}` : "";
  desk.log.addLog({
    ...{ atMs: desk.nowMs(), realMs: desk.realMs(), route: visit.prefix, op: "3d" },
    ...{ merchantNo: ask.merchantNo, orderNo: ask.orderNo, answer, tookMs: 0 },
    request: `step=gate model=${model ?? ""} amount=${amountKurus} currency=${currency}${card}`,
    ...{ fault: fault?.action ?? "", faultRuleId: fault?.ruleId ?? null, isCommitted: false },
  });
}

function deadEnd(entry: Entry, why: DeadEnd): Passed {
  log(entry, `refused ${why}`);
  return { lang: entry.ask.lang, fault: entry.fault, way: { kind: "dead_end", why } };
}

/** Straight back to the merchant, with nobody asked. */
function turnedAway(entry: Entry, merchant: MerchantRow, fields: Field[], why: string): Passed {
  log(entry, `refused ${why}`);
  const { ask, visit, desk, fault } = entry;
  const stores = { own: merchant, other: desk.otherMerchant(merchant.id) };
  const post = {
    ...{ action: ask.failUrl, method: "POST" as const, charset: "utf-8" as const },
    fields: visit.gate.sign(fields, new Set(), stores),
  };
  return { lang: ask.lang, fault, way: { kind: "back", back: { posts: [post], delayMs: 0 } } };
}

/** What is wrong with the card's number and date, whoever its bank may be. */
function cardProblem({ desk, ask }: Entry, card: CardRow | undefined): Problem | undefined {
  if (!card && !hasLuhnDigit(ask.pan)) return { why: "card_number_wrong" };
  const month = istanbulDay(new Date(desk.nowMs())).slice(0, 7);
  const isOld = isExpired(ask.expiryYear, ask.expiryMonth, month);
  return isOld ? { why: "card_expired" } : undefined;
}

/** How a session ends before any page is shown; most do not. */
function endsAtOnce(entry: Entry, card: CardRow | undefined): End | undefined {
  const { ask, fault } = entry;
  const silent = (mdStatus: End["mdStatus"]): End => ({
    ...{ kind: "end", ending: "without_page", mdStatus, returns: true },
  });
  if (!card) return silent("8");
  const own = ownMdStatus(card.authentication);
  if (fault?.action === "frictionless") return silent(fault.params.mdStatus ?? own);
  return (
    magicEnd(ask.amountKurus) ?? (card.authentication === "not_enrolled" ? silent(own) : undefined)
  );
}

function openSession(entry: Entry, merchant: MerchantRow, card: CardRow | undefined): Passed {
  const { desk, ask, visit, fault } = entry;
  const id = desk.sessions.nextSessionId();
  const ids = sessionIds(desk.seed(), id);
  const { currency, model } = ask;
  assert(currency !== "" && (model === "3d" || model === "3d_pay"), "a good form names both");
  const { orderNo, amountKurus, instalments, op, okUrl, failUrl, lang, kept } = ask;
  const openedMs = desk.nowMs();
  desk.sessions.addSession({
    ...{ id, sid: ids.sid, merchantId: merchant.id, orderNo, amountKurus, currency, instalments },
    ...{ op, model, okUrl, failUrl, lang, kept, cardId: card?.id ?? null },
    ...{ panMasked: maskPan(ask.pan), isCvvWrong: ask.cvv === WRONG_CVV },
    ...{ clientIp: visit.clientIp, openedMs, expiresMs: openedMs + PAGE_MS, xid: ids.xid },
    md: ids.md(ask.pan.slice(0, 6), merchant.merchantNo),
  });
  const session = desk.sessions.findSession(ids.sid)!;
  logStep(desk, session, "gate", { answer: `session ${ids.sid}`, fault });
  const end = endsAtOnce(entry, card);
  if (end) endSession(desk, session, end, noWish);
  return { lang, fault, way: { kind: "session", sid: ids.sid } };
}

/**
 * Lets a browser's form through the gate, inside the transaction that the group has open. A form
 * that its store did not sign is believed in nothing but where it wants to return to.
 */
export function enter(desk: Desk, visit: Visit): Passed {
  const ask = visit.gate.read(visit.form);
  const { merchantNo, orderNo, amountKurus } = ask;
  const facts = { prefix: visit.prefix, op: "3d" as const, merchantNo, orderNo, amountKurus };
  const entry: Entry = { desk, visit, ask, fault: pickFault(desk, "gate", facts) };
  const merchant = desk.findMerchant(visit.prefix, merchantNo);
  if (!merchant) return deadEnd(entry, "merchant_unknown");
  if (ask.okUrl === "" || ask.failUrl === "") return deadEnd(entry, "return_address");
  if (ask.model === "hosted") return deadEnd(entry, "hosted");
  if (entry.fault && !commits(entry.fault)) {
    log(entry, "not executed");
    return { lang: ask.lang, fault: entry.fault, way: { kind: "nothing" } };
  }
  if (!visit.gate.isSigned(visit.form, merchant.storeKey)) {
    return turnedAway(entry, merchant, visit.gate.forged(ask.kept), "hash");
  }
  const card = desk.book.findCard(panSha(ask.pan, desk.seed()));
  const problem = ask.problem ?? cardProblem(entry, card);
  if (problem) {
    const fields = visit.gate.refused(ask.kept, problem, ask.pan);
    return turnedAway(entry, merchant, fields, problem.why);
  }
  return openSession(entry, merchant, card);
}
