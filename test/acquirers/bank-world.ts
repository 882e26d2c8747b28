import { afterEach, beforeEach } from "vitest";
import type {
  Acquirer,
  BankCard,
  BankOperation,
  BankQuestion,
  ChargeOrder,
  DeclineReason,
  Finding,
  FollowUpOrder,
  Outcome,
  Pos,
  ReturnOrder,
} from "../../src/acquirers/index.ts";
import {
  type BankTimeouts,
  createTransport,
  type Exchange,
  type Transport,
} from "../../src/acquirers/transport.ts";
import { Secret } from "../../src/lib/secret.ts";
import { type Play, type ScriptedBank, startScriptedBank } from "./scripted-bank.ts";

/** How the bank under test speaks by way of a cardholder's browser. */
export type SecureWorld = Readonly<{
  /** What the bank's page posts back for an order, signed with the key of `pos`. */
  returned(
    pos: Pos,
    order: ReturnOrder,
    status: string,
    charset?: "utf-8" | "iso-8859-9",
  ): Uint8Array;
  /** The same without what signs it. */
  unsigned(pos: Pos, order: ReturnOrder, status: string): Uint8Array;
  /** The bank's texts for full authentication, for a card that takes no part, and for no. */
  statuses: Readonly<Record<"full" | "half" | "refused", readonly string[]>>;
  /** Parts of every proof that stand for the card or its holder. */
  secrets: readonly string[];
}>;

/** What the bank under test says on the wire, every text about the order of this suite. */
export type BankWorld = Readonly<{
  dialect: string;
  connect(pos: Pos, transport: Transport, timeouts: BankTimeouts): Acquirer;
  approved: Readonly<Record<BankOperation, string>>;
  /** Plain refusals by the issuer or the bank's rules, and what they mean. */
  declined: readonly Readonly<{ reply: string; reason: DeclineReason }>[];
  /** Refusals before anything ran. */
  notExecuted: readonly Readonly<{ reply: string; reason: DeclineReason }>[];
  /** Replies that say no in words that cannot be trusted. */
  doubtful: readonly string[];
  /** The approval of a sale in the Turkish code page, under a head that says UTF-8. */
  wrongCharset: Uint8Array;
  /** A well-formed approval of a sale under a document type that defines entities. */
  entityBomb: string;
  /** Answers to inquiries. `done` says that the operation in question took place. */
  found: Readonly<Record<BankOperation, Readonly<{ done: string; notFound: string }>>>;
  saleDeclined: string;
  saleUndone: string;
  saleOfAnotherAmount: string;
  secure: SecureWorld;
}>;

export const orderId = "01JD0M3V7K9P2X5R8T4W";
export const otherOrderId = "01JD0M3V7K9P2X5R8T4X";
export const pan = "4355084355084358";
/** Four digits, so that no reference holds it by chance. */
export const cvv = "7139";
export const password = "SIMPASS1";
export const storeKey = "SIMKEY01";

const amount = { minor: 15075n, currency: "TRY" } as const;
const original = { bankReference: "26325KPaJ10001", authorizationCode: "621911" };
export const card: BankCard = {
  pan: new Secret(pan),
  expiryMonth: 12,
  expiryYear: 2030,
  cvv: new Secret(cvv),
  holder: "Ada Sezer",
};
export const sale: ChargeOrder = {
  operation: "sale",
  orderId,
  amount,
  instalments: 1,
  clientIp: "203.0.113.9",
  means: { card },
};
const followUp: FollowUpOrder = { orderId, amount, original };
export const questionAbout = (operation: BankOperation): BankQuestion => ({
  ...followUp,
  operation,
  refundedBeforeMinor: 0n,
});

export const operations: BankOperation[] = ["sale", "hold", "capture", "void", "refund"];
export const calls: Record<BankOperation, (acquirer: Acquirer) => Promise<Outcome>> = {
  sale: (acquirer) => acquirer.charge(sale),
  hold: (acquirer) => acquirer.charge({ ...sale, operation: "hold" }),
  capture: (acquirer) => acquirer.capture(followUp),
  void: (acquirer) => acquirer.void(followUp),
  refund: (acquirer) => acquirer.refund(followUp),
};

export const page = (words: string) =>
  `<html><head><title>${words}</title></head><body></body></html>`;

/**
 * Ample where an answer comes, short where the deadline itself is the subject; sending takes less
 * than either on whatever machine.
 */
export const AMPLE_MS = 10_000;
export const SHORT_MS = 500;

export const saying = (body: string | Uint8Array): Play => ({ kind: "reply", body });

export const posAt = (dialect: string, baseUrl: string): Pos => ({
  id: "pos_contract",
  dialect,
  baseUrl,
  clientId: "990000001",
  user: "SIMAPI",
  password: new Secret(password),
  storeKey: new Secret(storeKey),
  acceptsHalfSecure: false,
});

/** A rude bank and a transport to it, fresh for each test. */
export function makeRig(world: BankWorld) {
  const rig = {
    bank: undefined as unknown as ScriptedBank,
    transport: undefined as unknown as Transport,
    heard: [] as Exchange[],
    at(baseUrl: string, ms = AMPLE_MS): Acquirer {
      return world.connect(posAt(world.dialect, baseUrl), rig.transport, {
        moneyMs: ms,
        inquiryMs: ms,
      });
    },
    act(operation: BankOperation, play: Play, ms?: number): Promise<Outcome> {
      rig.bank.plays.push(play);
      return calls[operation](rig.at(rig.bank.url, ms));
    },
    ask(operation: BankOperation, play: Play, ms?: number): Promise<Finding> {
      rig.bank.plays.push(play);
      return rig.at(rig.bank.url, ms).inquire(questionAbout(operation));
    },
  };
  beforeEach(async () => {
    rig.heard = [];
    rig.bank = await startScriptedBank();
    rig.transport = createTransport({ onExchange: (exchange) => rig.heard.push(exchange) });
  });
  afterEach(async () => {
    await rig.bank.close();
    await rig.transport.close();
  });
  return rig;
}
export type Rig = ReturnType<typeof makeRig>;
