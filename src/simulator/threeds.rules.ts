import type { Currency } from "../lib/money.ts";
import type { Problem } from "./ask.rules.ts";
import type { Field } from "./form.rules.ts";

/** What a 3-D return says of the authentication (banks' integration guides, table of mdStatus). */
export const mdStatuses = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
export type MdStatus = (typeof mdStatuses)[number];

/** `3d`: the merchant provisions after the return; `3d_pay`: the bank does, before it. */
export type Model = "3d" | "3d_pay";

/** Whether the merchant may take money after it: full authentication, or an attempt at one. */
export const isAuthenticated = (mdStatus: MdStatus): boolean =>
  mdStatus === "1" || mdStatus === "2" || mdStatus === "3" || mdStatus === "4";

/** `open` waits for the card holder; `consumed` has paid for something and never does again. */
export type SessionState = "open" | "authenticated" | "failed" | "consumed";
export const sessionMoves = {
  authenticate: { from: ["open"], to: "authenticated" },
  fail: { from: ["open"], to: "failed" },
  consume: { from: ["authenticated"], to: "consumed" },
} as const satisfies Record<string, { from: readonly SessionState[]; to: SessionState }>;

/** The state after a move; `undefined` where the session cannot make it. */
export function moved(
  state: SessionState,
  move: keyof typeof sessionMoves,
): SessionState | undefined {
  const { from, to }: { from: readonly SessionState[]; to: SessionState } = sessionMoves[move];
  return from.includes(state) ? to : undefined;
}

/** How a session came to its end. */
export type Ending =
  | "approved"
  | "rejected"
  | "cancelled"
  | "expired"
  | "wrong_code"
  | "left"
  | "closed"
  | "without_page";

/** What a card's bank does when asked: the last kind is never shown a page. */
export const authentications = ["full", "half", "not_enrolled"] as const;
export type Authentication = (typeof authentications)[number];
export const ownMdStatus = (card: Authentication): MdStatus => (card === "full" ? "1" : "2");

/** The code that the page hints at is the right one; what is typed is compared, never kept. */
export const codeKinds = ["letter", "garanti", "common"] as const;
export type CodeKind = (typeof codeKinds)[number];
export const codeOf: Readonly<Record<CodeKind, string>> = {
  letter: "a",
  garanti: "147852",
  common: "123456",
};

/** The page stands open this long, by the bank's clock. */
export const PAGE_MS = 5 * 60 * 1000;
export const TRIES_MAX = 3;

/** What the card holder does, or the tester in the holder's place. */
export const acts = ["approve", "reject", "cancel", "expire", "leave", "close"] as const;
export type Act = Readonly<{
  do: (typeof acts)[number];
  /** What was typed; `undefined` stands for the right code. */
  code: string | undefined;
  /** What an approval shall say instead of the card's own. */
  mdStatus: MdStatus | undefined;
}>;

/** `returns`: whether the browser is sent back to the merchant. */
export type End = Readonly<{
  kind: "end";
  ending: Ending;
  mdStatus: MdStatus;
  returns: boolean;
}>;
type Again = Readonly<{ kind: "again"; tries: number }>;

const end = (ending: Ending, mdStatus: MdStatus, returns = true): End => ({
  kind: "end",
  ending,
  mdStatus,
  returns,
});

/** What an act makes of an open session. The third wrong code fails it. */
export function decideAct(
  session: Readonly<{ tries: number; own: MdStatus; code: string }>,
  act: Act,
): End | Again {
  switch (act.do) {
    case "reject":
      return end("rejected", "0");
    case "cancel":
      return end("cancelled", "0");
    case "expire":
      return end("expired", "0");
    case "leave":
      return end("left", "0", false);
    case "close":
      return end("closed", act.mdStatus ?? session.own, false);
    case "approve": {
      const isRight = act.code === undefined || act.code.trim() === session.code;
      if (isRight) return end("approved", act.mdStatus ?? session.own);
      const tries = session.tries + 1;
      return tries >= TRIES_MAX ? end("wrong_code", "0") : { kind: "again", tries };
    }
  }
}

const OUTCOMES_FROM = 900_000;

/** 9,000.00 to 9,000.12 end the session without its page; the kuruş say how. */
export function magicEnd(amountKurus: number): End | undefined {
  const kurus = amountKurus - OUTCOMES_FROM;
  const mdStatus = mdStatuses[kurus];
  if (mdStatus) return end("without_page", mdStatus);
  if (kurus === 10) return end("cancelled", "0");
  if (kurus === 11) return end("left", "0", false);
  return kurus === 12 ? end("wrong_code", "0") : undefined;
}

/** The electronic commerce indicator; empty where there was no authentication. */
export function eciOf(brand: string, mdStatus: MdStatus): string {
  if (!isAuthenticated(mdStatus)) return "";
  const isFull = mdStatus === "1";
  if (brand === "MASTERCARD") return isFull ? "02" : "01";
  return isFull ? "05" : "06";
}

/** Whether the card's bank gives a cryptogram: one that does not know the card gives none. */
export const hasProof = (card: Authentication, mdStatus: MdStatus): boolean =>
  isAuthenticated(mdStatus) && mdStatus !== "3" && card !== "not_enrolled";

/** What a browser's form asks of the gate. Card data is here and nowhere else. */
export type GateAsk = Readonly<{
  merchantNo: string;
  model: Model | "hosted" | undefined;
  op: "sale" | "preauth";
  orderNo: string;
  amountKurus: number;
  currency: Currency | "";
  instalments: number;
  okUrl: string;
  failUrl: string;
  lang: "tr" | "en";
  pan: string;
  expiryMonth: number;
  expiryYear: number;
  cvv: string;
  /** All that was posted but card data and the hash: it travels back with the return. */
  kept: readonly Field[];
  problem: Problem | undefined;
}>;

/** An authentication as a provision names it. */
export type Proof = Readonly<{ md: string; xid: string; eci: string; cavv: string }>;

export type SessionFacts = Proof &
  Readonly<{
    model: Model;
    state: SessionState;
    orderNo: string;
    amountKurus: number;
    currency: string;
  }>;

/**
 * Why a provision may not use this session: one approved provision is all it is good for, and it
 * stands for its own order, amount and currency. After a decline it may be used again.
 */
export function proofProblem(
  session: SessionFacts | undefined,
  ask: Readonly<{ orderNo: string; amountKurus: number; currency: string; proof: Proof }>,
): "authentication_unknown" | "order_paid" | undefined {
  const { proof } = ask;
  const fits =
    session?.model === "3d" &&
    session.orderNo === ask.orderNo &&
    session.amountKurus === ask.amountKurus &&
    session.currency === ask.currency &&
    session.xid === proof.xid &&
    session.eci === proof.eci &&
    session.cavv === proof.cavv;
  if (!fits) return "authentication_unknown";
  if (session.state === "consumed") return "order_paid";
  return session.state === "authenticated" ? undefined : "authentication_unknown";
}
