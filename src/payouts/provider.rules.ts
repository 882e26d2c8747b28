import type { MerchantId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import type { Currency, Money } from "../lib/money.ts";
import type { Secret } from "../lib/secret.ts";

/** An account at a bank from which is paid out, and how it is reached. */
export type Connection = Readonly<{
  merchantId: MerchantId;
  number: bigint;
  /** The name of a folder of `providers`. */
  provider: "simulator";
  /** What the wire calls it. */
  key: string;
  currency: Currency;
  baseUrl: string;
  account: string;
  secret: Secret;
  isMain: boolean;
  isOpen: boolean;
}>;

/** Where money goes: to an IBAN, or to an account that the bank itself keeps, by its number. */
export type Receiver = Readonly<{ title: string } & ({ iban: string } | { accountNo: string })>;

export type Transfer = Readonly<{
  /** Twenty characters of `[0-9A-Z]`, never used for another transfer. */
  reference: string;
  amount: Money;
  to: Receiver;
  description: string;
  /** By the bank's own clock: later it must not be carried out any more. */
  validUntil: Date;
}>;

/** Why nothing was paid: what banks say, and what we say ourselves. */
export type RefusalReason =
  | "balance_too_low"
  | "account_closed"
  /** The bank keeps no account of the number that was given. */
  | "account_unknown"
  | "title_differs"
  | "too_late"
  | "declined"
  /** Surely nothing was sent. */
  | "not_sent"
  /** The bank said long enough that it knows of none. */
  | "never_arrived"
  /** A person found out that nothing was paid, the bank's interface having left it open. */
  | "found_unpaid"
  /** An earlier run that the bank had denied was paid after all. */
  | "paid_before"
  /** There was no account to pay to when it was to be sent. */
  | "account_missing"
  /** Somebody who was to transfer it by hand says that it was not done, or that it came back. */
  | "not_made"
  | "came_back";

/** The same in words, where the bank has none of its own. */
export const refusalWords: Readonly<Record<RefusalReason, Readonly<Record<Locale, string>>>> = {
  balance_too_low: { tr: "Yetersiz bakiye", en: "The balance is too low" },
  account_closed: { tr: "Alıcı hesabı kapalı", en: "The receiver's account is closed" },
  account_unknown: {
    tr: "Bankada bu numarada bir hesap yok",
    en: "The bank has no account of this number",
  },
  title_differs: {
    tr: "Alıcı adı hesap sahibiyle uyuşmuyor",
    en: "The receiver's name is not that of the account",
  },
  too_late: { tr: "Talimat bankaya geç ulaştı", en: "The order reached the bank too late" },
  declined: { tr: "Banka transferi reddetti", en: "The bank refused the transfer" },
  not_sent: { tr: "Banka ile bağlantı kurulamadı", en: "The bank could not be reached" },
  never_arrived: {
    tr: "Banka böyle bir talimat bilmiyor",
    en: "The bank knows of no such transfer",
  },
  found_unpaid: {
    tr: "Bankaya soruldu: ödenmemiş",
    en: "The bank was asked by a person: it was not paid",
  },
  paid_before: {
    tr: "Banka önceki talimatı sonradan ödemiş",
    en: "The bank has paid an earlier order that it had denied",
  },
  account_missing: { tr: "Alıcı hesabı tanımlı değil", en: "There is no account to pay to" },
  not_made: { tr: "Elle ödeme yapılmadı", en: "The transfer was not made" },
  came_back: { tr: "Elle yapılan ödeme geri döndü", en: "The transfer came back" },
};

/**
 * What is kept of why a run did not pay, for a reader: one of our reasons in the reader's language,
 * what a bank or a person said as it was said.
 */
export const whyText = (kept: string, locale: Locale): string =>
  Object.hasOwn(refusalWords, kept) ? refusalWords[kept as RefusalReason][locale] : kept;

export type Paid = Readonly<{ kind: "paid"; bankReference: string }>;
/** `message` is the bank's own, or empty. */
export type Refused = Readonly<{ kind: "refused"; reason: RefusalReason; message: string }>;
/**
 * What became of a transfer. Only an inquiry says `not_found`; what is unsure is `doubtful`, and
 * `isPending` where the bank has it and may still carry it out.
 */
export type TransferOutcome =
  | Paid
  | Refused
  | Readonly<{ kind: "doubtful"; why: string; isPending?: boolean }>
  | Readonly<{ kind: "not_found" }>;

/** What a bank told, or why nobody knows. `status` is that of its HTTP answer; 0 without one. */
export type Told<Thing> = Readonly<
  ({ kind: "told"; status: number } & Thing) | { kind: "unknown"; status: number; why: string }
>;
export type Balance = Readonly<{ totalMinor: bigint; lockedMinor: bigint; freeMinor: bigint }>;
export type Holder = Readonly<{ exists: boolean; first: string; last: string; accountNo: string }>;

/** One account, spoken to by its bank's interface. Keeps no state, and never rejects. */
export interface PayoutProvider {
  /** The bank's own time, by which `validUntil` is meant. */
  time(): Promise<Told<{ at: Date }>>;
  /** Sends once. The same reference again is no second transfer. */
  send(transfer: Transfer): Promise<TransferOutcome>;
  /** What became of the transfer of a reference. */
  inquire(reference: string, amount: Money): Promise<TransferOutcome>;
  balance(): Promise<Told<Balance>>;
  /** Whose account it is, by an identity or tax number. */
  verify(identity: string): Promise<Told<Holder>>;
}

/** Finds the provider of a connection. `main` builds it from the registry; tests wrap it. */
export type FindProvider = (connection: Connection) => PayoutProvider;
