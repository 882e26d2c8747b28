import type { Money } from "../lib/money.ts";
import type { Secret } from "../lib/secret.ts";
import type { Finding, Outcome } from "./outcome.rules.ts";

export type * from "./outcome.rules.ts";
export { declineReasons } from "./outcome.rules.ts";

/** What can be asked of a bank. A hold is a pre-authorisation. */
export type BankOperation = "sale" | "hold" | "capture" | "void" | "refund";
export type Ability = "hold" | "partial_refund" | "installments" | "stored_card";

/** One contract with one bank: where it is and who we are there. */
export type Pos = Readonly<{
  id: string;
  /** The dialect, which is the name of a folder here. */
  dialect: string;
  /** The bank's base address; the connector adds the dialect's own path. */
  baseUrl: string;
  clientId: string;
  user: string;
  password: Secret;
  storeKey: Secret;
}>;

export type BankCard = Readonly<{
  pan: Secret;
  expiryMonth: number;
  /** Four digits. */
  expiryYear: number;
  cvv?: Secret | undefined;
  holder: string;
}>;

/** References a bank gave to an earlier operation on the same order. */
export type BankOriginal = Readonly<{ bankReference: string; authorizationCode: string }>;

type AnyOrder = Readonly<{
  /** Twenty characters of `[0-9A-Z]`, never used for another payment. */
  orderId: string;
  amount: Money;
}>;
export type ChargeOrder = AnyOrder &
  Readonly<{
    operation: "sale" | "hold";
    /** 0 or 1 is a single payment. */
    instalments: number;
    card: BankCard;
    clientIp: string;
  }>;
/** Captures, voids or refunds; `original` is the operation that it acts on. */
export type FollowUpOrder = AnyOrder & Readonly<{ original: BankOriginal }>;

/** Asks what became of one operation. */
export type BankQuestion = AnyOrder &
  Readonly<{
    operation: BankOperation;
    original?: BankOriginal | undefined;
    /** Minor units surely refunded before the operation in question. */
    refundedBeforeMinor: bigint;
  }>;

/** One POS, spoken to in its dialect. Keeps no state: everything needed comes with the order. */
export interface Acquirer {
  readonly abilities: ReadonlySet<Ability>;
  charge(order: ChargeOrder): Promise<Outcome>;
  capture(order: FollowUpOrder): Promise<Outcome>;
  /** Takes back the whole of `original`; only while the bank's batch is open. */
  void(order: FollowUpOrder): Promise<Outcome>;
  refund(order: FollowUpOrder): Promise<Outcome>;
  inquire(question: BankQuestion): Promise<Finding>;
}

/** Finds the acquirer of a POS. `main` builds it from the registry; tests wrap it. */
export type FindAcquirer = (pos: Pos) => Acquirer;
