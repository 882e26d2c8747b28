import type { Answer } from "./ask.rules.ts";
import { emptyAsk } from "./ask.rules.ts";
import type { CardRow, MerchantRow } from "./book.store.ts";
import { type Desk, merchantKey } from "./desk.ts";
import { dialects } from "./dialects/index.ts";
import { type Fault, isQuirk, magicReturn } from "./faults.rules.ts";
import { pickFault } from "./pick-fault.ts";
import { nowhere, type Post, type Quirk, type Return, type Told, wayBack } from "./return.rules.ts";
import { sessionIds } from "./threeds.ids.rules.ts";
import {
  type Act,
  codeOf,
  decideAct,
  type End,
  eciOf,
  hasProof,
  isAuthenticated,
  moved,
  ownMdStatus,
} from "./threeds.rules.ts";
import type { SessionRow } from "./threeds.store.ts";
import { charge } from "./transact.ts";

/** What the tester wants of the way back, beside how the session ends. */
export type Wish = Readonly<{
  quirks: readonly Quirk[];
  /** The issuer's code for a session whose provision is the bank's own. */
  issuerCode: string | undefined;
}>;
export const noWish: Wish = { quirks: [], issuerCode: undefined };

type Step = Readonly<{ answer: string; fault?: Fault | undefined; hasPaid?: boolean }>;

/** One step of a session in the log, which knows the mask and never what was typed. */
export function logStep(desk: Desk, session: SessionRow, name: string, step: Step): void {
  const { prefix, merchantNo } = desk.readMerchant(session.merchantId);
  const { amountKurus, currency, panMasked, model } = session;
  const money = `amount=${amountKurus} currency=${currency}`;
  desk.log.addLog({
    ...{ atMs: desk.nowMs(), realMs: desk.realMs(), route: prefix, op: "3d" },
    ...{ merchantNo, orderNo: session.orderNo, answer: step.answer },
    request: `step=${name} model=${model} ${money} card=${panMasked}`,
    fault: step.fault?.action ?? "",
    faultRuleId: step.fault?.ruleId ?? null,
    isCommitted: step.hasPaid ?? false,
    tookMs: 0,
  });
}

/** Takes the money of a session whose model leaves that to the bank. */
function provision(
  desk: Desk,
  merchant: MerchantRow,
  session: SessionRow,
  forcedCode: string | undefined,
): Answer {
  const { op, orderNo, amountKurus, currency, instalments, clientIp } = session;
  const atMs = desk.nowMs();
  if (desk.running.has(`${merchantKey(merchant.prefix, merchant.merchantNo)} ${orderNo}`)) {
    return { kind: "refused", problem: { why: "order_running" }, atMs };
  }
  const asked = { op, orderNo, amountKurus, currency, instalments, clientIp };
  const ask = { ...emptyAsk, ...asked, merchantNo: merchant.merchantNo };
  const order = desk.book.findOrder(merchant.id, orderNo);
  return charge({ desk, merchant, ask, orderNo, order, atMs, forcedCode, session }, op).answer;
}

/** The quirks of the page and of the fault that hits here, together. */
function quirksOf(wish: Wish, fault: Fault | undefined): Set<Quirk> {
  const ordered = fault && isQuirk(fault.action) ? [fault.action] : [];
  return new Set([...wish.quirks, ...ordered]);
}

/** Builds the posts by which the browser goes back, signed by the merchant's dialect. */
function buildBack(desk: Desk, session: SessionRow, told: Told, how: Set<Quirk>, lateMs?: number) {
  const merchant = desk.readMerchant(session.merchantId);
  const { gate } = dialects[merchant.dialect]!;
  const stores = { own: merchant, other: desk.otherMerchant(merchant.id) };
  const hasWorked = told.provision
    ? told.provision.kind === "approved"
    : isAuthenticated(told.mdStatus);
  const post = (said: Told, isGood: boolean, quirks: Set<Quirk>): Post => ({
    action: isGood ? session.okUrl : session.failUrl,
    method: quirks.has("get_callback") ? "GET" : "POST",
    charset: quirks.has("iso_8859_9") ? "iso-8859-9" : "utf-8",
    fields: gate.sign(gate.returned(said), quirks, stores),
  });
  const failed: Told = { ...told, mdStatus: "0", eci: "", cavv: "", provision: undefined };
  return wayBack(post(told, hasWorked, how), () => post(failed, false, new Set()), how, lateMs);
}

