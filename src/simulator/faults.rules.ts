import { operations } from "./ask.rules.ts";
import { type Quirk, quirks } from "./return.rules.ts";
import type { MdStatus } from "./threeds.rules.ts";

/** What can be asked of an account from which is paid out. */
export const accountOps = ["transfer", "transfer_status", "balance", "holder", "clock"] as const;
export type AccountOp = (typeof accountOps)[number];

/** What a rule can wait for: a request to the API or of an account, or a card holder's page. */
export const faultOps = [...operations, ...accountOps, "3d"] as const;
export type FaultOp = (typeof faultOps)[number];

/** What can go wrong around the commit. See `commits` for which side of it each one is on. */
const wireActions = [
  "reset_before_commit",
  "reset_after_commit",
  "refuse",
  "half_reply",
  "delay",
  "slow_drip",
  "wrong_charset",
  "html_502",
  "http_500",
  "waf_reject",
  "maintenance",
  "empty_body",
  "invalid_xml",
  "not_found_for",
  "stale_inquiry",
  "decline",
  "system_error",
  "pending",
] as const;

/** What can go wrong on the way back from the 3-D page, and what decides it without the holder. */
const returnActions = [...quirks, "no_callback", "mdstatus"] as const;
const pageActions = ["frictionless"] as const;

export const faultActions = [...wireActions, ...returnActions, ...pageActions] as const;
export type FaultAction = (typeof faultActions)[number];

const isOneOf = (list: readonly string[], action: FaultAction): boolean => list.includes(action);
export const isQuirk = (action: FaultAction): action is Quirk => isOneOf(quirks, action);

/** What the gate's own answer can suffer, when a rule names the operation `3d`. */
const gateActions: readonly FaultAction[] = [
  "reset_before_commit",
  "reset_after_commit",
  "refuse",
  "half_reply",
  "delay",
  "slow_drip",
  "html_502",
  "http_500",
  "waf_reject",
  "maintenance",
  "empty_body",
];

/** What of the API's faults an account's interface can suffer too, and what only that one can. */
const accountActions: readonly FaultAction[] = [
  ...gateActions,
  "invalid_xml",
  "not_found_for",
  "decline",
  "system_error",
  "pending",
];
const ofAccount = (op: FaultOp | undefined): boolean => accountOps.some((each) => each === op);

/** Where a rule is looked at: the API, an account, the form's arrival at the gate, the way back. */
type Place = "api" | "accounts" | "gate" | "return";
function belongs({ action, match: { op } }: FaultRule, place: Place): boolean {
  const isPage = isOneOf([...returnActions, ...pageActions], action);
  if (place === "accounts") {
    return accountActions.includes(action) && (op === undefined || ofAccount(op));
  }
  if (place === "api") return !isPage && action !== "pending" && op !== "3d" && !ofAccount(op);
  if (place === "return") return isOneOf(returnActions, action);
  const isGate = op === "3d" && gateActions.includes(action);
  return isGate || isOneOf(pageActions, action);
}

export const rulesAt = (rules: readonly FaultRule[], place: Place): FaultRule[] =>
  rules.filter((rule) => belongs(rule, place));

/** Whether such a rule could ever hit: some actions are the API's alone, some the page's. */
export function canHit(action: FaultAction, op: FaultOp | undefined): boolean {
  if (isOneOf([...returnActions, ...pageActions], action)) return op === undefined || op === "3d";
  if (ofAccount(op)) return accountActions.includes(action);
  if (action === "pending") return op === undefined;
  return op !== "3d" || gateActions.includes(action);
}

export type FaultParams = Readonly<{
  /** Whether the request is executed, for the actions that leave it open. */
  commit?: boolean | undefined;
  /** Real milliseconds of `delay` and `late_callback`, and between two bytes of `slow_drip`. */
  ms?: number | undefined;
  /** `delay` only: the request is executed at the end of the wait, not at its start. */
  commitLate?: boolean | undefined;
  /** Virtual seconds of `not_found_for`, `stale_inquiry` and `pending`. */
  seconds?: number | undefined;
  /** Bytes that `half_reply` sends; the half where absent. */
  bytes?: number | undefined;
  /** How `half_reply` ends. */
  end?: "fin" | "rst" | undefined;
  /** The issuer's code of `decline`; `pending` with one ends refused. */
  code?: string | undefined;
  /** What `mdstatus` and `frictionless` return. */
  mdStatus?: MdStatus | undefined;
}>;

export type FaultMatch = Readonly<{
  prefix?: string | undefined;
  op?: FaultOp | undefined;
  merchantNo?: string | undefined;
  orderNo?: string | undefined;
  amountFrom?: number | undefined;
  amountTo?: number | undefined;
  /** Only the nth request that fits, counted from 1. */
  nth?: number | undefined;
  /** Drawn from the seed, so that two runs hit the same requests. */
  probability?: number | undefined;
}>;

