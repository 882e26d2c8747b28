import type { Money } from "../lib/money.ts";
import type { Secret } from "../lib/secret.ts";
import type { Challenge, Finding, Outcome, Returned } from "./outcome.rules.ts";

export type * from "./outcome.rules.ts";
export { declineReasons } from "./outcome.rules.ts";

/** What can be asked of a bank. A hold is a pre-authorisation. */
export type BankOperation = "sale" | "hold" | "capture" | "void" | "refund";
export type Ability = "hold" | "partial_refund" | "installments" | "stored_card" | "3d";

/** Who takes the money after 3-D Secure: a charge with the proof, or the bank's page by itself. */
export type ThreeDModel = "3d" | "3d_pay";

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
  /** Whether a cardholder may pay who was asked but whose bank does not take part in 3-D Secure. */
  acceptsHalfSecure: boolean;
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
type AnyCharge = AnyOrder &
  Readonly<{
    operation: "sale" | "hold";
    /** 0 or 1 is a single payment. */
    instalments: number;
  }>;
/** What a charge is made with: the card itself, or the proof that its holder was authenticated. */
export type Means = Readonly<{ card: BankCard } | { proof: Secret }>;
export type ChargeOrder = AnyCharge & Readonly<{ means: Means; clientIp: string }>;
/** Sends a cardholder to the bank's own page. */
export type ChallengeOrder = AnyCharge &
  Readonly<{
    model: ThreeDModel;
    card: BankCard;
    /** Where the bank's page posts the cardholder back to, whatever became of it. */
    returnUrl: string;
    locale: "tr" | "en";
    /** A text that no other challenge has. */
    nonce: string;
  }>;
/** What a challenge was about, as we stored it: a return is held against this and nothing else. */
export type ReturnOrder = AnyCharge & Readonly<{ model: ThreeDModel; returnUrl: string }>;
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
  /**
   * The form by which a browser goes to the bank's page. Of the model `3d_pay` it is a charge that
   * is under way from the moment it is given out, and that a browser may send more than once.
   */
  challenge(order: ChallengeOrder): Challenge;
  /**
   * Reads what a browser posted back from the bank's page: bytes that anybody could have made up.
   * Asks nobody. Only `authenticated` may be followed by a charge with its proof; `charged` answers
   * orders of the model `3d_pay` alone.
   */
  resume(order: ReturnOrder, posted: Uint8Array): Returned;
  charge(order: ChargeOrder): Promise<Outcome>;
  capture(order: FollowUpOrder): Promise<Outcome>;
  /** Takes back the whole of `original`; only while the bank's batch is open. */
  void(order: FollowUpOrder): Promise<Outcome>;
  refund(order: FollowUpOrder): Promise<Outcome>;
  inquire(question: BankQuestion): Promise<Finding>;
}

/** Finds the acquirer of a POS. `main` builds it from the registry; tests wrap it. */
export type FindAcquirer = (pos: Pos) => Acquirer;