/** What the session says of its holder; a fault rule may put other words in its mouth. */
function saidBy(
  desk: Desk,
  session: SessionRow,
  end: End,
  card: CardRow | undefined,
  fault: Fault | undefined,
) {
  const isForced = fault?.action === "mdstatus" && end.returns;
  const mdStatus = isForced ? (fault.params.mdStatus ?? "0") : end.mdStatus;
  const isProven = hasProof(card?.authentication ?? "not_enrolled", mdStatus);
  return {
    mdStatus,
    eci: eciOf(card?.brand ?? "", mdStatus),
    cavv: isProven ? sessionIds(desk.seed(), session.id).cavv : "",
  };
}

/** Ends an open session: what it says, what is paid for it, and how the browser goes back. */
export function endSession(desk: Desk, session: SessionRow, end: End, wish: Wish): void {
  const merchant = desk.readMerchant(session.merchantId);
  const { amountKurus, orderNo, cardId } = session;
  const facts = { prefix: merchant.prefix, op: "3d" as const, orderNo, amountKurus };
  const fault =
    pickFault(desk, "return", { ...facts, merchantNo: merchant.merchantNo }) ??
    magicReturn(amountKurus);
  const card = cardId === null ? undefined : desk.book.readCard(cardId);
  const said = saidBy(desk, session, end, card, fault);
  const isProven = isAuthenticated(said.mdStatus);
  const state = moved(session.state, isProven ? "authenticate" : "fail");
  if (!state) return;
  const ended = { ...session, ...said, state, ending: end.ending };
  desk.sessions.endSession(session.id, { ...ended, ...said, atMs: desk.nowMs() });
  const isPaidHere = session.model === "3d_pay" && isProven;
  const paid = isPaidHere ? provision(desk, merchant, ended, wish.issuerCode) : undefined;
  const told = {
    ...{ ...ended, ...said, merchantNo: merchant.merchantNo, brand: card?.brand ?? "" },
    ...{ ending: end.ending, provision: paid },
  };
  const isLost = !end.returns || fault?.action === "no_callback";
  const back: Return = isLost
    ? nowhere
    : buildBack(desk, ended, told, quirksOf(wish, fault), fault?.params.ms);
  desk.sessions.setBack(session.id, back);
  const words = `${end.ending} mdStatus=${said.mdStatus} posts=${back.posts.length}`;
  const answer = paid ? `${words} provision=${paid.kind}` : words;
  logStep(desk, session, "end", { answer, fault, hasPaid: paid?.kind === "approved" });
}

const isExpired = (desk: Desk, session: SessionRow): boolean =>
  session.state === "open" && desk.nowMs() >= session.expiresMs;
const ranOut: End = { kind: "end", ending: "expired", mdStatus: "0", returns: true };

/** A session as it stands now; one whose time has run out ends here. */
export function lookAt(desk: Desk, sid: string): SessionRow | undefined {
  const session = desk.sessions.findSession(sid);
  if (!session || !isExpired(desk, session)) return session;
  endSession(desk, session, ranOut, noWish);
  return desk.sessions.findSession(sid);
}

/** Ends every session whose time has run out. */
export function expireDue(desk: Desk): void {
  for (const sid of desk.sessions.dueSessions(desk.nowMs())) lookAt(desk, sid);
}

export function codeFor(desk: Desk, session: SessionRow): string {
  const card = session.cardId === null ? undefined : desk.book.readCard(session.cardId);
  return codeOf[card?.codeKind ?? "common"];
}

/** What the holder does on the page. A session that has ended stays as it is. */
export function actOn(desk: Desk, sid: string, act: Act, wish: Wish): SessionRow | undefined {
  const session = lookAt(desk, sid);
  if (session?.state !== "open") return session;
  const card = session.cardId === null ? undefined : desk.book.readCard(session.cardId);
  const verdict = decideAct(
    {
      tries: session.tries,
      own: ownMdStatus(card?.authentication ?? "full"),
      code: codeFor(desk, session),
    },
    act,
  );
  if (verdict.kind === "end") {
    endSession(desk, session, verdict, wish);
  } else {
    desk.sessions.setTries(session.id, verdict.tries);
    logStep(desk, session, "code", { answer: `wrong code ${verdict.tries}` });
  }
  return desk.sessions.findSession(sid);
}