export type FaultRule = Readonly<{
  id: number;
  match: FaultMatch;
  action: FaultAction;
  params: FaultParams;
  /** `null` never runs out. */
  timesLeft: number | null;
  /** Requests that fitted so far, counted for `nth` and `probability`. */
  seen: number;
  hits: number;
}>;

/** A rule or a magic amount at work on one request. `ruleId` is `null` for an amount. */
export type Fault = Readonly<{ action: FaultAction; params: FaultParams; ruleId: number | null }>;

export type FaultFacts = Readonly<{
  prefix: string;
  op: FaultOp;
  merchantNo: string;
  orderNo: string;
  amountKurus: number;
}>;

function fits(match: FaultMatch, facts: FaultFacts): boolean {
  const same = <T>(wanted: T | undefined, is: T) => wanted === undefined || wanted === is;
  return (
    same(match.prefix, facts.prefix) &&
    same(match.op, facts.op) &&
    same(match.merchantNo, facts.merchantNo) &&
    same(match.orderNo, facts.orderNo) &&
    facts.amountKurus >= (match.amountFrom ?? 0) &&
    facts.amountKurus <= (match.amountTo ?? Number.MAX_SAFE_INTEGER)
  );
}

/**
 * The first rule that fires, and the rules that must count this request. A rule that fits but
 * waits for its nth request, or is not drawn, lets the next one have a look.
 */
export function pickRule(
  rules: readonly FaultRule[],
  facts: FaultFacts,
  chance: (ruleId: number, turn: number) => number,
): { fired: FaultRule | undefined; counted: FaultRule[] } {
  const counted: FaultRule[] = [];
  for (const rule of rules) {
    if (rule.timesLeft === 0 || !fits(rule.match, facts)) continue;
    counted.push(rule);
    const turn = rule.seen + 1;
    const { nth, probability } = rule.match;
    if (nth !== undefined && nth !== turn) continue;
    if (probability !== undefined && chance(rule.id, turn) >= probability) continue;
    return { fired: rule, counted };
  }
  return { fired: undefined, counted };
}

const MAGIC_FROM = 800_000;
const MAGIC_TO = 899_999;

const kurusOf = (amount: number): number =>
  amount >= MAGIC_FROM && amount <= MAGIC_TO ? amount % 100 : 0;

/** 8,000.00 to 8,999.99 name a fault in their kuruş. */
const magicFaults: Readonly<Record<number, Omit<Fault, "ruleId">>> = {
  1: { action: "reset_after_commit", params: {} },
  2: { action: "reset_before_commit", params: {} },
  3: { action: "half_reply", params: {} },
  4: { action: "delay", params: { ms: 75_000 } },
  5: { action: "wrong_charset", params: {} },
  7: { action: "html_502", params: { commit: true } },
  8: { action: "html_502", params: { commit: false } },
  9: { action: "waf_reject", params: { commit: false } },
  10: { action: "not_found_for", params: { seconds: 30 } },
  11: { action: "not_found_for", params: { seconds: 300 } },
  17: { action: "system_error", params: { commit: false } },
  18: { action: "system_error", params: { commit: true } },
  19: { action: "empty_body", params: { commit: true } },
  20: { action: "invalid_xml", params: { commit: true } },
  21: { action: "http_500", params: { commit: true } },
  22: { action: "maintenance", params: { commit: false } },
  23: { action: "stale_inquiry", params: { seconds: 60 } },
  24: { action: "slow_drip", params: { ms: 100 } },
  25: { action: "reset_after_commit", params: {} },
};

/** The numbers among them that only the way back from the 3-D page knows. */
const magicReturns: Readonly<Record<number, FaultAction>> = {
  6: "wrong_hash",
  12: "duplicate_callback",
  14: "no_callback",
  15: "wrong_amount",
  16: "wrong_order_id",
};

export function magicReturn(amountKurus: number): Fault | undefined {
  const action = magicReturns[kurusOf(amountKurus)];
  return action && { action, params: {}, ruleId: null };
}

const LOST_VOID = 25;

/** Charges and refunds by their own amount; a void by its order's, and only for .25. */
export function magicFault(op: FaultOp, amountKurus: number, orderKurus: number) {
  const isOwn = op === "sale" || op === "preauth" || op === "refund";
  const isLostVoid = op === "void" && kurusOf(orderKurus) === LOST_VOID;
  const kurus = isOwn ? kurusOf(amountKurus) : isLostVoid ? LOST_VOID : 0;
  const found = magicFaults[kurus];
  return found && { ...found, ruleId: null };
}

/** Whether a request that this fault hits is executed. */
export function commits(fault: Fault): boolean {
  switch (fault.action) {
    case "reset_before_commit":
    case "refuse":
    case "decline":
      return false;
    case "waf_reject":
    case "maintenance":
    case "system_error":
      return fault.params.commit ?? false;
    case "html_502":
    case "http_500":
    case "empty_body":
    case "invalid_xml":
      return fault.params.commit ?? true;
    default:
      return true;
  }
}
